import { createHash } from 'node:crypto';
import { type Target, unpack } from '../../views/values.ts';
import type { SlackMessage } from './alert-message.ts';
import type { ActionCall, Call, Caller, Client, Place, SubmitCall } from './call.ts';

/** Slack's payloads as calls. Only what is used is read, and nothing of it is trusted beyond its signature. */

export interface UserBody {
  id: string;
  name?: string;
  username?: string;
  team_id?: string;
}

export interface ViewBody {
  id: string;
  root_view_id?: string;
  previous_view_id?: string | null;
  hash?: string;
  type?: string;
  callback_id?: string;
  private_metadata?: string;
  app_installed_team_id?: string;
  state?: { values?: Record<string, Record<string, InputState>> };
}

interface InputState {
  value?: string | null;
  selected_option?: { value?: string } | null;
}

export interface InteractionBody {
  type: string;
  user: UserBody;
  team?: { id?: string } | null;
  trigger_id?: string;
  response_url?: string;
  channel?: { id?: string };
  container?: { type?: string; channel_id?: string; message_ts?: string; thread_ts?: string; is_ephemeral?: boolean };
  message?: SlackMessage;
  view?: ViewBody;
  actions?: ActionBody[];
  callback_id?: string;
}

export interface ActionBody {
  action_id: string;
  block_id?: string;
  action_ts?: string;
  type: string;
  value?: string;
  selected_option?: { value?: string } | null;
}

export interface Transport {
  client: Client;
  respond: Call['respond'];
}

function callerOf(body: InteractionBody): Caller {
  const { user } = body;
  return {
    id: user.id,
    name: user.name ?? user.username ?? user.id,
    teamId: user.team_id ?? null,
    homeTeamId: body.view?.app_installed_team_id ?? body.team?.id ?? null,
  };
}

function placeOf(body: InteractionBody): Place {
  const { view, container, message } = body;
  if (view?.type === 'home') return { kind: 'home', viewId: view.id };
  if (view) {
    const { id, hash, callback_id = '', private_metadata = '' } = view;
    return { kind: 'modal', viewId: id, hash, callbackId: callback_id, metadata: private_metadata };
  }
  const channel = container?.channel_id ?? body.channel?.id;
  if (!channel) return { kind: 'nowhere' };
  const ts = container?.message_ts ?? message?.ts;
  const thread = container?.thread_ts ?? message?.thread_ts ?? null;
  return {
    kind: 'message',
    channel,
    threadTs: thread !== null && thread !== ts ? thread : null,
    ephemeral: container?.is_ephemeral === true,
    responseUrl: body.response_url ?? null,
  };
}

/** Slack gives every click its own trigger; a repeated delivery carries the same one. */
function requestId(body: InteractionBody, action: ActionBody): string {
  if (body.trigger_id) return `slack:${body.trigger_id}`;
  return `slack:${body.user.id}:${action.action_id}:${action.action_ts ?? ''}:${body.container?.message_ts ?? ''}`;
}

export function actionCall(body: InteractionBody, transport: Transport): ActionCall | null {
  const action = body.actions?.[0];
  if (!action) return null;
  const value = action.value ?? action.selected_option?.value;
  return {
    id: action.action_id,
    blockId: action.block_id,
    value,
    target: unpack(value) ?? targetOfBlock(action, value),
    caller: callerOf(body),
    request: { id: requestId(body, action), kind: 'click' },
    triggerId: body.trigger_id ?? null,
    place: placeOf(body),
    ...transport,
  };
}

/** A select's options are words; what they are about stands in the id of its block. */
function targetOfBlock(action: ActionBody, value: string | undefined): Target | null {
  const target = unpack(action.block_id);
  return target && { ...target, word: value };
}

/** The same submit twice is one request; with other values it is another one, because Slack keeps the view's hash. */
export function submitCall(body: InteractionBody & { view: ViewBody }, transport: Transport): SubmitCall {
  const { view } = body;
  const values = valuesOf(view);
  const typed = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16);
  return {
    id: view.callback_id ?? '',
    view: {
      id: view.id,
      rootId: view.root_view_id ?? view.id,
      belowId: view.previous_view_id ?? null,
      metadata: view.private_metadata ?? '',
    },
    target: unpack(view.private_metadata),
    values,
    caller: callerOf(body),
    request: { id: `slack:${view.id}:${view.hash ?? ''}:${typed}`, kind: 'submit' },
    triggerId: body.trigger_id ?? null,
    place: placeOf(body),
    ...transport,
  };
}

function valuesOf(view: ViewBody): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [block, actions] of Object.entries(view.state?.values ?? {})) {
    for (const state of Object.values(actions)) values[block] = state.value ?? state.selected_option?.value ?? '';
  }
  return values;
}

export function shortcutCall(body: InteractionBody, transport: Transport): Call {
  return {
    caller: callerOf(body),
    request: { id: `slack:${body.trigger_id ?? ''}`, kind: 'shortcut' },
    triggerId: body.trigger_id ?? null,
    place: placeOf(body),
    ...transport,
  };
}

export interface CommandBody {
  command: string;
  text?: string;
  user_id: string;
  user_name: string;
  team_id?: string;
  channel_id: string;
  channel_name?: string;
  trigger_id: string;
}

export function commandCall(body: CommandBody, transport: Transport): Call {
  const { user_id, user_name, team_id = null, channel_id, channel_name, trigger_id } = body;
  return {
    caller: { id: user_id, name: user_name, teamId: team_id, homeTeamId: team_id },
    request: { id: `slack:${trigger_id}`, kind: 'command' },
    triggerId: trigger_id,
    place: {
      kind: 'message',
      channel: channel_id,
      ...(channel_name ? { channelName: channel_name } : {}),
      threadTs: null,
      ephemeral: false,
      responseUrl: null,
    },
    ...transport,
  };
}
