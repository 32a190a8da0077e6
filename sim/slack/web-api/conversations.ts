/** conversations.*: reading channels and being in them. */
import { channelType } from '../events.ts';
import { apiChannel, apiMessage } from '../payloads.ts';
import { APP, TEAM } from '../people.ts';
import { channelFrom } from '../store.ts';
import { type Json, SlackRefusal, type StoredChannel, type StoredMessage } from '../types.ts';
import {
  channelFor,
  findChannel,
  findMessage,
  isRoot,
  needChannel,
  newId,
  openDm,
  seconds,
  type Workspace,
} from '../workspace.ts';
import type { ApiParts, Methods } from './method.ts';
import { page } from './paging.ts';

/** What an app must have been granted to look into a conversation of this kind. */
const kindScope =
  (ws: Workspace, what: 'read' | 'history') =>
  (args: Json): string | undefined => {
    const channel = findChannel(ws, args.channel);
    if (!channel) return undefined;
    return `${channel.is_im ? 'im' : channel.is_private ? 'groups' : 'channels'}:${what}`;
  };

const LIST_SCOPES: Record<string, string> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};

const typesOf = (args: Json): string[] => String(args.types ?? 'public_channel').split(',');

export const conversationMethods = (parts: ApiParts): Methods => ({ ...reading(parts.ws), ...joining(parts) });

function reading(ws: Workspace): Methods {
  return {
    'conversations.list': {
      tier: 2,
      scope: (args) =>
        typesOf(args)
          .map((type) => LIST_SCOPES[type])
          .find((one) => one && !ws.app.scopes.includes(one)),
      call: (args) => {
        const types = typesOf(args);
        const live = args.exclude_archived === true || args.exclude_archived === 'true';
        const kind = (c: StoredChannel): string =>
          c.is_im ? 'im' : c.is_private ? 'private_channel' : 'public_channel';
        const visible = Object.values(ws.data.channels).filter(
          (c) => types.includes(kind(c)) && canSee(c) && !(live && c.is_archived),
        );
        const { items, response_metadata } = page(visible, args);
        return { channels: items.map((c) => apiChannel(ws, c)), response_metadata };
      },
    },
    'conversations.info': {
      tier: 3,
      scope: kindScope(ws, 'read'),
      call: (args) => ({ channel: apiChannel(ws, seen(ws, args.channel)) }),
    },
    'conversations.members': {
      tier: 4,
      scope: kindScope(ws, 'read'),
      call: (args) => {
        const { items, response_metadata } = page(seen(ws, args.channel).members, args);
        return { members: items, response_metadata };
      },
    },
    'conversations.history': {
      tier: 3,
      scope: kindScope(ws, 'history'),
      call: (args) => {
        const channel = joined(ws, args.channel);
        const roots = (ws.data.messages[channel.id] ?? []).filter((m) => isRoot(m) && within(m, args));
        return answer(ws, roots.reverse(), args);
      },
    },
    'conversations.replies': {
      tier: 3,
      scope: kindScope(ws, 'history'),
      call: (args) => {
        const channel = joined(ws, args.channel);
        const root = findMessage(ws, channel.id, args.ts);
        if (!root) throw new SlackRefusal('thread_not_found');
        const first = root.thread_ts ?? root.ts;
        const all = ws.data.messages[channel.id] ?? [];
        const thread = all.filter((m) => m.ts === first || (m.thread_ts === first && within(m, args)));
        return answer(ws, thread, args);
      },
    },
  };
}

function joining({ ws, events }: ApiParts): Methods {
  const join = (channel: StoredChannel, user: string, inviter?: string): void => {
    if (channel.members.includes(user)) return;
    channel.members.push(user);
    ws.store.changed();
    ws.hub.send({ type: 'channel', channel: channelFor(ws, user, channel) }, [user]);
    if (!channel.members.includes(APP.bot_user_id)) return;
    events.publish('member_joined_channel', {
      type: 'member_joined_channel',
      user,
      channel: channel.id,
      channel_type: channelType(channel) === 'group' ? 'G' : 'C',
      team: TEAM.id,
      ...(inviter ? { inviter } : {}),
    });
  };
  return {
    'conversations.open': {
      tier: 3,
      scope: 'im:write',
      call: (args) => {
        const known = typeof args.channel === 'string' ? needChannel(ws, args.channel) : undefined;
        const users = known?.is_im ? [known.name] : list(args.users);
        if (users.length === 0) throw new SlackRefusal('users_list_not_supplied');
        if (users.length > 1) throw new SlackRefusal('method_not_supported_for_channel_type');
        const already = Boolean(ws.data.channels[`D${users[0]!.slice(1)}`]);
        const channel = openDm(ws, users[0]!);
        ws.hub.send({ type: 'channel', channel: channelFor(ws, users[0]!, channel) }, [users[0]!]);
        return {
          ...(already ? { no_op: true, already_open: true } : {}),
          channel: args.return_im === true ? apiChannel(ws, channel) : { id: channel.id },
        };
      },
    },
    'conversations.join': {
      tier: 3,
      scope: 'channels:join',
      call: (args) => {
        const channel = needChannel(ws, args.channel);
        if (channel.is_im || channel.is_private) throw new SlackRefusal('method_not_supported_for_channel_type');
        if (channel.is_archived) throw new SlackRefusal('is_archived');
        join(channel, APP.bot_user_id);
        return { channel: apiChannel(ws, channel) };
      },
    },
    'conversations.invite': {
      tier: 3,
      scope: (args) => (findChannel(ws, args.channel)?.is_private ? 'groups:write' : 'channels:manage'),
      call: (args) => {
        const channel = joined(ws, args.channel);
        const users = list(args.users);
        if (users.length === 0) throw new SlackRefusal('no_user');
        if (channel.is_archived) throw new SlackRefusal('is_archived');
        if (users.includes(APP.bot_user_id)) throw new SlackRefusal('cant_invite_self');
        if (users.some((u) => !ws.data.people[u])) throw new SlackRefusal('user_not_found');
        if (users.every((u) => channel.members.includes(u))) throw new SlackRefusal('already_in_channel');
        for (const user of users) join(channel, user, APP.bot_user_id);
        return { channel: apiChannel(ws, channel) };
      },
    },
    'conversations.create': {
      tier: 2,
      scope: (args) => (args.is_private === true || args.is_private === 'true' ? 'groups:write' : 'channels:manage'),
      call: (args) => {
        const name = String(args.name ?? '');
        if (!/^[a-z0-9_-]{1,80}$/.test(name)) throw new SlackRefusal('invalid_name_specials');
        if (Object.values(ws.data.channels).some((c) => c.name === name)) throw new SlackRefusal('name_taken');
        const is_private = args.is_private === true || args.is_private === 'true';
        const seed = { id: newId('C'), name, is_private, members: [APP.bot_user_id] };
        const channel = channelFrom(seed, APP.bot_user_id, seconds(ws));
        ws.data.channels[channel.id] = channel;
        ws.store.changed();
        return { channel: apiChannel(ws, channel) };
      },
    },
  };
}

const canSee = (c: StoredChannel): boolean => !c.is_private || c.members.includes(APP.bot_user_id);

function seen(ws: Workspace, id: unknown): StoredChannel {
  const channel = needChannel(ws, id);
  if (!canSee(channel)) throw new SlackRefusal('channel_not_found');
  return channel;
}

function joined(ws: Workspace, id: unknown): StoredChannel {
  const channel = seen(ws, id);
  if (!channel.members.includes(APP.bot_user_id)) throw new SlackRefusal('not_in_channel');
  return channel;
}

function within(m: StoredMessage, args: Json): boolean {
  const inclusive = args.inclusive === true || args.inclusive === 'true' || args.inclusive === '1';
  const { oldest, latest } = args;
  if (oldest && (inclusive ? m.ts < String(oldest) : m.ts <= String(oldest))) return false;
  if (latest && (inclusive ? m.ts > String(latest) : m.ts >= String(latest))) return false;
  return true;
}

function answer(ws: Workspace, all: StoredMessage[], args: Json): Json {
  const { items, has_more, response_metadata } = page(all, args);
  const metadata = args.include_all_metadata === true || args.include_all_metadata === 'true';
  return {
    messages: items.map((m) => apiMessage(ws, m, metadata)),
    has_more,
    ...(has_more ? { response_metadata } : {}),
  };
}

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : String(value ?? '').split(',')).filter((u) => u !== '');
