/** What every part of the stand-in works with, and the small questions that all of them ask. */
import { randomBytes } from 'node:crypto';
import type { Channel, Message, Person } from './client-api.ts';
import type { Faults } from './faults.ts';
import type { Hub } from './hub.ts';
import { APP, TEAM } from './people.ts';
import type { Store } from './store.ts';
import type { TrafficLog } from './traffic.ts';
import { type AppDescription, type Data, SlackRefusal, type StoredChannel, type StoredMessage } from './types.ts';

export interface Workspace {
  readonly data: Data;
  readonly store: Store;
  readonly hub: Hub;
  readonly traffic: TrafficLog;
  readonly faults: Faults;
  readonly app: AppDescription;
  /** Ephemeral messages by reader; memory only. */
  readonly ephemerals: StoredMessage[];
  /** Earlier blocks of a message by `channel:ts`, so that a click on an old rendering still finds its button. */
  readonly earlierBlocks: Map<string, unknown[][]>;
  baseUrl(): string;
  /** Unix milliseconds. */
  now(): number;
}

/** A random id in Slack's style: a letter and ten capitals or digits. */
export function newId(prefix: string): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';
  const bytes = randomBytes(10);
  return prefix + [...bytes].map((b) => alphabet[b % alphabet.length]).join('');
}

/** A message timestamp: unique in the workspace and always growing, also over restarts. */
export function newTs(ws: Workspace): string {
  const micros = Math.max(Math.floor(ws.now() * 1000), ws.data.last_ts + 1);
  ws.data.last_ts = micros;
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;
}

export const seconds = (ws: Workspace): number => Math.floor(ws.now() / 1000);

/** By id, or by `#name` as `chat.postMessage` still allows. */
export function findChannel(ws: Workspace, nameOrId: unknown): StoredChannel | undefined {
  if (typeof nameOrId !== 'string' || nameOrId === '') return undefined;
  const byId = ws.data.channels[nameOrId];
  if (byId) return byId;
  const name = nameOrId.replace(/^#/, '');
  return Object.values(ws.data.channels).find((c) => !c.is_im && c.name === name);
}

/** The channel, or Slack's refusal. */
export function needChannel(ws: Workspace, id: unknown): StoredChannel {
  const channel = findChannel(ws, id);
  if (!channel) throw new SlackRefusal('channel_not_found');
  return channel;
}

export function needPerson(ws: Workspace, id: unknown): Person {
  const person = typeof id === 'string' ? ws.data.people[id] : undefined;
  if (!person) throw new SlackRefusal('user_not_found');
  return person;
}

/** The direct conversation of a person with the app, made at its first use. */
export function openDm(ws: Workspace, user: string): StoredChannel {
  needPerson(ws, user);
  const id = `D${user.slice(1)}`;
  const existing = ws.data.channels[id];
  if (existing) return existing;
  const created: StoredChannel = {
    id,
    name: user,
    is_im: true,
    is_private: true,
    is_ext_shared: false,
    topic: '',
    creator: APP.bot_user_id,
    created: seconds(ws),
    members: [user, APP.bot_user_id],
  };
  ws.data.channels[id] = created;
  ws.store.changed();
  ws.hub.send({ type: 'channel', channel: channelFor(ws, user, created) }, [user]);
  return created;
}

export function findMessage(ws: Workspace, channel: string, ts: unknown): StoredMessage | undefined {
  const list = ws.data.messages[channel] ?? [];
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = list[middle]!;
    if (found.ts === ts) return found;
    if (found.ts < String(ts)) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

export const isRoot = (m: StoredMessage): boolean =>
  m.thread_ts === undefined || m.thread_ts === m.ts || m.subtype === 'thread_broadcast';

export function permalink(ws: Workspace, m: { channel: string; ts: string; thread_ts?: string }): string {
  const url = `${ws.baseUrl()}/archives/${m.channel}/p${m.ts.replace('.', '')}`;
  return m.thread_ts && m.thread_ts !== m.ts ? `${url}?thread_ts=${m.thread_ts}&cid=${m.channel}` : url;
}

export function fileUrl(ws: Workspace, f: { id: string; name: string }): string {
  return `${ws.baseUrl()}/files/${f.id}/${encodeURIComponent(f.name)}`;
}

/** The message as the page sees it. */
export function forPage(ws: Workspace, m: StoredMessage): Message {
  const { app_id, parent_user_id, to, files, ...rest } = m;
  const shown = (files ?? []).flatMap((id) => ws.data.files[id] ?? []);
  return {
    ...rest,
    ...(files
      ? {
          files: shown.map((f) => {
            const { id, name, title, mimetype, size } = f;
            return { id, name, title, mimetype, size, url: fileUrl(ws, f) };
          }),
        }
      : {}),
    permalink: permalink(ws, m),
  };
}

/** The channel as one person sees it, with that person's counters. */
export function channelFor(ws: Workspace, person: string, c: StoredChannel): Channel {
  const counter = ws.data.counters[person]?.[c.id];
  return {
    id: c.id,
    name: c.is_im ? ws.app.name : c.name,
    is_im: c.is_im,
    is_private: c.is_private,
    is_ext_shared: c.is_ext_shared,
    topic: c.topic,
    members: c.members,
    unread: counter?.unread ?? 0,
    mentions: counter?.mentions ?? 0,
  };
}

export const teamObject = (): { id: string; domain: string } => ({ id: TEAM.id, domain: TEAM.domain });
