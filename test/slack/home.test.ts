import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homeOf } from '../../src/store/homes.ts';
import { reads } from '../views/fixture.ts';
import { draft, finish, inPrdReview, newItem, type Product, startProduct, stateOf } from './fixture.ts';

/** App Home by signed HTTP against the strict stand-in: what people press, and what they see when something changes. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

const as = (name: string) => product.slack.act(name);
const home = (name: string) => reads(product.slack.state.home(name)!).replace(/<!date\^[^>]*>/g, 'DATE');
const published = (user: string) =>
  product.slack.state
    .traffic()
    .filter((one) => one.what === 'views.publish' && JSON.stringify(one.request).includes(`"${user}"`)).length;

async function opens(name: string): Promise<string> {
  await as(name).home();
  await product.settle();
  return home(name);
}

async function presses(name: string, control: string, value?: string): Promise<string> {
  expect(await as(name).clickHome(control, value === undefined ? {} : { value })).toMatchObject({ ok: true });
  await product.settle();
  return home(name);
}

/** Signed as Slack signs. */
async function post(payload: object): Promise<Response> {
  const body = new URLSearchParams({ payload: JSON.stringify({ team: { id: 'T01ACME' }, ...payload }) }).toString();
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', product.signingSecret).update(`v0:${at}:${body}`).digest('hex');
  return fetch(product.requestUrl, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': `v0=${signature}`,
    },
  });
}

/** What Slack gets when somebody types into the filter. */
async function suggested(value: string): Promise<string[]> {
  const about = { type: 'block_suggestion', action_id: 'home_service', block_id: 'b', value };
  const user = { id: 'U01PRIYA', team_id: 'T01ACME' };
  const answer = await post({ ...about, user, view: { id: 'V1', type: 'home' } });
  const { options } = (await answer.json()) as { options: { text: { text: string } }[] };
  return options.map((one) => one.text.text);
}

describe('the tabs', () => {
  it('show the queue first, then what was pressed, and that again when Home is opened anew', async () => {
    expect(await opens('emil')).toContain('[● Queue] [Board] [Metrics] [New Ticket]');
    await newItem(product, 'Somebody else’s');
    expect(await presses('emil', 'home_board')).toContain('[Queue] [● Board] [Metrics] [New Ticket]');
    expect(home('emil')).toContain('Somebody else’s');
    expect(await presses('emil', 'home_metrics')).toContain('# Nothing was deployed in the last 30 days');
    expect(await presses('emil', 'home_days', '90')).toContain('# Nothing was deployed in the last 90 days');
    expect(await opens('emil')).toContain('# Nothing was deployed in the last 90 days');
    expect(await presses('emil', 'home_queue')).toContain('# Nothing waits on you');
  });

  it('start a ticket', async () => {
    await opens('emil');
    await as('emil').clickHome('new_ticket');
    await as('emil').untilModal('intake');
    await as('emil').closeModal();
    await product.settle();
  });

  it('are refused to guests, who see nothing of the board', async () => {
    await newItem(product, 'Not for guests');
    await as('gus').home();
    await product.settle();
    await as('gus').clickHome('home_board');
    await product.settle();
    expect(home('gus')).not.toContain('Not for guests');
    await as('gus').closeModal();
  });

  it('are taken from somebody who has become a guest', async () => {
    await newItem(product, 'Not for guests either', 'U01REMO');
    await opens('olga');
    expect(await presses('olga', 'home_board')).toContain('Not for guests either');
    const become = (guest: boolean) =>
      product.database.db.updateTable('people').set({ guest }).where('id', '=', 'U01OLGA').execute();
    await become(true);
    await newItem(product, 'Nor this', 'U01REMO');
    await product.redraw();
    expect(home('olga')).toContain('[● Queue]');
    expect(home('olga')).not.toContain('Nor this');
    await become(false);
  });

  it('with a value that Lockstep did not write are not acted upon', async () => {
    await opens('emil');
    const before = await viewOf('U01EMIL');
    const view = { id: 'V1', type: 'home' };
    const answer = await post({
      type: 'block_actions',
      user: { id: 'U01EMIL', team_id: 'T01ACME' },
      view,
      trigger_id: 'not-a-trigger',
      actions: [{ type: 'button', action_id: 'home_board', block_id: 'b', value: '{"tab":"nosuch"}' }],
    });
    expect(answer.status).toBe(200);
    await product.settle();
    expect(await viewOf('U01EMIL')).toEqual(before);
  });
});

const viewOf = async (userId: string) => (await homeOf(product.database.db, userId))!.view;

describe('the board', () => {
  beforeAll(async () => {
    for (let index = 0; index < 10; index += 1) await newItem(product, `Board item ${index}`, 'U01REMO');
    const own = await newItem(product, 'Priya asks for reports', 'U01PRIYA');
    await finish(product, own.id, 'enrich', [{ name: 'service', value: 'reports', source: 'catalog' }]);
    await product.redraw();
  });

  it('filters by service, by person and by what is blocked, and clears', async () => {
    await opens('priya');
    await presses('priya', 'home_board');
    expect(home('priya')).toContain('Board item 0');
    expect(await presses('priya', 'home_service', 'reports')).toContain('Priya asks for reports');
    expect(home('priya')).toContain('[static_select: reports]');
    expect(home('priya')).not.toContain('Board item');
    expect(await presses('priya', 'home_mine')).toContain('[✓ Mine]');
    expect(home('priya')).toContain('Priya asks for reports');
    expect(await presses('priya', 'home_only_blocked')).toContain('No open item fits these filters.');
    expect(await presses('priya', 'home_clear')).toContain('Board item 0');
    expect(await presses('priya', 'home_service', 'All services')).toContain('Board item 0');
  });

  it('searches among many services', async () => {
    const catalog = product.input.catalog as { services: unknown };
    const before = catalog.services;
    catalog.services = Array.from({ length: 300 }, (_, index) => ({ name: `service-${index}` }));
    try {
      await opens('priya');
      await presses('priya', 'home_board');
      expect(home('priya')).toContain('[external_select: All services]');
      const all = await suggested('');
      expect([all.length, ...all.slice(0, 2)]).toEqual([100, 'All services', 'service-0']);
      expect(await suggested('E-29')).toEqual([
        'service-29',
        ...Array.from({ length: 10 }, (_, n) => `service-29${n}`),
      ]);
      expect(await presses('priya', 'home_service', 'service-299')).toContain('[external_select: service-299]');
      expect(await presses('priya', 'home_clear')).toContain('[external_select: All services]');
    } finally {
      catalog.services = before;
    }
  });

  it('shows all of a column, page by page', async () => {
    await opens('remo');
    await presses('remo', 'home_board');
    const all = await presses('remo', 'home_column');
    expect(all).toMatch(/^# Incoming: \d+ open · oldest first/);
    for (let index = 0; index < 10; index += 1) expect(all).toContain(`Board item ${index}`);
    expect(all).not.toContain('[Next]');
    expect(await presses('remo', 'home_columns')).toContain('# Incoming (');
  });
});

describe('a decision from Home', () => {
  it('shows what is approved, and approves exactly that', async () => {
    const item = await inPrdReview(product, 'Decide me');
    await opens('priya');
    await presses('priya', 'home_queue');
    expect(home('priya')).toContain('Decide me\nPRD approval');
    const { visit } = await stateOf(product, item.id);
    const value = JSON.stringify({ i: item.id, v: visit, o: 'prd', s: item.prd.hash, b: 'approve' });
    await as('priya').clickHome('review', { value });
    const form = await as('priya').untilModal('approve');
    expect(reads(form)).toContain('PRD, revision 1 by Lockstep');
    expect(reads(form)).toContain('Reports stay in the browser.');
    expect(await as('priya').submit()).toEqual({ ok: true });
    await product.settle();
    expect(home('priya')).not.toContain('Decide me');
    const approved = await product.database.db
      .selectFrom('stage_history')
      .select(['actor_id', 'subject', 'of'])
      .where('item_id', '=', item.id)
      .where('type', '=', 'approved')
      .execute();
    expect(approved).toEqual([{ actor_id: 'U01PRIYA', subject: item.prd.hash, of: 'prd' }]);
  });

  it('about what has changed meanwhile is refused with what stands there now, which can then be approved', async () => {
    const item = await inPrdReview(product, 'Changes under the hand');
    await opens('priya');
    const { visit } = await stateOf(product, item.id);
    const value = JSON.stringify({ i: item.id, v: visit, o: 'prd', s: item.prd.hash, b: 'approve' });
    await as('priya').clickHome('review', { value });
    await as('priya').untilModal('approve');
    const revised = await product.input.commands.revise(
      {
        itemId: item.id,
        document: 'prd',
        fields: { problem: 'Quite another problem.' },
        baseHash: item.prd.hash,
        actor: { id: 'U01OLGA', name: 'Olga Novak', roles: [] },
        note: '',
      },
      { id: `test:revise:home:${item.id}`, kind: 'submit' },
    );
    expect(revised.kind).toBe('revised');
    const answer = await as('priya').submit();
    expect(answer.ok).toBe(true);
    const again = reads(as('priya').modal()!);
    expect(again).toMatch(/^! This PRD was changed by Olga Novak/);
    expect(again).toContain('Quite another problem.');
    expect(await as('priya').submit()).toEqual({ ok: true });
    await product.settle();
    expect((await stateOf(product, item.id)).stage).toBe('spec_draft');
  });

  it('is offered to those who may decide, and to nobody else', async () => {
    const item = await inPrdReview(product, 'Not for everybody');
    await opens('emil');
    await presses('emil', 'home_board');
    const line = (name: string) => {
      const lines = home(name).split('\n');
      return lines[lines.findIndex((one) => one.includes(`*${item.key}*`)) + 1];
    };
    expect(line('emil')).toBe('Priya Patel · PRD approval · just now [Open]');
    await opens('priya');
    await presses('priya', 'home_board');
    expect(line('priya')).toBe('Priya Patel · PRD approval · just now [Approve PRD…]');
    await presses('priya', 'home_queue');
  });

  it('is not asked of who asked for the item, where that does not count', async () => {
    const item = await newItem(product, 'Emil asks', 'U01EMIL');
    await finish(product, item.id, 'enrich', [{ name: 'service', value: 'reports', source: 'catalog' }]);
    await product.redraw();
    const prd = await draft(product, item.id, 'prd');
    const { visit } = await stateOf(product, item.id);
    const actor = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
    await product.advance(item.id, { type: 'approved', actor, visit, of: 'prd', subject: prd.hash });
    await draft(product, item.id, 'spec');
    await product.redraw();
    await opens('emil');
    const own = await presses('emil', 'home_queue');
    expect(own).toMatch(/# Your items under way \(\d+\)[^#]*Emil asks\nRosa Marin · spec approval/);
    expect(await opens('rosa')).toMatch(/Emil asks\nSpec approval · just now \[Approve spec…/i);
  });
});

describe('what is blocked', () => {
  it('stands on Home with its reason alone, and every block is on record for metrics', async () => {
    const item = await inPrdReview(product, 'Too important for an agent');
    const decide = async (id: string, name: string, of: 'prd' | 'spec', subject: string) => {
      const { visit } = await stateOf(product, item.id);
      await product.advance(item.id, { type: 'approved', actor: { id, name, roles: [] }, visit, of, subject });
    };
    await decide('U01PRIYA', 'Priya Patel', 'prd', item.prd.hash);
    const spec = await draft(product, item.id, 'spec');
    await decide('U01EMIL', 'Emil Larsen', 'spec', spec.hash);
    await finish(product, item.id, 'score', [{ name: 'tier', value: 'T1', source: 'catalog' }]);
    await product.redraw();
    expect(await stateOf(product, item.id)).toMatchObject({ stage: 'ready', status: 'blocked' });
    await opens('olga');
    const own = await presses('olga', 'home_queue');
    expect(own).toMatch(/# Blocked \(1\)\n\*LS-\d+\* {2}Too important for an agent\n[^·]*is T1 · just now \[Open\]/);
    expect(own).not.toMatch(/Too important for an agent\nBlocked/);
    const blocks = await product.database.db
      .selectFrom('blocks')
      .select(['reason', 'version'])
      .where('item_id', '=', item.id)
      .execute();
    expect(blocks).toEqual([
      {
        reason: expect.stringMatching(/^the service tier is not T1: /),
        version: (await stateOf(product, item.id)).version,
      },
    ]);
    expect(await presses('olga', 'home_board')).toMatch(/# Ready to Delegate \(1\)[^#]*Blocked: [^·]*T1/);
    await presses('olga', 'home_queue');
  });
});

describe('metrics', () => {
  beforeAll(async () => {
    const item = await newItem(product, 'Went all the way', 'U01REMO');
    const { version } = await stateOf(product, item.id);
    await product.database.db
      .insertInto('stage_history')
      .values({
        item_id: item.id,
        version: version + 1000,
        visit: 9,
        type: 'finished',
        from_stage: 'deploying',
        to_stage: 'deployed',
        column_name: 'Deployed',
        mark: 'deployed',
        actor_id: 'lockstep',
        actor_name: 'Lockstep',
        actor_roles: [],
        of: null,
        subject: '',
        role: null,
        job: 'watch-deploy',
        note: '',
        request_id: null,
        at: new Date(),
        prev_hash: '',
        hash: '',
      })
      .execute();
  });

  it('are shown with charts and a table', async () => {
    await opens('rosa');
    const shown = await presses('rosa', 'home_metrics');
    expect(shown).toContain('# 1 item reached production, in');
    expect(shown).toContain('~ Where the time goes (bar;');
    expect(shown).toContain('= Lead time by service, last 30 days');
    await as('rosa').command('/ticket metrics');
    expect(reads({ blocks: as('rosa').ephemerals().at(-1)!.blocks! })).toContain('1 item reached production, in');
  });

  it('are shown in words where Slack takes no charts', async () => {
    product.slack.faults.add({ on: 'views.publish', kind: 'error', error: 'invalid_blocks', times: 1 });
    const shown = await presses('rosa', 'home_days', '7');
    expect(shown).toContain('# 1 item reached production, in');
    expect(shown).toContain('*Lead time by service*');
    expect(shown).not.toMatch(/^[~=] /m);
    expect(product.logged.some((line) => line.msg === 'Slack refused this Home; sent without charts')).toBe(true);
    // By a worker too, whose client tells it in other words.
    product.slack.faults.add({ on: 'views.publish', kind: 'error', error: 'invalid_blocks', times: 1 });
    await as('rosa').home();
    await product.slack.idle();
    await product.settle();
    expect(home('rosa')).not.toMatch(/^[~=] /m);
  });
});

describe('what somebody else changes', () => {
  it('redraws the tab that is looked at, and no other', async () => {
    await opens('olga');
    await presses('olga', 'home_board');
    const open = Number(/^# (\d+) open/.exec(home('olga'))?.[1]);
    const item = await newItem(product, 'Brand new', 'U01REMO');
    await product.redraw();
    expect(home('olga')).toContain(`# ${open + 1} open`);
    await finish(product, item.id, 'enrich', [{ name: 'service', value: 'billing', source: 'catalog' }]);
    await product.redraw();
    expect(home('olga')).toContain('[● Board]');
    expect(home('olga')).toMatch(/# Planning[^#]*Brand new/);
    await presses('olga', 'home_queue');
    await newItem(product, 'Olga’s own');
    await product.redraw();
    expect(home('olga')).toContain('Olga’s own');
  });

  it('but makes no difference is not published', async () => {
    await opens('olga');
    const before = published('U01OLGA');
    await product.database.db
      .updateTable('homes')
      .set((eb) => ({ wanted: eb('wanted', '+', 1) }))
      .where('user_id', '=', 'U01OLGA')
      .execute();
    await product.redraw();
    expect(published('U01OLGA')).toBe(before);
  });
});
