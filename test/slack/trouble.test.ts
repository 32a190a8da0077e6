import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SlackInput } from '../../src/slack/input.ts';
import { history, inPrdReview, type Product, startProduct, stateOf } from './fixture.ts';

/** The database is away or slow, or Slack itself does not answer: people are told, nothing is lost or done twice. */

let product: Product;
let broken: 'no' | 'down' | 'slow' = 'no';
const acked: string[] = [];

/** Everything that writes goes through here. */
const fragile =
  <A extends unknown[], R>(run: (...given: A) => Promise<R>) =>
  async (...given: A): Promise<R> => {
    if (broken === 'down') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    if (broken === 'slow') await new Promise((resolve) => setTimeout(resolve, 4000).unref());
    return run(...given);
  };

beforeAll(async () => {
  product = await startProduct((input): SlackInput => {
    const { createItem, revise, receive, openHome, incidents, milestones, alerts } = input.commands;
    return {
      ...input,
      advance: fragile(input.advance),
      commands: {
        createItem: fragile(createItem),
        revise: fragile(revise),
        receive: fragile(receive),
        openHome: fragile(openHome),
        incidents: { declare: fragile(incidents.declare), end: fragile(incidents.end) },
        milestones: { ...milestones, start: fragile(milestones.start) },
        alerts: { seen: fragile(alerts.seen), fix: fragile(alerts.fix), judge: fragile(alerts.judge) },
      },
      failpoint: (point, what) => void acked.push(`${point} ${what}`),
    };
  });
});
afterAll(() => product.close());
beforeEach(async () => {
  broken = 'no';
  product.slack.faults.clear();
  await product.settle();
});

const as = (name: string) => product.slack.act(name);
const told = (name: string) => product.slack.state.ephemerals(name).at(-1)?.text ?? '';
const NOT = 'This was not recorded; please try again.';

const gateOf = async (itemId: string) => {
  const { thread_ts } = await stateOf(product, itemId);
  const gate = product.slack.state
    .thread('lockstep', thread_ts!)
    .slice(1)
    .findLast((one) => JSON.stringify(one.blocks).includes('"approve"'))!;
  return { message: { channel: gate.channel, ts: gate.ts } };
};

describe.each(['down', 'slow'] as const)('with the database %s', (how) => {
  it('a click is answered within 2.5 s, in words, and works afterwards', async () => {
    const item = await inPrdReview(product);
    const gate = await gateOf(item.id);
    broken = how;
    const began = Date.now();
    expect(await as('priya').click('approve', gate)).toEqual({ ok: true });
    expect(Date.now() - began).toBeLessThan(2500);
    await product.listeners.settled();
    expect(told('priya')).toContain(NOT);
    broken = 'no';
    expect((await history(product, item.id)).at(-1)!.type).not.toBe('approved');
    await as('priya').click('approve', gate);
    expect((await history(product, item.id)).filter((row) => row.type === 'approved')).toHaveLength(1);
  });

  it('a command is answered in words', async () => {
    broken = how;
    await as('olga').command('/ticket help');
    expect(told('olga')).toContain(NOT);
  });

  it('a form stays open with what was typed, and goes through afterwards', async () => {
    await as('olga').command(`/ticket Kept ${how}`);
    await as('olga').untilModal('intake');
    broken = how;
    const answer = await as('olga').submit({ description: 'All of this was typed' });
    expect(answer).toMatchObject({ ok: true, errors: { title: expect.stringContaining(NOT) } });
    expect(as('olga').modal()).toBeDefined();
    broken = 'no';
    // The slow one may have gone through behind our back; the same form is the same request.
    expect(await as('olga').submit({ description: 'All of this was typed' })).toEqual({ ok: true });
    const items = await product.database.db
      .selectFrom('items')
      .select('id')
      .where('title', '=', `Kept ${how}`)
      .execute();
    expect(items).toHaveLength(1);
  });
});

describe('with the database down', () => {
  it('an event is not acknowledged, so that Slack sends it again', async () => {
    broken = 'down';
    await as('emil').home();
    await product.slack.until(() =>
      product.slack.state.traffic().some((one) => one.what === 'event app_home_opened' && one.status === 500),
    );
    expect(
      await product.database.db.selectFrom('homes').select('user_id').where('user_id', '=', 'U01EMIL').execute(),
    ).toEqual([]);
  });
});

describe('with Slack in trouble', () => {
  it('a refusal is told by the response URL, which has no limit in common with messages', async () => {
    const item = await inPrdReview(product);
    product.slack.faults.add({ on: 'chat.postEphemeral', kind: 'rate_limited', retry_after: 30, times: null });
    const before = product.slack.state.ephemerals('olga').length;
    await as('olga').click('approve', await gateOf(item.id));
    await product.listeners.settled();
    const heard = product.slack.state.ephemerals('olga').slice(before);
    expect(heard.map((one) => one.text)).toEqual([expect.stringContaining('product manager')]);
  });

  it.each([
    ['rate_limited', {}, 'Please try again in a moment'],
    ['error', { error: 'view_too_large' }, 'too long for a window'],
    ['error', { error: 'expired_trigger_id' }, 'took too long'],
  ] as const)('whoever asked for a modal hears why there is none: %s %o', async (kind, more, words) => {
    const item = await inPrdReview(product);
    const gate = await gateOf(item.id);
    const ways: (() => Promise<unknown>)[] = [
      () => as('priya').command('/ticket A window'),
      () => as('priya').click('request_changes', gate),
      () => as('priya').shortcut('ticket_from_message', gate.message),
    ];
    for (const way of ways) {
      product.slack.faults.add({ on: 'views.open', kind, ...more, retry_after: 1, times: 1 });
      const before = product.slack.state.ephemerals('priya').length;
      await way();
      await product.listeners.settled();
      const heard = product.slack.state.ephemerals('priya').slice(before);
      expect(heard.map((one) => one.text)).toEqual([expect.stringContaining(words)]);
      product.slack.faults.clear();
    }
    expect(as('priya').modal()).toBeUndefined();
  });

  it('a decision stands though its answer cannot be delivered', async () => {
    const item = await inPrdReview(product);
    product.slack.faults.add({ on: 'chat.postEphemeral', kind: 'rate_limited', retry_after: 30, times: null });
    product.slack.faults.add({ on: 'response_url', kind: 'server_error', times: null });
    await as('olga').click('approve', await gateOf(item.id));
    expect(await as('priya').click('approve', await gateOf(item.id))).toEqual({ ok: true });
    await product.listeners.settled();
    expect((await history(product, item.id)).at(-1)!.type).toBe('approved');
    expect(product.logged.some((line) => line.msg === 'answer not delivered')).toBe(true);
  });

  it('one rate-limited answer holds up no other', async () => {
    product.slack.faults.add({ on: 'chat.postEphemeral', kind: 'rate_limited', retry_after: 30, times: 1 });
    const item = await inPrdReview(product);
    await as('olga').click('approve', await gateOf(item.id));
    const began = Date.now();
    await as('olga').command('/ticket Not held up');
    await as('olga').untilModal('intake');
    expect(Date.now() - began).toBeLessThan(1500);
    await as('olga').closeModal();
  });
});

describe('the acknowledgement', () => {
  it('follows the commit, and nothing else comes in between', async () => {
    const item = await inPrdReview(product);
    acked.length = 0;
    const before = product.slack.state.traffic().length;
    await as('priya').click('approve', await gateOf(item.id));
    expect(acked).toEqual(['before_ack approve']);
    expect((await history(product, item.id)).at(-1)!.type).toBe('approved');
    const calls = product.slack.state
      .traffic()
      .slice(before)
      .filter((one) => one.direction === 'from-app');
    expect(calls).toEqual([]);
  });
});
