/**
 * Slack's rules for messages and views, offline. The product's view tests and the Web API of the stand-in use the same
 * rules, so a view that passes here is not refused there.
 */

import { type Json, SlackRefusal } from './types.ts';
import { block } from './validate/blocks.ts';
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
/** Slack does not publish the sum; measured refusals lie between 11,300 and 13,300 characters of text. */
const MESSAGE_CHARACTERS = 12_000;
const BLOCK_OVERHEAD = 25;
/** Blocks with a character budget of their own. */
const OWN_BUDGET = new Set(['table', 'data_table', 'data_visualization']);
const AT_MOST: Record<string, number> = { table: 1, data_visualization: 2 };

/**
 * Everything Slack would refuse in a message, and two things it would not: blocks without a fallback `text`, and a
 * fallback so long that the message could never be updated. Pointers begin at the message: `/blocks/0/text`.
 */
export function validateMessage(message: { text?: unknown; blocks?: unknown; attachments?: unknown }): Finding[] {
  const findings = message.blocks === undefined ? [] : blockFindings(message.blocks);
  if (message.blocks !== undefined && messageLength(message.blocks) > MESSAGE_CHARACTERS) {
    findings.push({
      pointer: '/blocks',
      message: `must be less than ${MESSAGE_CHARACTERS + 1} characters in all blocks`,
    });
  }
  if (missingText(message)) findings.push({ pointer: '/text', message: 'missing fallback text for the blocks' });
  const { text, blocks } = message;
  if (typeof text === 'string' && text.length > (blocks === undefined ? 40_000 : FALLBACK_TEXT)) {
    findings.push({
      pointer: '/text',
      message: `must be less than ${(blocks ? FALLBACK_TEXT : 40_000) + 1} characters`,
    });
  }
  if (text === undefined && blocks === undefined && message.attachments === undefined) {
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
export function missingText({ text, blocks }: { text?: unknown; blocks?: unknown }): boolean {
  return Array.isArray(blocks) && blocks.length > 0 && (typeof text !== 'string' || text.trim() === '');
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

function blockFindings(blocks: unknown): Finding[] {
  const scope = newScope('message');
  list(block, MESSAGE_BLOCKS, 0)(blocks, '/blocks', scope);
  finish(scope);
  const markdown = (Array.isArray(blocks) ? blocks : []).filter((b) => isFields(b) && b.type === 'markdown');
  if (textLength(markdown) > MARKDOWN_CHARACTERS) {
    report(scope, '/blocks', `must be less than ${MARKDOWN_CHARACTERS + 1} characters in all markdown blocks`);
  }
  return scope.findings;
}

function finish(scope: Scope): void {
  if (scope.focused.length > 1) report(scope, scope.focused[1]!, 'only one element can have focus_on_load');
  for (const [type, most] of Object.entries(AT_MOST)) {
    if ((scope.counts.get(type) ?? 0) > most) report(scope, '/blocks', `no more than ${most} ${type} blocks allowed`);
  }
}

function messageLength(blocks: unknown): number {
  if (!Array.isArray(blocks)) return 0;
  return blocks
    .filter((b) => !(isFields(b) && OWN_BUDGET.has(String(b.type))))
    .reduce<number>((sum, b) => sum + textLength(b) + BLOCK_OVERHEAD, 0);
}

/** Throws `invalid_blocks` or `msg_blocks_too_long`, worded as the Web API words them. */
export function refuseBlocks(ws: Workspace, blocks: unknown[] | undefined, options: { budget: boolean }): void {
  if (!blocks) return;
  const findings = [...blockFindings(blocks), ...unusableFiles(ws, blocks, '/blocks')];
  if (findings.length > 0) throw refusal('invalid_blocks', findings);
  if (options.budget && messageLength(blocks) > MESSAGE_CHARACTERS) throw new SlackRefusal('msg_blocks_too_long');
}

/** Throws `invalid_arguments` or `view_too_large`. */
export function refuseView(ws: Workspace, view: unknown): void {
  if (isFields(view) && Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES) throw new SlackRefusal('view_too_large');
  const findings = [...validateView(view), ...unusableFiles(ws, view, '')];
  const prefixed = findings.map((f) => ({ ...f, pointer: `/view${f.pointer}` }));
  if (findings.length > 0) throw refusal('invalid_arguments', prefixed);
}

function refusal(code: string, findings: readonly Finding[]): SlackRefusal {
  const errors = findings.map((f) => `${f.message} [json-pointer:${f.pointer}]`);
  return new SlackRefusal(code, { errors, response_metadata: { messages: errors.map((e) => `[ERROR] ${e}`) } });
}

/** Images by `slack_file` work only when Slack has the picture and is done with it. */
function unusableFiles(ws: Workspace, value: unknown, at: string): Finding[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => unusableFiles(ws, one, `${at}/${index}`));
  if (!isFields(value)) return [];
  const { slack_file: file } = value;
  const inner = Object.entries(value).flatMap(([key, v]) => unusableFiles(ws, v, `${at}/${key}`));
  if (!isFields(file) || usable(ws, file)) return inner;
  return [...inner, { pointer: `${at}/slack_file`, message: 'invalid slack file' }];
}

function usable(ws: Workspace, given: Json): boolean {
  const found = Object.values(ws.data.files).find((f) =>
    given.id === undefined ? String(given.url ?? '').includes(`/files/${f.id}/`) : f.id === given.id,
  );
  const ready = found !== undefined && found.processed_at !== null && found.processed_at <= ws.now();
  return ready && /^image\/(png|jpeg|gif)$/.test(found.mimetype);
}
