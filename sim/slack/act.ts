/** Lets a test be one of the people: every step goes through the same code as the page's routes. */
import { type Found, interactive, isObject } from './blocks.ts';
import type { Container, Message, View } from './client-api.ts';
import type { Slack } from './index.ts';
import type { Interactions } from './interactions.ts';
import type { SlackState } from './state.ts';
import { type Json, SlackRefusal } from './types.ts';
import { optionsOf, type Values, valueKey } from './values.ts';
import type { Workspace } from './workspace.ts';

/** What the page would get: `ok`, or the sentence that the person reads. */
export type Answer =
  | { ok: true; errors?: Record<string, string>; ack?: Json }
  | { ok: false; error: string; code?: string };

export interface ClickOptions {
  /** Look only in this channel. */
  channel?: string;
  /** Look only at this message. */
  message?: { channel: string; ts: string };
  /** Only elements of this block. */
  block_id?: string;
  /** For buttons that share an action id: the one with this value. For others: what to choose (value, text or id). */
  value?: string | string[];
  /** Use blocks as they were seen earlier, though the message has changed since. */
  seen?: Message;
}

export interface Actor {
  readonly id: string;
  say(channel: string, text: string, options?: { thread_ts?: string }): Promise<Message>;
  /** `/ticket Fix the login`, in #lockstep unless said otherwise. */
  command(text: string, channel?: string): Promise<Answer>;
  /** Uses the element with this action id: in the open modal, else in the newest message (or Home) that has it. */
  click(action_id: string, options?: ClickOptions): Promise<Answer>;
  /** The same on the Home tab. */
  clickHome(action_id: string, options?: Pick<ClickOptions, 'block_id' | 'value'>): Promise<Answer>;
  /** Fills the open modal by action id (texts, option values, lists) and submits it. */
  submit(values?: Record<string, unknown>, options?: { view_id?: string }): Promise<Answer>;
  closeModal(options?: { clear?: boolean }): Promise<Answer>;
  /** Opens the app's Home tab. */
  home(tab?: 'home' | 'messages'): Promise<void>;
  shortcut(callback_id: string, message?: { channel: string; ts: string }): Promise<Answer>;
  /** Types into an external select of the open modal; gives its options. */
  options(action_id: string, typed: string): Promise<Json>;
  react(message: { channel: string; ts: string }, name: string, remove?: boolean): Promise<Answer>;
  read(channel: string): Promise<void>;
  /** The visible modal. */
  modal(): View | undefined;
  /** Waits for a modal, optionally one with this callback id. */
  untilModal(callback_id?: string): Promise<View>;
  ephemerals(): Message[];
}

export interface ActorParts {
  ws: Workspace;
  interactions: Interactions;
  state: SlackState;
  until: Slack['until'];
}

export function createActor({ ws, interactions, state, until }: ActorParts, name: string): Actor {
  const { id } = state.person(name);
  const answer = async (step: () => unknown): Promise<Answer> => {
    try {
      return { ok: true, ...((await step()) as Json | undefined) };
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return { ok: false, error: error.code, ...error.extra };
    }
  };
  const modal = (): View | undefined => state.views(id).at(-1);
  const needModal = (): View => {
    const view = modal();
    if (!view) throw new Error(`${name} has no modal open.`);
    return view;
  };

  const visible = (): Message[] => {
    const channels = Object.values(ws.data.channels).filter((c) => c.members.includes(id));
    const all = [...channels.flatMap((c) => state.messages(c.id)), ...state.ephemerals(id)];
    return all.sort((a, b) => (a.ts < b.ts ? 1 : -1));
  };

  const pick = (blocks: readonly unknown[], action_id: string, o: ClickOptions): Found | undefined =>
    interactive(blocks).find(
      (f) =>
        f.element.action_id === action_id &&
        (o.block_id === undefined || f.block_id === o.block_id) &&
        (o.value === undefined || f.element.type !== 'button' || f.element.value === o.value),
    );

  const findInMessages = (action_id: string, o: ClickOptions): { found: Found; container: Container } | undefined => {
    const channel = o.channel === undefined ? undefined : state.channel(o.channel).id;
    const candidates = o.seen
      ? [o.seen]
      : visible().filter((m) => (channel ? m.channel === channel : true) && (o.message ? m.ts === o.message.ts : true));
    for (const m of candidates) {
      const found = pick(m.blocks ?? [], action_id, o);
      if (found) return { found, container: { type: 'message', channel: m.channel, ts: m.ts } };
    }
    return undefined;
  };

  const use = (found: Found, container: Container, value: unknown): Promise<Answer> =>
    answer(() =>
      interactions.action(id, {
        container,
        block_id: found.block_id,
        action_id: found.element.action_id,
        action: { type: found.element.type, ...chosen(found.element, value) },
      }),
    );

  const useInView = (view: View, action_id: string, o: ClickOptions): Promise<Answer> | undefined => {
    const found = pick(view.blocks, action_id, o);
    return found && use(found, { type: 'view', view_id: view.id }, o.value);
  };

  return {
    id,
    async say(channel, text, options = {}) {
      const posted = interactions.say(id, state.channel(channel).id, text, options.thread_ts);
      return state.messages(posted.channel).find((m) => m.ts === posted.ts)!;
    },
    command: (text, channel = 'lockstep') => answer(() => interactions.command(id, state.channel(channel).id, text)),
    async click(action_id, o = {}) {
      const view = o.channel || o.message || o.seen ? undefined : modal();
      const inView = view && useInView(view, action_id, o);
      if (inView) return inView;
      const hit = findInMessages(action_id, o);
      if (hit) return use(hit.found, hit.container, o.value);
      throw new Error(`${name} sees nothing with the action ${action_id}.`);
    },
    async clickHome(action_id, o = {}) {
      const home = state.home(id);
      const used = home && useInView(home, action_id, o);
      if (!used) throw new Error(`The Home of ${name} has nothing with the action ${action_id}.`);
      return used;
    },
    async submit(values = {}, options = {}) {
      const view = needModal();
      return answer(() => interactions.submit(id, options.view_id ?? view.id, typed(view, values)));
    },
    closeModal: async (options = {}) => {
      const view = needModal();
      return answer(() => interactions.closeView(id, view.id, options.clear ?? false));
    },
    async home(tab = 'home') {
      interactions.home(id, tab);
    },
    shortcut: (callback_id, message) =>
      answer(() => interactions.shortcut(id, callback_id, message?.channel, message?.ts)),
    async options(action_id, value) {
      const view = needModal();
      const found = pick(view.blocks, action_id, {});
      if (!found) throw new Error(`The modal has no ${action_id}.`);
      const container: Container = { type: 'view', view_id: view.id };
      return interactions.options(id, { container, block_id: found.block_id, action_id, value });
    },
    react: (m, emoji, remove = false) => answer(() => interactions.react(id, m.channel, m.ts, emoji, remove)),
    async read(channel) {
      interactions.read(id, state.channel(channel).id);
    },
    modal,
    untilModal: (callback_id) =>
      until(() => {
        const view = modal();
        return view && (callback_id === undefined || view.callback_id === callback_id) ? view : undefined;
      }),
    ephemerals: () => state.ephemerals(id),
  };
}

/** Values for a view, given by action id. Throws for an action id that the view does not have. */
function typed(view: View, given: Record<string, unknown>): Values {
  const inputs = interactive(view.blocks);
  const values = structuredClone(view.state.values) as Values;
  for (const [action_id, value] of Object.entries(given)) {
    const found = inputs.find((f) => f.element.action_id === action_id);
    if (!found) {
      const known = inputs.map((f) => f.element.action_id).join(', ');
      throw new Error(`The modal ${view.callback_id} has no input ${action_id}; it has ${known}.`);
    }
    const entry = { type: found.element.type, ...chosen(found.element, value) };
    values[found.block_id] = { ...values[found.block_id], [action_id]: entry };
  }
  return values;
}

/** A plain value in the place where this kind of element keeps it. */
function chosen(element: Json, value: unknown): Json {
  const type = String(element.type);
  if (value === undefined) return {};
  if (type === 'button' || type === 'feedback_buttons') return { value };
  const key = type === 'overflow' ? 'selected_option' : valueKey(type);
  if (!key) return {};
  if (key === 'selected_option') return { [key]: value === null ? null : option(element, value) };
  if (key === 'selected_options') return { [key]: (value as unknown[]).map((v) => option(element, v)) };
  return { [key]: value };
}

function option(element: Json, wanted: unknown): unknown {
  if (isObject(wanted)) return wanted;
  const label = (o: Json): unknown => (isObject(o.text) ? o.text.text : undefined);
  const found = optionsOf(element).find((o) => o.value === wanted || label(o) === wanted);
  return found ?? { text: { type: 'plain_text', text: String(wanted) }, value: String(wanted) };
}
