/** reactions.*, pins.add and bookmarks.add. */
import { APP } from '../people.ts';
import { type Json, SlackRefusal, type StoredChannel, type StoredMessage } from '../types.ts';
import { findMessage, needChannel, newId, type Workspace } from '../workspace.ts';
import type { ApiParts, Methods } from './method.ts';

export const markMethods = ({ ws, messages }: ApiParts): Methods => ({
  'reactions.add': {
    tier: 3,
    scope: 'reactions:write',
    call: (args) => {
      const { channel, message } = target(ws, args);
      messages.react(channel, message, APP.bot_user_id, emoji(args.name), false);
      return {};
    },
  },
  'reactions.remove': {
    tier: 3,
    scope: 'reactions:write',
    call: (args) => {
      const { channel, message } = target(ws, args);
      messages.react(channel, message, APP.bot_user_id, emoji(args.name), true);
      return {};
    },
  },
  'pins.add': {
    tier: 2,
    scope: 'pins:write',
    call: (args) => {
      const { channel, message } = target(ws, args);
      const key = `${channel.id}:${message.ts}`;
      if (ws.data.pins.includes(key)) throw new SlackRefusal('already_pinned');
      ws.data.pins.push(key);
      ws.store.changed();
      return {};
    },
  },
  'bookmarks.add': {
    tier: 2,
    scope: 'bookmarks:write',
    call: (args) => {
      const channel = needChannel(ws, args.channel_id);
      if (!channel.members.includes(APP.bot_user_id)) throw new SlackRefusal('channel_not_found');
      const { title, link, type } = args;
      if (typeof title !== 'string' || title === '' || title.length > 256) throw new SlackRefusal('invalid_arguments');
      if (type !== 'link') throw new SlackRefusal('invalid_bookmark_type');
      if (typeof link !== 'string' || link.length > 2048 || !URL.canParse(link)) throw new SlackRefusal('invalid_link');
      const bookmark = { id: newId('Bk'), channel_id: channel.id, title, link, type };
      ws.data.bookmarks.push(bookmark);
      ws.store.changed();
      return { bookmark };
    },
  },
});

function target(ws: Workspace, args: Json): { channel: StoredChannel; message: StoredMessage } {
  const channel = needChannel(ws, args.channel);
  const message = findMessage(ws, channel.id, args.timestamp);
  if (!message) throw new SlackRefusal('message_not_found');
  if (!channel.members.includes(APP.bot_user_id)) throw new SlackRefusal('not_in_channel');
  if (channel.is_archived) throw new SlackRefusal('is_archived');
  return { channel, message };
}

function emoji(name: unknown): string {
  if (typeof name !== 'string' || !/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) {
    throw new SlackRefusal('invalid_name');
  }
  return name;
}
