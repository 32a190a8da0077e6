import type { ActionRequest, Channel, ClientEvent, Container, Message, Person, View } from '../../slack/client-api.ts';
import type { Option, OptionGroup } from '../blocks/types.ts';
import { createApi } from './api.ts';
import { notifyDesktop } from './desktop.ts';
import { createForm, type Form, type Values } from './form.ts';
import { createHistories } from './histories.ts';
import { watchLinks } from './links.ts';
import { isInFront, noticeText, placeOfMessage } from './notices.ts';
import { placeFor, readUrl, rememberPlace, writeUrl } from './place.ts';
import { reduce } from './reduce.ts';
import { emptyState, type Place, type State, type Toast, threadKey, withAppName } from './state.ts';
import { createStream } from './stream.ts';
import { countTabs } from './tabs.ts';

/** One person's live view of the workspace. `stop` ends the event stream; nothing may be called after it. */
export type Workspace = ReturnType<typeof createWorkspace>;

/** `onActAs` is asked to start over as somebody else. */
export function createWorkspace(as: string, onActAs: (id: string) => void) {
  let state: State = emptyState;
  const acting = as;
  const api = createApi(as);
  const tabs = countTabs();
  let toastId = 0;
  const listeners = new Set<() => void>();
  const forms = new Map<string, Form>();
  const drafts = new Map<string, string>();

  const set = (next: Partial<State>) => {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  };
  const toast = (text: string, { tone = 'info', open }: Partial<Pick<Toast, 'tone' | 'open'>> = {}) => {
    toastId += 1;
    const id = toastId;
    set({ toasts: [...state.toasts.slice(-3), { id, text, tone, ...(open ? { open } : {}) }] });
    setTimeout(() => dismiss(id), tone === 'info' ? 6000 : 10_000);
  };
  const dismiss = (id: number) => set({ toasts: state.toasts.filter((other) => other.id !== id) });
  /** Shows the sentence of a failed call; true when it went well. */
  const told = (answer: { ok: true } | { ok: false; sentence: string }) => {
    if (!answer.ok) toast(answer.sentence, { tone: 'error' });
    return answer.ok;
  };
  const histories = createHistories({ api, get: () => state, set, told, toast });
  const stream = createStream({ as, onEvent, onChange: (online) => void onStream(online) });

  function load(place: Place) {
    if (place.kind === 'home') void api.home().then(told);
    else void histories.show(place);
  }

  function open(place: Place) {
    const before = state.place;
    set({ place });
    const url = writeUrl(acting, place);
    if (url !== location.search) window.history.pushState(null, '', url);
    rememberPlace();
    const here = before?.kind === 'channel' && place.kind === 'channel' && before.channel === place.channel;
    // The channel is on screen; only what the new place adds has to be fetched.
    if (here && !place.message) {
      if (place.thread && place.thread !== before.thread) void histories.loadThread(place.channel, place.thread);
    } else load(place);
  }

  function onEvent(event: ClientEvent) {
    if (event.type === 'notice') return toast(event.text);
    if (event.type === 'notification') return onNotification(event.message);
    histories.record(event);
    set(reduce(state, event));
    if (event.type === 'view_closed') for (const key of forms.keys()) if (key === event.view_id) forms.delete(key);
    if (event.type !== 'channel' || state.place?.kind !== 'channel') return;
    if (event.channel.id === state.place.channel) histories.markRead(event.channel.id);
  }

  function onNotification(message: Message) {
    if (!state.boot) return;
    const text = noticeText(message, state.boot);
    const to = placeOfMessage(message);
    const inFront = isInFront(message, state);
    if (!inFront) toast(text, { tone: 'notice', open: to });
    notifyDesktop(text, { tag: message.ts, onOpen: () => inFront || open(to) });
  }

  async function onStream(online: boolean) {
    if (online === state.online) return;
    set({ online });
    if (online) await refresh();
  }

  /** After a gap in the event stream: everything on screen is fetched again, the rest is forgotten. */
  async function refresh() {
    const boot = await api.boot();
    if (!boot.ok || !state.place) return;
    const here = state.place.kind === 'channel' ? state.place : undefined;
    const kept = here && state.histories[here.channel];
    set({ boot: withAppName(boot), histories: here && kept ? { [here.channel]: kept } : {} });
    if (!here) return void api.home();
    await histories.load(here.channel, here.thread ? undefined : here.message);
    if (here.thread) await histories.loadThread(here.channel, here.thread);
  }

  async function start() {
    // First the stream, then the state: what happens in between is seen twice rather than never.
    if (!stream.isOpen()) await stream.open();
    const boot = await api.boot();
    if (!boot.ok) return set({ failure: boot.sentence });
    const place = placeFor(boot, readUrl(location.search).place);
    window.history.replaceState(null, '', writeUrl(acting, place));
    set({ boot: withAppName(boot), place, failure: null });
    rememberPlace();
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
      rememberPlace();
      if (!stream.isOpen()) {
        set({ online: false });
        await stream.open();
      }
      if (state.place?.kind === 'channel') histories.markRead(state.place.channel);
    } else if (await tabs.crowded()) stream.close();
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
      stream.close();
      tabs.leave();
      ignoreLinks();
      window.removeEventListener('popstate', onPop);
      document.removeEventListener('visibilitychange', onVisibility);
    },
    api,
    actAs: onActAs,
    open,
    loadOlder: histories.loadOlder,
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
    /** Turns one's own message into a field, or back with null. */
    edit: (message: Message | null, inThread = false) => set({ editing: message && { ts: message.ts, inThread } }),
    /** One's newest message here; false when there is none. */
    editLast(channel: string, thread?: string): boolean {
      const shown = thread ? state.threads[threadKey(channel, thread)] : state.histories[channel]?.messages;
      const last = shown?.findLast((message) => message.user === acting && !message.ephemeral);
      if (last) set({ editing: { ts: last.ts, inThread: thread !== undefined } });
      return last !== undefined;
    },
    /** False when it was not accepted, so that the field stays. */
    async saveEdit({ channel, ts }: Message, text: string): Promise<boolean> {
      const done = told(await api.edit({ channel, ts, text }));
      if (done) set({ editing: null });
      return done;
    },
    async remove({ channel, ts }: Message) {
      if (told(await api.remove({ channel, ts }))) toast('Message deleted.');
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
