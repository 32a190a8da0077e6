import { createHash } from 'node:crypto';
import { type DocumentKind, readFields } from './fields.ts';
import { SECTIONS } from './sections.ts';

const TITLES: Record<DocumentKind, string> = {
  prd: 'Product requirements',
  spec: 'Technical specification',
  release_notes: 'Release notes',
};

export interface DocumentHead {
  document: DocumentKind;
  key: string;
  title: string;
  authorKind: 'person' | 'model' | 'offline';
}

/** Markdown of a document. What nobody knows stands there as a placeholder that says what is missing. */
export function renderDocument(head: DocumentHead, fields: unknown): string {
  const typed = readFields(head.document, fields) as unknown as Record<string, unknown>;
  const parts = [`# ${TITLES[head.document]}: ${oneLine(head.title)} (${head.key})`];
  if (head.authorKind === 'offline') {
    parts.push(
      '_Drafted offline, without a model: every sentence is from the ticket or from a recorded fact. What is missing is listed as missing._',
    );
  }
  for (const { id, label, hint, form, required, code } of SECTIONS[head.document]) {
    const text = form.write(typed[id]).trim();
    if (!text && !required) continue;
    const body = code && text ? fenced(code, text) : text;
    parts.push(`## ${label}\n\n${body || `_Missing: ${hint}._`}`);
  }
  const handled = (typed.feedback_handled ?? []) as { point: string; handled: string }[];
  if (handled.length > 0) {
    const rows = handled.map(({ point, handled: how }) => `- "${oneLine(point)}": ${oneLine(how)}`);
    parts.push(`## How the feedback was handled\n\n${rows.join('\n')}`);
  }
  if (typed.base_sha) parts.push(`Written against commit \`${typed.base_sha}\`.`);
  return `${parts.join('\n\n')}\n`;
}

/** How many sections are still placeholders. */
export function countPlaceholders(document: DocumentKind, fields: unknown): number {
  const typed = readFields(document, fields) as unknown as Record<string, unknown>;
  return SECTIONS[document].filter(({ id, form, required }) => required && form.write(typed[id]).trim() === '').length;
}

/** One sentence for cards and lists: the beginning of the section that says what it is about. */
export function summarise(document: DocumentKind, fields: unknown): string {
  const typed = readFields(document, fields) as unknown as { problem?: string; approach?: string; summary?: string };
  const text = oneLine(typed.problem ?? typed.approach ?? typed.summary ?? '');
  const sentence = /^.{20,240}?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
  return sentence.length > 240 ? `${sentence.slice(0, 239).toWellFormed()}…` : sentence;
}

/** SHA-256 over the fields in a fixed order of keys: the same content has the same hash whoever wrote it. */
export function hashFields(document: DocumentKind, fields: unknown): string {
  return createHash('sha256')
    .update(`${document}\n${canonical(readFields(document, fields))}`)
    .digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A fence longer than any run of backticks inside, so that the text cannot close it. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
