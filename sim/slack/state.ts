/** Read access for tests: what is in the workspace right now. */
import type { ClientEvent, Message, Person, Traffic, View } from './client-api.ts';
import { apiUser } from './payloads.ts';
import type { Data, Json, StoredChannel, StoredMessage } from './types.ts';
import { forPageView, type Views } from './views.ts';
import { findChannel, forPage, isRoot, type Workspace } from './workspace.ts';

export interface SlackState {
  readonly data: Readonly<Data>;
  /** By id, handle (`priya`) or first name. Throws when nobody is called so. */
  person(idOrName: string): Person;
  /** By id or name. Throws when there is none. */
  channel(idOrName: string): StoredChannel;
  /** Root messages and replies of a channel, oldest first; the newest state of each. */
  messages(channel: string): Message[];
  /** Root messages only. */
  roots(channel: string): Message[];
  /** A root and its replies. */
  thread(channel: string, ts: string): Message[];
  /** Ephemeral messages that one person got, oldest first. */
  ephemerals(person: string): Message[];
  /** A person's open modals, the visible one last. */
  views(person: string): View[];
  home(person: string): View | undefined;
  /** Notices that the person saw, oldest first. */
  notices(person: string): string[];
  traffic(): Traffic[];
  apiUser(person: string): Json;
}

export function readState(ws: Workspace, views: Views): SlackState {
  const notices: { to: 'everyone' | readonly string[]; text: string }[] = [];
  ws.hub.listen((event: ClientEvent, to) => {
    if (event.type === 'notice') notices.push({ to, text: event.text });
  });
  const person = (key: string): Person => {
    const lower = key.toLowerCase();
    const all = Object.values(ws.data.people);
    const found =
      ws.data.people[key] ?? all.find((p) => p.name === lower || p.real_name.split(' ')[0]?.toLowerCase() === lower);
    if (!found) throw new Error(`Nobody in the workspace is called ${key}.`);
    return found;
  };
  const channel = (key: string): StoredChannel => {
    const found = findChannel(ws, key);
    if (!found) throw new Error(`There is no channel ${key}.`);
    return found;
  };
  const list = (key: string, keep: (m: StoredMessage) => boolean = () => true): Message[] =>
    (ws.data.messages[channel(key).id] ?? []).filter(keep).map((m) => structuredClone(forPage(ws, m)));
  return {
    data: ws.data,
    person,
    channel,
    messages: (key) => list(key),
    roots: (key) => list(key, isRoot),
    thread: (key, ts) => list(key, (m) => m.ts === ts || m.thread_ts === ts),
    ephemerals: (key) => {
      const { id } = person(key);
      return ws.ephemerals.filter((m) => m.to === id).map((m) => structuredClone(forPage(ws, m)));
    },
    views: (key) => views.stack(person(key).id).map(forPageView),
    home: (key) => {
      const home = ws.data.homes[person(key).id];
      return home && forPageView(home);
    },
    notices: (key) => {
      const { id } = person(key);
      return notices.filter((n) => n.to === 'everyone' || n.to.includes(id)).map((n) => n.text);
    },
    traffic: () => ws.traffic.since(0),
    apiUser: (key) => apiUser(ws, person(key)),
  };
}
