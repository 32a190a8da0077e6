import type { ClientEvent, Message } from '../../slack/client-api.ts';
import type { Answer, Api } from './api.ts';
import { insert, reduce } from './reduce.ts';
import { type History, type Place, type State, threadKey } from './state.ts';

interface HistoriesOptions {
  api: Api;
  get: () => State;
  set: (next: Partial<State>) => void;
  /** Shows the sentence of a failed call; true when it went well. */
  told: (answer: Answer<object>) => boolean;
  toast: (text: string) => void;
}

/** Fetches what channels and threads hold, in pages, and keeps it true while answers are on their way. */
export function createHistories({ api, get, set, told, toast }: HistoriesOptions) {
  /** What happens while something is being fetched: the answer may be older than it. */
  const recordings = new Set<ClientEvent[]>();

  const change = (channel: string, next: Partial<History>) => {
    const { histories } = get();
    const before = histories[channel] ?? { messages: [], complete: false, loading: false };
    set({ histories: { ...histories, [channel]: { ...before, ...next } } });
  };
  const unreadOf = (channel: string) => get().boot?.channels.find((other) => other.id === channel)?.unread ?? 0;
  const firstOf = (messages: Message[], unread: number) =>
    unread > 0 ? messages.at(-Math.min(unread, messages.length))?.ts : undefined;

  /** Fetches, and puts the answer in place; what happened meanwhile is told again afterwards, which changes nothing twice. */
  async function catchUp<T>(fetching: Promise<T>, place: (answer: T) => void): Promise<void> {
    const meanwhile: ClientEvent[] = [];
    recordings.add(meanwhile);
    const answer = await fetching;
    recordings.delete(meanwhile);
    place(answer);
    const late = meanwhile.filter((event) => event.type.startsWith('message'));
    if (late.length > 0) set(late.reduce(reduce, get()));
  }

  /** The newest page of a channel, or everything from a little before one message on. */
  async function load(channel: string, from?: string) {
    const unread = unreadOf(channel);
    change(channel, { loading: true });
    await catchUp(api.history(channel, from === undefined ? undefined : { from }), (answer) => {
      if (!told(answer) || !answer.ok) return change(channel, { loading: false, complete: true });
      // Ephemeral messages are not in the history; those on screen stay.
      const kept = (get().histories[channel]?.messages ?? []).filter((message) => message.ephemeral);
      const messages = kept.reduce(insert, answer.messages);
      const firstUnread = firstOf(answer.messages, unread);
      change(channel, { messages, loading: false, complete: !answer.has_more, firstUnread });
      markRead(channel);
    });
  }

  async function loadOlder(channel: string) {
    const known = get().histories[channel];
    const oldest = known?.messages.find((message) => !message.ephemeral);
    if (!known || known.loading || known.complete || !oldest) return;
    change(channel, { loading: true });
    const answer = await api.history(channel, { before: oldest.ts });
    if (!told(answer) || !answer.ok) return change(channel, { loading: false });
    const messages = answer.messages.reduce(insert, get().histories[channel]!.messages);
    change(channel, { messages, loading: false, complete: !answer.has_more });
  }

  async function loadThread(channel: string, ts: string) {
    await catchUp(api.replies(channel, ts), (answer) => {
      if (!told(answer) || !answer.ok) return;
      const key = threadKey(channel, ts);
      const { threads } = get();
      const kept = (threads[key] ?? []).filter((message) => message.ephemeral);
      set({ threads: { ...threads, [key]: kept.reduce(insert, answer.messages) } });
    });
  }

  /** Loads what a place needs. A channel seen before shows at once from memory; the event stream keeps it fresh. */
  async function show({ channel, thread, message }: Place & { kind: 'channel' }) {
    const known = get().histories[channel];
    const root = message && (!thread || thread === message) ? message : undefined;
    const has = (messages: Message[] | undefined, ts: string) => messages?.some((other) => other.ts === ts) ?? false;
    const loading = thread ? loadThread(channel, thread) : undefined;
    if (!known || (root && !has(known.messages, root))) await load(channel, root);
    else {
      change(channel, {
        firstUnread: firstOf(
          known.messages.filter((one) => !one.ephemeral),
          unreadOf(channel),
        ),
      });
      markRead(channel);
    }
    await loading;
    if (!message) return;
    const shown = root ? get().histories[channel]?.messages : get().threads[threadKey(channel, thread!)];
    if (shown?.length && !has(shown, message)) toast('This message does not exist any more.');
  }

  function markRead(channel: string) {
    const known = get().boot?.channels.find((other) => other.id === channel);
    if (!known || known.unread + known.mentions === 0 || document.hidden) return;
    void api.read({ channel });
  }

  return {
    load,
    loadOlder,
    loadThread,
    show,
    markRead,
    /** To be told of every event. */
    record(event: ClientEvent) {
      for (const recording of recordings) recording.push(event);
    },
  };
}
