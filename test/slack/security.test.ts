import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { history, inPrdReview, type Product, startProduct, stateOf } from './fixture.ts';

/** What arrives over HTTP that Slack did not send, or sent late, twice or too large. */

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.close());

const now = () => Math.floor(Date.now() / 1000);

async function send(body: string, options: { at?: number; secret?: string; type?: string; signature?: string } = {}) {
  const { at = now(), secret = product.signingSecret, type = 'application/x-www-form-urlencoded' } = options;
  const signature = options.signature ?? `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`;
  const answer = await fetch(product.requestUrl, {
    method: 'POST',
    body,
    headers: { 'content-type': type, 'x-slack-request-timestamp': String(at), 'x-slack-signature': signature },
  });
  return { status: answer.status, text: await answer.text() };
}

let triggers = 0;
const newTrigger = () => {
  triggers += 1;
  return `trigger.${triggers}`;
};
const command = (text: string, trigger = newTrigger()) =>
  new URLSearchParams({
    command: '/ticket',
    text,
    user_id: 'U01OLGA',
    user_name: 'olga',
    team_id: 'T01ACME',
    channel_id: 'C01LOCKSTEP',
    trigger_id: trigger,
    response_url: 'http://127.0.0.1:9/none',
  }).toString();

const click = (action: Record<string, unknown>, trigger = newTrigger(), more: Record<string, unknown> = {}) =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      user: { id: 'U01PRIYA', username: 'priya', name: 'priya', team_id: 'T01ACME' },
      team: { id: 'T01ACME', domain: 'acme' },
      trigger_id: trigger,
      channel: { id: 'C01LOCKSTEP', name: 'lockstep' },
      container: { type: 'message', channel_id: 'C01LOCKSTEP', message_ts: '1.1', is_ephemeral: false },
      message: { ts: '1.1' },
      actions: [{ type: 'button', block_id: 'b', action_ts: '1.2', ...action }],
      ...more,
    }),
  }).toString();

const event = (type: string, id: string) =>
  JSON.stringify({
    type: 'event_callback',
    event_id: id,
    team_id: 'T01ACME',
    api_app_id: 'A01LOCKSTEP',
    event: { type, user: 'U01OLGA', tab: 'home', channel: 'D1', event_ts: '1.1' },
    authorizations: [{ team_id: 'T01ACME', user_id: 'U01LOCKSTEP', is_bot: true, enterprise_id: null }],
  });

describe('a request', () => {
  it('with a good signature is answered', async () => {
    expect(await send(command('help'))).toMatchObject({
      status: 200,
      text: expect.stringContaining('What Lockstep understands'),
    });
  });

  it('with a wrong, missing or foreign signature is refused', async () => {
    expect((await send(command('help'), { signature: 'v0=00' })).status).toBe(401);
    expect((await send(command('help'), { secret: 'another' })).status).toBe(401);
    const bare = await fetch(product.requestUrl, { method: 'POST', body: command('help') });
    expect(bare.status).toBe(401);
  });

  it('of six minutes ago is refused', async () => {
    expect((await send(command('help'), { at: now() - 360 })).status).toBe(401);
  });

  it('from six minutes in the future is refused, of every kind, and does nothing', async () => {
    const at = now() + 360;
    const before = await product.database.db.selectFrom('inbox').select('id').execute();
    expect((await send(command('help'), { at })).status).toBe(401);
    expect((await send(click({ action_id: 'new_ticket' }), { at })).status).toBe(401);
    expect((await send(event('app_home_opened', 'EvF'), { at, type: 'application/json' })).status).toBe(401);
    expect(await product.database.db.selectFrom('inbox').select('id').execute()).toEqual(before);
    expect(await product.database.db.selectFrom('homes').select('user_id').execute()).toEqual([]);
    // A clock that is a little ahead is not an attack.
    expect((await send(command('help'), { at: now() + 60 })).status).toBe(200);
  });

  it('of 5 MB is refused before it is read', async () => {
    expect((await send(`payload=${'x'.repeat(5_000_000)}`)).status).toBe(413);
  });

  it('that is no JSON gets 400', async () => {
    expect((await send('{nonsense', { type: 'application/json' })).status).toBe(400);
  });
});

describe('a byte-identical replay', () => {
  it('of a decision is answered and decides nothing', async () => {
    const item = await inPrdReview(product);
    const { visit } = await stateOf(product, item.id);
    const value = JSON.stringify({ i: item.id, v: visit, o: 'prd', s: item.prd.hash });
    const body = click({ action_id: 'approve', value });
    const at = now();
    expect((await send(body, { at })).status).toBe(200);
    const after = await history(product, item.id);
    expect(after.at(-1)!.type).toBe('approved');
    expect((await send(body, { at })).status).toBe(200);
    expect(await history(product, item.id)).toEqual(after);
  });
});

describe('an unknown control', () => {
  it('is acknowledged, logged and told', async () => {
    expect((await send(click({ action_id: 'from_the_future', value: 'x' }))).status).toBe(200);
    await product.listeners.settled();
    expect(product.logged.some((line) => line.msg === 'unknown control' && line.id === 'from_the_future')).toBe(true);
    const told = product.slack.state.ephemerals('priya').at(-1);
    expect(told?.text).toContain('does not know this control any more');
  });

  it('and a value that we did not write does nothing', async () => {
    for (const value of ['', '{}', '{"i":"1 OR 1=1","v":1,"o":"prd","s":"x"}', 'null']) {
      expect((await send(click({ action_id: 'approve', value }))).status).toBe(200);
    }
    await product.listeners.settled();
    expect(product.slack.state.ephemerals('priya').at(-1)?.text).toContain('does not know this control');
  });

  it('about an item that is not there any more is told so', async () => {
    const value = JSON.stringify({ i: '999999', v: 1, o: 'prd', s: 'x' });
    expect((await send(click({ action_id: 'approve', value }))).status).toBe(200);
    await product.listeners.settled();
    expect(product.slack.state.ephemerals('priya').at(-1)?.text).toContain('no such item any more');
  });

  it('of another command, view or shortcut is answered too', async () => {
    const other = command('x').replace('command=%2Fticket', 'command=%2Fother');
    expect(await send(other)).toMatchObject({
      status: 200,
      text: expect.stringContaining('does not know this control'),
    });
    const view = new URLSearchParams({
      payload: JSON.stringify({
        type: 'view_submission',
        user: { id: 'U01PRIYA', team_id: 'T01ACME' },
        team: { id: 'T01ACME' },
        view: {
          id: 'V1',
          hash: '1.a',
          type: 'modal',
          callback_id: 'nope',
          private_metadata: '',
          state: { values: {} },
        },
      }),
    }).toString();
    expect(await send(view)).toMatchObject({
      status: 200,
      text: expect.stringContaining('"response_action":"update"'),
    });
  });
});

describe('people of another workspace', () => {
  it('decide nothing', async () => {
    const item = await inPrdReview(product);
    const { visit } = await stateOf(product, item.id);
    const value = JSON.stringify({ i: item.id, v: visit, o: 'prd', s: item.prd.hash });
    const stranger = { user: { id: 'U99ELSE', username: 'else', team_id: 'T99OTHER' } };
    expect((await send(click({ action_id: 'approve', value }, undefined, stranger))).status).toBe(200);
    await product.listeners.settled();
    expect((await history(product, item.id)).at(-1)!.type).not.toBe('approved');
    expect(product.logged.some((line) => line.msg === 'refused' && line.actor === 'U99ELSE')).toBe(true);
  });
});

describe('what is logged', () => {
  it('never has a token or secret in it', () => {
    const all = JSON.stringify(product.logged);
    expect(all).not.toContain('xoxb-the-bot');
    expect(all).not.toContain(product.signingSecret);
  });
});
