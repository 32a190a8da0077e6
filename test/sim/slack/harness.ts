/** Real Bolt against the Slack stand-in, over HTTP with signatures or over Socket Mode. */
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { type Served, serve } from '../../../sim/serve.ts';
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
    logLevel: LogLevel.ERROR,
  });
}

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
