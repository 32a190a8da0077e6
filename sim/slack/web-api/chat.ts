/** chat.*: posting, changing and deleting messages under Slack's conditions. */
import { isObject } from '../blocks.ts';
import { apiMessage } from '../payloads.ts';
import { APP } from '../people.ts';
import { type Json, SlackRefusal, type StoredChannel, type StoredMessage } from '../types.ts';
import { missingText, refuseContent } from '../validate.ts';
import { findMessage, needChannel, openDm, permalink, type Workspace } from '../workspace.ts';
import type { ApiParts, Methods } from './method.ts';

const TRUNCATE_AT = 40_000;
const UPDATE_TEXT_MAX = 4_000;
/** Slack publishes none; 4 kB is what is known to fit. */
const METADATA_MAX = 4_096;

export const chatMethods = ({ ws, messages }: ApiParts): Methods => ({
  'chat.postMessage': {
    tier: 'post',
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
    call: (args) => {
      const { channel, message } = ownMessage(ws, args, 'cant_update_message');
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

/** A channel that the bot may post in; a user id means the direct conversation. */
function writable(ws: Workspace, id: unknown): StoredChannel {
  const channel = typeof id === 'string' && ws.data.people[id] ? openDm(ws, id) : needChannel(ws, id);
  if (channel.members.includes(APP.bot_user_id)) return channel;
  if (channel.is_private) throw new SlackRefusal('channel_not_found');
  if (ws.app.scopes.includes('chat:write.public')) return channel;
  throw new SlackRefusal('not_in_channel');
}

function ownMessage(ws: Workspace, args: Json, refusal: string): { channel: StoredChannel; message: StoredMessage } {
  // Unlike chat.postMessage, changing a message wants the channel's id.
  const channel = ws.data.channels[String(args.channel)];
  if (!channel) throw new SlackRefusal('channel_not_found');
  const message = findMessage(ws, channel.id, args.ts);
  if (!message) throw new SlackRefusal('message_not_found');
  if (message.user !== APP.bot_user_id) throw new SlackRefusal(refusal);
  return { channel, message };
}

function threadOf(ws: Workspace, channel: StoredChannel, ts: unknown): { thread_ts?: string } {
  if (ts === undefined || ts === null || ts === '') return {};
  const found = findMessage(ws, channel.id, ts);
  if (!found) throw new SlackRefusal('thread_not_found');
  // Slack quietly hangs an answer to a reply under the root.
  return { thread_ts: found.thread_ts ?? found.ts };
}

interface Content {
  fields: {
    text: string;
    blocks?: unknown[];
    attachments?: unknown[];
    metadata?: StoredMessage['metadata'];
  };
  warnings: Json;
}

function readContent(ws: Workspace, args: Json): Content {
  if (args.blocks !== undefined && !Array.isArray(args.blocks)) throw new SlackRefusal('invalid_blocks_format');
  const blocks = Array.isArray(args.blocks) && args.blocks.length > 0 ? args.blocks : undefined;
  const attachments = Array.isArray(args.attachments) && args.attachments.length > 0 ? args.attachments : undefined;
  const markdown = typeof args.markdown_text === 'string' ? args.markdown_text : undefined;
  let text = typeof args.text === 'string' || typeof args.text === 'number' ? String(args.text) : '';
  if (markdown !== undefined && (text || blocks)) throw new SlackRefusal('markdown_text_conflict');
  if (markdown !== undefined && markdown.length > 12_000) throw new SlackRefusal('msg_too_long');
  text ||= markdown ?? '';
  if (!text && !blocks && !attachments) throw new SlackRefusal('no_text');
  refuseContent(ws, { blocks, attachments }, { budget: true });
  const metadata = readMetadata(args.metadata);
  const warnings: string[] = [];
  if (text.length > TRUNCATE_AT) warnings.push('message_truncated');
  if (missingText({ text, blocks, attachments })) warnings.push('missing_text_in_message');
  return {
    fields: {
      text: text.slice(0, TRUNCATE_AT),
      ...(blocks ? { blocks } : {}),
      ...(attachments ? { attachments } : {}),
      ...(metadata ? { metadata } : {}),
    },
    warnings: warnings.length > 0 ? { warning: warnings.join(','), response_metadata: { warnings } } : {},
  };
}

function readMetadata(value: unknown): StoredMessage['metadata'] | undefined {
  if (value === undefined || value === null) return undefined;
  const given = value as { event_type?: unknown; event_payload?: unknown };
  if (Object.keys(given).length === 0) return undefined;
  const { event_type, event_payload } = given;
  const values = isObject(event_payload) ? Object.values(event_payload) : [undefined];
  if (typeof event_type !== 'string' || !values.every((v) => simple(v) || nestedOnce(v)))
    throw new SlackRefusal('invalid_metadata_format');
  if (JSON.stringify(given).length > METADATA_MAX) throw new SlackRefusal('metadata_too_large');
  return given as StoredMessage['metadata'];
}

const simple = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** One object of simple values, or a list of them (or of the values themselves). */
const nestedOnce = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.every((one) => simple(one) || (isObject(one) && nestedOnce(one)))
    : isObject(value) && Object.values(value).every(simple);

const isRichText = (blocks: unknown[] | undefined): boolean =>
  Boolean(blocks?.length) && blocks!.every((b) => (b as Json).type === 'rich_text');
