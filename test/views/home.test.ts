import { describe, expect, it } from 'vitest';
import type { QueueData } from '../../views/data.ts';
import { boardHome, queueHome } from '../../views/home.ts';
import { boardMessage, didYouMean, help, myItems, searchResults } from '../../views/lists.ts';
import { logMessage, reminderMessage } from '../../views/log.ts';
import { refusal } from '../../views/refusal.ts';
import {
  AT,
  cardData,
  controls,
  expectGoodMessage,
  expectGoodView,
  HOSTILE,
  hostileCard,
  ITEM,
  LONG,
  manyRows,
  reads,
  row,
} from './fixture.ts';

const EMPTY: QueueData = {
  waiting: { rows: [], count: 0 },
  reviews: { rows: [], count: 0 },
  inFlight: { rows: [], count: 0 },
  blocked: { rows: [], count: 0 },
};

describe('App Home', () => {
  it('teaches when there is nothing', () => {
    const view = queueHome(EMPTY);
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "[New ticket (primary)] [Show board] [Refresh]
      *Lockstep takes a ticket to production, and asks people at every gate.*
      Type \`/ticket\` in any channel, or use New ticket above. The thread of an item is where everything about it happens.
      # Waiting on you
        Nothing waits on you. Approvals and questions for your roles come here.
      ----
      # Pull requests to review
        No pull request waits for your review.
      ----
      # Your items in flight
        You have nothing under way. Start something with New ticket.
      ----
      # Blocked
        Nothing of yours is blocked.
      ----"
    `);
  });

  it('shows first what waits, with one button each', () => {
    const pr = { number: 7, url: 'https://github.test/pull/7', title: 'Add export' };
    const view = queueHome({
      waiting: { rows: [row()], count: 1 },
      reviews: { rows: [{ ...row(), pr, previewUrl: 'http://127.0.0.1:4100/', checks: 'checks passed' }], count: 1 },
      inFlight: { rows: [row({ status: 'blocked', reason: 'tier is T1' })], count: 1 },
      blocked: { rows: [], count: 0 },
    });
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "[New ticket (primary)] [Show board] [Refresh]
      # Waiting on you (1)
      *LS-12*  Export reports as CSV
      Waiting until the PRD is approved by a product manager · P2 · <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC> [Open]
      ----
      # Pull requests to review (1)
      *LS-12*  Export reports as CSV
      <https://github.test/pull/7|#7 Add export> · <http://127.0.0.1:4100/|preview> · checks passed · <!date^1795171320^waits since {date_short_pretty} at {time}|waits since 2026-11-20 10:42 UTC> [Open]
      ----
      # Your items in flight (1)
      *LS-12*  Export reports as CSV
      Blocked: tier is T1 · P2 · <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC> [Open]
      ----
      # Blocked
        Nothing of yours is blocked.
      ----"
    `);
  });

  it('holds 60 rows of the worst text, and counts to 99+', () => {
    const rows = manyRows(60);
    const reviews = rows.map((one) => ({
      ...one,
      pr: { number: 1, url: `https://x.test/${'y'.repeat(1900)}`, title: HOSTILE },
      previewUrl: 'javascript:alert(1)',
      checks: LONG,
    }));
    const view = queueHome({
      waiting: { rows, count: 100 },
      reviews: { rows: reviews, count: 100 },
      inFlight: { rows, count: 100 },
      blocked: { rows, count: 100 },
    });
    expectGoodView(view);
    expect(reads(view)).toContain('Waiting on you (99+)');
    expect(JSON.stringify(view)).not.toContain('javascript:');
  });

  it('shows the board by column', () => {
    const view = boardHome([
      { column: 'Incoming', rows: [], count: 0 },
      { column: 'For review', rows: [row()], count: 12 },
    ]);
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "[New ticket (primary)] [Show queue] [Refresh]
      # For review (12)
      *LS-12*  Export reports as CSV
      Waiting until the PRD is approved by a product manager · P2 · <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC> [Open]
        11 more. \`/ticket search\` finds the others.
        Empty: Incoming"
    `);
    const columns = [
      'Incoming',
      'Planning',
      'For review',
      'Ready to Delegate',
      'In Development',
      'Preview',
      'Deployed',
    ];
    expectGoodView(boardHome(columns.map((column) => ({ column, rows: manyRows(60), count: 100 }))));
  });
});

describe('answers to /ticket', () => {
  it('list what was found, or say how to find more', () => {
    const found = searchResults('csv <!here>', { rows: [row()], count: 1 }, 'Search csv <!here>');
    expectGoodMessage(found);
    expect(reads(found)).toMatchInlineSnapshot(`
      "*1 found for “csv &lt;!here&gt;”*
      *LS-12*  Export reports as CSV
      Waiting until the PRD is approved by a product manager · P2 · <!date^1795171320^since {date_short_pretty} at {time}|since 2026-11-20 10:42 UTC> [Open]
      [New ticket: Search csv <!here>]"
    `);
    expectGoodMessage(searchResults(LONG, { rows: [], count: 0 }, LONG));
    expectGoodMessage(searchResults(LONG, { rows: manyRows(60), count: 100 }, LONG));
    expectGoodMessage(myItems({ rows: manyRows(60), count: 100 }));
    expectGoodMessage(myItems({ rows: [], count: 0 }));
  });

  it('show the board and help', () => {
    const columns = [
      'Incoming',
      'Planning',
      'For review',
      'Ready to Delegate',
      'In Development',
      'Preview',
      'Deployed',
    ];
    expectGoodMessage(boardMessage(columns.map((column) => ({ column, rows: manyRows(60), count: 100 }))));
    expectGoodMessage(boardMessage([]));
    expectGoodMessage(help());
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

describe('lines in the thread', () => {
  const line = {
    type: 'changes_requested',
    actor: { id: 'U1', name: 'Priya Patel' },
    of: 'prd',
    job: null,
    note: 'Too <!channel> vague',
    at: AT,
    from: 'PRD ready',
    to: 'PRD draft',
    reason: '',
    status: 'active',
  } as const;

  it('say who did what and where the item is now', () => {
    const message = logMessage(ITEM, line)!;
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(
      `"  *Priya Patel* requested changes to the PRD: Too &lt;!channel&gt; vague. Now in “PRD draft”"`,
    );
  });

  it('say why it is blocked, to the person who asked for it', () => {
    const blocked = {
      ...line,
      type: 'failed',
      job: 'merge',
      note: 'the head moved',
      status: 'blocked',
      reason: 'merge has finished: the head moved',
    } as const;
    const message = logMessage(ITEM, blocked, { id: 'U01PRIYA', name: 'Priya' })!;
    expectGoodMessage(message);
    expect(reads(message)).toBe('  <@U01PRIYA> The merge failed: the head moved. Blocked');
  });

  it('have words for every kind of event', () => {
    for (const type of [
      'created',
      'approved',
      'answered',
      'revised',
      'retried',
      'rollback_requested',
      'cancelled',
      'finished',
      'failed',
      'observed',
      'nudged',
    ] as const) {
      const message = logMessage(
        { ...ITEM, title: HOSTILE },
        { ...line, type, note: LONG, actor: { id: 'x', name: HOSTILE } },
      );
      expectGoodMessage(message!);
    }
  });

  it.each([
    [{ type: 'approved', of: 'spec', verb: 'approve' }, '*Priya Patel* approved the tech spec'],
    [
      { type: 'approved', of: 'spec', verb: 'delegate', note: 'to the scripted agent' },
      '*Priya Patel* delegated it to the scripted agent',
    ],
    [{ type: 'approved', of: 'merge', verb: 'deploy' }, '*Priya Patel* started the deploy to production'],
    [{ type: 'finished', job: 'poll-agent', note: '#1 is open' }, '#1 is open'],
    [{ type: 'finished', job: 'merge', note: 'merged #1 as abc1234' }, 'Merged #1 as abc1234'],
    [{ type: 'finished', job: 'soak', note: 'soaked on staging for 5 s' }, 'Soaked on staging for 5 s'],
    [{ type: 'finished', job: 'score', note: '' }, 'The scorecard is filled in'],
    [
      { type: 'failed', job: 'poll-agent', note: 'The agent failed: no script. Retry, or take it over.' },
      'The agent failed: no script. Retry, or take it over',
    ],
  ] as const)('tell %j', (change, sentence) => {
    const message = logMessage(ITEM, { ...line, of: null, note: '', ...change });
    expect(message?.text).toBe(`LS-12: ${sentence}. Now in “PRD draft”`);
  });

  it('show moments in the time zone of the reader', () => {
    const note = 'the soak ends at 2026-11-20T10:42:00.000Z';
    expect(logMessage(ITEM, { ...line, type: 'observed', note })?.text).toBe(
      'LS-12: The soak ends at <!date^1795171320^{date_short_pretty} at {time}|2026-11-20 10:42 UTC>. Now in “PRD draft”',
    );
  });

  it('leave out what time alone did, except for a soak', () => {
    const ticked = { ...line, type: 'ticked', note: '' } as const;
    expect(logMessage(ITEM, ticked)).toBeNull();
    expect(logMessage(ITEM, { ...ticked, job: 'soak' })?.text).toBe('LS-12: Soaked on staging. Now in “PRD draft”');
  });

  it('remind a few people by name, and more without', () => {
    const few = reminderMessage(
      ITEM,
      'the PRD is approved by a product manager',
      [{ id: 'U01PRIYA', name: 'P' }],
      'today',
    );
    expectGoodMessage(few);
    expect(few.text).toContain('<@U01PRIYA>');
    const crowd = Array.from({ length: 9 }, () => ({ id: 'U01PRIYA', name: 'P' }));
    expect(reminderMessage(ITEM, LONG, crowd, 'today').text).not.toContain('<@');
  });
});

describe('a refusal', () => {
  it('gives the reason and the item as it stands', () => {
    const message = refusal('Priya Patel approved this at 10:42 UTC.', cardData());
    expectGoodMessage(message);
    expect(reads(message)).toMatch(/^\*Priya Patel approved this at 10:42 UTC\.\*\n {2}This is how it stands now:/);
    expectGoodMessage(refusal(LONG, hostileCard()));
    expectGoodMessage(refusal('No.', null));
  });
});
