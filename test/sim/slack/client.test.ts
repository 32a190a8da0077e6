import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Boot, Channel, ClientEvent, Message } from '../../../sim/slack/client-api.ts';
import type { Data } from '../../../sim/slack/types.ts';
import { KEYS, mrkdwn, plain, sinkApp, type Workspace, workspace } from './harness.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape come back here.
type Answer = any;

const page =
  (w: Workspace, as: string) =>
  async (path: string, body?: object): Promise<Answer> => {
    const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    return (await fetch(`${w.served.url}/client/${path}`, { ...init, headers: { 'x-act-as': as } })).json();
  };

/** Reads a person's event stream into a list. */
async function stream(w: Workspace, as: string): Promise<ClientEvent[]> {
  const events: ClientEvent[] = [];
  const abort = new AbortController();
  const res = await fetch(`${w.served.url}/client/events?as=${as}`, { signal: abort.signal });
  expect(res.headers.get('content-type')).toContain('text/event-stream');
  const read = async (): Promise<void> => {
    let text = '';
    for await (const part of res.body!.pipeThrough(new TextDecoderStream())) {
      text += part;
      const frames = text.split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) if (frame.startsWith('data: ')) events.push(JSON.parse(frame.slice(6)));
    }
  };
  read().catch(() => undefined);
  onTestFinished(() => abort.abort());
  return events;
}

const actions = [{ type: 'actions', elements: [{ type: 'button', action_id: 'go', text: plain('Go'), value: '1' }] }];

describe('the page', () => {
  test('boots as a person, sees that person’s channels, and only those', async () => {
    const w = await workspace({ links: () => [{ label: 'GitHub', url: 'http://127.0.0.1:1' }] });
    const boot = (await page(w, 'U01GUEST')('boot')) as Boot;
    expect(boot).toMatchObject({
      ok: true,
      team: { id: 'T01ACME', name: 'Acme' },
      me: { id: 'U01GUEST', is_restricted: true },
      app: { id: 'A01LOCKSTEP', bot_user_id: 'U01LOCKSTEP', name: 'lockstep' },
      home: null,
      links: [{ label: 'GitHub', url: 'http://127.0.0.1:1' }],
    });
    expect(boot.app.commands.map((c) => c.command)).toEqual(['/ticket']);
    expect(boot.app.shortcuts.map((s) => s.callback_id)).toEqual(['fix_this', 'ticket_from_message', 'ticket_new']);
    expect(boot.people).toHaveLength(10);
    expect(boot.channels.map((c) => c.name)).toEqual(['general', 'lockstep']);
    expect(boot.channels.map((c) => c.is_im)).toEqual([false, true]);
    expect(await page(w, 'U01GUEST')('history?channel=C01LOCKSTEP')).toEqual({ ok: false, error: 'channel_not_found' });
    expect(await page(w, 'U404')('boot')).toMatchObject({ error: 'user_not_found' });
    expect(await page(w, 'U01LOCKSTEP')('boot')).toMatchObject({ error: 'user_is_bot' });
    expect((await page(w, '')('boot')).me.id).toBe('U01PRIYA');
    const elsewhere = await fetch(`${w.served.url}/client/boot`, { headers: { origin: 'https://evil.example' } });
    expect(await elsewhere.json()).toEqual({ ok: false, error: 'foreign_origin' });
  });

  test('reads history in pages and threads from their root', async () => {
    const w = await workspace();
    const call = page(w, 'U01PRIYA');
    for (const text of ['1', '2', '3']) await call('message', { channel: 'C01LOCKSTEP', text });
    const all = (await call('history?channel=C01LOCKSTEP')).messages as Message[];
    expect(all.map((m) => m.text)).toEqual(['1', '2', '3']);
    const older = await call(`history?channel=C01LOCKSTEP&limit=1&before=${all[2]!.ts}`);
    expect(older.messages.map((m: Message) => m.text)).toEqual(['2']);
    await call('message', { channel: 'C01LOCKSTEP', text: 'reply', thread_ts: all[0]!.ts });
    const replies = await call(`replies?channel=C01LOCKSTEP&ts=${all[0]!.ts}`);
    expect(replies.messages.map((m: Message) => m.text)).toEqual(['1', 'reply']);
    expect((await call('history?channel=C01LOCKSTEP')).messages).toHaveLength(3);
    expect(await call('message', { channel: 'C01LOCKSTEP', text: ' ' })).toMatchObject({ error: 'no_text' });
    for (let i = 4; i <= 60; i += 1) await call('message', { channel: 'C01LOCKSTEP', text: String(i) });
    const texts = async (query: string) => {
      const { messages, has_more } = await call(`history?channel=C01LOCKSTEP&${query}`);
      return [messages[0]?.text, messages.at(-1)?.text, messages.length, has_more];
    };
    expect(await texts('limit=50')).toEqual(['11', '60', 50, true]);
    expect(await texts(`limit=50&before=${all[2]!.ts}`)).toEqual(['1', '2', 2, false]);
    // What a permalink leads to, with what stands above it, down to the newest.
    expect(await texts(`limit=10&from=${all[2]!.ts}`)).toEqual(['1', '60', 60, false]);
    const late = (await call('history?channel=C01LOCKSTEP&limit=30')).messages[0] as Message;
    expect(await texts(`limit=10&from=${late.ts}`)).toEqual(['11', '60', 50, true]);
  });

  test('gets events of its own channels; ephemeral messages, modals and Home reach one person', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const [priya, emil, gus] = await Promise.all(['U01PRIYA', 'U01EMIL', 'U01GUEST'].map((id) => stream(w, id)));
    await w.slack.act('priya').command('/ticket');
    const { trigger_id } = sink.of('command')[0];
    const view = { type: 'modal' as const, title: plain('T'), blocks: [{ type: 'divider' as const }] };
    await w.client.views.open({ trigger_id, view });
    await w.client.views.publish({ user_id: 'U01EMIL', view: { type: 'home', blocks: [] } });
    await w.client.chat.postEphemeral({ channel: 'C01LOCKSTEP', user: 'U01EMIL', text: 'psst' });
    await w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'all' });
    const kinds = (events: ClientEvent[]) =>
      events.flatMap((e) => (e.type === 'traffic' || e.type === 'channel' ? [] : [e.type]));
    await w.slack.until(() => kinds(priya!).length === 2 && kinds(emil!).length === 3);
    expect(kinds(priya!)).toEqual(['view_opened', 'message']);
    expect(kinds(emil!)).toEqual(['home', 'message', 'message']);
    await w.slack.until(() => gus!.some((e) => e.type === 'traffic' && e.entry.what === 'chat.postMessage'));
    expect(kinds(gus!)).toEqual([]);
  });

  test('counts what is unread and who is called, by name, by group and by @channel', async () => {
    const w = await workspace();
    const say = (text: string, thread_ts?: string) =>
      w.slack.act('remo').say('lockstep', text, thread_ts ? { thread_ts } : {});
    const counts = async (as: string) => {
      const boot = (await page(w, as)('boot')) as Boot;
      const { unread, mentions } = boot.channels.find((c: Channel) => c.id === 'C01LOCKSTEP')!;
      return [unread, mentions];
    };
    const root = await say('plain');
    await say('@priya look');
    await say('@engineering look');
    await say('in a thread', root.ts);
    await say('@priya in a thread', root.ts);
    expect(await counts('U01PRIYA')).toEqual([4, 2]);
    expect(await counts('U01EMIL')).toEqual([3, 1]);
    expect(await counts('U01REMO')).toEqual([0, 0]);
    await page(w, 'U01PRIYA')('read', { channel: 'C01LOCKSTEP' });
    expect(await counts('U01PRIYA')).toEqual([0, 0]);
    await w.client.chat.postMessage({
      channel: 'C01LOCKSTEP',
      text: 'card',
      blocks: [{ type: 'section', text: mrkdwn('<!channel> waits on <@U01OLGA>') }],
    });
    expect(await counts('U01PRIYA')).toEqual([1, 1]);
  });

  test('notifies exactly whom a message calls, and of every direct message', async () => {
    const w = await workspace();
    const [priya, emil] = await Promise.all(['U01PRIYA', 'U01EMIL'].map((id) => stream(w, id)));
    const told = (events: ClientEvent[]) =>
      events.flatMap((event) => (event.type === 'notification' ? [event.message.text] : []));
    const root = await w.slack.act('remo').say('lockstep', 'nobody in particular');
    await w.slack.act('remo').say('lockstep', '@priya look', { thread_ts: root.ts });
    await w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: '<!channel> all of you' });
    const { channel } = await w.client.conversations.open({ users: 'U01EMIL' });
    await w.client.chat.postMessage({ channel: channel!.id!, text: 'just you' });
    await w.slack.until(() => told(emil!).length === 2 && told(priya!).length === 2);
    expect(told(priya!)).toEqual(['<@U01PRIYA> look', '<!channel> all of you']);
    expect(told(emil!)).toEqual(['<!channel> all of you', 'just you']);
  });

  test('clicks and submits over its routes', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const call = page(w, 'U01ROSA');
    const { ts } = await w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'card', blocks: actions as never });
    const [{ block_id }] = (await call('history?channel=C01LOCKSTEP')).messages[0].blocks;
    const click = {
      container: { type: 'message', channel: 'C01LOCKSTEP', ts },
      block_id,
      action_id: 'go',
      action: { type: 'button', value: 'forged' },
    };
    expect(await call('action', click)).toEqual({ ok: true });
    expect(sink.of('block_actions')[0].actions[0].value).toBe('1');
    expect(await call('action', { ...click, action_id: 'gone' })).toMatchObject({ error: 'action_not_found' });
    expect(await call('submit', { view_id: 'V404', values: {} })).toMatchObject({ error: 'view_not_found' });
    expect(await call('nonsense', {})).toMatchObject({ error: 'unknown_method' });
  });

  test('nobody can use another person’s modal', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    await w.slack.act('priya').command('/ticket');
    const view = { type: 'modal' as const, title: plain('T'), blocks: [{ type: 'divider' as const }] };
    const opened = await w.client.views.open({ trigger_id: sink.of('command')[0].trigger_id, view });
    const closing = await page(w, 'U01EMIL')('close', { view_id: opened.view!.id! });
    expect(closing).toMatchObject({ error: 'view_not_found' });
  });
});

describe('the inspector and the switchboard', () => {
  test('traffic shows both directions and no secret', async () => {
    const w = await workspace();
    await sinkApp(w);
    await w.slack.act('priya').command('/ticket');
    const body = new URLSearchParams({ token: KEYS.botToken, channel: 'C01LOCKSTEP', text: `oops ${KEYS.botToken}` });
    await fetch(`${w.served.url}/api/chat.postMessage`, { method: 'POST', body });
    await w.slack.idle();
    const { traffic } = await page(w, 'U01PRIYA')('traffic?since=0');
    expect(traffic.map((t: { direction: string; what: string }) => [t.direction, t.what])).toEqual([
      ['to-app', '/ticket'],
      ['from-app', 'chat.postMessage'],
      ['to-app', 'event message'],
    ]);
    const text = JSON.stringify(traffic);
    for (const secret of Object.values(KEYS)) expect(text).not.toContain(secret);
    expect(text).not.toContain('verification-token');
    const { traffic: rest } = await page(w, 'U01PRIYA')(`traffic?since=${traffic[0].id}`);
    expect(rest.map((t: { what: string }) => t.what)).toContain('chat.postMessage');
    expect(rest).not.toContainEqual(expect.objectContaining({ what: '/ticket' }));
  });

  test('faults are set, listed and removed over the page’s route', async () => {
    const w = await workspace();
    const call = page(w, 'U01PRIYA');
    const { faults } = await call('faults', { on: 'chat.update', kind: 'rate_limited', retry_after: 3, times: 2 });
    expect(faults).toEqual([
      { id: expect.any(String), on: 'chat.update', kind: 'rate_limited', retry_after: 3, times: 2 },
    ]);
    await call('faults', { on: 'events', kind: 'duplicate', times: null });
    expect((await call('faults', { remove: faults[0].id })).faults).toHaveLength(1);
    expect((await call('faults', { faults: [] })).faults).toEqual([]);
    expect((await call('faults')).faults).toEqual([]);
  });
});

describe('other apps and a data file', () => {
  test('an alert of a monitor arrives as a bot_message and can be answered with a shortcut', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const attachments = [{ color: '#f00', text: 'TypeError in checkout' }];
    const alert = w.slack.postAsApp('Monitor', 'alerts', { text: '', attachments });
    await w.slack.act('emil').shortcut('fix_this', { channel: 'C01ALERTS', ts: alert.ts });
    await w.slack.idle();
    expect(sink.of('message')[0].event).toMatchObject({
      subtype: 'bot_message',
      bot_id: 'B01MONITOR',
      username: 'Monitor',
      text: '',
      attachments,
    });
    expect(sink.of('message')[0].event).not.toHaveProperty('user');
    expect(sink.of('message_action')[0].message).toMatchObject({ attachments });
  });

  test('the monitor reports what somebody at the page asks for, with a link where the service runs', async () => {
    const w = await workspace({ links: () => [{ label: 'ledger production', url: 'http://127.0.0.1:2' }] });
    const sink = await sinkApp(w);
    const call = page(w, 'U01EMIL');
    const { channel, alerts } = (await call('alerts')) as { channel: string; alerts: { id: string; title: string }[] };
    for (const { id } of alerts) expect(await call('alerts', { id })).toMatchObject({ ok: true });
    expect(await call('alerts', { id: 'none' })).toEqual({ ok: false, error: 'There is no such alert.' });
    await w.slack.idle();
    const said = w.slack.state.roots(channel).map((one) => JSON.stringify(one.attachments));
    expect(said.map((text, index) => text.includes(alerts[index]!.title))).toEqual(alerts.map(() => true));
    expect(said.filter((text) => text.includes('http://127.0.0.1:2'))).toHaveLength(1);
    expect(sink.of('message').map((one) => one.event.username)).toEqual(alerts.map(() => 'Watchtower'));
  });

  test('a restart finds messages, Home, counters and groups again, and no half-written file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'slack-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const dataFile = join(directory, 'deep', 'slack.json');
    const first = await workspace({ dataFile });
    const metadata = { event_type: 'item', event_payload: { id: 1 } };
    const sent = await first.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'kept', metadata });
    await first.client.views.publish({ user_id: 'U01EMIL', view: { type: 'home', blocks: [] } });
    first.slack.setUserGroup('reviewers', ['U01EMIL']);
    const saved = (): Data | undefined =>
      existsSync(dataFile) ? (JSON.parse(readFileSync(dataFile, 'utf8')) as Data) : undefined;
    await first.slack.until(() => saved()?.user_groups.S01REVIEWERS?.users.includes('U01EMIL'));
    await first.slack.close();
    expect(readdirSync(join(directory, 'deep'))).toEqual(['slack.json']);

    const second = await workspace({ dataFile });
    expect(second.slack.state.roots('lockstep')).toMatchObject([{ text: 'kept', metadata }]);
    expect(second.slack.state.home('emil')?.type).toBe('home');
    expect((await second.client.usergroups.users.list({ usergroup: 'S01REVIEWERS' })).users).toEqual(['U01EMIL']);
    const { channels } = (await page(second, 'U01EMIL')('boot')) as Boot;
    expect(channels.find((c) => c.id === 'C01LOCKSTEP')!.unread).toBe(1);
    const later = await second.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'new' });
    expect(later.ts! > sent.ts!).toBe(true);
  });
});

test('buttons inside containers and cards can be clicked, each block by its own id', async () => {
  const w = await workspace();
  const sink = await sinkApp(w);
  const button = (value: string) => ({ type: 'button', action_id: 'go', text: plain('Go'), value });
  const blocks = [
    {
      type: 'container',
      title: plain('Two'),
      child_blocks: ['a', 'b'].map((v) => ({ type: 'actions', elements: [button(v)] })),
    },
    { type: 'carousel', elements: ['c', 'd'].map((v) => ({ type: 'card', body: mrkdwn(v), actions: [button(v)] })) },
  ];
  await w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'card', blocks: blocks as never });
  for (const value of ['b', 'd']) await w.slack.act('priya').click('go', { value });
  const [b, d] = sink.of('block_actions').map((p) => p.actions[0]);
  expect([b.value, d.value]).toEqual(['b', 'd']);
  expect(b.block_id).not.toBe(d.block_id);
});
