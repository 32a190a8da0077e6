/** What the stand-in keeps. `Message`, `View` and the others that the page also sees come from `client-api.ts`. */
import type { Command, Message, Person, Shortcut, View } from './client-api.ts';

export type Json = Record<string, unknown>;

export interface StoredChannel {
  id: string;
  name: string;
  is_im: boolean;
  is_private: boolean;
  is_ext_shared: boolean;
  /** Other workspaces in it, or invited to it. */
  is_pending_ext_shared?: boolean;
  connected_team_ids?: string[];
  is_archived?: boolean;
  topic: string;
  creator: string;
  /** Unix seconds. */
  created: number;
  members: string[];
}

export interface UserGroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
  /** Unix seconds of the last change. */
  date_update: number;
}

export interface StoredMessage extends Omit<Message, 'permalink' | 'files'> {
  subtype?: string;
  app_id?: string;
  parent_user_id?: string;
  files?: string[];
  /** An ephemeral message's only reader. */
  to?: string;
  /** Of messages that are or were written in pieces. */
  streaming_state?: 'in_progress' | 'completed' | 'errored';
}

export interface StoredView extends View {
  user: string;
  external_id: string;
  root_view_id: string;
  previous_view_id: string | null;
}

export interface StoredFile {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  size: number;
  user: string;
  created: number;
  /** Base64; empty until the upload arrived. */
  content: string;
  uploaded: boolean;
  /** Unix ms when Slack is done looking at it; before that it cannot be used in blocks. */
  processed_at: number | null;
  channels: string[];
  /** The messages that show it, by channel; empty until Slack has looked at it. */
  shares?: Record<string, { ts: string; thread_ts?: string }[]>;
}

export interface Bookmark {
  id: string;
  channel_id: string;
  title: string;
  link: string;
  type: string;
}

export interface Counter {
  unread: number;
  mentions: number;
}

/** Everything that survives a restart. */
export interface Data {
  version: 1;
  last_ts: number;
  people: Record<string, Person>;
  channels: Record<string, StoredChannel>;
  user_groups: Record<string, UserGroup>;
  /** By channel, oldest first, replies among the roots. */
  messages: Record<string, StoredMessage[]>;
  /** By person. */
  homes: Record<string, StoredView>;
  counters: Record<string, Record<string, Counter>>;
  files: Record<string, StoredFile>;
  bookmarks: Bookmark[];
  /** `channel:ts` of pinned messages. */
  pins: string[];
}

export interface AppDescription {
  name: string;
  commands: (Command & { should_escape: boolean })[];
  shortcuts: Shortcut[];
  scopes: string[];
  /** Names of the Events API subscriptions, `message.channels` and the like. */
  events: string[];
}

/** A refusal that Slack names: `{ ok: false, error }`, with more fields where Slack sends more. */
export class SlackRefusal extends Error {
  readonly code: string;
  readonly extra: Json;
  constructor(code: string, extra: Json = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}
