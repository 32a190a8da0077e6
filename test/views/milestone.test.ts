import { describe, expect, it } from 'vitest';
import {
  type MilestoneData,
  type MilestoneItem,
  type MilestoneRow,
  milestoneItemsModal,
  milestoneList,
  type OfferData,
  offerModal,
  progressMessage,
  SHOWN_MILESTONES,
  STANDINGS,
  startedSentence,
} from '../../views/milestone.ts';
import { controls, expectGoodMessage, expectGoodView, HOSTILE, LONG, reads, row, waiting } from './fixture.ts';

const URL = 'https://linear.app/acme/project/holiday-shop-5e0f1a2b3c4d';
const issue = (change: Partial<OfferData['issues'][number]> = {}): OfferData['issues'][number] => ({
  identifier: 'SHOP-1',
  title: 'Sell tea',
  url: 'https://linear.app/acme/issue/SHOP-1/sell-tea',
  item: null,
  service: 'storefront',
  blockedBy: [],
  lacks: null,
  ...change,
});
const offer = (issues: OfferData['issues'], change: Partial<OfferData> = {}): OfferData => ({
  ...{ id: '1', hash: 'f00d', name: 'Before the holidays', project: 'Holiday shop', url: URL, issues },
  ...change,
});
const many = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));

describe('what would be made', () => {
  it('names what is new, what is not refined, and what is there', () => {
    const view = offerModal(
      offer([
        issue(),
        issue({ identifier: 'SHOP-2', service: null, lacks: 'no description' }),
        issue({ identifier: 'SHOP-3', blockedBy: ['SHOP-1', 'SHOP-2'] }),
        issue({ identifier: 'SHOP-4', item: 'LS-12' }),
      ]),
    );
    expectGoodView(view);
    expect(view.submit?.text).toBe('Make 3 items');
    expect(JSON.parse(view.private_metadata!)).toEqual({ id: '1', hash: 'f00d' });
    expect(reads(view)).toMatchInlineSnapshot(`
      "# 3 items would be made of “Before the holidays” of Holiday shop
        4 open issues in <https://linear.app/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear>. Each item goes the usual way, with people at its gates.
      ! 1 issue is not refined: what is missing is left open in the PRD, and somebody has to fill it in.
      *Not refined (1)*
      • <https://linear.app/acme/issue/SHOP-1/sell-tea|SHOP-2> Sell tea · no description · the service is asked
      *Refined (2)*
      • <https://linear.app/acme/issue/SHOP-1/sell-tea|SHOP-1> Sell tea · storefront
      • <https://linear.app/acme/issue/SHOP-1/sell-tea|SHOP-3> Sell tea · waits for SHOP-1, SHOP-2 · storefront
      *There already (1)*
      • <https://linear.app/acme/issue/SHOP-1/sell-tea|SHOP-4> Sell tea · LS-12"
    `);
  });

  it('of a whole project, and when all is there', () => {
    const view = offerModal(offer([issue({ item: 'LS-1' })], { name: 'Holiday shop' }));
    expectGoodView(view);
    expect(view.submit?.text).toBe('Read relations anew');
    expect(reads(view)).toMatchInlineSnapshot(`
      "# All of “Holiday shop” is there already; what blocks what is read anew
        1 open issue in <https://linear.app/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear>. Each item goes the usual way, with people at its gates.
      *There already (1)*
      • <https://linear.app/acme/issue/SHOP-1/sell-tea|SHOP-1> Sell tea · LS-1"
    `);
  });

  it('holds as many as are read, whatever stands in them', () => {
    const worst = { title: HOSTILE, service: HOSTILE, blockedBy: [HOSTILE, HOSTILE] };
    const issues = many(250, (at) =>
      issue({
        ...worst,
        identifier: `SHOP-${at}`,
        item: at % 3 ? null : HOSTILE,
        lacks: at % 2 ? 'no description' : null,
      }),
    );
    const view = offerModal(offer(issues, { name: HOSTILE, project: LONG, url: 'javascript:alert(1)' }));
    expectGoodView(view);
    expect(reads(view)).toContain('SHOP-249');
  });
});

const item = (standing: MilestoneItem['standing'], change: Partial<MilestoneItem> = {}): MilestoneItem => ({
  identifier: 'SHOP-1',
  key: standing === 'waits' ? null : 'LS-12',
  title: 'Sell tea',
  url: 'https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100',
  standing,
  row: standing === 'waits' ? null : row({ column: standing === 'done' ? 'Deployed' : 'For review' }),
  ...change,
});
const data = (items: MilestoneItem[], change: Partial<MilestoneData> = {}): MilestoneData => ({
  id: '1',
  name: 'Before the holidays',
  project: 'Holiday shop',
  url: URL,
  startedBy: { id: 'U01PRIYA', name: 'Priya Patel' },
  parallel: 12,
  items,
  ...change,
});

describe('how it comes along', () => {
  it('says first how far it is, then who is needed, what is blocked, what goes on', () => {
    const message = progressMessage(
      data([
        item('needs', { row: row({ waiting: waiting() }) }),
        item('blocked', {
          key: 'LS-13',
          row: row({ status: 'blocked', reason: 'everything that blocks it is done: LS-12 is not done yet' }),
        }),
        item('works', {
          key: 'LS-14',
          row: row({ column: 'Planning', reason: 'draft-prd has finished', waiting: null }),
        }),
        item('waits', { identifier: 'SHOP-9', url: 'https://linear.app/acme/issue/SHOP-9' }),
        item('done', { key: 'LS-11' }),
        item('cancelled', { key: 'LS-10' }),
      ]),
    );
    expectGoodMessage(message);
    expect(message.text).toMatchInlineSnapshot(
      `"Before the holidays: 1 of 6 done. Planning 1 · For review 2 · Deployed 1 · not begun 1 · cancelled 1"`,
    );
    expect(reads(message)).toMatchInlineSnapshot(`
      "# Before the holidays: 1 of 6 done
      ■□□□□□
      Planning 1 · For review 2 · Deployed 1 · not begun 1 · cancelled 1
      *Needs somebody (1)*
      • <https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100|LS-12> Sell tea · Priya Patel · PRD approval
      *Blocked (1)*
      • <https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100|LS-13> Sell tea · LS-12 is not done yet
      *At work (1)*
      • <https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100|LS-14> Sell tea · Drafting the PRD
      *Not begun (1)*
      • <https://linear.app/acme/issue/SHOP-9|SHOP-9> Sell tea
      *Done (1)*
      • <https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100|LS-11> Sell tea
      *Cancelled (1)*
      • <https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100|LS-10> Sell tea
        Started by <@U01PRIYA> · <https://linear.app/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear> · at most 12 at work at the same time"
    `);
  });

  it('ends with what was done, or with nothing', () => {
    const over = progressMessage(
      data([item('done'), item('done', { key: 'LS-13' }), item('cancelled', { key: 'LS-14' })]),
    );
    expectGoodMessage(over);
    expect(reads(over)).toMatchInlineSnapshot(`
      "# Before the holidays is done: 2 items in production
      ■■□
      Deployed 2 · cancelled 1
      *Done (2)*
      • <https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100|LS-12> Sell tea
      • <https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100|LS-13> Sell tea
      *Cancelled (1)*
      • <https://acme.slack.com/archives/C01LOCKSTEP/p1795171320000100|LS-14> Sell tea
        Started by <@U01PRIYA> · <https://linear.app/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear>"
    `);
    expect(reads(progressMessage(data([item('cancelled')]))).split('\n')[0]).toBe(
      '# Before the holidays: all was cancelled',
    );
  });

  it('holds a hundred issues of 500 characters, and the rest is one click away', () => {
    const worst = (at: number): MilestoneItem => {
      const standing = STANDINGS[at % STANDINGS.length]!;
      const told = row({
        status: standing === 'blocked' ? 'blocked' : 'active',
        reason: LONG,
        waiting: waiting({ who: HOSTILE }),
      });
      return item(standing, { identifier: `SHOP-${at}`, title: HOSTILE, row: standing === 'waits' ? null : told });
    };
    const all = data(many(100, worst), {
      name: HOSTILE,
      project: LONG,
      startedBy: { id: '<!channel>', name: HOSTILE },
    });
    const message = progressMessage(all);
    expectGoodMessage(message);
    expect(controls(message)).toEqual(['milestone_items']);
    for (const title of ['Needs somebody (17)', 'Blocked (17)', 'At work (17)', 'Not begun (17)', 'Done (16)']) {
      expect(reads(message)).toContain(title);
    }
    const modal = milestoneItemsModal(all);
    expectGoodView(modal);
    expect(reads(modal)).toContain('SHOP-99');
    const done = progressMessage(data(many(100, () => item('done', { title: HOSTILE }))));
    expectGoodMessage(done);
    expect(controls(done)).toEqual(['milestone_items']);
    expectGoodView(milestoneItemsModal(data(many(250, () => item('works', { title: LONG })))));
  });
});

describe('the list', () => {
  const one: MilestoneRow = {
    ...{ id: '1', name: 'Before the holidays', project: 'Holiday shop', url: URL },
    ...{ total: 12, done: 3, blocked: 1, finished: false },
  };
  it('has one line for each, and says how one begins', () => {
    const message = milestoneList([one, { ...one, name: 'Holiday shop', blocked: 0, finished: true }], true);
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*Milestones*
      *Before the holidays* · <https://linear.app/acme/project/holiday-shop-5e0f1a2b3c4d|Holiday shop in Linear>
      3 of 12 done, 1 blocked [Show All]
      *Holiday shop* · <https://linear.app/acme/project/holiday-shop-5e0f1a2b3c4d|in Linear>
      done [Show All]
        \`/ticket milestone &lt;address of a Linear project&gt;\` starts one."
    `);
    expect(reads(milestoneList([], true))).toMatchInlineSnapshot(
      `"No milestone was started yet. \`/ticket milestone &lt;address of a Linear project&gt;\` starts one."`,
    );
    expect(reads(milestoneList([], false))).toMatchInlineSnapshot(
      `"No milestone was started yet. They are read from Linear, and LINEAR_API_KEY is not set (docs/configuration.md)."`,
    );
  });

  it('is bounded', () => {
    const rows = many(SHOWN_MILESTONES + 1, () => ({ ...one, name: HOSTILE, project: LONG }));
    const message = milestoneList(rows, true);
    expectGoodMessage(message);
    expect(controls(message)).toHaveLength(SHOWN_MILESTONES);
    expect(reads(message)).toContain('Older ones are not shown');
  });
});

it('what follows a start names the channel', () => {
  expect([
    startedSentence('lockstep'),
    startedSentence('#lockstep'),
    startedSentence('C01LOCKSTEP'),
  ]).toMatchInlineSnapshot(`
    [
      "It is started. How its items come along is one message in #lockstep.",
      "It is started. How its items come along is one message in #lockstep.",
      "It is started. How its items come along is one message in the channel of the cards.",
    ]
  `);
});
