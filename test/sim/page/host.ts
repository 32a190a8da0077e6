/** The page, the Slack stand-in and a small Bolt app together, as `npm start` puts them together for the real one. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { createGitHub, type GitHub } from '../../../sim/github/index.ts';
import { createPage } from '../../../sim/page/index.ts';
import { serve } from '../../../sim/serve.ts';
import { createSlack, type Slack } from '../../../sim/slack/index.ts';
import { card, details, home, modal, plain } from './gallery.ts';

const keys = { signingSecret: 'page test secret', botToken: 'xoxb-page', appToken: 'xapp-page' };

/** Something the app heard, for tests to look at. */
export interface Heard {
  kind: string;
  body: Record<string, unknown>;
}

export interface Host {
  url: string;
  slack: Slack;
  github: GitHub;
  app: App;
  heard: Heard[];
  /** Cuts every page's event stream, as a sleeping laptop or a proxy would. */
  dropStreams(): void;
  /** How many event streams are open. */
  streams(): number;
  close(): Promise<void>;
}

export async function startHost(options: { port?: number } = {}): Promise<Host> {
  let url = '';
  const slack = createSlack({
    baseUrl: () => url,
    app: keys,
    manifest: null,
    rateLimits: false,
    links: () => [
      { label: 'GitHub', url: `${url}/github` },
      { label: 'Production', url: `${url}/production` },
    ],
  });
  const streams = new Set<ServerResponse>();
  const watch = {
    handle(req: IncomingMessage, res: ServerResponse) {
      if (req.url?.startsWith('/client/events')) streams.add(res.once('close', () => streams.delete(res)));
      return false;
    },
  };
  const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-page-'));
  const github = await createGitHub({
    dataDir,
    baseUrl: () => url,
    token: 'page token',
    webhook: { secret: 'page secret' },
    repos: [],
  });
  const served = await serve([watch, slack, github, createPage()], options);
  url = served.url;
  const receiver = new HTTPReceiver({ signingSecret: keys.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({
    token: keys.botToken,
    receiver,
    convoStore: false,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: `${url}/api/` },
  });
  const heard: Heard[] = [];
  listen(app, heard);
  const server = (await app.start({ port: 0, host: '127.0.0.1' })) as Server;
  slack.setRequestUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`);
  return {
    url,
    slack,
    github,
    app,
    heard,
    dropStreams() {
      for (const res of streams) res.destroy();
    },
    streams: () => streams.size,
    async close() {
      server.closeAllConnections();
      await app.stop();
      await slack.close();
      await github.close();
      await served.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What the small app does: enough to meet every way the page and an app talk to each other. */
function listen(app: App, heard: Heard[]) {
  app.use(async ({ body, next }) => {
    heard.push({
      kind: String((body as { type?: string }).type ?? 'command'),
      body: body as unknown as Record<string, unknown>,
    });
    await next();
  });
  app.command('/ticket', async ({ command, ack, client, respond }) => {
    await ack();
    if (command.text === 'slow') return;
    if (command.text === '') await client.views.open({ trigger_id: command.trigger_id, view: modal as never });
    else if (command.text === 'whisper') await respond({ text: 'Only you can see *this*.' });
    else
      await client.chat.postMessage({
        channel: command.channel_id,
        text: `LS-12: ${command.text}`,
        blocks: card as never,
      });
  });
  app.action('approve', async ({ ack, body, client }) => {
    await ack();
    const { channel, message } = body as unknown as { channel: { id: string }; message: { ts: string } };
    const done = {
      type: 'context',
      block_id: 'done',
      elements: [{ type: 'mrkdwn', text: `Approved by <@${body.user.id}>` }],
    };
    await client.chat.update({
      channel: channel.id,
      ts: message.ts,
      text: 'Approved',
      blocks: [...card.slice(0, 3), done] as never,
    });
  });
  app.action('change', async ({ ack, body, client }) => {
    await ack();
    const { trigger_id } = body as unknown as { trigger_id: string };
    await client.views.open({ trigger_id, view: { ...modal, title: plain('Request changes') } as never });
  });
  app.action('details', async ({ ack, body, client }) => {
    await ack();
    const { trigger_id } = body as unknown as { trigger_id: string };
    await client.views.push({ trigger_id, view: details as never });
  });
  for (const id of ['cancel', 'more', 'edit', 'review', 'review2', 'open_preview', 'feedback'])
    app.action(id, async ({ ack }) => ack());
  app.options('service', async ({ payload, ack }) => {
    const names = ['billing-api', 'billing-web', 'login', 'search'].filter((name) => name.includes(payload.value));
    await ack({ options: names.map((name) => ({ text: plain(name), value: name })) });
  });
  app.view('intake', async ({ ack, view }) => {
    const title = view.state.values.title?.title?.value ?? '';
    if (title.includes('taken'))
      return ack({ response_action: 'errors', errors: { title: 'A ticket with this title exists: LS-3.' } });
    await ack();
  });
  app.view({ callback_id: 'intake', type: 'view_closed' }, async ({ ack }) => ack());
  app.shortcut('fix_this', async ({ ack, shortcut, client }) => {
    await ack();
    const { channel, message } = shortcut as unknown as { channel: { id: string }; message: { ts: string } };
    await client.chat.postMessage({ channel: channel.id, thread_ts: message.ts, text: 'On it.' });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: home(event.user) as never });
  });
  app.event('app_mention', async ({ event, client }) => {
    await client.chat.postMessage({
      channel: event.channel,
      thread_ts: event.thread_ts ?? event.ts,
      text: `Hello <@${event.user}>`,
    });
  });
  app.message(async () => undefined);
}
