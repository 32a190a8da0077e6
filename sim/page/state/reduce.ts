import type { Channel, ClientEvent, Message, View } from '../../slack/client-api.ts';
import { isReply, type State, threadKey, trafficKept } from './state.ts';

/** The state after something happened in the workspace. Pure; toasts are left to the caller. */
export function reduce(state: State, event: ClientEvent): State {
  switch (event.type) {
    case 'message':
      return received(state, event.message);
    case 'message_changed':
      return changed(state, event.message);
    case 'message_deleted':
      return deleted(state, event.channel, event.ts, event.thread_ts);
    case 'view_opened':
    case 'view_pushed':
      return { ...state, views: [...state.views.filter((view) => view.id !== event.view.id), event.view] };
    case 'view_updated':
      return viewUpdated(state, event.view);
    case 'view_closed':
      return { ...state, views: event.all ? [] : state.views.filter((view) => view.id !== event.view_id) };
    case 'home':
      return state.boot ? { ...state, boot: { ...state.boot, home: event.view } } : state;
    case 'channel':
      return channelChanged(state, event.channel);
    case 'traffic':
      return {
        ...state,
        traffic: [...state.traffic.filter((entry) => entry.id !== event.entry.id), event.entry].slice(-trafficKept),
      };
    case 'notice':
    case 'notification':
      return state;
  }
}

/** Inserts by timestamp; a message that is there already is replaced. */
export function insert(messages: Message[], message: Message): Message[] {
  const rest = messages.filter((other) => other.ts !== message.ts);
  const at = rest.findLastIndex((other) => Number(other.ts) < Number(message.ts)) + 1;
  return [...rest.slice(0, at), message, ...rest.slice(at)];
}

function received(state: State, message: Message): State {
  if (!isReply(message)) return intoHistory(state, message.channel, (messages) => insert(messages, message));
  const root = message.thread_ts!;
  const counted = message.ephemeral ? state : countReply(state, message, root);
  return intoThread(counted, threadKey(message.channel, root), (messages) => insert(messages, message));
}

/** The root learns of its reply even if the server's own update of it comes later or not at all. */
function countReply(state: State, reply: Message, root: string): State {
  const count = (message: Message): Message => {
    if (message.ts !== root || Number(message.latest_reply ?? 0) >= Number(reply.ts)) return message;
    return {
      ...message,
      thread_ts: root,
      reply_count: (message.reply_count ?? 0) + 1,
      reply_users: [...new Set([...(message.reply_users ?? []), reply.user])],
      latest_reply: reply.ts,
    };
  };
  const inHistory = intoHistory(state, reply.channel, (messages) => messages.map(count));
  return intoThread(inHistory, threadKey(reply.channel, root), (messages) => messages.map(count));
}

function changed(state: State, message: Message): State {
  const swap = (messages: Message[]) => messages.map((other) => (other.ts === message.ts ? message : other));
  const inHistory = intoHistory(state, message.channel, swap);
  return intoThread(inHistory, threadKey(message.channel, message.thread_ts ?? message.ts), swap);
}

function deleted(state: State, channel: string, ts: string, root?: string): State {
  const drop = (messages: Message[]) => messages.filter((message) => message.ts !== ts);
  const inHistory = intoHistory(state, channel, drop);
  return intoThread(inHistory, threadKey(channel, root ?? ts), drop);
}

function intoHistory(state: State, channel: string, change: (messages: Message[]) => Message[]): State {
  const history = state.histories[channel];
  if (!history) return state;
  return { ...state, histories: { ...state.histories, [channel]: { ...history, messages: change(history.messages) } } };
}

function intoThread(state: State, key: string, change: (messages: Message[]) => Message[]): State {
  const thread = state.threads[key];
  return thread ? { ...state, threads: { ...state.threads, [key]: change(thread) } } : state;
}

function viewUpdated(state: State, view: View): State {
  if (view.type === 'home') return state.boot ? { ...state, boot: { ...state.boot, home: view } } : state;
  return { ...state, views: state.views.map((other) => (other.id === view.id ? view : other)) };
}

function channelChanged(state: State, channel: Channel): State {
  if (!state.boot) return state;
  const known = state.boot.channels.some((other) => other.id === channel.id);
  const channels = known
    ? state.boot.channels.map((other) => (other.id === channel.id ? channel : other))
    : [...state.boot.channels, channel];
  return { ...state, boot: { ...state.boot, channels } };
}
