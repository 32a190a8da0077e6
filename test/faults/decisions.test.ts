import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../sim/slack/deliver.ts';
import { until, untilPeopleAreKnown } from '../flows/lockstep.ts';
import {
  approve,
  buttonOf,
  expectSound,
  historyOf,
  itemOf,
  openTicket,
  press,
  type Road,
  reaches,
  startRoad,
} from './road.ts';

/** Everything that people and senders do more than once, at once, or too late. Web and worker run inside the test. */
let road: Road;
beforeAll(async () => {
  road = await startRoad();
}, 60_000);
afterAll(() => road?.close());

const atGate = async (title: string): Promise<string> => {
  const key = await openTicket(road, title);
  await reaches(road, key, 'prd_ready');
  return key;
};
const decisionsOf = async (key: string) =>
  (await historyOf(road, key)).filter((row) => row.type === 'approved' || row.type === 'changes_requested');
const told = (who: string, words: RegExp) =>
  until(() => road.slack.state.ephemerals(who).find((message) => words.test(message.text)));

describe('clicks at the same time', () => {
  it('a triple click is one decision, and the item goes on once', async () => {
    const key = await atGate('Clicked three times');
    const seen = await buttonOf(road, key, 'approve');
    const answers = await Promise.all([1, 2, 3].map(() => press(road, 'emil', 'approve', seen)));
    expect(answers.map((answer) => answer.ok)).toEqual([true, true, true]);
    await reaches(road, key, 'signed');
    expect(await decisionsOf(key)).toMatchObject([{ type: 'approved', actor_name: 'Emil Larsen' }]);
    await told('emil', /You approved this at .*“(Scored|Signed)”/);
    await expectSound(road);
  });

  it('of two people only the first decides; the other reads who it was', async () => {
    const key = await atGate('Clicked by two people');
    const seen = await buttonOf(road, key, 'approve');
    await Promise.all([press(road, 'emil', 'approve', seen), press(road, 'rosa', 'approve', seen)]);
    const decisions = await decisionsOf(key);
    expect(decisions).toHaveLength(1);
    const loser = decisions[0]!.actor_name === 'Emil Larsen' ? 'rosa' : 'emil';
    await told(loser, new RegExp(`${decisions[0]!.actor_name} approved this at`));
    await expectSound(road);
  });

  it('approve against request changes: one of them holds, the other is told', async () => {
    const key = await atGate('Approved and rejected at once');
    const [approveSeen, rejectSeen] = await Promise.all([
      buttonOf(road, key, 'approve'),
      buttonOf(road, key, 'request_changes'),
    ]);
    const rosa = road.slack.act('rosa');
    await press(road, 'rosa', 'request_changes', rejectSeen);
    await rosa.untilModal('request_changes');
    const [, rejected] = await Promise.all([
      press(road, 'emil', 'approve', approveSeen),
      rosa.submit({ reason: 'Say which carts.' }),
    ]);
    expect(rejected.ok).toBe(true);
    const [decision, ...others] = await decisionsOf(key);
    expect(others).toEqual([]);
    if (decision?.type === 'approved') {
      // The form stays open with what was typed.
      expect(JSON.stringify(rosa.modal()?.blocks)).toContain('Emil Larsen approved this');
      await rosa.closeModal();
    } else {
      await told('emil', /Rosa Marin asked for changes/);
    }
    await expectSound(road);
  });
});

it('a click on a card of an earlier visit is refused, and the card is drawn anew', async () => {
  const key = await atGate('Stale card');
  const stale = await buttonOf(road, key, 'approve');
  const rosa = road.slack.act('rosa');
  await press(road, 'rosa', 'request_changes', await buttonOf(road, key, 'request_changes'));
  await rosa.untilModal('request_changes');
  await rosa.submit({ reason: 'Name the countries too.' });
  await until(async () => (await itemOf(road, key)).visit >= 4 && (await itemOf(road, key)).stage === 'prd_ready');
  const before = await itemOf(road, key);
  await press(road, 'emil', 'approve', stale);
  await told('emil', /Rosa Marin asked for changes at .*“PRD ready” now/);
  expect(await itemOf(road, key)).toMatchObject({ stage: 'prd_ready', version: before.version });
  await approve(road, key);
  await reaches(road, key, 'signed');
  await expectSound(road);
});

describe('senders that repeat themselves', () => {
  it('Slack: a click delivered twice, and one whose answer got lost, is one decision', async () => {
    const key = await atGate('Delivered twice');
    const seen = await buttonOf(road, key, 'approve');
    road.slack.faults.add({ on: 'actions', kind: 'duplicate', times: 1 });
    expect(await press(road, 'emil', 'approve', seen)).toMatchObject({ ok: true });
    await reaches(road, key, 'signed');
    const sign = await buttonOf(road, key, 'approve');
    road.slack.faults.add({ on: 'actions', kind: 'timeout_after', times: 1 });
    expect(await press(road, 'priya', 'approve', sign)).toMatchObject({ ok: false });
    await reaches(road, key, 'completed');
    await press(road, 'priya', 'approve', sign);
    await told('priya', /You approved this at/);
    expect((await decisionsOf(key)).map((row) => row.actor_name)).toEqual(['Emil Larsen', 'Priya Patel']);
    await expectSound(road);
  });

  it('Slack: a form sent again after its answer got lost creates one item', async () => {
    const priya = road.slack.act('priya');
    await priya.command('/ticket new Sent twice');
    await priya.untilModal('intake');
    const values = { description: 'Once is enough.', service: 'storefront' };
    road.slack.faults.add({ on: 'views', kind: 'timeout_after', times: 1 });
    expect(await priya.submit(values)).toMatchObject({ ok: false });
    expect(await priya.submit(values)).toMatchObject({ ok: true });
    expect(priya.modal()).toBeUndefined();
    const items = await road.database.db.selectFrom('items').select('key').where('title', '=', 'Sent twice').execute();
    expect(items).toHaveLength(1);
    await expectSound(road);
  });

  it('Slack: an event with its retries 1, 2, 3 has one effect', async () => {
    const before = road.slack.state.ephemerals('olga').length;
    const body = mention('EvRETRIED');
    const answers = [];
    for (const retry of [0, 1, 2, 3]) answers.push(await sendEvent(body, retry));
    expect(answers).toEqual([200, 200, 200, 200]);
    expect(await Promise.all([0, 0, 1, 2].map((retry) => sendEvent(mention('EvATONCE'), retry)))).toEqual(answers);
    await until(() => road.slack.state.ephemerals('olga').length >= before + 2);
    const { rows } = await road.database.pool.query(`SELECT id FROM inbox WHERE id LIKE 'slack:Ev%' ORDER BY id`);
    expect(rows).toEqual([{ id: 'slack:EvATONCE' }, { id: 'slack:EvRETRIED' }]);
    await road.slack.idle();
    expect(road.slack.state.ephemerals('olga')).toHaveLength(before + 2);
  });

  it('GitHub: one delivery ten times at once is one row, and each is answered 200', async () => {
    const key = await atGate('Delivered ten times');
    const id = randomUUID();
    const statuses = await Promise.all(Array.from({ length: 10 }, () => deliver(id, key)));
    expect(statuses).toEqual(Array(10).fill(200));
    const { rows } = await road.database.pool.query(
      `SELECT b.outcome, i.key FROM inbox b JOIN items i ON i.id = b.item_id WHERE b.id = $1`,
      [`github:${id}`],
    );
    expect(rows).toEqual([{ outcome: 'recorded', key }]);
    await expectSound(road);
  });
});

describe('Socket Mode', () => {
  let socket: Road;
  beforeAll(async () => {
    socket = await startRoad({ socketMode: true });
    await untilPeopleAreKnown(socket);
  }, 60_000);
  afterAll(() => socket?.close());

  it('what comes twice over reconnecting sockets, with retry 0, happens once', async () => {
    socket.slack.faults.add({ on: 'commands', kind: 'duplicate', times: 1 });
    socket.slack.faults.add({ on: 'views', kind: 'duplicate', times: 1 });
    const key = await openTicket(socket, 'Twice over the socket');
    await reaches(socket, key, 'prd_ready');
    const seen = await buttonOf(socket, key, 'approve');
    socket.slack.recycleSockets();
    socket.slack.faults.add({ on: 'actions', kind: 'duplicate', times: 1 });
    await until(async () => (await press(socket, 'emil', 'approve', seen)).ok);
    await reaches(socket, key, 'signed');
    const before = socket.slack.state.ephemerals('olga').length;
    socket.slack.faults.add({ on: 'events', kind: 'duplicate', times: 1 });
    await socket.slack.act('olga').say('lockstep', '<@U01LOCKSTEP> what can you do?');
    await until(() => socket.slack.state.ephemerals('olga').length > before);
    await socket.slack.idle();
    expect(socket.slack.state.ephemerals('olga')).toHaveLength(before + 1);
    const { rows } = await socket.database.pool.query('SELECT count(*)::int AS n FROM items');
    expect(rows).toEqual([{ n: 1 }]);
    expect((await historyOf(socket, key)).filter((row) => row.type === 'approved')).toHaveLength(1);
    await expectSound(socket);
  });
});

function mention(eventId: string): string {
  const event = {
    type: 'app_mention',
    user: 'U01OLGA',
    channel: 'C01LOCKSTEP',
    ts: '1.2',
    event_ts: '1.2',
    text: 'hi',
  };
  return JSON.stringify({
    type: 'event_callback',
    team_id: 'T01ACME',
    api_app_id: 'A01LOCKSTEP',
    event_id: eventId,
    event_time: 1,
    event,
    authorizations: [{ team_id: 'T01ACME', user_id: 'U01LOCKSTEP', is_bot: true, is_enterprise_install: false }],
  });
}

async function sendEvent(body: string, retry: number): Promise<number> {
  const timestamp = Math.floor(Date.now() / 1000);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': sign(road.env.SLACK_SIGNING_SECRET!, timestamp, body),
    ...(retry > 0 ? { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' } : {}),
  };
  return (await fetch(`${road.webUrl}/slack/events`, { method: 'POST', headers, body })).status;
}

async function deliver(id: string, key: string): Promise<number> {
  const pull = { number: 1, head: { ref: 'somebody/else' }, body: `<!-- lockstep:${key} -->` };
  const repository = { full_name: 'acme/storefront' };
  const body = JSON.stringify({ action: 'opened', pull_request: pull, repository });
  const signature = createHmac('sha256', road.env.GITHUB_WEBHOOK_SECRET!).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${signature}`,
  };
  return (await fetch(`${road.webUrl}/webhooks/github`, { method: 'POST', headers, body })).status;
}
