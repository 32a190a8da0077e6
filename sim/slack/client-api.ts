/**
 * What the workspace page and the Slack stand-in say to each other.
 *
 * Every call carries the acting person in the header `x-act-as` (`?as=` for the event stream). Bodies and answers are
 * JSON; an answer is `{ ok: true, … }` or `{ ok: false, error }` with HTTP 200, as Slack's own Web API does.
 *
 *   GET  /client/boot                                   -> Boot
 *   GET  /client/history?channel=C1&before=ts&limit=50  -> { messages: Message[], has_more }   root messages, oldest
 *                                                          first; `from=ts` instead of `before`: from a little before
 *                                                          this message to the newest
 *   GET  /client/replies?channel=C1&ts=…                -> { messages: Message[] }   root first, then replies
 *   POST /client/message   { channel, text, thread_ts? }
 *   POST /client/command   { channel, text }            -> text starts with "/"; answer carries what the app acked with
 *   POST /client/action    ActionRequest
 *   POST /client/submit    { view_id, values }          -> { errors?: Record<block_id, sentence> }
 *   POST /client/close     { view_id, clear? }
 *   POST /client/shortcut  { callback_id, channel?, ts? }
 *   POST /client/options   { container, block_id, action_id, value } -> { options? , option_groups? }
 *   POST /client/reaction  { channel, ts, name, remove? }
 *   POST /client/read      { channel }                  -> clears the unread count
 *   POST /client/home      { tab? }                     -> the person opened the app's Home tab (or `tab: 'messages'`)
 *   POST /client/edit      { channel, ts, text }        -> one's own message
 *   POST /client/delete    { channel, ts }              -> one's own message
 *   GET  /client/traffic?since=id                       -> { traffic: Traffic[] }
 *   GET|POST /client/faults                             -> { faults: Fault[] }; POST takes one Fault without id, or
 *                                                          { faults: Fault[] } for all, { remove: id }, { clear: true }
 *   GET|POST /client/alerts                             -> { channel, alerts: Report[] }; POST { id } makes the monitor
 *                                                          report one there
 *   GET  /client/events?as=U1                           -> text/event-stream of ClientEvent
 *
 * When the app did not acknowledge, `error` is the sentence that Slack shows ("/ticket failed with the error …", "We had
 * some trouble connecting. Try again?") and `code` is `operation_timeout` or `dispatch_failed`. Without `x-act-as` the
 * first person of the workspace acts.
 */
export interface Person {
  id: string;
  name: string;
  real_name: string;
  title: string;
  email: string;
  is_bot: boolean;
  is_restricted?: boolean;
  /** A guest of one channel only; `is_restricted` too. */
  is_ultra_restricted?: boolean;
  /** Of another workspace, without a channel in common. */
  is_stranger?: boolean;
  deleted?: boolean;
  team_id: string;
}

export interface Channel {
  id: string;
  name: string;
  is_im: boolean;
  is_private: boolean;
  is_ext_shared: boolean;
  topic: string;
  members: string[];
  unread: number;
  mentions: number;
}

export interface Reaction {
  name: string;
  users: string[];
}

export interface Message {
  ts: string;
  channel: string;
  user: string;
  text: string;
  blocks?: unknown[];
  thread_ts?: string;
  reply_count?: number;
  reply_users?: string[];
  latest_reply?: string;
  edited?: { user: string; ts: string };
  reactions?: Reaction[];
  /** Shown to one person only and gone on reload. */
  ephemeral?: boolean;
  bot_id?: string;
  attachments?: unknown[];
  /** `size` in bytes. */
  files?: { id: string; name: string; title: string; mimetype: string; size: number; url: string }[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  permalink: string;
}

/** A modal or Home view as Slack hands it back: the app's own view plus id, hash and the values typed so far. */
export interface View {
  id: string;
  hash: string;
  type: 'modal' | 'home';
  callback_id: string;
  title?: { type: 'plain_text'; text: string };
  submit?: { type: 'plain_text'; text: string } | null;
  close?: { type: 'plain_text'; text: string } | null;
  blocks: unknown[];
  private_metadata: string;
  notify_on_close?: boolean;
  clear_on_close?: boolean;
  state: { values: Record<string, Record<string, unknown>> };
}

export interface Command {
  command: string;
  description: string;
  usage_hint: string;
}

export interface Shortcut {
  type: 'message' | 'global';
  name: string;
  callback_id: string;
  description: string;
}

export interface Boot {
  ok: true;
  team: { id: string; name: string };
  me: Person;
  people: Person[];
  channels: Channel[];
  user_groups: { id: string; handle: string; name: string }[];
  app: { id: string; bot_user_id: string; name: string; commands: Command[]; shortcuts: Shortcut[] };
  home: View | null;
  /** Other pages of the workspace to link to: GitHub stand-in, production, … */
  links: { label: string; url: string; title?: string }[];
}

export type Container =
  | { type: 'message'; channel: string; ts: string; ephemeral?: boolean }
  | { type: 'view'; view_id: string };

export interface ActionRequest {
  container: Container;
  block_id: string;
  action_id: string;
  /** The element's type and what was chosen: `{ type: 'button', value }`, `{ type: 'static_select', selected_option }` … */
  action: Record<string, unknown> & { type: string };
  /** Values of the inputs of the same message or view, by block and action id. */
  values?: Record<string, Record<string, unknown>>;
}

export interface Traffic {
  id: number;
  at: string;
  direction: 'to-app' | 'from-app';
  /** `chat.postMessage`, `block_actions`, `event app_mention`, … */
  what: string;
  status: number;
  ms: number;
  request: unknown;
  response: unknown;
}

export type ClientEvent =
  | { type: 'message'; message: Message }
  | { type: 'message_changed'; message: Message }
  | { type: 'message_deleted'; channel: string; ts: string; thread_ts?: string }
  | { type: 'view_opened'; view: View }
  | { type: 'view_updated'; view: View }
  | { type: 'view_pushed'; view: View }
  | { type: 'view_closed'; view_id: string; all?: boolean }
  | { type: 'home'; view: View }
  | { type: 'channel'; channel: Channel }
  | { type: 'notice'; text: string }
  /** This message calls the person: by name, by group, by `@channel`, or because it is a direct message. */
  | { type: 'notification'; message: Message }
  | { type: 'traffic'; entry: Traffic };

/** What the monitor of the workspace can be made to report. */
export interface Report {
  id: string;
  title: string;
  service: string;
}

export interface Fault {
  id: string;
  /** Web API method (`chat.update`), delivery kind (`events`, `actions`, `commands`, `views`, `shortcuts`, `options`), or `*`. */
  on: string;
  kind: 'rate_limited' | 'server_error' | 'timeout' | 'timeout_after' | 'duplicate' | 'delay' | 'error';
  /** For kind `error`: Slack's error name. */
  error?: string;
  retry_after?: number;
  delay_ms?: number;
  /** How many times it still fires; null is until it is removed. */
  times: number | null;
}
