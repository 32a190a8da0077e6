import { describe, expect, test } from 'vitest';
import { KEYS, mrkdwn, plain, refusal, sinkApp, webClient, workspace } from './harness.ts';

const section = (text: string) => ({ type: 'section' as const, text: mrkdwn(text) });

describe('tokens and methods', () => {
  test('are refused by name', async () => {
    const w = await workspace();
    const call = async (method: string, headers: Record<string, string>): Promise<unknown> =>
      (await fetch(`${w.served.url}/api/${method}`, { method: 'POST', headers })).json();
    expect(await call('auth.test', {})).toEqual({ ok: false, error: 'not_authed' });
    expect(await call('auth.test', { authorization: 'Bearer xoxb-other' })).toMatchObject({ error: 'invalid_auth' });
    expect(await call('auth.test', { authorization: `Bearer ${KEYS.appToken}` })).toMatchObject({
      error: 'not_allowed_token_type',
    });
    expect(await refusal(w.client.apiCall('chat.shout'))).toMatchObject({ error: 'unknown_method' });
  });

  test('arguments come as a form or as JSON, the token in the header or beside them', async () => {
    const w = await workspace();
    const post = async (type: string, body: string): Promise<{ ok: boolean; message?: { text: string } }> =>
      (await (
        await fetch(`${w.served.url}/api/chat.postMessage`, { method: 'POST', headers: { 'content-type': type }, body })
      ).json()) as { ok: boolean; message?: { text: string } };
    const args = { token: KEYS.botToken, channel: 'C01LOCKSTEP', text: '[1]' };
    expect((await post('application/json; charset=utf-8', JSON.stringify(args))).message?.text).toBe('[1]');
    const form = new URLSearchParams({ ...args, text: 'true' }).toString();
    expect((await post('application/x-www-form-urlencoded', form)).message?.text).toBe('true');
    expect(await post('application/json', '{"a":')).toMatchObject({ ok: false });
  });

  test('auth.test says who the app is and which scopes it has', async () => {
    const { client } = await workspace();
    const answer = await client.auth.test();
    expect(answer).toMatchObject({ team_id: 'T01ACME', user_id: 'U01LOCKSTEP', bot_id: 'B01LOCKSTEP' });
    expect(answer.response_metadata?.scopes).toContain('chat:write');
  });
});

describe('chat', () => {
  test('posts only where it may, and only what can be shown', async () => {
    const { client } = await workspace();
    const post = (args: object) => refusal(client.apiCall('chat.postMessage', { text: 'Hi', ...args }));
    expect(await post({ channel: 'C404' })).toMatchObject({ error: 'channel_not_found' });
    expect(await post({ channel: '#general' })).toMatchObject({ error: 'not_in_channel' });
    expect(await post({ channel: 'C01LOCKSTEP', text: '' })).toMatchObject({ error: 'no_text' });
    expect(await post({ channel: 'C01LOCKSTEP', thread_ts: '1.0' })).toMatchObject({ error: 'thread_not_found' });
    expect(await post({ channel: 'C01LOCKSTEP', blocks: '{' })).toMatchObject({ error: 'invalid_blocks_format' });
    expect(await post({ channel: 'C01LOCKSTEP', blocks: [section('a'.repeat(3001))] })).toMatchObject({
      error: 'invalid_blocks',
      errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      response_metadata: {
        messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      },
    });
    const long = Array(5).fill(section('a'.repeat(2900)));
    expect(await post({ channel: 'C01LOCKSTEP', blocks: long })).toMatchObject({ error: 'msg_blocks_too_long' });
    const metadata = { event_type: 'item', event_payload: { id: 'a'.repeat(9000) } };
    expect(await post({ channel: 'C01LOCKSTEP', metadata })).toMatchObject({ error: 'metadata_too_large' });
  });

  test('a user id means the direct conversation, a reply to a reply hangs under the root', async () => {
    const { client, slack } = await workspace();
    const dm = await client.chat.postMessage({ channel: 'U01PRIYA', text: 'Psst' });
    expect(dm.channel).toBe('D01PRIYA');
    const root = await client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'Root' });
    const reply = await client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'One', thread_ts: root.ts! });
    await client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'Two', thread_ts: reply.ts! });
    expect(slack.state.thread('lockstep', root.ts!).map((m) => m.text)).toEqual(['Root', 'One', 'Two']);
    expect(slack.state.roots('lockstep')).toMatchObject([{ reply_count: 2 }]);
  });

  test('timestamps are unique and grow, also when the clock stands still', async () => {
    const { client } = await workspace({ now: () => 1_795_000_000_000 });
    const sent = [];
    for (const text of ['1', '2', '3'])
      sent.push((await client.chat.postMessage({ channel: 'C01LOCKSTEP', text })).ts!);
    expect(new Set(sent).size).toBe(3);
    expect([...sent].sort()).toEqual(sent);
    expect(sent[0]).toMatch(/^1795000000\.\d{6}$/);
  });

  test('updates its own messages and keeps their metadata unless told otherwise', async () => {
    const { client, slack } = await workspace();
    const metadata = { event_type: 'item', event_payload: { id: 7 } };
    const { ts, channel } = await client.chat.postMessage({
      channel: 'C01LOCKSTEP',
      text: 'One',
      blocks: [section('One')],
      metadata,
    });
    const target = { ts: ts!, channel: channel! };
    const stored = () => slack.state.messages('lockstep').find((m) => m.ts === ts)!;
    await client.chat.update({ ...target, text: 'Two', blocks: [section('Two')] });
    expect(stored()).toMatchObject({ text: 'Two', blocks: [{ text: { text: 'Two' } }], metadata });
    expect(stored().edited).toBeUndefined();
    await client.chat.update({ ...target, text: 'Three', metadata: {} as never });
    expect(stored().edited).toMatchObject({ user: 'U01LOCKSTEP' });
    expect(stored().metadata).toBeUndefined();
    expect(stored().blocks).toBeUndefined();

    const theirs = await slack.act('priya').say('lockstep', 'Mine');
    const update = (args: object) => refusal(client.apiCall('chat.update', { ...target, text: 'x', ...args }));
    expect(await update({ ts: theirs.ts })).toMatchObject({ error: 'cant_update_message' });
    expect(await update({ ts: '1.0' })).toMatchObject({ error: 'message_not_found' });
    expect(await update({ channel: '#lockstep' })).toMatchObject({ error: 'channel_not_found' });
    expect(await update({ text: 'a'.repeat(4001) })).toMatchObject({ error: 'msg_too_long' });
    expect(await refusal(client.chat.delete({ channel: channel!, ts: theirs.ts }))).toMatchObject({
      error: 'cant_delete_message',
    });
    await client.chat.delete(target);
    expect(slack.state.roots('lockstep').map((m) => m.ts)).toEqual([theirs.ts]);
  });

  test('an ephemeral message reaches one member only, is in no history and cannot be updated', async () => {
    const { client, slack } = await workspace();
    const seen: string[] = [];
    slack.listen((event, to) => {
      if (event.type === 'message') seen.push(`${event.message.text} to ${[...to].join()}`);
    });
    const channel = 'C01LOCKSTEP';
    const { message_ts } = await client.chat.postEphemeral({ channel, user: 'U01EMIL', text: 'Only you' });
    const root = await slack.act('emil').say('lockstep', 'Root');
    await client.chat.postEphemeral({ channel, user: 'U01EMIL', text: 'In thread', thread_ts: root.ts });
    expect(seen.filter((s) => s.endsWith('to U01EMIL'))).toEqual(['Only you to U01EMIL']);
    expect((await client.conversations.history({ channel })).messages).toHaveLength(1);
    expect(await refusal(client.chat.update({ channel, ts: message_ts!, text: 'x' }))).toMatchObject({
      error: 'message_not_found',
    });
    expect(await refusal(client.chat.postEphemeral({ channel, user: 'U01GUEST', text: 'x' }))).toMatchObject({
      error: 'user_not_in_channel',
    });
  });
});

describe('reading', () => {
  test('history is newest first and paged; replies begin with the root; metadata on request', async () => {
    const { client } = await workspace();
    const channel = 'C01LOCKSTEP';
    const metadata = { event_type: 'item', event_payload: { id: 1 } };
    const root = await client.chat.postMessage({ channel, text: '1', metadata });
    for (const text of ['2', '3']) await client.chat.postMessage({ channel, text });
    await client.chat.postMessage({ channel, text: 'reply', thread_ts: root.ts! });
    const first = await client.conversations.history({ channel, limit: 2 });
    expect(first.messages!.map((m) => m.text)).toEqual(['3', '2']);
    const cursor = first.response_metadata!.next_cursor!;
    const second = await client.conversations.history({ channel, limit: 2, cursor, include_all_metadata: true });
    expect(second).toMatchObject({ has_more: false, messages: [{ text: '1', reply_count: 1, metadata }] });
    const replies = await client.conversations.replies({ channel, ts: root.ts! });
    expect(replies.messages!.map((m) => m.text)).toEqual(['1', 'reply']);
    expect(replies.messages![0]).not.toHaveProperty('metadata');
    const newer = await client.conversations.history({ channel, oldest: root.ts! });
    expect(newer.messages!.map((m) => m.text)).toEqual(['3', '2']);
    expect(await refusal(client.conversations.history({ channel: 'C01GENERAL' }))).toMatchObject({
      error: 'not_in_channel',
    });
  });

  test('people, groups and channels are Acme’s', async () => {
    const { client } = await workspace();
    expect((await client.users.info({ user: 'U01GUEST' })).user).toMatchObject({ name: 'gus', is_restricted: true });
    expect((await client.users.lookupByEmail({ email: 'Rosa@acme.example' })).user?.id).toBe('U01ROSA');
    expect(await refusal(client.users.lookupByEmail({ email: 'gus@acme.example' }))).toMatchObject({
      error: 'users_not_found',
    });
    const groups = (await client.usergroups.list({ include_users: true })).usergroups!;
    expect(Object.fromEntries(groups.map((g) => [g.handle, g.users]))).toEqual({
      product: ['U01PRIYA'],
      engineering: ['U01EMIL', 'U01ROSA'],
      reviewers: ['U01ROSA'],
      'release-managers': ['U01REMO'],
      'lockstep-admins': ['U01REMO'],
    });
    const { channels } = await client.conversations.list();
    expect(channels!.map((c) => [c.name, c.is_member])).toEqual([
      ['lockstep', true],
      ['general', false],
      ['alerts', true],
      ['acme-northwind', true],
    ]);
    await client.conversations.join({ channel: 'C01GENERAL' });
    expect((await client.conversations.members({ channel: 'C01GENERAL' })).members).toContain('U01LOCKSTEP');
    const made = await client.conversations.create({ name: 'incident-1', is_private: true });
    await client.conversations.invite({ channel: made.channel!.id!, users: 'U01EMIL,U01ROSA' });
    expect(await refusal(client.conversations.create({ name: 'incident-1' }))).toMatchObject({ error: 'name_taken' });
  });

  test('reactions, pins and bookmarks are set once', async () => {
    const { client, slack } = await workspace();
    const { ts } = await client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'x' });
    const item = { channel: 'C01LOCKSTEP', timestamp: ts!, name: 'eyes' };
    await client.reactions.add(item);
    expect(await refusal(client.reactions.add(item))).toMatchObject({ error: 'already_reacted' });
    expect(slack.state.roots('lockstep')[0]!.reactions).toEqual([{ name: 'eyes', users: ['U01LOCKSTEP'] }]);
    await client.reactions.remove(item);
    expect(await refusal(client.reactions.remove(item))).toMatchObject({ error: 'no_reaction' });
    await client.pins.add(item);
    expect(await refusal(client.pins.add(item))).toMatchObject({ error: 'already_pinned' });
    const mark = { channel_id: 'C01LOCKSTEP', title: 'Docs', type: 'link' as const, link: 'https://a.b/c' };
    expect((await client.bookmarks.add(mark)).bookmark).toMatchObject({ title: 'Docs' });
    const { permalink } = await client.chat.getPermalink({ channel: 'C01LOCKSTEP', message_ts: ts! });
    const opened = await fetch(permalink!, { redirect: 'manual' });
    expect(opened.headers.get('location')).toBe(`/?channel=C01LOCKSTEP&message=${ts}`);
  });
});

describe('limits', () => {
  test('a method has its calls per minute, a channel about one message a second', async () => {
    let clock = Date.now();
    const w = await workspace({ now: () => clock, rateLimits: { tiers: { 2: 2 }, post: { burst: 2 } } });
    const list = () => fetch(`${w.served.url}/api/usergroups.list?token=${KEYS.botToken}`);
    await list();
    await list();
    const refused = await list();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBe(60);
    expect(await refused.json()).toEqual({ ok: false, error: 'ratelimited' });
    clock += 60_001;
    expect((await list()).status).toBe(200);

    const post = (channel: string) => w.client.chat.postMessage({ channel, text: 'x' });
    await post('C01LOCKSTEP');
    await post('C01LOCKSTEP');
    await expect(post('C01LOCKSTEP')).rejects.toMatchObject({ retryAfter: 1 });
    await post('C01ALERTS');
    clock += 1_000;
    await post('C01LOCKSTEP');
  });

  test('Slack’s own numbers apply unless told otherwise', async () => {
    const { served } = await workspace({ rateLimits: true });
    const client = webClient(served.url);
    for (let n = 0; n < 20; n += 1) await client.conversations.list();
    await expect(client.conversations.list()).rejects.toMatchObject({ retryAfter: expect.any(Number) });
  });
});

describe('response URLs', () => {
  const respond = (url: string, body: object) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  test('answer a command five times within half an hour', async () => {
    let clock = Date.now();
    const w = await workspace({ now: () => clock });
    const sink = await sinkApp(w);
    const priya = w.slack.act('priya');
    await priya.command('/ticket one');
    const { response_url } = sink.of('command')[0];
    for (const text of ['1', '2', '3', '4']) expect((await respond(response_url, { text })).status).toBe(200);
    const loud = await respond(response_url, { text: 'all', response_type: 'in_channel' });
    expect(await loud.text()).toBe('ok');
    const spent = await respond(response_url, { text: '6' });
    expect([spent.status, await spent.json()]).toEqual([404, { ok: false, error: 'used_url' }]);
    expect(priya.ephemerals().map((m) => m.text)).toEqual(['1', '2', '3', '4']);
    expect(w.slack.state.roots('lockstep').map((m) => m.text)).toEqual(['all']);

    await priya.command('/ticket two');
    clock += 30 * 60_000 + 1;
    expect((await respond(sink.of('command')[1].response_url, { text: 'late' })).status).toBe(404);
  });

  test('replace and delete the clicked message, also an ephemeral one', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const priya = w.slack.act('priya');
    const blocks = [
      { type: 'actions', elements: [{ type: 'button', text: plain('Go'), action_id: 'go', value: 'v' }] },
    ];
    await priya.command('/ticket');
    await respond(sink.of('command')[0].response_url, { text: 'Choose', blocks });
    await priya.click('go');
    const click = sink.of('block_actions')[0];
    expect(click.container).toMatchObject({ is_ephemeral: true });
    await respond(click.response_url, { text: 'Chosen', replace_original: true });
    expect(priya.ephemerals()).toMatchObject([{ text: 'Chosen' }]);
    await respond(click.response_url, { delete_original: true });
    expect(priya.ephemerals()).toEqual([]);

    await w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'Card', blocks });
    await priya.click('go');
    await respond(sink.of('block_actions')[1].response_url, { text: 'Done', replace_original: true });
    expect(w.slack.state.roots('lockstep')).toMatchObject([{ text: 'Done' }]);
    const wrong = await respond(sink.of('block_actions')[1].response_url, { blocks: [{ type: 'x' }] });
    expect(wrong.status).toBe(400);
  });
});
