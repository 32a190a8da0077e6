import { describe, expect, it } from 'vitest';
import { BOARD_COLUMNS, boardHome, boardPageHome } from '../../views/board.ts';
import type { BoardData } from '../../views/data.ts';
import { boardMessage } from '../../views/lists.ts';
import { readHomeState, unpackHome } from '../../views/values.ts';
import { AT, controls, expectGoodMessage, expectGoodView, HOSTILE, manyRows, reads, row, waiting } from './fixture.ts';

const HOUR = 3_600_000;
const ago = (hours: number) => new Date(AT.getTime() - hours * HOUR);
const services = ['billing', 'reports'];
const look = { state: { tab: 'board' }, now: AT, services } as const;
const none = { rows: [], count: 0, blocked: 0 };

const DATA: BoardData = {
  columns: [
    { column: 'Incoming', ...none },
    {
      column: 'For review',
      rows: [
        row({ since: ago(150), waiting: waiting({ may: false, ask: null }) }),
        row({ since: ago(3), item: { id: '13', key: 'LS-13', title: 'Sort by date', visit: 2 }, waiting: waiting() }),
      ],
      count: 12,
      blocked: 0,
    },
    {
      column: 'Ready to Delegate',
      rows: [row({ status: 'blocked', reason: 'the service tier is not T1: ledger is T1', since: ago(1) })],
      count: 1,
      blocked: 1,
    },
    {
      column: 'Preview',
      rows: [row({ reason: 'draft-prd has finished', since: AT, waiting: null })],
      count: 1,
      blocked: 0,
    },
  ],
};

describe('the board', () => {
  it('sums up first, then has each column with who is waited for', () => {
    const view = boardHome(DATA, look);
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "# 14 open · 1 blocked · oldest 6 days
      [Queue] [● Board] [Metrics] [New Ticket]
      [static_select: All services] [Mine] [Blocked]
      # For review (12)
      *LS-12*  Export reports as CSV
      Priya Patel · PRD approval · P2 · 6 days [Open]
      *LS-13*  Sort by date
      Priya Patel · PRD approval · P2 · 3 h [Approve PRD…]
      [Show All 12]
      # Ready to Delegate (1)
      *LS-12*  Export reports as CSV
      Blocked: ledger is T1 · P2 · 1 h [Open]
      # Preview (1)
      *LS-12*  Export reports as CSV
      Drafting the PRD · P2 · just now [Open]
        Empty: Incoming
        <!date^1795171320^Updated {date_short_pretty} at {time}|Updated 2026-11-20 10:42 UTC> · \`/ticket help\` says what else there is"
    `);
  });

  it('shows which filters are on, and each control leads to what it says', () => {
    const state = { tab: 'board', service: 'reports', mine: true } as const;
    const view = boardHome({ columns: [{ column: 'Incoming', ...none }] }, { ...look, state });
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "# Nothing is open
      [Queue] [● Board] [Metrics] [New Ticket]
      [static_select: reports] [✓ Mine] [Blocked] [Clear Filters]
      No open item fits these filters.
        <!date^1795171320^Updated {date_short_pretty} at {time}|Updated 2026-11-20 10:42 UTC> · \`/ticket help\` says what else there is"
    `);
    const filters = view.blocks[2] as { block_id: string; elements: { action_id: string; value?: string }[] };
    const leads = (id: string) => unpackHome(filters.elements.find((one) => one.action_id === id)?.value);
    expect(leads('home_mine')).toEqual({ tab: 'board', service: 'reports' });
    expect(leads('home_only_blocked')).toEqual({ tab: 'board', service: 'reports', mine: true, blocked: true });
    expect(leads('home_clear')).toEqual({ tab: 'board' });
    expect(unpackHome(filters.block_id)).toEqual({ tab: 'board', mine: true });
  });

  it('teaches when there is nothing', () => {
    const view = boardHome({ columns: [{ column: 'Incoming', ...none }] }, look);
    expectGoodView(view);
    expect(reads(view)).toContain('No item is open. Press New Ticket');
  });

  it('holds seven full columns of the worst text, and 300 services', () => {
    const columns = BOARD_COLUMNS.map((column) => ({ column, rows: manyRows(60), count: 100, blocked: 100 }));
    const many = Array.from({ length: 300 }, (_, index) => `service-${index}`);
    const state = { tab: 'board', service: HOSTILE.slice(0, 200), mine: true, blocked: true } as const;
    const view = boardHome({ columns }, { state, now: AT, services: many });
    expectGoodView(view);
    expect(reads(view)).toContain('# 693+ open · 693+ blocked');
    expect(reads(view)).toContain('external_select');
    expectGoodView(boardHome({ columns }, { ...look, services: many.slice(0, 99) }));
  });
});

describe('one column', () => {
  const page = { column: 'For review', rows: DATA.columns[1]!.rows, count: 100, blocked: 3 };

  it('has its pages', () => {
    const state = { tab: 'board', mine: true, column: 'For review', after: '1700000000000000.5' } as const;
    const view = boardPageHome({ ...page, before: '1.1', after: '2.2' }, { ...look, state });
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "# For review: 99+ open · 3 blocked · oldest first
      [Queue] [● Board] [Metrics] [New Ticket]
      [static_select: All services] [✓ Mine] [Blocked] [Clear Filters]
      *LS-12*  Export reports as CSV
      Priya Patel · PRD approval · P2 · 6 days [Open]
      *LS-13*  Sort by date
      Priya Patel · PRD approval · P2 · 3 h [Approve PRD…]
      [Previous] [Next] [All Columns]
        <!date^1795171320^Updated {date_short_pretty} at {time}|Updated 2026-11-20 10:42 UTC> · \`/ticket help\` says what else there is"
    `);
    const value = (id: string) =>
      unpackHome(
        (view.blocks as { elements?: { action_id: string; value: string }[] }[])
          .flatMap((block) => block.elements ?? [])
          .find((one) => one.action_id === id)?.value,
      );
    const here = { tab: 'board', mine: true, column: 'For review' };
    expect(value('home_previous')).toEqual({ ...here, before: '1.1' });
    expect(value('home_next')).toEqual({ ...here, after: '2.2' });
    expect(value('home_columns')).toEqual({ tab: 'board', mine: true });
  });

  it('holds 80 rows of the worst text', () => {
    const state = { tab: 'board', column: 'For review' } as const;
    const view = boardPageHome({ ...page, rows: manyRows(80), before: '1.1', after: '2.2' }, { ...look, state });
    expectGoodView(view);
    expect(controls(view)).toContain('home_next');
    expect(view.blocks.length).toBeLessThanOrEqual(100);
    expect(reads(view)).toContain('*LS-80*');
    expectGoodView(boardPageHome({ ...page, rows: [], count: 0, before: null, after: null }, { ...look, state }));
  });
});

describe('what is remembered of a Home', () => {
  it('is what was chosen', () => {
    const state = { tab: 'board', service: 'a b', mine: true, blocked: true, column: 'Preview', before: '12.3' };
    expect(readHomeState(state)).toEqual(state);
    expect(readHomeState({ tab: 'metrics', days: 90 })).toEqual({ tab: 'metrics', days: 90 });
  });

  it.each([[null], ['board'], [{ tab: 'nosuch' }], [{ tab: 'queue', service: 'x' }], [[]]])(
    'is the queue for %j',
    (given) => expect(readHomeState(given)).toEqual({ tab: 'queue' }),
  );

  it.each([
    [
      { tab: 'board', column: 'Preview', after: "1.1'; DROP TABLE items --" },
      { tab: 'board', column: 'Preview' },
    ],
    [{ tab: 'board', after: '1.1' }, { tab: 'board' }],
    [{ tab: 'board', mine: 'yes', service: 7 }, { tab: 'board' }],
    [{ tab: 'metrics', days: 8 }, { tab: 'metrics' }],
  ])('leaves out of %j what it does not understand', (given, state) => expect(readHomeState(given)).toEqual(state));

  it.each([['{'], ['{"i":"1","v":2}'], ['null'], [undefined]])('%s is no control of Home', (text) =>
    expect(unpackHome(text)).toBeNull(),
  );
});

describe('/ticket board', () => {
  it('is the same in short', () => {
    const message = boardMessage(DATA, AT);
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*14 open · 1 blocked · oldest 6 days*
      *For review (12)*
      *LS-12*  Export reports as CSV
      Priya Patel · PRD approval · P2 · 6 days [Open]
      *LS-13*  Sort by date
      Priya Patel · PRD approval · P2 · 3 h [Approve PRD…]
        10 more
      *Ready to Delegate (1)*
      *LS-12*  Export reports as CSV
      Blocked: ledger is T1 · P2 · 1 h [Open]
      *Preview (1)*
      *LS-12*  Export reports as CSV
      Drafting the PRD · P2 · just now [Open]
        The Board tab in the Home of this app shows all of them, with filters."
    `);
    const columns = BOARD_COLUMNS.map((column) => ({ column, rows: manyRows(60), count: 100, blocked: 100 }));
    expectGoodMessage(boardMessage({ columns }, AT));
    expect(boardMessage({ columns: [] }, AT).text).toBe('Nothing is open. `/ticket` starts something.');
  });
});
