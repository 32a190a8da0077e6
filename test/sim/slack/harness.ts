/** Real Bolt against the Slack stand-in, over HTTP with signatures or over Socket Mode. */
import { App, HTTPReceiver, LogLevel, SocketModeReceiver, verifySlackRequest } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { type Served, serve } from '../../../sim/serve.ts';
import { readBody } from '../../../sim/slack/http.ts';
import { createSlack, type Slack, type SlackOptions } from '../../../sim/slack/index.ts';

export const KEYS = { signingSecret: 'a signing secret', botToken: 'xoxb-the-bot', appToken: 'xapp-the-app' };

export interface Workspace {
  slack: Slack;
  served: Served;
  client: WebClient;
}

/** The stand-in on a free port, with a bot client that never retries. */
export async function workspace(options: Partial<SlackOptions> = {}): Promise<Workspace> {
  let url = '';
  const slack = createSlack({
    baseUrl: () => url,
    app: { ...KEYS },
    manifest: null,
    rateLimits: false,
    ...options,
  });
  const served = await serve([slack]);
  url = served.url;
  onTestFinished(async () => {
    await slack.close();
    await served.close();
  });
  return { slack, served, client: webClient(url) };
}

export function webClient(url: string, token = KEYS.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: `${url}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });
}

/** Refusals are what these tests provoke; they are not worth a line each. */
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** A Bolt app with `listen`ers, receiving over HTTP on a free port. */
export async function boltOverHttp(w: Workspace, listen: (app: App) => void): Promise<App> {
  const receiver = new HTTPReceiver({ signingSecret: KEYS.signingSecret, logLevel: LogLevel.ERROR });
  const app = newApp(w, receiver);
  listen(app);
  const server = (await app.start({ port: 0, host: '127.0.0.1' })) as import('node:http').Server;
  const { port } = server.address() as import('node:net').AddressInfo;
  w.slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  onTestFinished(async () => {
    server.closeAllConnections();
    await app.stop();
  });
  return app;
}

/** The same over Socket Mode. */
export async function boltOverSocket(w: Workspace, listen: (app: App) => void): Promise<App> {
  const receiver = new SocketModeReceiver({
    appToken: KEYS.appToken,
    logLevel: LogLevel.ERROR,
    // Also how long the client waits before it connects again.
    clientPingTimeout: 100,
    installerOptions: { clientOptions: { slackApiUrl: `${w.served.url}/api/` } },
  });
  const app = newApp(w, receiver);
  listen(app);
  await app.start();
  onTestFinished(async () => {
    await app.stop();
  });
  return app;
}

function newApp(w: Workspace, receiver: HTTPReceiver | SocketModeReceiver): App {
  return new App({
    token: KEYS.botToken,
    receiver,
    convoStore: false,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: `${w.served.url}/api/`, retryConfig: { retries: 0 } },
  });
}

export const plain = (text: string): { type: 'plain_text'; text: string } => ({ type: 'plain_text', text });
export const mrkdwn = (text: string): { type: 'mrkdwn'; text: string } => ({ type: 'mrkdwn', text });

export interface Received {
  headers: Record<string, string | string[] | undefined>;
  contentType: string;
  raw: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads of every shape arrive here.
  body: any;
}

export interface Sink {
  received: Received[];
  /** The bodies of one kind: a payload `type`, an event type, or `command`. */
  // biome-ignore lint/suspicious/noExplicitAny: payloads of every shape arrive here.
  of(type: string): any[];
  /** How to answer; 200 without content by default. Undefined never answers. */
  reply: (received: Received) => { status?: number; body?: unknown; headers?: Record<string, string> } | undefined;
}

/** An app that only notes what it gets, and refuses requests that are not signed by Slack's rules. */
export async function sinkApp(w: Workspace): Promise<Sink> {
  const sink: Sink = {
    received: [],
    of: (type) =>
      sink.received
        .map((r) => r.body)
        .filter((b) => b.type === type || b.event?.type === type || (type === 'command' && b.command)),
    reply: () => ({}),
  };
  const served = await serve([
    {
      async handle(req, res) {
        const raw = (await readBody(req)).toString();
        verifySlackRequest({
          signingSecret: KEYS.signingSecret,
          body: raw,
          headers: {
            'x-slack-signature': String(req.headers['x-slack-signature']),
            'x-slack-request-timestamp': Number(req.headers['x-slack-request-timestamp']),
          },
        });
        const contentType = String(req.headers['content-type']);
        const form = contentType === 'application/json' ? undefined : Object.fromEntries(new URLSearchParams(raw));
        const body = form ? (form.payload ? JSON.parse(form.payload) : form) : JSON.parse(raw);
        const received = { headers: req.headers, contentType, raw, body };
        sink.received.push(received);
        const answer = sink.reply(received);
        if (!answer) return true;
        const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
        res.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
        res.end(text);
        return true;
      },
    },
  ]);
  w.slack.setRequestUrl(`${served.url}/slack/events`);
  onTestFinished(() => served.close());
  return sink;
}

/** The error name and details that a refused call carries. */
export async function refusal(call: Promise<unknown>): Promise<{ error: string; [key: string]: unknown }> {
  try {
    await call;
  } catch (error) {
    return (error as { data: { error: string } }).data;
  }
  throw new Error('The call was not refused.');
}
