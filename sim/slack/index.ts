/**
 * The Slack stand-in: a small workspace that real `@slack/bolt` talks to, over HTTP with signatures or over Socket
 * Mode, and that people use through the workspace page. Mount it on `sim/serve.ts`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Actor, createActor } from './act.ts';
import { type Changes, createChanges } from './changes.ts';
import { createClientRoutes } from './client.ts';
import type { ClientEvent, Person } from './client-api.ts';
import { createDeliver } from './deliver.ts';
import { createEvents } from './events.ts';
import { createFaults, type Faults } from './faults.ts';
import { createHub } from './hub.ts';
import { createInteractions } from './interactions.ts';
import { describeApp, readManifest } from './manifest.ts';
import { createMessages } from './messages.ts';
import { APP, type ChannelSeed, defaultChannels, defaultPeople, defaultUserGroups } from './people.ts';
import { type RateLimits, SLACK_LIMITS } from './rate-limits.ts';
import { handleResponse } from './response-url.ts';
import { createSocketMode } from './socket-mode.ts';
import { readState, type SlackState } from './state.ts';
import { openStore } from './store.ts';
import { createStreams } from './streams.ts';
import { createTickets } from './tickets.ts';
import { createTraffic } from './traffic.ts';
import type { Json, UserGroup } from './types.ts';
import { handleFile, openPermalink } from './uploads.ts';
import { createViews } from './views.ts';
import { createWebApi } from './web-api/index.ts';
import type { Workspace } from './workspace.ts';

export interface SlackOptions {
  /** State as JSON, restored at start; memory only when left out. */
  dataFile?: string;
  /** Public base of the server it is mounted on, without a slash at the end. */
  baseUrl: () => string;
  app: { requestUrl?: string; signingSecret: string; botToken: string; appToken: string };
  people?: Person[];
  channels?: ChannelSeed[];
  userGroups?: UserGroup[];
  /** The app's manifest; the repository's own when left out, the defaults with `null`. */
  manifest?: Json | null;
  links?: () => { label: string; url: string }[];
  /** Unix milliseconds; drives timestamps, expiry and rate limits, not real waiting. */
  now?: () => number;
  /** Slack's limits by default; `false` for none, or some of the numbers. */
  rateLimits?:
    | boolean
    | { tiers?: Partial<RateLimits['tiers']>; post?: Partial<RateLimits['post']>; eventsPerHour?: number };
  /** How long the app has to acknowledge; Slack gives 3 s. */
  ackTimeoutMs?: number;
  /** Before each retry of an event; Slack's are 0, one minute, five minutes. */
  eventRetryDelaysMs?: readonly number[];
  /** How long a file takes until it can be used. */
  fileProcessingMs?: number;
}

export interface Slack extends Changes {
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  readonly state: SlackState;
  /** Acts as a person, by id or name, exactly as the page does. */
  act(as: string): Actor;
  readonly faults: Faults;
  /** Tells connected sockets to reconnect, as Slack does every few hours. */
  recycleSockets(): void;
  setRequestUrl(url: string | undefined): void;
  /** Calls back with every event that pages get. Returns the way to stop. */
  listen(listener: (event: ClientEvent, to: 'everyone' | readonly string[]) => void): () => void;
  /** Resolves when `check` holds; it is asked again after every event. Rejects after `timeoutMs` (5 s). */
  until<T>(check: () => T, timeoutMs?: number): Promise<Exclude<T, undefined | null | false>>;
  /** Resolves when nothing is on its way to the app or being answered; later event retries do not count. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export function createSlack(options: SlackOptions): Slack {
  const now = options.now ?? Date.now;
  const people = options.people ?? defaultPeople();
  const store = openStore(options.dataFile, {
    people,
    channels: options.channels ?? defaultChannels(people),
    userGroups: options.userGroups ?? defaultUserGroups(),
    bot: APP.bot_user_id,
  });
  const hub = createHub();
  const { signingSecret, botToken, appToken, requestUrl } = options.app;
  const ws: Workspace = {
    data: store.data,
    store,
    hub,
    traffic: createTraffic(hub, now, [signingSecret, botToken, appToken]),
    faults: createFaults(now),
    app: describeApp(options.manifest === undefined ? readManifest() : (options.manifest ?? undefined)),
    ephemerals: [],
    earlierBlocks: new Map(),
    baseUrl: options.baseUrl,
    now,
  };
  const sockets = createSocketMode();
  const ackTimeoutMs = options.ackTimeoutMs ?? 3_000;
  const deliver = createDeliver(ws, { signingSecret, ackTimeoutMs, ...(requestUrl ? { requestUrl } : {}) }, sockets);
  const limits = limitsFrom(options.rateLimits);
  const events = createEvents(ws, deliver, {
    retryDelaysMs: options.eventRetryDelaysMs ?? [0, 60_000, 300_000],
    perHour: limits?.eventsPerHour ?? Number.POSITIVE_INFINITY,
  });
  const messages = createMessages(ws, events);
  const views = createViews(ws);
  const streams = createStreams(ws);
  const tickets = createTickets(now);
  const parts = { ws, deliver, events, messages, views, tickets };
  const interactions = createInteractions(parts);
  const fileProcessingMs = options.fileProcessingMs ?? 200;
  const api = createWebApi({ ...parts, streams, sockets, fileProcessingMs }, { botToken, appToken, limits });
  const state = readState(ws, views);
  const changes = createChanges({ ws, events, messages, state });
  const clientRoutes = createClientRoutes(ws, interactions, options.links ?? (() => []), changes);

  const until: Slack['until'] = (check, timeoutMs = 5_000) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        try {
          const found = check();
          if (found === undefined || found === null || found === false) return;
          stop();
          resolve(found as Exclude<typeof found, undefined | null | false>);
        } catch (error) {
          stop();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`It did not happen within ${timeoutMs} ms: ${check}`));
      }, timeoutMs);
      // Also by the clock, for conditions that are not about this workspace.
      const beat = setInterval(look, 20);
      const unlisten = hub.listen(() => queueMicrotask(look));
      const stop = (): void => {
        clearTimeout(timer);
        clearInterval(beat);
        unlisten();
      };
      look();
    });

  return {
    async handle(req, res) {
      const url = new URL(req.url ?? '/', 'http://localhost');
      const { pathname } = url;
      if (pathname.startsWith('/api/')) await api.handle(req, res, url);
      else if (pathname.startsWith('/client/')) await clientRoutes(req, res, url);
      else if (pathname.startsWith('/slack-response/')) await handleResponse(ws, parts, req, res, pathname);
      else if (pathname.startsWith('/files/')) await handleFile(ws, req, res, pathname);
      else if (pathname.startsWith('/archives/')) openPermalink(res, url);
      else return false;
      return true;
    },
    upgrade: sockets.upgrade,
    state,
    act: (as) => createActor({ ws, interactions, state, until }, as),
    faults: ws.faults,
    ...changes,
    recycleSockets: sockets.recycle,
    setRequestUrl: deliver.setRequestUrl,
    listen: hub.listen,
    until,
    async idle() {
      await until(() => deliver.pending() + events.pending() + api.pending() === 0, 30_000);
    },
    async close() {
      events.close();
      await sockets.close();
      hub.close();
      store.close();
    },
  };
}

function limitsFrom(option: SlackOptions['rateLimits']): RateLimits | null {
  if (option === false) return null;
  const given = typeof option === 'object' ? option : {};
  return {
    tiers: { ...SLACK_LIMITS.tiers, ...given.tiers },
    post: { ...SLACK_LIMITS.post, ...given.post },
    eventsPerHour: given.eventsPerHour ?? SLACK_LIMITS.eventsPerHour,
  };
}
