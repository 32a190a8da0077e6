/** What people do in the workspace. The page's routes and the tests' helper both end here. */
import { describeAction } from './actions.ts';
import { type Found, interactive, isObject } from './blocks.ts';
import type { ActionRequest, Container } from './client-api.ts';
import type { Deliver, Outcome } from './deliver.ts';
import type { Events } from './events.ts';
import type { Messages } from './messages.ts';
import { apiMessage, apiView, channelObject, commandPayload, interactionBase } from './payloads.ts';
import { APP } from './people.ts';
import { respond } from './respond.ts';
import { submitView } from './submit.ts';
import { fromComposer } from './text.ts';
import type { ResponseTarget, Tickets } from './tickets.ts';
import { type Json, SlackRefusal, type StoredChannel, type StoredMessage, type StoredView } from './types.ts';
import { list, newScope } from './validate/check.ts';
import { optionGroup, plainOption } from './validate/composition.ts';
import { stateValues, type Values } from './values.ts';
import type { Views } from './views.ts';
import { findChannel, findMessage, needPerson, newTs, openDm, type Workspace } from './workspace.ts';

export interface Parts {
  ws: Workspace;
  deliver: Deliver;
  events: Events;
  messages: Messages;
  views: Views;
  tickets: Tickets;
}

export interface Interactions {
  say(as: string, channel: string, text: string, thread_ts?: string): StoredMessage;
  edit(as: string, channel: string, ts: string, text: string): void;
  remove(as: string, channel: string, ts: string): void;
  command(as: string, channel: string, text: string): Promise<Json>;
  action(as: string, request: ActionRequest): Promise<Json>;
  submit(as: string, view_id: string, values: Values): Promise<Json>;
  closeView(as: string, view_id: string, clear?: boolean): Promise<Json>;
  shortcut(as: string, callback_id: string, channel?: string, ts?: string): Promise<Json>;
  options(as: string, request: Omit<ActionRequest, 'action' | 'values'> & { value: string }): Promise<Json>;
  react(as: string, channel: string, ts: string, name: string, remove: boolean): void;
  read(as: string, channel: string): void;
  home(as: string, tab?: 'home' | 'messages'): void;
}

/** How much is typed into an external select before the app is asked, unless the element says otherwise. */
const MIN_QUERY = 3;

/** Slack's words when a modal's submission was not answered. */
export const MODAL_TROUBLE = 'We had some trouble connecting. Try again?';

/** `operation_timeout` when nothing answered, `dispatch_failed` when the app answered with an error. */
export function failureCode(outcome: Outcome): string {
  return !outcome.ok && outcome.reason === 'http_error' ? 'dispatch_failed' : 'operation_timeout';
}

/** An external select takes up to 100 options, or up to 100 groups of them. */
function soundOptions(answer: unknown): answer is Json {
  if (!isObject(answer)) return false;
  const { options, option_groups: groups } = answer;
  const scope = newScope('modal');
  if (options !== undefined) list(plainOption, 100, 0)(options, '/options', scope);
  if (groups !== undefined) list(optionGroup, 100, 0)(groups, '/option_groups', scope);
  return (options === undefined) !== (groups === undefined) && scope.findings.length === 0;
}

export function createInteractions(parts: Parts): Interactions {
  const { ws, deliver, events, messages, views, tickets } = parts;

  const memberChannel = (as: string, id: unknown): StoredChannel => {
    const channel = findChannel(ws, id);
    if (!channel || (channel.is_private && !channel.members.includes(as))) throw new SlackRefusal('channel_not_found');
    if (!channel.members.includes(as)) throw new SlackRefusal('not_in_channel');
    return channel;
  };
  /** Archived channels can be read, and nothing more. */
  const openChannel = (as: string, id: unknown): StoredChannel => {
    const channel = memberChannel(as, id);
    if (channel.is_archived) throw new SlackRefusal('is_archived');
    return channel;
  };
  const messageIn = (channel: StoredChannel, ts: unknown): StoredMessage => {
    const found = findMessage(ws, channel.id, ts);
    if (!found) throw new SlackRefusal('message_not_found');
    return found;
  };
  const responseUrl = (target: ResponseTarget): string =>
    `${ws.baseUrl()}/slack-response/${tickets.newResponse(target)}`;
  const viewOf = (as: string, view_id: unknown): StoredView => {
    const view = views.find({ view_id });
    if (!view || view.user !== as) throw new SlackRefusal('view_not_found');
    return view;
  };

  /** Where an element is: the message or view, the blocks to look in, and what the payload says about it. */
  const place = (
    as: string,
    container: Container,
  ): { current: unknown[]; earlier: unknown[][]; view?: StoredView } & {
    payload: (trigger: boolean) => Json;
  } => {
    if (container.type === 'view') {
      const view = viewOf(as, container.view_id);
      const payload = (): Json => ({ container: { type: 'view', view_id: view.id }, view: apiView(view) });
      return { current: view.blocks, earlier: [], view, payload };
    }
    const channel = memberChannel(as, container.channel);
    const ephemeral = ws.ephemerals.find((m) => m.ts === container.ts && m.to === as && m.channel === channel.id);
    const message = ephemeral ?? messageIn(channel, container.ts);
    const thread = message.thread_ts ? { thread_ts: message.thread_ts } : {};
    const payload = (withUrl: boolean): Json => ({
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: channel.id,
        is_ephemeral: Boolean(ephemeral),
        ...thread,
      },
      channel: channelObject(channel),
      ...(ephemeral ? {} : { message: apiMessage(ws, message) }),
      ...(withUrl
        ? {
            response_url: responseUrl({
              user: as,
              channel: channel.id,
              message: { ts: message.ts, ephemeral: Boolean(ephemeral) },
              ...thread,
            }),
          }
        : {}),
    });
    return {
      current: message.blocks ?? [],
      earlier: ws.earlierBlocks.get(`${channel.id}:${message.ts}`) ?? [],
      payload,
    };
  };

  const findElement = (blocks: unknown[][], block_id: string, action_id: string): Found => {
    for (const version of blocks) {
      const found = interactive(version).find((f) => f.block_id === block_id && f.element.action_id === action_id);
      if (found) return found;
    }
    throw new SlackRefusal('action_not_found');
  };

  return {
    say(as, channelId, text, thread_ts) {
      const channel = openChannel(as, channelId);
      if (text.trim() === '') throw new SlackRefusal('no_text');
      if (thread_ts) messageIn(channel, thread_ts);
      const stored = fromComposer(ws, text);
      const posted = messages.post(channel, { user: as, text: stored, ...(thread_ts ? { thread_ts } : {}) });
      if (stored.includes(`<@${APP.bot_user_id}`) && !channel.members.includes(APP.bot_user_id)) {
        const words = `You mentioned @${ws.app.name}, but they’re not in this channel.`;
        ws.hub.send({ type: 'notice', text: words }, [as]);
      }
      return posted;
    },
    edit(as, channelId, ts, text) {
      const channel = openChannel(as, channelId);
      const message = messageIn(channel, ts);
      if (message.user !== as) throw new SlackRefusal('cant_update_message');
      messages.change(channel, message, { text: fromComposer(ws, text) });
    },
    remove(as, channelId, ts) {
      const channel = memberChannel(as, channelId);
      const message = messageIn(channel, ts);
      if (message.user !== as) throw new SlackRefusal('cant_delete_message');
      messages.remove(channel, message);
    },
    async command(as, channelId, whole) {
      const channel = openChannel(as, channelId);
      const [, command = '', typed = ''] = /^(\/\S*)\s*([\s\S]*)$/.exec(whole.trim()) ?? [];
      const known = ws.app.commands.find((c) => c.command === command);
      if (!known) throw new SlackRefusal(`${command || whole} is not a valid command.`, { code: 'invalid_command' });
      const target: ResponseTarget = { user: as, channel: channel.id };
      const outcome = await deliver.send({
        kind: 'commands',
        what: command,
        body: commandPayload(needPerson(ws, as), channel, {
          command,
          text: known.should_escape ? fromComposer(ws, typed, true) : typed,
          trigger_id: tickets.newTrigger({ user: as }),
          response_url: responseUrl(target),
        }),
      });
      if (!outcome.ok) {
        const code = failureCode(outcome);
        throw new SlackRefusal(`${command} failed with the error “${code}”`, { code });
      }
      const ack = typeof outcome.body === 'string' ? { text: outcome.body } : outcome.body;
      if (isObject(ack) && (ack.text || ack.blocks)) respond(ws, messages, target, ack);
      return isObject(ack) ? { ack } : {};
    },
    async action(as, request) {
      const where = place(as, request.container);
      const found = findElement([where.current, ...where.earlier], request.block_id, request.action_id);
      const { element, block_id } = found;
      if (element.type !== request.action.type) throw new SlackRefusal('action_not_found');
      const action = describeAction(block_id, element, request.action, newTs(ws));
      const sent: Values = { ...request.values };
      sent[block_id] = { ...sent[block_id], [element.action_id]: action };
      const values = stateValues(where.current, where.view?.state.values as Values | undefined, sent);
      if (where.view) where.view.state = { values };
      if (found.input && found.input.dispatch_action !== true) return {};
      const outcome = await deliver.send({
        kind: 'actions',
        what: 'block_actions',
        body: {
          ...interactionBase('block_actions', needPerson(ws, as)),
          ...where.payload(true),
          trigger_id: tickets.newTrigger({ user: as, ...(where.view ? { view_id: where.view.id } : {}) }),
          ...(where.view ? {} : { state: { values } }),
          actions: [action],
        },
      });
      if (outcome.ok) return {};
      throw new SlackRefusal('Something went wrong: the app did not respond. Try again.', {
        code: failureCode(outcome),
      });
    },
    submit: (as, view_id, values) => submitView(parts, needPerson(ws, as), viewOf(as, view_id), values),
    async closeView(as, view_id, clear = false) {
      const view = viewOf(as, view_id);
      if (view.type !== 'modal') throw new SlackRefusal('view_not_found');
      const all = clear || view.clear_on_close === true;
      for (const closed of views.close(view, all).filter((v) => v.notify_on_close)) {
        const base = interactionBase('view_closed', needPerson(ws, as));
        const body = { ...base, view: apiView(closed), is_cleared: all };
        void deliver.send({ kind: 'views', what: 'view_closed', body });
      }
      return {};
    },
    async shortcut(as, callback_id, channelId, ts) {
      const wanted = ts ? 'message' : 'global';
      const known = ws.app.shortcuts.find((s) => s.callback_id === callback_id && s.type === wanted);
      if (!known) throw new SlackRefusal('shortcut_not_found');
      const body: Json = {
        ...interactionBase(ts ? 'message_action' : 'shortcut', needPerson(ws, as)),
        callback_id,
        action_ts: newTs(ws),
        trigger_id: tickets.newTrigger({ user: as }),
      };
      if (ts) {
        const channel = memberChannel(as, channelId);
        const message = messageIn(channel, ts);
        body.channel = channelObject(channel);
        body.message_ts = message.ts;
        body.message = apiMessage(ws, message);
        body.response_url = responseUrl({
          user: as,
          channel: channel.id,
          ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
        });
      }
      const outcome = await deliver.send({ kind: 'shortcuts', what: String(body.type), body });
      if (outcome.ok) return {};
      const code = failureCode(outcome);
      throw new SlackRefusal(`“${known.name}” failed with the error “${code}”`, { code });
    },
    async options(as, request) {
      const where = place(as, request.container);
      const { element, block_id } = findElement([where.current], request.block_id, request.action_id);
      if (!element.type.endsWith('external_select')) throw new SlackRefusal('action_not_found');
      // The app is asked only when enough has been typed.
      if (request.value.length < Number(element.min_query_length ?? MIN_QUERY)) return { options: [] };
      const outcome = await deliver.send({
        kind: 'options',
        what: 'block_suggestion',
        body: {
          ...interactionBase('block_suggestion', needPerson(ws, as)),
          ...where.payload(false),
          action_id: element.action_id,
          block_id,
          value: request.value,
        },
      });
      const answer = outcome.ok ? outcome.body : undefined;
      if (soundOptions(answer)) return answer;
      throw new SlackRefusal('Result failed to load', { code: failureCode(outcome) });
    },
    react(as, channelId, ts, name, remove) {
      const channel = openChannel(as, channelId);
      messages.react(channel, messageIn(channel, ts), as, name, remove);
    },
    read(as, channelId) {
      messages.read(as, memberChannel(as, channelId));
    },
    home(as, tab = 'home') {
      const home = ws.data.homes[as];
      events.publish('app_home_opened', {
        type: 'app_home_opened',
        user: as,
        channel: openDm(ws, as).id,
        tab,
        ...(home && tab === 'home' ? { view: apiView(home) } : {}),
      });
    },
  };
}
