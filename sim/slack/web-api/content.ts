/** What chat.* methods are given: where it goes, in which thread, and what it says. */
import { isObject } from '../blocks.ts';
import { APP } from '../people.ts';
import { type Json, SlackRefusal, type StoredChannel, type StoredMessage } from '../types.ts';
import { missingText, refuseContent } from '../validate.ts';
import { findMessage, needChannel, openDm, type Workspace } from '../workspace.ts';

const TRUNCATE_AT = 40_000;
const MARKDOWN_MAX = 12_000;
/** Slack publishes none; 4 kB is what is known to fit. */
const METADATA_MAX = 4_096;

/** A channel that the bot may post in; a user id means the direct conversation. */
export function writable(ws: Workspace, id: unknown): StoredChannel {
  const channel = typeof id === 'string' && ws.data.people[id] ? openDm(ws, id) : needChannel(ws, id);
  if (channel.is_archived) throw new SlackRefusal('is_archived');
  if (channel.members.includes(APP.bot_user_id)) return channel;
  if (channel.is_private) throw new SlackRefusal('channel_not_found');
  if (ws.app.scopes.includes('chat:write.public')) return channel;
  throw new SlackRefusal('not_in_channel');
}

/** Unlike posting, changing a message wants the channel's id. */
export function knownChannel(ws: Workspace, id: unknown): StoredChannel {
  const channel = ws.data.channels[String(id)];
  if (!channel) throw new SlackRefusal('channel_not_found');
  return channel;
}

export function threadOf(ws: Workspace, channel: StoredChannel, ts: unknown): { thread_ts?: string } {
  if (ts === undefined || ts === null || ts === '') return {};
  const found = findMessage(ws, channel.id, ts);
  if (!found) throw new SlackRefusal('thread_not_found');
  // Slack quietly hangs an answer to a reply under the root.
  return { thread_ts: found.thread_ts ?? found.ts };
}

export interface Content {
  fields: {
    text: string;
    blocks?: unknown[];
    attachments?: unknown[];
    metadata?: StoredMessage['metadata'];
  };
  warnings: Json;
}

/** Throws Slack's refusals of texts, blocks, attachments and metadata. */
export function readContent(ws: Workspace, args: Json): Content {
  if (args.blocks !== undefined && !Array.isArray(args.blocks)) throw new SlackRefusal('invalid_blocks_format');
  const blocks = Array.isArray(args.blocks) && args.blocks.length > 0 ? args.blocks : undefined;
  const attachments = Array.isArray(args.attachments) && args.attachments.length > 0 ? args.attachments : undefined;
  const markdown = typeof args.markdown_text === 'string' ? args.markdown_text : undefined;
  let text = typeof args.text === 'string' || typeof args.text === 'number' ? String(args.text) : '';
  if (markdown !== undefined && (text || blocks)) throw new SlackRefusal('markdown_text_conflict');
  if (markdown !== undefined && markdown.length > MARKDOWN_MAX) throw new SlackRefusal('msg_too_long');
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

export function readMetadata(value: unknown): StoredMessage['metadata'] | undefined {
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
