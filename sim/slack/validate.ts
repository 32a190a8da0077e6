/**
 * Slack's rules for messages and views, offline. The product's view tests and the Web API of the stand-in use the same
 * rules, so a view that passes here is not refused there.
 */

import { type Json, SlackRefusal } from './types.ts';
import { block } from './validate/blocks.ts';
import { MESSAGE_BUDGET, MESSAGE_REFUSED, messageLength } from './validate/budget.ts';
import {
  boolean,
  type Check,
  type Finding,
  isFields,
  list,
  newScope,
  object,
  oneOf,
  report,
  type Scope,
  string,
} from './validate/check.ts';
import { plainText } from './validate/composition.ts';
import { textLength } from './validate/tables.ts';
import type { Workspace } from './workspace.ts';

export type { Finding, Surface } from './validate/check.ts';

const MESSAGE_BLOCKS = 50;
const VIEW_BLOCKS = 100;
const VIEW_BYTES = 250_000;
/** The fallback text of a message that may be edited later: chat.update refuses more. */
const FALLBACK_TEXT = 4_000;
const MARKDOWN_CHARACTERS = 12_000;
const ATTACHMENTS = 100;
const AT_MOST: Record<string, number> = { table: 1, data_visualization: 2 };

export interface MessageContent {
  text?: unknown;
  blocks?: unknown;
  attachments?: unknown;
}

/**
 * Everything Slack would refuse in a message, and three things it might not: blocks without a fallback `text`, a
 * fallback so long that the message could never be updated, and so many characters that Slack may refuse them. Pointers
 * begin at the message: `/blocks/0/text`.
 */
export function validateMessage(message: MessageContent): Finding[] {
  const { text, blocks, attachments } = message;
  const findings = contentFindings(message);
  const length = messageLength(message);
  if (length > MESSAGE_BUDGET) {
    const pointer = blocks === undefined ? '/attachments' : '/blocks';
    findings.push({ pointer, message: `must be less than ${MESSAGE_BUDGET + 1} characters in all blocks (${length})` });
  }
  if (missingText(message)) findings.push({ pointer: '/text', message: 'missing fallback text for the blocks' });
  const most = blocks === undefined && attachments === undefined ? 40_000 : FALLBACK_TEXT;
  if (typeof text === 'string' && text.length > most) {
    findings.push({ pointer: '/text', message: `must be less than ${most + 1} characters` });
  }
  if (text === undefined && blocks === undefined && attachments === undefined) {
    findings.push({ pointer: '/text', message: 'no text, blocks or attachments' });
  }
  return findings;
}

/** Everything Slack would refuse in a modal or Home view. Pointers begin at the view: `/title/text`. */
export function validateView(view: unknown): Finding[] {
  if (!isFields(view)) return [{ pointer: '', message: 'must be an object' }];
  const scope = newScope(view.type === 'home' ? 'home' : 'modal');
  if (view.type === 'home') homeView(view, '', scope);
  else if (view.type === 'modal') modalView(view, '', scope);
  else report(scope, '/type', 'must be one of: modal, home');
  finish(scope);
  if (Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES) report(scope, '', 'must be less than 250 kB');
  return scope.findings;
}

/** Whether a message shows blocks but says nothing to screen readers and notifications. */
export function missingText({ text, blocks, attachments }: MessageContent): boolean {
  if (typeof text === 'string' && text.trim() !== '') return false;
  const silent = (one: unknown): boolean =>
    isFields(one) && Array.isArray(one.blocks) && one.blocks.length > 0 && typeof one.fallback !== 'string';
  return (Array.isArray(blocks) && blocks.length > 0) || (Array.isArray(attachments) && attachments.some(silent));
}

const common = {
  blocks: list(block, VIEW_BLOCKS, 0),
  private_metadata: string(3000, 0),
  callback_id: string(255, 0),
  external_id: string(255, 0),
};
const { blocks: viewBlocks, ...viewFields } = common;

const homeView: Check = object({ required: { blocks: viewBlocks }, optional: { type: oneOf('home'), ...viewFields } });

const modalView: Check = object({
  required: { blocks: viewBlocks, title: plainText(24) },
  optional: {
    ...viewFields,
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: boolean,
    notify_on_close: boolean,
  },
  also: (view, at, scope) => {
    if ((scope.counts.get('input') ?? 0) > 0 && view.submit === undefined) {
      report(scope, at, 'missing required field: submit (the view has input blocks)');
    }
  },
});

/** Blocks and the blocks in attachments; their ids and counts are those of one message. */
function contentFindings({ blocks, attachments }: MessageContent): Finding[] {
  const scope = newScope('message');
  const some = list(block, MESSAGE_BLOCKS, 0);
  if (blocks !== undefined) some(blocks, '/blocks', scope);
  if (attachments !== undefined) list(attachment(some), ATTACHMENTS, 0)(attachments, '/attachments', scope);
  finish(scope);
  const markdown = (Array.isArray(blocks) ? blocks : []).filter((b) => isFields(b) && b.type === 'markdown');
  if (textLength(markdown) > MARKDOWN_CHARACTERS) {
    report(scope, '/blocks', `must be less than ${MARKDOWN_CHARACTERS + 1} characters in all markdown blocks`);
  }
  return scope.findings;
}

/** Of the many old fields of an attachment only the blocks are checked. */
const attachment =
  (blocks: Check): Check =>
  (value, at, scope) => {
    if (!isFields(value)) return report(scope, at, 'must be an object');
    if (value.blocks !== undefined) blocks(value.blocks, `${at}/blocks`, scope);
  };

function finish(scope: Scope): void {
  if (scope.focused.length > 1) report(scope, scope.focused[1]!, 'only one element can have focus_on_load');
  for (const [type, most] of Object.entries(AT_MOST)) {
    if ((scope.counts.get(type) ?? 0) > most) report(scope, '/blocks', `no more than ${most} ${type} blocks allowed`);
  }
}

/** Throws `invalid_blocks`, `invalid_attachments`, `too_many_attachments` or `msg_blocks_too_long`, as Slack words it. */
export function refuseContent(ws: Workspace, content: MessageContent, options: { budget: boolean }): void {
  const { attachments } = content;
  if (Array.isArray(attachments) && attachments.length > ATTACHMENTS) throw new SlackRefusal('too_many_attachments');
  const findings = [...contentFindings(content), ...unusable(ws, content, '')];
  const inAttachments = findings.filter((f) => f.pointer.startsWith('/attachments'));
  if (inAttachments.length < findings.length) throw refusal('invalid_blocks', findings);
  if (inAttachments.length > 0) throw refusal('invalid_attachments', findings);
  if (options.budget && messageLength(content) > MESSAGE_REFUSED) throw new SlackRefusal('msg_blocks_too_long');
}

/** Throws `invalid_arguments` or `view_too_large`. */
export function refuseView(ws: Workspace, view: unknown): void {
  if (isFields(view) && Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES) throw new SlackRefusal('view_too_large');
  const findings = [...validateView(view), ...unusable(ws, view, '')];
  const prefixed = findings.map((f) => ({ ...f, pointer: `/view${f.pointer}` }));
  if (findings.length > 0) throw refusal('invalid_arguments', prefixed);
}

function refusal(code: string, findings: readonly Finding[]): SlackRefusal {
  const errors = findings.map((f) => `${f.message} [json-pointer:${f.pointer}]`);
  return new SlackRefusal(code, { errors, response_metadata: { messages: errors.map((e) => `[ERROR] ${e}`) } });
}

/** What a block may need: a picture that Slack is done with, a scope that the app has. */
function unusable(ws: Workspace, value: unknown, at: string): Finding[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => unusable(ws, one, `${at}/${index}`));
  if (!isFields(value)) return [];
  const { slack_file: file } = value;
  const found = Object.entries(value).flatMap(([key, v]) => unusable(ws, v, `${at}/${key}`));
  const scope = NEEDS_SCOPE[String(value.type)];
  if (scope && !ws.app.scopes.includes(scope)) found.push({ pointer: at, message: `needs the scope ${scope}` });
  if (isFields(file) && !usable(ws, file)) found.push({ pointer: `${at}/slack_file`, message: 'invalid slack file' });
  return found;
}

const NEEDS_SCOPE: Record<string, string> = { video: 'links.embed:write', file_input: 'files:read' };

function usable(ws: Workspace, given: Json): boolean {
  const found = Object.values(ws.data.files).find((f) =>
    given.id === undefined ? String(given.url ?? '').includes(`/files/${f.id}/`) : f.id === given.id,
  );
  const ready = found !== undefined && found.processed_at !== null && found.processed_at <= ws.now();
  return ready && /^image\/(png|jpeg|gif)$/.test(found.mimetype);
}
