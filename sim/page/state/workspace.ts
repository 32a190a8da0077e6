import type { ActionRequest, Channel, ClientEvent, Container, Message, Person, View } from '../../slack/client-api.ts';
import type { Option, OptionGroup } from '../blocks/types.ts';
import { createApi } from './api.ts';
import { createForm, type Form, type Values } from './form.ts';
import { watchLinks } from './links.ts';
import { placeFor, readUrl, writeUrl } from './place.ts';
import { insert, reduce } from './reduce.ts';
import { emptyState, type History, type Place, type State, type Toast, threadKey, withAppName } from './state.ts';
import { countTabs } from './tabs.ts';

/** One person's live view of the workspace. `stop` ends the event stream; nothing may be called after it. */
export type Workspace = ReturnType<typeof createWorkspace>;

/** `onActAs` is asked to start over as somebody else. */
export function createWorkspace(as: string, onActAs: (id: string) => void) {
  let state: State = emptyState;
  const acting = as;
  const api = createApi(as);
  const tabs = countTabs();
  let stream: EventSource | undefined;
  let toastId = 0;
  const listeners = new Set<() => void>();
  const forms = new Map<string, Form>();
  const drafts = new Map<string, string>();
  /** What happens while something is being fetched: the answer may be older than it. */
  const recordings = new Set<ClientEvent[]>();

  const set = (next: Partial<State>) => {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  };
  const toast = (text: string, tone: Toast['tone'] = 'info') => {
    toastId += 1;
    const id = toastId;
    set({ toasts: [...state.toasts.slice(-3), { id, text, tone }] });
    setTimeout(() => dismiss(id), tone === 'error' ? 10_000 : 6000);
  };
  const dismiss = (id: number) => set({ toasts: state.toasts.filter((other) => other.id !== id) });
  /** Shows the sentence of a failed call; true when it went well. */
  const told = (answer: { ok: true } | { ok: false; sentence: string }) => {
    if (!answer.ok) toast(answer.sentence, 'error');
    return answer.ok;
  };
  const history = (channel: string, change: Partial<History>) => {
    const before = state.histories[channel] ?? { messages: [], complete: false, loading: false };
    set({ histories: { ...state.histories, [channel]: { ...before, ...change } } });
  };

  /** Fetches, and puts the answer in place; what happened meanwhile is told again afterwards, which changes nothing twice. */
  async function catchUp<T>(fetching: Promise<T>, place: (answer: T) => void): Promise<void> {
    const meanwhile: ClientEvent[] = [];
    recordings.add(meanwhile);
    const answer = await fetching;
    recordings.delete(meanwhile);
    place(answer);
    const late = meanwhile.filter((event) => event.type.startsWith('message'));
    if (late.length > 0) set(late.reduce(reduce, state));
  }

  async function loadHistory(channel: string) {
    const unread = state.boot?.channels.find((other) => other.id === channel)?.unread ?? 0;
    history(channel, { loading: true });
    await catchUp(api.history(channel), (answer) => {
      if (!told(answer) || !answer.ok) return history(channel, { loading: false, complete: true });
      // Ephemeral messages are not in the history; those on screen stay.
      const kept = (state.histories[channel]?.messages ?? []).filter((message) => message.ephemeral);
      const messages = kept.reduce(insert, answer.messages);
      const firstUnread = unread > 0 ? answer.messages.at(-Math.min(unread, answer.messages.length))?.ts : undefined;
      history(channel, { messages, loading: false, complete: answer.messages.length < 50, firstUnread });
      markRead(channel);
    });
  }

  async function loadOlder(channel: string) {
    const known = state.histories[channel];
    const oldest = known?.messages.find((message) => !message.ephemeral);
    if (!known || known.loading || known.complete || !oldest) return;
    history(channel, { loading: true });
    const answer = await api.history(channel, oldest.ts);
    if (!told(answer) || !answer.ok) return history(channel, { loading: false });
    const now = state.histories[channel]!.messages;
    history(channel, {
      messages: answer.messages.reduce(insert, now),
      loading: false,
      complete: answer.messages.length < 50,
    });
  }

  async function loadThread(channel: string, ts: string) {
    await catchUp(api.replies(channel, ts), (answer) => {
      if (!told(answer) || !answer.ok) return;
      const key = threadKey(channel, ts);
      const kept = (state.threads[key] ?? []).filter((message) => message.ephemeral);
      set({ threads: { ...state.threads, [key]: kept.reduce(insert, answer.messages) } });
    });
  }

  function markRead(channel: string) {
    const known = state.boot?.channels.find((other) => other.id === channel);
    if (!known || known.unread + known.mentions === 0 || document.hidden) return;
    void api.read({ channel });
  }

  /** Loads what a place needs. A channel seen before shows at once from memory; the event stream keeps it fresh. */
  function load(place: Place) {
    if (place.kind === 'home') {
      void api.home().then(told);
      return;
    }
    if (state.histories[place.channel]) {
      history(place.channel, { firstUnread: firstNew(place.channel) });
      markRead(place.channel);
    } else void loadHistory(place.channel);
    if (place.thread) void loadThread(place.channel, place.thread);
  }

  function firstNew(channel: string) {
    const unread = state.boot?.channels.find((other) => other.id === channel)?.unread ?? 0;
    const messages = state.histories[channel]?.messages.filter((message) => !message.ephemeral) ?? [];
    return unread > 0 ? messages.at(-Math.min(unread, messages.length))?.ts : undefined;
  }

  function open(place: Place) {
    const before = state.place;
    set({ place });
    const url = writeUrl(acting, place);
    if (url !== location.search) window.history.pushState(null, '', url);
    if (before?.kind === 'channel' && place.kind === 'channel' && before.channel === place.channel) {
      if (place.thread && place.thread !== before.thread) void loadThread(place.channel, place.thread);
      return;
    }
    load(place);
  }

  function onEvent(event: ClientEvent) {
    if (event.type === 'notice') return toast(event.text);
    for (const recording of recordings) recording.push(event);
    set(reduce(state, event));
    if (event.type === 'view_closed') for (const key of forms.keys()) if (key === event.view_id) forms.delete(key);
    if (event.type !== 'channel' || state.place?.kind !== 'channel') return;
    if (event.channel.id === state.place.channel) markRead(event.channel.id);
  }

  /** Opens the event stream; resolves when it is up or was refused. Later gaps are closed by fetching again. */
  function listen(): Promise<void> {
    return new Promise((resolve) => {
      const mine = new EventSource(`/client/events?as=${encodeURIComponent(acting)}`);
      stream = mine;
      mine.onmessage = (message) => onEvent(JSON.parse(message.data as string) as ClientEvent);
      mine.onerror = () => {
        resolve();
        if (state.online) set({ online: false });
        // A refused stream is not retried by the browser itself.
        if (mine.readyState === EventSource.CLOSED) setTimeout(() => stream === mine && listen(), 2000);
      };
      mine.onopen = () => {
        resolve();
        if (state.online) return;
        set({ online: true });
        void refresh();
      };
    });
  }

  /** After a gap in the event stream: everything on screen is fetched again, the rest is forgotten. */
  async function refresh() {
    const boot = await api.boot();
    if (!boot.ok || !state.place) return;
    const here = state.place.kind === 'channel' ? state.place : undefined;
    const kept = here && state.histories[here.channel];
    set({ boot: withAppName(boot), histories: here && kept ? { [here.channel]: kept } : {} });
    if (!here) return void api.home();
    await loadHistory(here.channel);
    if (here.thread) await loadThread(here.channel, here.thread);
  }

  async function start() {
    // First the stream, then the state: what happens in between is seen twice rather than never.
    if (!stream) await listen();
    const boot = await api.boot();
    if (!boot.ok) return set({ failure: boot.sentence });
    const place = placeFor(boot, readUrl(location.search).place);
    window.history.replaceState(null, '', writeUrl(acting, place));
    set({ boot: withAppName(boot), place, failure: null });
    load(place);
  }

  const onPop = () => {
    const { as: wanted, place } = readUrl(location.search);
    if (wanted && wanted !== acting) return onActAs(wanted);
    if (state.boot) {
      const next = placeFor(state.boot, place);
      set({ place: next });
      load(next);
    }
  };
  const onVisibility = async () => {
    if (!document.hidden) {
      if (!stream) {
        set({ online: false });
        await listen();
      }
      if (state.place?.kind === 'channel') markRead(state.place.channel);
    } else if (await tabs.crowded()) {
      stream?.close();
      stream = undefined;
    }
  };
  window.addEventListener('popstate', onPop);
  document.addEventListener('visibilitychange', onVisibility);
  const ignoreLinks = watchLinks(
    api,
    () => state.boot?.links,
    (links) => set({ boot: { ...state.boot!, links } }),
  );

  return {
    get: () => state,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start,
    stop() {
      stream?.close();
      stream = undefined;
      tabs.leave();
      ignoreLinks();
      window.removeEventListener('popstate', onPop);
      document.removeEventListener('visibilitychange', onVisibility);
    },
    api,
    actAs: onActAs,
    open,
    loadOlder,
    toast,
    dismiss,
    drafts,
    person: (id: string): Person | undefined => state.boot?.people.find((person) => person.id === id),
    channel: (id: string): Channel | undefined => state.boot?.channels.find((channel) => channel.id === id),
    /** The typed values of a message or view; made on first use, kept while the page lives or the modal is open. */
    form(container: Container, view?: View): Form {
      const key = container.type === 'view' ? container.view_id : threadKey(container.channel, container.ts);
      const known = forms.get(key);
      if (known) return known;
      const form = createForm(view?.state?.values);
      forms.set(key, form);
      return form;
    },
    /** Sends what was typed. False when it was not accepted, so that the composer keeps it. */
    async send(channel: string, text: string, thread?: string): Promise<boolean> {
      if (text.startsWith('/')) return told(await api.command({ channel, text }));
      return told(await api.message({ channel, text, ...(thread ? { thread_ts: thread } : {}) }));
    },
    act: async (request: ActionRequest) => told(await api.action(request)),
    async shortcut(callback: string, message?: Message) {
      told(
        await api.shortcut({ callback_id: callback, ...(message ? { channel: message.channel, ts: message.ts } : {}) }),
      );
    },
    async react(message: Message, name: string) {
      const mine = message.reactions?.find((reaction) => reaction.name === name)?.users.includes(acting) ?? false;
      told(await api.reaction({ channel: message.channel, ts: message.ts, name, ...(mine ? { remove: true } : {}) }));
    },
    async options(container: Container, ids: { block: string; action: string }, value: string) {
      const answer = await api.options({ container, block_id: ids.block, action_id: ids.action, value });
      return answer.ok
        ? { options: answer.options as Option[], groups: answer.option_groups as OptionGroup[] }
        : answer.sentence;
    },
    /** Submits a modal. Field errors end up on its form; the answer says whether it was accepted. */
    async submit(view: View, values: Values): Promise<{ ok: boolean; sentence?: string }> {
      const answer = await api.submit({ view_id: view.id, values });
      if (!answer.ok) return { ok: false, sentence: answer.sentence };
      const errors = answer.errors ?? {};
      forms.get(view.id)?.setErrors(errors);
      return { ok: Object.keys(errors).length === 0 };
    },
    /** Closes the top modal at once; the app hears of it if it asked to. */
    async close(view: View) {
      const all = view.clear_on_close === true;
      set({ views: all ? [] : state.views.filter((other) => other.id !== view.id) });
      forms.delete(view.id);
      await api.close({ view_id: view.id, ...(all ? { clear: true } : {}) });
    },
    async loadTraffic() {
      const answer = await api.traffic(state.traffic.at(-1)?.id ?? 0);
      if (!told(answer) || !answer.ok) return;
      for (const entry of answer.traffic) state = reduce(state, { type: 'traffic', entry });
      set({});
    },
    clearTraffic: () => set({ traffic: [] }),
  };
}
