import type { App } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { boltOverHttp, boltOverSocket, mrkdwn, plain, type Workspace, workspace } from './harness.ts';

const intake = {
  type: 'modal' as const,
  callback_id: 'intake',
  title: plain('New ticket'),
  submit: plain('Create'),
  blocks: [
    {
      type: 'input',
      block_id: 'title',
      label: plain('Title'),
      element: { type: 'plain_text_input', action_id: 'title', max_length: 20 },
    },
    {
      type: 'input',
      block_id: 'tier',
      label: plain('Tier'),
      element: {
        type: 'static_select',
        action_id: 'tier',
        initial_option: { text: plain('T2'), value: 't2' },
        options: ['T1', 'T2'].map((t) => ({ text: plain(t), value: t.toLowerCase() })),
      },
    },
  ],
};

const card = (title: string, status: string) => [
  { type: 'section', text: mrkdwn(`*${title}*: ${status}`) },
  {
    type: 'actions',
    elements: [{ type: 'button', action_id: 'approve', text: plain('Approve'), value: 'gate:1', style: 'primary' }],
  },
];

/** A ticket app in miniature: command, modal, card, click, update, ephemeral, Home. */
function ticketApp(app: App): void {
  app.command('/ticket', async ({ ack, client, command }) => {
    if (command.text === 'help') return ack('Ask for a ticket.');
    await ack();
    await client.views.open({ trigger_id: command.trigger_id, view: intake });
  });
  app.view('intake', async ({ ack, view, client, body }) => {
    const title = view.state.values.title?.title?.value ?? '';
    const tier = view.state.values.tier?.tier?.selected_option?.value;
    if (title === 'bad') return ack({ response_action: 'errors', errors: { title: 'Too vague.' } });
    await ack();
    await client.chat.postMessage({
      channel: 'C01LOCKSTEP',
      text: `${title} by ${body.user.name}, ${tier}`,
      blocks: card(title, 'waiting'),
    });
  });
  app.action('approve', async ({ ack, body, client, respond, action }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button') return;
    await client.chat.update({
      channel: body.channel!.id,
      ts: body.message!.ts,
      text: `approved ${action.value}`,
      blocks: [{ type: 'section', text: mrkdwn(`Approved by <@${body.user.id}>`) }],
    });
    await respond({ response_type: 'ephemeral', replace_original: false, text: 'Thank you.' });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    if (event.tab !== 'home') return;
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'section', text: mrkdwn('Nothing waits on you.') }] },
    });
  });
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: `Heard: ${event.text}`, thread_ts: event.thread_ts ?? event.ts });
  });
}

describe('real Bolt under trouble', () => {
  test('an app that throws before its ack makes a command fail after three seconds, not before', async () => {
    const w = await workspace({ ackTimeoutMs: 200 });
    await boltOverHttp(w, (app) => {
      app.error(async () => undefined);
      app.command('/ticket', async () => {
        throw new Error('not yet');
      });
    });
    const started = performance.now();
    expect(await w.slack.act('priya').command('/ticket')).toMatchObject({ code: 'operation_timeout' });
    expect(performance.now() - started).toBeGreaterThan(190);
  });

  test('Bolt refuses a request that is signed with another secret', async () => {
    const w = await workspace({
      app: { signingSecret: 'another', botToken: 'xoxb-the-bot', appToken: 'xapp-the-app' },
    });
    await boltOverHttp(w, ticketApp);
    expect(await w.slack.act('priya').command('/ticket help')).toMatchObject({ code: 'dispatch_failed' });
    expect(w.slack.state.traffic().at(-1)).toMatchObject({ what: '/ticket', status: 401 });
  });

  test('a retried event carries its number and the same id', async () => {
    const w = await workspace();
    const seen: [string, number | undefined, string | undefined][] = [];
    await boltOverHttp(w, (app) => {
      app.event('reaction_added', async ({ body, context }) => {
        seen.push([body.event_id, context.retryNum, context.retryReason]);
      });
    });
    const said = await w.slack.act('priya').say('lockstep', 'look');
    w.slack.faults.add({ on: 'events', kind: 'timeout_after', times: 1 });
    await w.slack.act('emil').react(said, 'eyes');
    await w.slack.until(() => seen.length === 2);
    expect(seen[1]).toEqual([seen[0]![0], 1, 'http_timeout']);
    expect(seen[0]!.slice(1)).toEqual([undefined, undefined]);
  });

  test('an external select asks the app while a person types', async () => {
    const w = await workspace();
    await boltOverHttp(w, (app) => {
      app.command('/ticket', async ({ ack, client, command }) => {
        await ack();
        const element = { type: 'external_select' as const, action_id: 'service', min_query_length: 1 };
        const blocks = [{ type: 'input' as const, block_id: 'service', label: plain('Service'), element }];
        const view = { ...intake, callback_id: 'pick', blocks };
        await client.views.open({ trigger_id: command.trigger_id, view });
      });
      app.options('service', async ({ ack, payload }) => {
        const names = ['checkout', 'catalog', 'search'].filter((n) => n.startsWith(payload.value));
        await ack({ options: names.map((n) => ({ text: plain(n), value: n })) });
      });
      app.view('pick', async ({ ack, view }) => {
        const chosen = view.state.values.service!.service!.selected_option!.value;
        await ack({ response_action: 'errors', errors: { service: `No ${chosen}.` } });
      });
    });
    const priya = w.slack.act('priya');
    await priya.command('/ticket');
    await priya.untilModal('pick');
    const { options } = (await priya.options('service', 'c')) as { options: { value: string }[] };
    expect(options.map((o) => o.value)).toEqual(['checkout', 'catalog']);
    expect(await priya.submit({ service: options[1] })).toMatchObject({ errors: { service: 'No catalog.' } });
  });

  test('connects again after Slack recycles its socket', async () => {
    const w = await workspace();
    await boltOverSocket(w, ticketApp);
    w.slack.recycleSockets();
    await w.slack.until(() => w.slack.state.traffic().filter((t) => t.what === 'apps.connections.open').length === 2);
    const priya = w.slack.act('priya');
    await expect.poll(() => priya.command('/ticket help')).toMatchObject({ ok: true });
  });
});

const transports: [string, (w: Workspace, listen: (app: App) => void) => Promise<App>][] = [
  ['HTTP with signatures', boltOverHttp],
  ['Socket Mode', boltOverSocket],
];

describe.each(transports)('real Bolt over %s', (_, start) => {
  test('goes from a command through a modal to a card, a click and an updated card', async () => {
    const w = await workspace();
    await start(w, ticketApp);
    const priya = w.slack.act('priya');

    expect(await priya.command('/ticket help')).toMatchObject({ ok: true });
    expect(priya.ephemerals().map((m) => m.text)).toEqual(['Ask for a ticket.']);

    await priya.command('/ticket');
    await priya.untilModal('intake');
    expect(await priya.submit({ title: '' })).toMatchObject({
      errors: { title: 'Please complete this required field.' },
    });
    expect(await priya.submit({ title: 'bad' })).toMatchObject({ errors: { title: 'Too vague.' } });
    expect(await priya.submit({ title: 'Fix login', tier: 't1' })).toEqual({ ok: true });
    expect(priya.modal()).toBeUndefined();

    const posted = await w.slack.until(() => w.slack.state.roots('lockstep')[0]);
    expect(posted.text).toBe('Fix login by priya, t1');

    const rosa = w.slack.act('rosa');
    expect(await rosa.click('approve')).toEqual({ ok: true });
    await w.slack.until(() => w.slack.state.roots('lockstep')[0]!.text === 'approved gate:1');
    await w.slack.until(() => rosa.ephemerals().length > 0);
    expect(rosa.ephemerals()[0]!.text).toBe('Thank you.');
    expect(priya.ephemerals()).toHaveLength(1);
  });

  test('publishes Home and answers a mention in its thread', async () => {
    const w = await workspace();
    await start(w, ticketApp);
    const emil = w.slack.act('emil');
    await emil.home();
    const home = await w.slack.until(() => w.slack.state.home('emil'));
    expect(home.blocks).toMatchObject([{ text: { text: 'Nothing waits on you.' } }]);

    const said = await emil.say('lockstep', '@lockstep fix <this>');
    expect(said.text).toBe('<@U01LOCKSTEP> fix &lt;this&gt;');
    const [root, reply] = await w.slack.until(() => {
      const thread = w.slack.state.thread('lockstep', said.ts);
      return thread.length === 2 && thread;
    });
    expect(reply!.text).toBe('Heard: <@U01LOCKSTEP> fix &lt;this&gt;');
    expect(root).toMatchObject({ reply_count: 1, reply_users: ['U01LOCKSTEP'] });
  });
});
