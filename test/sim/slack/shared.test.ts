import { describe, expect, test } from 'vitest';
import { plain, refusal, sinkApp, workspace } from './harness.ts';

/** Guests, people of other workspaces, and channels that are shared or archived. */

const blocks = [
  { type: 'actions' as const, elements: [{ type: 'button' as const, text: plain('Go'), action_id: 'go', value: '1' }] },
];

describe('Slack Connect', () => {
  test('a shared channel and somebody of the other workspace say so, wherever the app looks', async () => {
    const { client } = await workspace();
    expect((await client.conversations.info({ channel: 'C01NORTH' })).channel).toMatchObject({
      is_ext_shared: true,
      is_shared: true,
      is_pending_ext_shared: false,
      shared_team_ids: ['T01ACME', 'T01NORTH'],
      connected_team_ids: ['T01NORTH'],
    });
    expect((await client.conversations.info({ channel: 'C01LOCKSTEP' })).channel).toMatchObject({
      is_ext_shared: false,
      shared_team_ids: ['T01ACME'],
    });
    const vera = (await client.users.info({ user: 'U01VERA' })).user!;
    expect(vera).toMatchObject({ team_id: 'T01NORTH', is_restricted: false });
    expect(vera).not.toHaveProperty('is_stranger');
    expect(await refusal(client.users.lookupByEmail({ email: 'vera@northwind.example' }))).toMatchObject({
      error: 'users_not_found',
    });
  });

  test('events of a shared channel are marked, and a click tells the workspace of who clicked', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const vera = w.slack.act('vera');
    await vera.say('acme-northwind', '@lockstep hello');
    await w.slack.act('priya').say('lockstep', 'hello');
    await w.slack.idle();
    expect(sink.of('app_mention')[0]).toMatchObject({
      is_ext_shared_channel: true,
      team_id: 'T01ACME',
      context_team_id: 'T01ACME',
      authorizations: [{ team_id: 'T01ACME' }],
      event: { user: 'U01VERA', team: 'T01NORTH', channel: 'C01NORTH' },
    });
    expect(
      sink
        .of('message')
        .map((b) => b.is_ext_shared_channel)
        .sort(),
    ).toEqual([false, true]);
    await w.client.chat.postMessage({ channel: 'C01NORTH', text: 'card', blocks });
    await vera.click('go');
    expect(sink.of('block_actions')[0]).toMatchObject({
      user: { id: 'U01VERA', team_id: 'T01NORTH' },
      team: { id: 'T01ACME' },
    });
  });

  test('they see no other channel, and are strangers once none is shared', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const call = async (path: string) =>
      (await fetch(`${w.served.url}/client/${path}`, { headers: { 'x-act-as': 'U01VERA' } })).json();
    const { channels } = (await call('boot')) as { channels: { name: string }[] };
    expect(channels.map((c) => c.name).sort()).toEqual(['acme-northwind', 'lockstep']);
    expect(await call('history?channel=C01GENERAL')).toMatchObject({ error: 'channel_not_found' });
    w.slack.changeChannel('alerts', { is_pending_ext_shared: true });
    expect((await w.client.conversations.info({ channel: 'C01ALERTS' })).channel).toMatchObject({
      is_pending_ext_shared: true,
      is_ext_shared: false,
    });
    w.slack.changeChannel('acme-northwind', { is_ext_shared: false, connected_team_ids: [], members: ['U01PRIYA'] });
    expect((await w.client.users.info({ user: 'U01VERA' })).user).toMatchObject({ is_stranger: true });
    const again = { is_ext_shared: true, connected_team_ids: ['T01NORTH'], members: ['U01PRIYA', 'U01VERA'] };
    w.slack.changeChannel('acme-northwind', again);
    expect((await w.client.users.info({ user: 'U01VERA' })).user).not.toHaveProperty('is_stranger');
    await w.slack.idle();
    expect(sink.of('channel_shared')[0].event).toMatchObject({ connected_team_id: 'T01NORTH', channel: 'C01NORTH' });
  });
});

test('guests of several channels and of one are told apart', async () => {
  const { client } = await workspace();
  const flags = async (user: string) => {
    const { is_restricted, is_ultra_restricted, team_id } = (await client.users.info({ user })).user!;
    return { is_restricted, is_ultra_restricted, team_id };
  };
  expect(await flags('U01GUEST')).toEqual({ is_restricted: true, is_ultra_restricted: false, team_id: 'T01ACME' });
  expect(await flags('U01SOLO')).toEqual({ is_restricted: true, is_ultra_restricted: true, team_id: 'T01ACME' });
  expect(await flags('U01EMIL')).toEqual({ is_restricted: false, is_ultra_restricted: false, team_id: 'T01ACME' });
});

test('an archived channel can be read and nothing more, and the app is told', async () => {
  const w = await workspace();
  const sink = await sinkApp(w);
  const { client } = w;
  const channel = 'C01LOCKSTEP';
  const { ts } = await client.chat.postMessage({ channel, text: 'before' });
  w.slack.changeChannel('lockstep', { is_archived: true });
  const error = async (call: Promise<unknown>) => (await refusal(call)).error;
  expect(await error(client.chat.postMessage({ channel, text: 'x' }))).toBe('is_archived');
  expect(await error(client.chat.postEphemeral({ channel, user: 'U01EMIL', text: 'x' }))).toBe('is_archived');
  expect(await error(client.chat.update({ channel, ts: ts!, text: 'x' }))).toBe('is_inactive');
  expect(await error(client.reactions.add({ channel, timestamp: ts!, name: 'eyes' }))).toBe('is_archived');
  expect(await error(client.conversations.join({ channel }))).toBe('is_archived');
  expect(await error(client.conversations.invite({ channel, users: 'U01GUEST' }))).toBe('is_archived');
  expect((await client.conversations.history({ channel })).messages).toHaveLength(1);
  expect((await client.conversations.info({ channel })).channel).toMatchObject({ is_archived: true });
  const { channels } = await client.conversations.list({ exclude_archived: true });
  expect(channels!.map((c) => c.name)).not.toContain('lockstep');
  expect(await w.slack.act('priya').command('/ticket')).toMatchObject({ ok: false, error: 'is_archived' });
  await expect(w.slack.act('priya').say('lockstep', 'x')).rejects.toThrow('is_archived');
  w.slack.changeChannel('lockstep', { is_archived: false });
  await client.chat.postMessage({ channel, text: 'after' });
  await w.slack.idle();
  expect([...sink.of('channel_archive'), ...sink.of('channel_unarchive')].map((b) => b.event.type)).toEqual([
    'channel_archive',
    'channel_unarchive',
  ]);
});
