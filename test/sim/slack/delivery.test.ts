import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { KEYS, mrkdwn, plain, type Sink, sinkApp, type Workspace, webClient, workspace } from './harness.ts';

const buttons = [
  { type: 'section' as const, text: mrkdwn('Ready?') },
  {
    type: 'actions' as const,
    block_id: 'gate',
    elements: [
      { type: 'button' as const, action_id: 'approve', text: plain('Approve'), value: 'g1', style: 'primary' as const },
      {
        type: 'static_select' as const,
        action_id: 'pick',
        options: ['a', 'b'].map((o) => ({ text: plain(o.toUpperCase()), value: o })),
      },
    ],
  },
];
const post = async (w: Workspace): Promise<string> =>
  (await w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'Ready?', blocks: buttons })).ts!;

/** A modal opened for Priya by the sink's last command. */
async function openModal(w: Workspace, sink: Sink, more: object = {}): Promise<string> {
  await w.slack.act('priya').command('/ticket');
  const view = {
    type: 'modal' as const,
    callback_id: 'm',
    private_metadata: 'meta',
    title: plain('Title'),
    submit: plain('Save'),
    blocks: [
      {
        type: 'input' as const,
        block_id: 'why',
        label: plain('Why'),
        element: { type: 'plain_text_input' as const, action_id: 'why' },
      },
      {
        type: 'input' as const,
        block_id: 'who',
        optional: true,
        label: plain('Who'),
        element: { type: 'external_select' as const, action_id: 'who', min_query_length: 0 },
      },
    ],
    ...more,
  };
  const { trigger_id } = sink.of('command').at(-1);
  return (await w.client.views.open({ trigger_id, view })).view!.id!;
}

const person = { id: 'U01PRIYA', username: 'priya', name: 'priya', team_id: 'T01ACME' };
const envelope = { user: person, api_app_id: 'A01LOCKSTEP', team: { id: 'T01ACME', domain: 'acme' }, enterprise: null };

describe('payloads over HTTP', () => {
  test('a command is a flat form with exactly Slack’s content type', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    await w.slack.act('priya').command('/ticket ask @emil about #alerts & <b>', 'alerts');
    const [received] = sink.received;
    expect(received!.contentType).toBe('application/x-www-form-urlencoded');
    expect(received!.body).toEqual({
      token: expect.any(String),
      team_id: 'T01ACME',
      team_domain: 'acme',
      channel_id: 'C01ALERTS',
      channel_name: 'alerts',
      user_id: 'U01PRIYA',
      user_name: 'priya',
      command: '/ticket',
      text: 'ask <@U01EMIL|emil> about <#C01ALERTS|alerts> &amp; &lt;b&gt;',
      api_app_id: 'A01LOCKSTEP',
      is_enterprise_install: 'false',
      response_url: expect.stringContaining('/slack-response/'),
      trigger_id: expect.any(String),
    });
    expect(await w.slack.act('priya').command('/tickets')).toMatchObject({
      ok: false,
      error: '/tickets is not a valid command.',
    });
  });

  test('a click carries the message, its state and where it was made', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const ts = await post(w);
    await w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'log', thread_ts: ts });
    await w.slack.act('priya').click('approve');
    const [click] = sink.of('block_actions');
    expect(click).toMatchObject({
      ...envelope,
      container: { type: 'message', message_ts: ts, channel_id: 'C01LOCKSTEP', is_ephemeral: false, thread_ts: ts },
      channel: { id: 'C01LOCKSTEP', name: 'lockstep' },
      message: { type: 'message', ts, user: 'U01LOCKSTEP', bot_id: 'B01LOCKSTEP', text: 'Ready?', thread_ts: ts },
      state: { values: { gate: { pick: { type: 'static_select', selected_option: null } } } },
      response_url: expect.any(String),
      trigger_id: expect.any(String),
      actions: [
        {
          type: 'button',
          block_id: 'gate',
          action_id: 'approve',
          value: 'g1',
          style: 'primary',
          action_ts: expect.any(String),
        },
      ],
    });
    await w.slack.act('priya').click('pick', { value: 'B' });
    expect(sink.of('block_actions')[1].actions[0].selected_option).toEqual({ text: plain('B'), value: 'b' });
    const made_up = w.slack.act('priya').click('pick', { value: 'z' });
    expect(await made_up).toMatchObject({ ok: false, error: 'invalid_option' });
  });

  test('a click on blocks that have changed since still arrives, with the message as it is now', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const ts = await post(w);
    const [seen] = w.slack.state.roots('lockstep');
    await w.client.chat.update({ channel: 'C01LOCKSTEP', ts, text: 'Approved', blocks: [buttons[0]!] });
    await w.slack.act('rosa').click('approve', { seen: seen! });
    expect(sink.of('block_actions')[0]).toMatchObject({
      message: { text: 'Approved' },
      actions: [{ action_id: 'approve', value: 'g1' }],
    });
  });

  test('a modal’s submission, options and closing', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const priya = w.slack.act('priya');
    const view_id = await openModal(w, sink, { notify_on_close: true });
    sink.reply = ({ body }) =>
      body.type === 'block_suggestion' ? { body: { options: [{ text: plain('Emil'), value: 'e' }] } } : {};
    expect(await priya.options('who', 'em')).toEqual({ options: [{ text: plain('Emil'), value: 'e' }] });
    expect(sink.of('block_suggestion')[0]).toMatchObject({
      ...envelope,
      container: { type: 'view', view_id },
      action_id: 'who',
      block_id: 'who',
      value: 'em',
      view: { id: view_id },
    });
    await priya.submit({ why: 'Because', who: 'e' });
    expect(sink.of('view_submission')[0]).toMatchObject({
      ...envelope,
      trigger_id: expect.any(String),
      response_urls: [],
      is_enterprise_install: false,
      view: {
        id: view_id,
        team_id: 'T01ACME',
        type: 'modal',
        callback_id: 'm',
        private_metadata: 'meta',
        hash: expect.any(String),
        root_view_id: view_id,
        previous_view_id: null,
        app_id: 'A01LOCKSTEP',
        bot_id: 'B01LOCKSTEP',
        state: {
          values: {
            why: { why: { type: 'plain_text_input', value: 'Because' } },
            who: { who: { type: 'external_select', selected_option: { value: 'e' } } },
          },
        },
      },
    });
    expect(priya.modal()).toBeUndefined();

    await openModal(w, sink, { notify_on_close: true });
    await priya.closeModal();
    await w.slack.until(() => sink.of('view_closed').length === 1);
    expect(sink.of('view_closed')[0]).toMatchObject({ ...envelope, is_cleared: false, view: { callback_id: 'm' } });
  });

  test('an external select asks the app only when enough has been typed: three characters unless it says otherwise', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const priya = w.slack.act('priya');
    const picker = (block_id: string, more: object) => ({
      type: 'input',
      block_id,
      label: plain('Who'),
      element: { type: 'external_select', action_id: block_id, ...more },
    });
    await openModal(w, sink, { blocks: [picker('three', {}), picker('two', { min_query_length: 2 })] });
    const option = { text: plain('Emil'), value: 'e' };
    sink.reply = ({ body }) => (body.type === 'block_suggestion' ? { body: { options: [option] } } : {});
    expect(await priya.options('three', 'em')).toEqual({ options: [] });
    expect(await priya.options('two', 'e')).toEqual({ options: [] });
    expect(sink.of('block_suggestion')).toEqual([]);
    expect(await priya.options('three', 'emi')).toEqual({ options: [option] });
    expect(await priya.options('two', 'em')).toEqual({ options: [option] });
    expect(sink.of('block_suggestion').map((b) => b.value)).toEqual(['emi', 'em']);
    // Not more than 100 options, and either options or groups.
    sink.reply = () => ({ body: { options: Array(101).fill(option) } });
    await expect(priya.options('two', 'em')).rejects.toThrow('Result failed to load');
    sink.reply = () => ({ body: { options: [option], option_groups: [] } });
    await expect(priya.options('two', 'em')).rejects.toThrow('Result failed to load');
  });

  test('shortcuts, on a message and anywhere', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const ts = await post(w);
    const priya = w.slack.act('priya');
    await priya.shortcut('fix_this', { channel: 'C01LOCKSTEP', ts });
    expect(sink.of('message_action')[0]).toMatchObject({
      ...envelope,
      callback_id: 'fix_this',
      message_ts: ts,
      channel: { id: 'C01LOCKSTEP', name: 'lockstep' },
      message: { ts, text: 'Ready?' },
      response_url: expect.any(String),
      trigger_id: expect.any(String),
      action_ts: expect.any(String),
    });
    const reply = await w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'log', thread_ts: ts });
    await priya.shortcut('fix_this', { channel: 'C01LOCKSTEP', ts: reply.ts! });
    expect(sink.of('message_action')[1]).toMatchObject({
      message_ts: reply.ts,
      message: { ts: reply.ts, thread_ts: ts, text: 'log' },
    });
    await priya.shortcut('ticket_new');
    expect(sink.of('shortcut')[0]).toMatchObject({ ...envelope, callback_id: 'ticket_new' });
    expect(await priya.shortcut('fix_this')).toMatchObject({ ok: false, error: 'shortcut_not_found' });
  });

  test('what an app answers to a submission happens to the modal', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const priya = w.slack.act('priya');
    const next = { type: 'modal', callback_id: 'next', title: plain('Next'), blocks: [buttons[0]] };
    const answer = (body: unknown): void => {
      sink.reply = (r) => (r.body.type === 'view_submission' ? { body } : {});
    };
    await openModal(w, sink);
    answer({ response_action: 'errors', errors: { why: 'Say more.' } });
    expect(await priya.submit({ why: 'x' })).toEqual({ ok: true, errors: { why: 'Say more.' } });
    answer({ response_action: 'errors', errors: { nothere: 'Say more.' } });
    expect(await priya.submit({ why: 'x' })).toMatchObject({ error: 'We had some trouble connecting. Try again?' });
    answer({ response_action: 'push', view: next });
    await priya.submit({ why: 'x' });
    expect(w.slack.state.views('priya').map((v) => v.callback_id)).toEqual(['m', 'next']);
    await priya.closeModal();
    answer({ response_action: 'update', view: { ...next, title: plain('a'.repeat(25)) } });
    expect(await priya.submit({ why: 'x' })).toMatchObject({ ok: false, code: 'invalid_arguments' });
    answer({ response_action: 'update', view: next });
    await priya.submit({ why: 'x' });
    expect(w.slack.state.views('priya').map((v) => v.callback_id)).toEqual(['next']);
    await openModal(w, sink);
    answer({ response_action: 'clear' });
    await priya.submit({ why: 'x' });
    expect(w.slack.state.views('priya')).toEqual([]);
  });
});

describe('events', () => {
  test('a mention arrives twice: as app_mention and as message, with one ts and two event ids', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const said = await w.slack.act('priya').say('lockstep', '@lockstep hello @reviewers');
    await w.slack.idle();
    const [mention] = sink.of('app_mention');
    const [message] = sink.of('message');
    expect(sink.received.every((r) => r.contentType === 'application/json')).toBe(true);
    expect(mention).toMatchObject({
      type: 'event_callback',
      team_id: 'T01ACME',
      api_app_id: 'A01LOCKSTEP',
      event_id: expect.stringMatching(/^Ev/),
      event_time: expect.any(Number),
      authorizations: [{ team_id: 'T01ACME', user_id: 'U01LOCKSTEP', is_bot: true, is_enterprise_install: false }],
      is_ext_shared_channel: false,
      event: { type: 'app_mention', user: 'U01PRIYA', channel: 'C01LOCKSTEP', ts: said.ts, event_ts: said.ts },
    });
    expect(message.event).toMatchObject({
      channel_type: 'channel',
      text: '<@U01LOCKSTEP> hello <!subteam^S01REVIEWERS>',
      blocks: [{ elements: [{ elements: [{ type: 'user' }, { type: 'text' }, { type: 'usergroup' }] }] }],
    });
    expect(message.event_id).not.toBe(mention.event_id);
  });

  test('edits, deletions, reactions, joins, groups, Home and direct messages', async () => {
    const w = await workspace();
    const sink = await sinkApp(w);
    const priya = w.slack.act('priya');
    const post = (path: string, body: object) =>
      fetch(`${w.served.url}/client/${path}`, {
        method: 'POST',
        headers: { 'x-act-as': 'U01PRIYA' },
        body: JSON.stringify(body),
      });
    const said = await priya.say('lockstep', 'one');
    await post('edit', { channel: said.channel, ts: said.ts, text: 'two' });
    await priya.react(said, 'eyes');
    await post('delete', { channel: said.channel, ts: said.ts });
    await priya.home();
    await priya.say('D01PRIYA', 'psst');
    await priya.say('general', 'the app is not here');
    await w.client.conversations.join({ channel: 'C01GENERAL' });
    w.slack.setUserGroup('reviewers', ['U01EMIL']);
    await w.slack.idle();
    const kinds = sink.received.map(({ body: { event: e } }) => (e.subtype ? `${e.type}.${e.subtype}` : e.type));
    expect(kinds.sort()).toEqual(
      [
        'message',
        'message.message_changed',
        'reaction_added',
        'message.message_deleted',
        'app_home_opened',
        'message',
        'member_joined_channel',
        'subteam_members_changed',
      ].sort(),
    );
    const changed = sink.of('message').find((b) => b.event.subtype === 'message_changed').event;
    expect(changed).toMatchObject({ hidden: true, message: { text: 'two' }, previous_message: { text: 'one' } });
    expect(sink.of('message').find((b) => b.event.text === 'psst').event.channel_type).toBe('im');
    expect(sink.of('app_home_opened')[0].event).toMatchObject({ user: 'U01PRIYA', tab: 'home', channel: 'D01PRIYA' });
    expect(sink.of('subteam_members_changed')[0].event).toMatchObject({
      subteam_id: 'S01REVIEWERS',
      added_users: ['U01EMIL'],
      removed_users: ['U01ROSA'],
    });
  });

  test('an event that is not accepted comes three more times with the same id, unless the app declines', async () => {
    const w = await workspace({ eventRetryDelaysMs: [0, 10, 20] });
    const sink = await sinkApp(w);
    sink.reply = () => ({ status: 500 });
    await w.slack.act('priya').say('lockstep', 'hello');
    await w.slack.until(() => sink.received.length === 4);
    expect(new Set(sink.received.map((r) => r.body.event_id)).size).toBe(1);
    const retries = sink.received.map(({ headers: h }) => [h['x-slack-retry-num'], h['x-slack-retry-reason']]);
    expect(retries).toEqual([[undefined, undefined], ...['1', '2', '3'].map((n) => [n, 'http_error'])]);

    sink.received.length = 0;
    sink.reply = () => ({ status: 500, headers: { 'x-slack-no-retry': '1' } });
    await w.slack.act('priya').say('lockstep', 'again');
    await w.slack.idle();
    expect(sink.received).toHaveLength(1);
  });
});

describe('when the app does not answer', () => {
  test('people read Slack’s own words, and nothing is sent again', async () => {
    // Long enough for the deliveries that are answered, also on a busy machine.
    const w = await workspace({ ackTimeoutMs: 2_000 });
    const sink = await sinkApp(w);
    const priya = w.slack.act('priya');
    await post(w);
    await openModal(w, sink);
    await w.slack.idle();
    sink.received.length = 0;
    sink.reply = () => undefined;
    const [command, submit, click] = await Promise.all([
      priya.command('/ticket'),
      priya.submit({ why: 'x' }),
      priya.click('approve', { channel: 'lockstep' }),
    ]);
    expect(command).toEqual({
      ok: false,
      error: '/ticket failed with the error “operation_timeout”',
      code: 'operation_timeout',
    });
    expect(submit).toMatchObject({ ok: false, error: 'We had some trouble connecting. Try again?' });
    expect(priya.modal()).toMatchObject({ state: { values: { why: { why: { value: 'x' } } } } });
    expect(click).toMatchObject({ ok: false, code: 'operation_timeout' });
    await w.slack.idle();
    expect(sink.received).toHaveLength(3);
    sink.reply = () => ({ status: 500 });
    expect(await priya.command('/ticket')).toMatchObject({ code: 'dispatch_failed' });
  });

  test('an app that is down is noticed at once', async () => {
    const w = await workspace({ ackTimeoutMs: 60_000 });
    expect(await w.slack.act('priya').command('/ticket')).toMatchObject({ code: 'operation_timeout' });
    w.slack.setRequestUrl('http://127.0.0.1:1/slack/events');
    expect(await w.slack.act('priya').command('/ticket')).toMatchObject({ code: 'operation_timeout' });
  });
});

describe('Socket Mode', () => {
  const connect = async (w: Workspace, onEnvelope: (e: Envelope, socket: WebSocket) => void): Promise<WebSocket> => {
    const { url } = (await webClient(w.served.url, KEYS.appToken).apps.connections.open({})) as { url: string };
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data) => {
        const envelope = JSON.parse(String(data)) as Envelope;
        if (envelope.type === 'hello') resolve();
        else onEnvelope(envelope, socket);
      });
    });
    return socket;
  };
  interface Envelope {
    type: string;
    envelope_id: string;
    payload: { type?: string; event?: { type: string }; event_id?: string };
    accepts_response_payload: boolean;
    retry_attempt?: number;
  }
  const ack = (envelope: Envelope, socket: WebSocket, payload?: object): void =>
    socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload }));

  test('each payload goes to exactly one socket, and its ack may carry an answer', async () => {
    const w = await workspace();
    const got: Envelope[] = [];
    for (let n = 0; n < 3; n += 1) {
      await connect(w, (e, socket) => {
        got.push(e);
        ack(e, socket, { text: `Answer ${got.length}` });
      });
    }
    const priya = w.slack.act('priya');
    for (let n = 0; n < 6; n += 1) await priya.command('/ticket');
    expect(got).toHaveLength(6);
    expect(got[0]).toMatchObject({ type: 'slash_commands', accepts_response_payload: true });
    expect(new Set(got.map((e) => e.envelope_id)).size).toBe(6);
    expect(priya.ephemerals().at(-1)!.text).toBe('Answer 6');
    await post(w);
    await priya.click('approve');
    expect(got.map((e) => e.type)).toContain('interactive');
    await w.slack.until(() => got.some((e) => e.type === 'events_api' && e.payload.event?.type === 'message'));
  });

  test('a socket that dies before the ack makes the event come again on another one', async () => {
    const w = await workspace();
    const got: Envelope[] = [];
    await connect(w, (_, socket) => socket.terminate());
    await w.slack.act('priya').say('lockstep', 'hello');
    await connect(w, (e, socket) => {
      got.push(e);
      ack(e, socket);
    });
    await w.slack.act('priya').say('lockstep', 'still there?');
    await w.slack.until(() => got.length > 0);
    expect(w.slack.state.traffic().filter((t) => t.what === 'event message')[0]).toMatchObject({
      response: { failed: 'connection_failed' },
    });
  });

  test('ten sockets are open at most', async () => {
    const w = await workspace();
    const answers: Envelope[] = [];
    for (let n = 0; n < 10; n += 1) {
      await connect(w, (e, socket) => {
        answers.push(e);
        ack(e, socket);
      });
    }
    await expect(connect(w, () => undefined)).rejects.toThrow('401');
    expect(await w.slack.act('priya').command('/ticket')).toMatchObject({ ok: true });
    expect(answers).toHaveLength(1);
  });

  test('an address works once', async () => {
    const w = await workspace();
    const { url } = (await webClient(w.served.url, KEYS.appToken).apps.connections.open({})) as { url: string };
    const once = new WebSocket(url);
    await new Promise((resolve) => once.once('message', resolve));
    const twice = new WebSocket(url);
    const error = await new Promise<Error>((resolve) => twice.once('error', resolve));
    expect(error.message).toContain('401');
  });
});
