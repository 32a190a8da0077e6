import { cleanTitle } from '../commands/create-item.ts';
import { sentryIssue } from '../commands/fingerprint.ts';

/** What a monitor says in Slack, in whatever layout: blocks, attachments of the older kind, or plain text. */

/** A message as events and shortcuts carry it; nothing of it is trusted. */
export interface SlackMessage {
  ts?: string;
  thread_ts?: string;
  subtype?: string;
  user?: string;
  username?: string;
  bot_id?: string;
  app_id?: string;
  bot_profile?: { name?: string; app_id?: string };
  text?: string;
  blocks?: unknown;
  attachments?: unknown;
}

export interface ReadAlert {
  app: string;
  title: string;
  text: string;
  link: string;
}

const MOST_TEXT = 3000;
const MOST_LINES = 60;

/** New root messages of other apps report something; replies, edits, people and what is over do not. */
export function reportsAlert(message: SlackMessage, own: { appId: string; userId: string }): boolean {
  const { bot_id, subtype, ts, thread_ts, app_id, bot_profile, user } = message;
  if (!bot_id || !ts || (thread_ts !== undefined && thread_ts !== ts)) return false;
  if (subtype !== undefined && subtype !== 'bot_message' && subtype !== 'file_share') return false;
  if (user === own.userId || app_id === own.appId || bot_profile?.app_id === own.appId) return false;
  return !OVER.test(readMessage(message).title);
}

/** The monitor says that it is over. */
const OVER = /^\W*(?:resolved|recovered|closed|ok)\b\W*[\]:]/i;

export function readMessage(message: SlackMessage): ReadAlert {
  const attachments = objects(message.attachments);
  const lines = [
    ...linesOf(message.blocks),
    ...(Array.isArray(message.blocks) && message.blocks.length > 0 ? [] : split(message.text)),
    ...attachments.flatMap(linesOfAttachment),
  ];
  const told = [...new Set(lines.map(plain).filter((line) => line !== ''))].slice(0, MOST_LINES);
  return {
    app: cleanTitle(message.bot_profile?.name || message.username || '').slice(0, 80) || 'A monitor',
    title: told[0] ?? plain(message.text?.split('\n')[0] ?? ''),
    text: told.join('\n').slice(0, MOST_TEXT).toWellFormed(),
    link: chooseLink(attachments, JSON.stringify([message.blocks, attachments, message.text])),
  };
}

type Json = Record<string, unknown>;
const objects = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((one): one is Json => typeof one === 'object' && one !== null) : [];
const split = (value: unknown): string[] => (typeof value === 'string' ? value.split('\n') : []);

/** What people read of blocks; buttons and pictures are not the message. */
function linesOf(blocks: unknown): string[] {
  return objects(blocks).flatMap((block) => {
    switch (block.type) {
      case 'section':
        return [...textOf(block.text), ...objects(block.fields).flatMap(textOf)];
      case 'header':
      case 'markdown':
        return textOf(block.text);
      case 'context':
        return objects(block.elements).flatMap(textOf);
      case 'rich_text':
        return split(inline(block));
      default:
        return [];
    }
  });
}

const textOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? split((value as Json).text) : split(value);

/** Rich text as it reads: each of its paragraphs, lists and quotes begins a line. */
function inline(element: Json): string {
  if (typeof element.text === 'string') return element.text;
  if (typeof element.url === 'string') return element.url;
  const inner = objects(element.elements).map(inline);
  return inner.join(element.type === 'rich_text' || element.type === 'rich_text_list' ? '\n' : '');
}

function linesOfAttachment(attachment: Json): string[] {
  const { title, pretext, text, fallback, blocks } = attachment;
  const inBlocks = linesOf(blocks);
  if (inBlocks.length > 0) return inBlocks;
  const fields = objects(attachment.fields).map(({ title, value }) => [title, value].filter(Boolean).join(': '));
  const said = [...split(title), ...split(pretext), ...split(text), ...fields];
  return said.length > 0 ? said : split(fallback);
}

/** Without Slack's marks, links as what they are called, without the signs that monitors begin with and without hidden ones. */
function plain(line: string): string {
  const shown = line
    .replace(/<([^<>|]*)\|([^<>]*)>/g, '$2')
    .replace(/<(?:mailto:)?([^<>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/(?<![\w:]):[a-z0-9_+-]+:(?!\w)/g, '')
    .replace(/(?<![\w*])\*(\S(?:[^*]*\S)?)\*(?![\w*])/g, '$1')
    .replace(/(?<!\w)_(\S(?:[^_]*\S)?)_(?!\w)/g, '$1')
    .replace(/`+/g, '');
  return cleanTitle(shown);
}

/** The issue of Sentry, else where the title leads, else the first address. */
function chooseLink(attachments: readonly Json[], whole: string): string {
  const all = [...whole.matchAll(/https?:\/\/[^\s<>|"\\]+/g)].map(([url]) => url.replaceAll('&amp;', '&'));
  const titled = attachments.map((one) => one.title_link).find((url) => typeof url === 'string' && all.includes(url));
  const chosen = all.find((url) => sentryIssue(url) !== null) ?? titled ?? all[0] ?? '';
  return typeof chosen === 'string' && chosen.length <= 2000 ? chosen : '';
}
