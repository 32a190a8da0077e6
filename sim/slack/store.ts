/** The data of the workspace: seeded once, restored from a file, written back a moment after every change. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from '../data-error.ts';
import type { Person } from './client-api.ts';
import type { ChannelSeed } from './people.ts';
import type { Data, StoredChannel, UserGroup } from './types.ts';

export interface Seed {
  people: Person[];
  channels: ChannelSeed[];
  userGroups: UserGroup[];
  bot: string;
}

export interface Store {
  readonly data: Data;
  /** Call after a change; the file follows within 200 ms. */
  changed(): void;
  /** Writes what is outstanding. */
  close(): void;
}

/** Restores `file` when it exists, and adds people, channels and groups of the seed that it does not know yet. */
export function openStore(file: string | undefined, seed: Seed): Store {
  const data = (file && restore(file)) || emptyData();
  plant(data, seed);
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    const part = `${file}.${process.pid}.tmp`;
    writeFileSync(part, JSON.stringify(data));
    renameSync(part, file);
  };
  return {
    data,
    changed() {
      if (file) timer ??= setTimeout(write, 150);
    },
    close() {
      if (timer) write();
    },
  };
}

function restore(file: string): Data | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // A folder: the error of Node names no path.
    if (code === 'EISDIR') throw unreadable(file);
    throw error;
  }
  try {
    const data = JSON.parse(text) as Data;
    if (data.version === 1) return data;
  } catch {
    // Falls through to the same sentence as a file of another version.
  }
  throw unreadable(file);
}

const unreadable = (file: string): DataError =>
  new DataError(`The Slack stand-in cannot read its data file ${file}. Remove it to start with an empty workspace.`);

const emptyData = (): Data => ({
  version: 1,
  last_ts: 0,
  people: {},
  channels: {},
  user_groups: {},
  messages: {},
  homes: {},
  counters: {},
  files: {},
  bookmarks: [],
  pins: [],
});

function plant(data: Data, seed: Seed): void {
  for (const p of seed.people) data.people[p.id] ??= { ...p };
  for (const g of seed.userGroups) data.user_groups[g.id] ??= { ...g, users: [...g.users] };
  for (const c of seed.channels) data.channels[c.id] ??= channelFrom(c, seed.bot);
}

/** A whole channel from the few words that a seed or `conversations.create` gives. */
export function channelFrom(seed: ChannelSeed, creator: string, created = 1_760_000_000): StoredChannel {
  return {
    is_im: false,
    is_private: false,
    is_ext_shared: false,
    topic: '',
    creator,
    created,
    ...seed,
    members: [...(seed.members ?? [])],
  };
}
