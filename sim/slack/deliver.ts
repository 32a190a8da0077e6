/** Brings a payload to the app: over its websocket when there is one, else as a signed request. */
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { sleep } from './http.ts';
import { APP, TEAM } from './people.ts';
import type { SocketMode } from './socket-mode.ts';
import type { Json } from './types.ts';
import type { Workspace } from './workspace.ts';

export type DeliveryKind = 'events' | 'commands' | 'actions' | 'views' | 'shortcuts' | 'options';

export interface Delivery {
  kind: DeliveryKind;
  /** For the inspector: `block_actions`, `event app_mention`. */
  what: string;
  body: Json;
  retry?: { num: number; reason: RetryReason };
}

export type RetryReason = 'http_timeout' | 'connection_failed' | 'http_error';

export type Outcome =
  | { ok: true; status: number; body: unknown; noRetry?: boolean }
  | { ok: false; status: number; reason: RetryReason; noRetry?: boolean };

export interface DeliverOptions {
  requestUrl?: string;
  signingSecret: string;
  ackTimeoutMs: number;
}

export interface Deliver {
  send(delivery: Delivery): Promise<Outcome>;
  setRequestUrl(url: string | undefined): void;
  /** Deliveries that have not been answered yet. */
  pending(): number;
}

const FAILED: Outcome = { ok: false, status: 0, reason: 'connection_failed' };

export function createDeliver(ws: Workspace, options: DeliverOptions, sockets: SocketMode): Deliver {
  let requestUrl = options.requestUrl;
  let pending = 0;

  const transport = async (d: Delivery): Promise<Outcome> => {
    if (sockets.connected() > 0) return sockets.send(d, options.ackTimeoutMs);
    if (!requestUrl) return FAILED;
    // Signed by the real clock, also in tests that turn the workspace's clock: the app checks against its own.
    return post(requestUrl, d, options, Math.floor(Date.now() / 1000));
  };

  const withFaults = async (d: Delivery): Promise<Outcome> => {
    const fault = ws.faults.take(d.kind);
    switch (fault?.kind) {
      case undefined:
        return transport(d);
      case 'delay':
        await sleep(fault.delay_ms ?? 1000);
        return transport(d);
      case 'duplicate': {
        const [first] = await Promise.all([transport(d), transport(d)]);
        return first;
      }
      case 'timeout':
        await sleep(options.ackTimeoutMs);
        return { ok: false, status: 0, reason: 'http_timeout' };
      case 'timeout_after':
        await transport(d);
        return { ok: false, status: 0, reason: 'http_timeout' };
      case 'rate_limited':
        // Over 30,000 an hour, Slack drops events and sends this notice instead.
        if (d.kind === 'events')
          return transport({ kind: 'events', what: 'app_rate_limited', body: rateLimitNotice(ws) });
        return { ok: false, status: 429, reason: 'http_error' };
      case 'server_error':
      case 'error':
        return { ok: false, status: 500, reason: 'http_error' };
    }
  };

  return {
    async send(d) {
      pending += 1;
      const started = performance.now();
      try {
        const outcome = await withFaults(d);
        ws.traffic.add({
          direction: 'to-app',
          what: d.what,
          status: outcome.status,
          ms: Math.round(performance.now() - started),
          request: d.retry ? { ...d.body, 'x-slack-retry': d.retry } : d.body,
          response: outcome.ok ? outcome.body : { failed: outcome.reason },
        });
        return outcome;
      } finally {
        pending -= 1;
      }
    },
    setRequestUrl(url) {
      requestUrl = url;
    },
    pending: () => pending,
  };
}

/** What Slack sends instead of events that it drops. */
export function rateLimitNotice(ws: Workspace): Json {
  return {
    token: 'verification-token-unused',
    type: 'app_rate_limited',
    team_id: TEAM.id,
    minute_rate_limited: Math.floor(ws.now() / 60_000) * 60,
    api_app_id: APP.app_id,
  };
}

/** Slack's exact content types: Bolt compares them character by character. */
function encode(d: Delivery): { type: string; text: string } {
  if (d.kind === 'events') return { type: 'application/json', text: JSON.stringify(d.body) };
  const form =
    d.kind === 'commands'
      ? new URLSearchParams(d.body as Record<string, string>)
      : new URLSearchParams({ payload: JSON.stringify(d.body) });
  return { type: 'application/x-www-form-urlencoded', text: form.toString() };
}

/** Signature v0 over timestamp and raw body. */
export function sign(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function post(url: string, d: Delivery, options: DeliverOptions, timestamp: number): Promise<Outcome> {
  const { type, text } = encode(d);
  const headers: Record<string, string | number> = {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(options.signingSecret, timestamp, text),
  };
  if (d.retry) {
    headers['x-slack-retry-num'] = d.retry.num;
    headers['x-slack-retry-reason'] = d.retry.reason;
  }
  return new Promise((resolve) => {
    const req = request(url, { method: 'POST', headers, agent: false }, (res) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('error', () => finish(FAILED));
      res.on('end', () => {
        const status = res.statusCode ?? 0;
        const noRetry = res.headers['x-slack-no-retry'] === '1';
        if (status < 200 || status > 299) finish({ ok: false, status, reason: 'http_error', noRetry });
        else finish({ ok: true, status, body: decode(Buffer.concat(parts).toString()), noRetry });
      });
    });
    const timer = setTimeout(() => {
      finish({ ok: false, status: 0, reason: 'http_timeout' });
      req.destroy();
    }, options.ackTimeoutMs);
    const finish = (outcome: Outcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    req.on('error', () => finish(FAILED));
    req.end(text);
  });
}

/** Nothing, a JSON object, or the bare text that an app may answer a command with. */
function decode(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
