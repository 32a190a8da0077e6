import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { announceOverride } from '../../jobs/announce-override.ts';
import { expireOverride } from '../../jobs/expire-override.ts';
import type { Job } from '../../jobs/job.ts';
import type { Message } from '../../sim/slack/client-api.ts';
import { runEffect } from '../../src/run-effect.ts';
import { checkInvariants } from '../invariants.ts';
import { reads } from '../views/fixture.ts';
import { draft, finish, history, inPrdReview, type Product, startProduct, stateOf } from './fixture.ts';

/** A blocked item that a named role lets pass: by signed HTTP, from the button to the end of its time. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());
afterEach(() => {
  vi.useRealTimers();
});

const as = (name: string) => product.slack.act(name);
const dated = (text: string) => text.replace(/<!date\^[^>]*>/g, 'DATE').replace(/LS-\d+/g, 'LS-N');
const shown = (message: { blocks?: unknown[] } | undefined) => dated(reads({ blocks: message?.blocks ?? [] }));
const lastWhisper = (name: string) => product.slack.state.ephemerals(name).at(-1);
const INCIDENT = { count: 1, items: [{ title: 'Reports are down', url: '', since: '2026-11-20T10:00:00Z' }] };

async function approves(item: string, id: string, of: 'prd' | 'spec', subject: string): Promise<void> {
  const { visit } = await stateOf(product, item);
  const result = await product.advance(item, {
    type: 'approved',
    actor: { id, name: id, roles: [] },
    visit,
    of,
    subject,
  });
  expect(result.kind).toBe('moved');
}

/** An item that an incident keeps from being delegated. */
async function blocked(title: string) {
  const item = await inPrdReview(product, title);
  await approves(item.id, 'U01PRIYA', 'prd', item.prd.hash);
  const spec = await draft(product, item.id, 'spec');
  await approves(item.id, 'U01EMIL', 'spec', spec.hash);
  await finish(product, item.id, 'score', [{ name: 'active_incidents', value: INCIDENT, source: 'test' }]);
  await product.redraw();
  expect((await stateOf(product, item.id)).status).toBe('blocked');
  return item;
}

/** Runs what was ordered of this job. */
async function runs(job: Job): Promise<void> {
  const rows = await product.database.db
    .selectFrom('outbox')
    .select(['id', 'turn'])
    .where('job', '=', job.name)
    .where('done_at', 'is', null)
    .execute();
  for (const row of rows) {
    await runEffect(product.deps, new Map([[job.name, job]]), { effect: row.id, turn: row.turn, starts: 1 });
  }
  await product.redraw();
}

async function cardOf(item: string): Promise<Message> {
  const { thread_ts } = await stateOf(product, item);
  return product.slack.state.messages('lockstep').find((message) => message.ts === thread_ts)!;
}
const thread = async (item: string) =>
  product.slack.state.thread('lockstep', (await stateOf(product, item)).thread_ts!).slice(1);
const announcement = async (item: string) =>
  (await thread(item)).find((one) => JSON.stringify(one.blocks).includes('withdraw_override'));
const at = ({ channel, ts }: Message) => ({ message: { channel, ts } });

async function asks(who: string, item: string): Promise<string> {
  await as(who).click('override', at(await cardOf(item)));
  return shown(await as(who).untilModal());
}

async function overrides(item: string, more: Record<string, string> = {}) {
  await as('remo').click('override', at(await cardOf(item)));
  await as('remo').untilModal('override');
  const answer = await as('remo').submit({ reason: 'The fix itself has to go through', ...more });
  await product.settle();
  return answer;
}

async function home(who: string): Promise<string> {
  await as(who).home();
  await product.settle();
  return dated(reads(product.slack.state.home(who)!));
}

describe('an override', () => {
  it('goes from the card to the thread, and only then lets the item be delegated', async () => {
    const { id } = await blocked('Through the incident');
    expect(shown(await cardOf(id))).toContain('[Override…]');
    expect(await asks('remo', id)).toMatchInlineSnapshot(`
      "*The rule counts as met until the time is over.* The thread is told first, with your name and reason.
      LS-N  Through the incident
      ✗ An incident is active: Reports are down
      Rule that it may pass: {static_select rule = No incident is active on the service}
      Why?: {plain_text_input reason}
      For how long: {static_select hours = 1 hour}"
    `);
    expect(await as('remo').submit({ reason: '', hours: '4' })).toMatchObject({
      errors: { reason: expect.any(String) },
    });
    await as('remo').submit({ reason: 'The fix itself has to go through', hours: '4' });
    await product.settle();
    // Slack was not told yet: nothing has changed but that it is known.
    expect((await stateOf(product, id)).status).toBe('blocked');
    expect(shown(await cardOf(id))).toContain('as soon as this thread was told');
    expect(await home('remo')).toContain('counts once its thread was told');

    await runs(announceOverride);
    expect(shown(await announcement(id))).toMatchInlineSnapshot(`
      "*Remo Keller lets LS-N pass DATE, although an incident is active: Reports are down*
      Reason: The fix itself has to go through
        Rule: no incident is active on the service · overridden by a release manager
        It counts at this gate only, and only for what the rule says now.
      [Withdraw]"
    `);
    expect((await stateOf(product, id)).status).toBe('active');
    expect(shown(await cardOf(id))).toMatchInlineSnapshot(`
      "# Needed from Emil Larsen or Rosa Marin: delegate it
      LS-N  Through the incident
        Ready · step 7 of 15 · DATE
      *What is left*
      ! No incident is active on the service, overridden by Remo Keller DATE: “The fix itself has to go through”
      ○ An engineer delegates it
      ✓ 5 other rules hold
      *PRD:* revision 1 · *Tech spec:* revision 1
      *Active incidents:* 1, latest: Reports are down
        reports · T2 · blast radius low · DATE from catalog, test
        Not known: owner, open pull requests
      [Delegate… (primary)] [Request Changes] [Open Spec] [overflow: Open PRD / Show what is known / Show history / Cancel LS-N…]
        Asked for by <@U01OLGA> · no priority yet · AI-led"
    `);
    expect(JSON.stringify(await thread(id))).toContain('"delegate"');
    expect(await home('remo')).toMatchInlineSnapshot(`
      "# Nothing waits on you
      [● Queue] [Board] [Metrics] [New Ticket]
      # Overridden rules (1)
      *LS-N*  Through the incident
      ! No incident is active on the service · Remo Keller · DATE
      “The fix itself has to go through” [Withdraw]
        Nothing to review, nothing of yours under way, nothing blocked. Approvals and questions for your roles come here.
        DATE · \`/ticket help\` says what else there is"
    `);
    // Whoever asked for it sees it, and cannot take it back.
    expect(await home('olga')).toContain('“The fix itself has to go through” [Open]');

    const rows = (await history(product, id)).slice(-2);
    expect(rows.map(({ type, actor_id, subject, note }) => [type, actor_id, subject, note])).toEqual([
      [
        'overridden',
        'U01REMO',
        'no incident is active on the service: active now: Reports are down',
        'The fix itself has to go through',
      ],
      [
        'override_announced',
        'lockstep',
        'no incident is active on the service: active now: Reports are down',
        'by Remo Keller',
      ],
    ]);
    // Every hash is computed again, with the end of the override in it.
    const broken = await checkInvariants(product.database.pool, { quietSeconds: 3600 });
    expect(broken.filter((one) => one.invariant === 'I7')).toEqual([]);
  });

  it('is announced once, whatever dies in between', async () => {
    const { id } = await blocked('Twice told');
    await overrides(id);
    const dies = async (input: Parameters<Job['run']>[0]) => {
      await announceOverride.run(input);
      throw new Error('died after Slack had it');
    };
    await runs({ ...announceOverride, run: dies });
    expect((await stateOf(product, id)).status).toBe('blocked');
    await runs(announceOverride);
    const told = (await thread(id)).filter((one) => JSON.stringify(one.blocks).includes('withdraw_override'));
    expect(told).toHaveLength(1);
    expect((await stateOf(product, id)).status).toBe('active');
  });

  it('does not count while Slack takes no message', async () => {
    const { id } = await blocked('Slack is away');
    await overrides(id);
    product.slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 1, times: 1 });
    await runs(announceOverride);
    expect((await stateOf(product, id)).status).toBe('blocked');
    const again = async () => {
      await runs(announceOverride);
      return (await stateOf(product, id)).status;
    };
    await expect.poll(again, { timeout: 20_000, interval: 200 }).toBe('active');
  });

  it('is withdrawn from the thread or from Home: the gate closes again', async () => {
    const { id } = await blocked('Withdrawn');
    await overrides(id);
    await runs(announceOverride);
    const message = (await announcement(id))!;
    await as('emil').click('withdraw_override', at(message));
    await product.settle();
    expect(shown(lastWhisper('emil'))).toContain('Only a release manager can do this.');
    expect((await stateOf(product, id)).status).toBe('active');

    await as('remo').click('withdraw_override', at(message));
    await product.settle();
    expect((await stateOf(product, id)).status).toBe('blocked');
    const closed = (await thread(id)).find((one) => one.ts === message.ts);
    expect(shown(closed)).toMatchInlineSnapshot(`
      "  *Override withdrawn:* no incident is active on the service · overridden by Remo Keller · withdrawn by <@U01REMO> · DATE
        “The fix itself has to go through”"
    `);
    expect((await thread(id)).map((one) => dated(one.text)).at(-1)).toMatchInlineSnapshot(
      `"LS-N: <@U01OLGA> Blocked: an incident is active: Reports are down"`,
    );
    expect(await home('remo')).not.toContain('Withdrawn');
  });

  it('ends by itself when its time is over, and Home lists it no more', async () => {
    const { id } = await blocked('Over in an hour');
    await overrides(id, { hours: '1' });
    await runs(announceOverride);
    await runs(expireOverride);
    expect((await stateOf(product, id)).status).toBe('active');
    expect(await home('remo')).toContain('Over in an hour');

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 + 1000 });
    await runs(expireOverride);
    expect((await stateOf(product, id)).status).toBe('blocked');
    expect(dated(reads(product.slack.state.home('remo')!))).not.toContain('Over in an hour');
    const last = (await thread(id)).map((one) => dated(one.text)).at(-1);
    expect(last).toMatchInlineSnapshot(`"LS-N: <@U01OLGA> Blocked: an incident is active: Reports are down"`);
    expect(shown(await cardOf(id))).toContain('[Override…]');
  });
});

describe('the form', () => {
  it('opens to nobody else, and says who may', async () => {
    const { id } = await blocked('Not for everybody');
    expect(await asks('emil', id)).toBe('Only a release manager can override what keeps it here.');
  });

  it('keeps what was typed when somebody was faster', async () => {
    const { id } = await blocked('Two forms');
    await as('remo').click('override', at(await cardOf(id)));
    await as('remo').untilModal('override');
    await product.advance(id, {
      type: 'observed',
      facts: [
        {
          name: 'active_incidents',
          value: { count: 2, items: [...INCIDENT.items, ...INCIDENT.items] },
          source: 'test',
        },
      ],
      note: '',
    });
    await as('remo').submit({ reason: 'Typed with care' });
    const again = await as('remo').untilModal('override');
    expect(shown(again)).toContain('What this rule says has changed, or it holds by now; look at it again.');
    expect(JSON.stringify(again)).toContain('Typed with care');
    expect((await history(product, id)).map((row) => row.type)).not.toContain('overridden');
  });

  it('is behind “Show what is known” for those who may', async () => {
    const { id } = await blocked('In the details');
    const menu = async (who: string) => {
      const message = await cardOf(id);
      const { visit } = await stateOf(product, id);
      await as(who).click('menu', { ...at(message), value: JSON.stringify({ i: id, v: visit, e: 'details' }) });
      const view = shown(await as(who).untilModal('details'));
      await as(who).closeModal();
      return view;
    };
    expect(await menu('remo')).toContain('[Override…]');
    expect(await menu('emil')).not.toContain('[Override…]');
  });
});
