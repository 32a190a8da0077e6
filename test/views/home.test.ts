import { describe, expect, it } from 'vitest';
import { SUBCOMMANDS } from '../../src/slack/subcommands.ts';
import type { QueueData } from '../../views/data.ts';
import { queueHome } from '../../views/home.ts';
import { age } from '../../views/item-row.ts';
import { didYouMean, help, myItems, searchResults } from '../../views/lists.ts';
import { unpack } from '../../views/values.ts';
import {
  AT,
  controls,
  expectGoodMessage,
  expectGoodView,
  HOSTILE,
  LONG,
  manyRows,
  reads,
  row,
  waiting,
} from './fixture.ts';

const EMPTY: QueueData = {
  waiting: { rows: [], count: 0 },
  reviews: { rows: [], count: 0 },
  inFlight: { rows: [], count: 0 },
  blocked: { rows: [], count: 0 },
};

const later = (hours: number) => new Date(AT.getTime() + hours * 3_600_000);

describe('App Home', () => {
  it('teaches when there is nothing', () => {
    const view = queueHome(EMPTY, AT);
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "# Nothing waits on you
      [● Queue] [Board] [Metrics] [New Ticket]
      *Lockstep takes a ticket to production, and asks people at every gate.*
      Press New Ticket, or type \`/ticket\` in any channel. Everything about an item happens in its thread; what waits on you stands here.
        <!date^1795171320^Updated {date_short_pretty} at {time}|Updated 2026-11-20 10:42 UTC> · \`/ticket help\` says what else there is"
    `);
  });

  it('says first what waits, with one button each, the first of them to be pressed first', () => {
    const pr = { number: 7, url: 'https://github.test/pull/7', title: 'Add export' };
    const head = { verb: 'approve', of: 'head' } as const;
    const question = waiting({ asked: 'question', ask: null });
    const other = waiting({
      who: 'Emil Larsen or Rosa Marin',
      asked: { verb: 'delegate', of: 'spec' },
      may: false,
      ask: null,
    });
    const view = queueHome(
      {
        waiting: { rows: [row({ waiting: waiting() }), row({ waiting: question, priority: null })], count: 2 },
        reviews: {
          rows: [
            {
              ...row({ waiting: waiting({ asked: head, ask: { ...head, subject: 'abc' } }) }),
              pr,
              previewUrl: 'http://127.0.0.1:4100/',
              checks: 'checks passed',
            },
          ],
          count: 1,
        },
        inFlight: {
          rows: [row({ waiting: other }), row({ reason: 'draft-spec has finished', waiting: null })],
          count: 2,
        },
        blocked: { rows: [row({ status: 'blocked', reason: 'the service tier is not T1: ledger is T1' })], count: 1 },
      },
      later(3.2),
    );
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "# 2 decisions and 1 review wait on you
      [● Queue] [Board] [Metrics] [New Ticket]
      *LS-12*  Export reports as CSV
      PRD approval · P2 · 3 h [Approve PRD…]
      *LS-12*  Export reports as CSV
      An answer · 3 h [Answer…]
      # Pull requests to review (1)
      *LS-12*  Export reports as CSV
      <https://github.test/pull/7|#7 Add export> · <http://127.0.0.1:4100/|preview> · checks passed · 3 h [Approve Pull Request…]
      # Your items under way (2)
      *LS-12*  Export reports as CSV
      Emil Larsen or Rosa Marin · delegation · P2 · 3 h [Open]
      *LS-12*  Export reports as CSV
      Drafting the tech spec · P2 · 3 h [Open]
      # Blocked (1)
      *LS-12*  Export reports as CSV
      Ledger is T1 · P2 · 3 h [Open]
        <!date^1795182840^Updated {date_short_pretty} at {time}|Updated 2026-11-20 13:54 UTC> · \`/ticket help\` says what else there is"
    `);
    expect(JSON.stringify(view).match(/"style":"primary"/g)).toHaveLength(1);
  });

  it('pins what is decided to what was drawn, as the card does', () => {
    const view = queueHome({ ...EMPTY, waiting: { rows: [row({ waiting: waiting() })], count: 1 } }, AT);
    const [, , first] = view.blocks as {
      accessory: { action_id: string; value: string; accessibility_label: string };
    }[];
    expect(first!.accessory).toMatchObject({ action_id: 'review', accessibility_label: 'Approve PRD of LS-12' });
    expect(unpack(first!.accessory.value)).toEqual({
      item: '12',
      visit: 4,
      of: 'prd',
      subject: 'f00d',
      verb: 'approve',
    });
  });

  it('marks the tab that is shown with more than colour', () => {
    const [, tabs] = queueHome(EMPTY, AT).blocks as {
      elements: { text: { text: string }; accessibility_label: string }[];
    }[];
    expect(tabs!.elements.map((one) => [one.text.text, one.accessibility_label])).toEqual([
      ['● Queue', 'Queue, shown now; press to refresh'],
      ['Board', 'Show board'],
      ['Metrics', 'Show metrics'],
      ['New Ticket', undefined],
    ]);
  });

  it('holds 60 rows of the worst text, and counts to 99+', () => {
    const rows = manyRows(60);
    const reviews = rows.map((one) => ({
      ...one,
      pr: { number: 1, url: `https://x.test/${'y'.repeat(1900)}`, title: HOSTILE },
      previewUrl: 'javascript:alert(1)',
      checks: LONG,
    }));
    const view = queueHome(
      {
        waiting: { rows, count: 100 },
        reviews: { rows: reviews, count: 100 },
        inFlight: { rows, count: 100 },
        blocked: { rows, count: 100 },
      },
      AT,
    );
    expectGoodView(view);
    expect(reads(view)).toContain('# 99+ decisions and 99+ reviews wait on you');
    expect(JSON.stringify(view)).not.toContain('javascript:');
  });

  it.each([
    [0, 'just now'],
    [0.5, '30 min'],
    [1, '1 h'],
    [47.9, '47 h'],
    [48, '2 days'],
    [24 * 400, '400 days'],
    [-1, 'just now'],
  ])('%d hours are told as %s', (hours, text) => expect(age(AT, later(hours))).toBe(text.replaceAll(' ', '\u00a0')));
});

describe('answers to /ticket', () => {
  it('list what was found, or say how to find more', () => {
    const found = searchResults('csv <!here>', { rows: [row()], count: 1 }, 'Search csv <!here>', later(3));
    expectGoodMessage(found);
    expect(reads(found)).toMatchInlineSnapshot(`
      "*1 found for “csv &lt;!here&gt;”*
      *LS-12*  Export reports as CSV
      Waiting until the PRD is approved by a product manager · P2 · 3 h [Open]
      [New Ticket: Search csv <!here>]"
    `);
    expectGoodMessage(searchResults(LONG, { rows: [], count: 0 }, LONG, AT));
    expectGoodMessage(searchResults(LONG, { rows: manyRows(60), count: 100 }, LONG, AT));
    expectGoodMessage(myItems({ rows: manyRows(60), count: 100 }, AT));
    expectGoodMessage(myItems({ rows: [], count: 0 }, AT));
  });

  it('name everything that is understood, and offer a ticket', () => {
    expectGoodMessage(help());
    expect(reads(help())).toMatchInlineSnapshot(`
      "*What Lockstep understands*
      \`/ticket\`  start a ticket
      \`/ticket &lt;title&gt;\`  start one with that title
      \`/ticket show LS-12\`  where an item stands, and what you can do
      \`/ticket mine\`  your open items
      \`/ticket board\`  all open items by column
      \`/ticket search &lt;words&gt;\`  find items by their words
      \`/ticket incident\`  say that a service is broken, or works again; items on it wait meanwhile
      \`/ticket milestone &lt;address of a Linear project&gt;\`  an item for each of its issues, and how they come along
      \`/ticket metrics\`  how long things take, and what holds them up
      \`/ticket help\`  this list
      *Threads.* Everything about one item happens in its thread: approve, ask for changes, edit, delegate, deploy, roll back.
      *Home.* What waits on you, the board of all items and the metrics are in the Home tab of this app.
      *Alerts.* In a triage channel, “Fix this” makes a bug of an alert and “Noise” keeps it quiet.
      [New Ticket (primary)]"
    `);
    for (const name of SUBCOMMANDS.filter((one) => one !== 'new')) expect(reads(help())).toContain(`/ticket ${name}`);
  });

  it('ask about a near miss', () => {
    const message = didYouMean('/ticket shwo LS-3', 'show LS-3');
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "“/ticket shwo LS-3” is close to \`/ticket show LS-3\`. Did you mean that?
      [Yes: /ticket show LS-3 (primary)] [No, make it a ticket]"
    `);
    expect(controls(message)).toEqual(['suggest', 'new_ticket']);
    expectGoodMessage(didYouMean(LONG, LONG));
  });
});
