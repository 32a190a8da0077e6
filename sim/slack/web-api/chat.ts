/** chat.*: posting, changing and deleting messages under Slack's conditions. */
import { apiMessage } from '../payloads.ts';
import { APP } from '../people.ts';
import { type Json, SlackRefusal, type StoredChannel, type StoredMessage } from '../types.ts';
import { findMessage, needChannel, permalink, type Workspace } from '../workspace.ts';
import { knownChannel, readContent, threadOf, writable } from './content.ts';
import type { ApiParts, Methods } from './method.ts';

const UPDATE_TEXT_MAX = 4_000;

export const chatMethods = ({ ws, messages, streams }: ApiParts): Methods => ({
  'chat.postMessage': {
    tier: 'post',
    scope: 'chat:write',
    call: (args) => {
      const channel = writable(ws, args.channel);
      const content = readContent(ws, args);
      const thread = threadOf(ws, channel, args.thread_ts);
      const broadcast = thread.thread_ts && args.reply_broadcast === true ? { subtype: 'thread_broadcast' } : {};
      const posted = messages.post(channel, { user: APP.bot_user_id, ...content.fields, ...thread, ...broadcast });
      const message = apiMessage(ws, posted, true);
      return { channel: channel.id, ts: posted.ts, message, ...content.warnings };
    },
  },
  'chat.postEphemeral': {
    tier: 4,
    scope: 'chat:write',
    call: (args) => {
      const channel = writable(ws, args.channel);
      const to = String(args.user ?? '');
      if (!ws.data.people[to] || !channel.members.includes(to)) throw new SlackRefusal('user_not_in_channel');
      // What only one person sees has no metadata.
      const content = readContent(ws, { ...args, metadata: undefined });
      const thread = threadOf(ws, channel, args.thread_ts);
      const posted = messages.postEphemeral(channel, to, { user: APP.bot_user_id, ...content.fields, ...thread });
      return { message_ts: posted.ts, ...content.warnings };
    },
  },
  'chat.update': {
    tier: 3,
    scope: 'chat:write',
    call: (args) => {
      const { channel, message } = ownMessage(ws, args, 'cant_update_message');
      if (channel.is_archived) throw new SlackRefusal('is_inactive');
      if (streams.of(message)) throw new SlackRefusal('streaming_state_conflict');
      if (typeof args.text === 'string' && args.text.length > UPDATE_TEXT_MAX) throw new SlackRefusal('msg_too_long');
      const content = readContent(ws, args);
      if (isRichText(message.blocks) && content.fields.blocks && !isRichText(content.fields.blocks)) {
        throw new SlackRefusal('block_mismatch');
      }
      messages.change(channel, message, {
        text: content.fields.text,
        // Text alone replaces blocks; leaving both out was refused above.
        blocks: content.fields.blocks ?? null,
        ...(content.fields.attachments ? { attachments: content.fields.attachments } : {}),
        ...('metadata' in args ? { metadata: (args.metadata ?? {}) as Json } : {}),
      });
      const changed = apiMessage(ws, message, true);
      return { channel: channel.id, ts: message.ts, text: message.text, message: changed, ...content.warnings };
    },
  },
  'chat.delete': {
    tier: 3,
    scope: 'chat:write',
    call: (args) => {
      const { channel, message } = ownMessage(ws, args, 'cant_delete_message');
      messages.remove(channel, message);
      return { channel: channel.id, ts: message.ts };
    },
  },
  'chat.getPermalink': {
    tier: 'special',
    call: (args) => {
      const channel = needChannel(ws, args.channel);
      const message = findMessage(ws, channel.id, args.message_ts);
      if (!message) throw new SlackRefusal('message_not_found');
      return { channel: channel.id, permalink: permalink(ws, message) };
    },
  },
});

function ownMessage(ws: Workspace, args: Json, refusal: string): { channel: StoredChannel; message: StoredMessage } {
  const channel = knownChannel(ws, args.channel);
  const message = findMessage(ws, channel.id, args.ts);
  if (!message) throw new SlackRefusal('message_not_found');
  if (message.user !== APP.bot_user_id) throw new SlackRefusal(refusal);
  return { channel, message };
}

const isRichText = (blocks: unknown[] | undefined): boolean =>
  Boolean(blocks?.length) && blocks!.every((b) => (b as Json).type === 'rich_text');
