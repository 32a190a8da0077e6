import type { Boot, Channel, Message, Traffic, View } from '../../slack/client-api.ts';

/** What the main pane shows. `message` is the one that a permalink leads to: a root, or a reply of `thread`. */
export type Place = { kind: 'channel'; channel: string; thread?: string; message?: string } | { kind: 'home' };

export interface Toast {
  id: number;
  text: string;
  /** A `notice` tells of a message elsewhere. */
  tone: 'info' | 'error' | 'notice';
  open?: Place;
}

export interface History {
  messages: Message[];
  /** There is nothing older on the server. */
  complete: boolean;
  loading: boolean;
  /** Timestamp of the first message that was unread when the channel was opened. */
  firstUnread?: string;
}

export interface State {
  boot: Boot | null;
  /** Why the workspace could not be loaded. */
  failure: string | null;
  /** The event stream is up. */
  online: boolean;
  place: Place | null;
  histories: Record<string, History>;
  /** Root first, then replies; keyed by `threadKey`. */
  threads: Record<string, Message[]>;
  /** One's own message that is being edited, and in which of the two lists. */
  editing: { ts: string; inThread: boolean } | null;
  /** Open modals, the top one last. */
  views: View[];
  toasts: Toast[];
  /** Newest last, at most `trafficKept`. */
  traffic: Traffic[];
}

export const trafficKept = 500;

export const emptyState: State = {
  boot: null,
  failure: null,
  online: true,
  place: null,
  histories: {},
  threads: {},
  editing: null,
  views: [],
  toasts: [],
  traffic: [],
};

export const threadKey = (channel: string, ts: string) => `${channel}/${ts}`;
export const isReply = (message: Message) => message.thread_ts !== undefined && message.thread_ts !== message.ts;

/** What a channel is called in the sidebar and in headings: a direct message by the other person's name. */
export function channelLabel(channel: Channel, boot: Boot): string {
  if (!channel.is_im) return channel.name;
  const other = channel.members.find((id) => id !== boot.me.id) ?? boot.me.id;
  const person = boot.people.find((candidate) => candidate.id === other);
  return person?.real_name || person?.name || channel.name;
}

/** The app goes by its display name wherever it is shown, whatever its handle is. */
export function withAppName(boot: Boot): Boot {
  const bot = boot.people.find((person) => person.id === boot.app.bot_user_id);
  return { ...boot, app: { ...boot.app, name: bot?.real_name || boot.app.name } };
}

/** The direct message between the acting person and the app. */
export function appChannel(boot: Boot): Channel | undefined {
  return boot.channels.find((channel) => channel.is_im && channel.members.includes(boot.app.bot_user_id));
}
