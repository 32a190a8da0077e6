import type { KnownBlock, RichTextBlock } from '@slack/types';
import { header } from './blocks.ts';
import { clean, clip } from './text.ts';

/** The title repeats what stands around the text. */
export const withoutTitle = (markdown: string): string => markdown.replace(/^# .*(?:\n+|$)/, '');

interface Section {
  label: string;
  text: string;
}

/** What stands before the first heading, and the sections. A heading within code is none. */
function sectionsOf(markdown: string): Section[] {
  const found: Section[] = [{ label: '', text: '' }];
  let fence: string | null = null;
  for (const line of withoutTitle(markdown).split('\n')) {
    const mark = /^\s*(`{3,})/.exec(line)?.[1];
    if (mark && (fence === null || mark.length >= fence.length)) fence = fence === null ? mark : null;
    const label = fence === null ? /^## +(.*)$/.exec(line)?.[1] : undefined;
    if (label === undefined) found.at(-1)!.text += `${line}\n`;
    else found.push({ label, text: '' });
  }
  return found;
}

const isMissing = ({ text }: Section): boolean => /^\s*_Missing: [^\n]*_\s*$/.test(text);
const FEEDBACK = 'How the feedback was handled';

/**
 * A document for the message that asks about it: what is written there, without title, notes and addresses; how feedback
 * was handled first. `open` are the sections in which nothing stands.
 */
export function digest(markdown: string): { text: string; open: string[] } {
  const [before, ...named] = sectionsOf(clean(markdown));
  const sections = named.length > 0 ? named : [before!];
  const written = sections.filter((one) => !isMissing(one));
  const order = [...written.filter(isFeedback), ...written.filter((one) => !isFeedback(one))];
  const text = order
    .map(({ label, text }) => `## ${label}\n${text.replace(/ \(https?:\/\/[^\s()]+\)/g, '')}`)
    .join('\n');
  return {
    text: text.replace(/\nWritten against commit `\w+`\.\s*$/, '\n'),
    open: sections.filter(isMissing).map((one) => one.label),
  };
}

const isFeedback = ({ label }: Section): boolean => label === FEEDBACK;

/**
 * Documents as rich text: headings, lists, code and paragraphs, nothing else. Whoever wrote the Markdown, a person or
 * a model, no part of it is parsed by Slack.
 */
export interface Rendered {
  blocks: KnownBlock[];
  /** The text went on. */
  cut: boolean;
}

type Element = RichTextBlock['elements'][number];

export interface MarkdownLimits {
  /** Characters of text in all blocks. */
  max: number;
  /** Blocks at most. */
  maxBlocks: number;
  /** Headings as bold lines, not as header blocks, for text within a message. */
  small?: boolean;
}

/** A part of a document between two blank lines or headings. */
interface Part {
  kind: 'heading' | 'list' | 'code' | 'text';
  lines: string[];
}

/** Slack takes 250 KB in a view, and small pieces are mostly their own description. */
const MOST_BYTES = 200_000;

export function fromMarkdown(markdown: string, limits: MarkdownLimits): Rendered {
  const blocks: KnownBlock[] = [];
  let open: Element[] = [];
  let left = limits.max;
  let bytes = MOST_BYTES;
  let cut = false;
  let last: Part['kind'] | null = null;
  const close = () => {
    if (open.length > 0) blocks.push({ type: 'rich_text', elements: open });
    open = [];
  };
  for (const part of parts(clean(markdown))) {
    if (left <= 0 || blocks.length >= limits.maxBlocks - 1) {
      cut = true;
      break;
    }
    const length = lengthOf(part);
    // A few letters of the next part say nothing either.
    if (length > left && left < 40 && part.kind !== 'heading') {
      cut = true;
      break;
    }
    const before = open.length > 0 ? last : null;
    const shown = withinBytes(length > left ? cutPart(part, left) : part, before, bytes);
    cut ||= shown !== part;
    if (shown === null) break;
    left -= length;
    bytes -= sizeOf(shown, before);
    if (part.kind === 'heading' && !limits.small) {
      close();
      blocks.push(header(part.lines[0] ?? ''));
    } else {
      open.push(element(shown, before));
      last = part.kind;
    }
    // Slack folds long rich text; blocks of moderate size stay readable.
    if (open.length >= 12) close();
  }
  // A heading with nothing below it says nothing.
  if (cut && last === 'heading') open.pop();
  close();
  return { blocks, cut };
}

const lengthOf = (part: Part): number => part.lines.join('\n').length;

/** With the block around it. */
const sizeOf = (part: Part, before: Part['kind'] | null): number =>
  Buffer.byteLength(JSON.stringify(element(part, before))) + 100;

/** As much of the part as fits; null when that is next to nothing. */
function withinBytes(part: Part, before: Part['kind'] | null, bytes: number): Part | null {
  let fit = part;
  while (sizeOf(fit, before) > bytes) {
    const half = Math.floor(lengthOf(fit) / 2);
    if (half < 40) return null;
    fit = cutPart(fit, half);
  }
  return fit;
}

function parts(markdown: string): Part[] {
  const found: Part[] = [];
  let fence = false;
  const last = (kind: Part['kind']): Part | undefined => (found.at(-1)?.kind === kind ? found.at(-1) : undefined);
  let fresh = true;
  for (const line of markdown.split('\n')) {
    if (/^\s*```/.test(line)) {
      fence = !fence;
      if (fence) found.push({ kind: 'code', lines: [] });
      fresh = true;
    } else if (fence) found.at(-1)?.lines.push(line);
    else if (line.trim() === '') fresh = true;
    else {
      const heading = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
      const bullet = /^\s*(?:[-*•]|\d+[.)])\s+(.*)$/.exec(line)?.[1];
      const kind = heading !== undefined ? 'heading' : bullet !== undefined ? 'list' : 'text';
      const same = kind === 'list' || !fresh ? last(kind) : undefined;
      if (same && kind !== 'heading') same.lines.push(bullet ?? line);
      else found.push({ kind, lines: [heading ?? bullet ?? line] });
      fresh = false;
    }
  }
  return found.filter((part) => part.lines.some((line) => line.trim() !== ''));
}

function cutPart(part: Part, max: number): Part {
  const kept: string[] = [];
  let left = max;
  for (const line of part.lines) {
    if (line.length > left) {
      kept.push(clip(line, Math.max(left, 1)));
      break;
    }
    kept.push(line);
    left -= line.length + 1;
  }
  return { ...part, lines: kept };
}

function element(part: Part, before: Part['kind'] | null): Element {
  if (part.kind === 'list') {
    const elements = part.lines.map((line) => ({ type: 'rich_text_section' as const, elements: inline(line) }));
    return { type: 'rich_text_list', style: 'bullet', elements };
  }
  if (part.kind === 'code') {
    return { type: 'rich_text_preformatted', elements: [{ type: 'text', text: part.lines.join('\n') || ' ' }] };
  }
  if (part.kind === 'heading') {
    const text = `${before ? '\n' : ''}${part.lines[0] || ' '}`;
    return { type: 'rich_text_section', elements: [{ type: 'text', text, style: { bold: true } }] };
  }
  // Each element is a line of its own; a paragraph after another needs an empty one between.
  const gap: Text[] = before === 'text' ? [{ type: 'text', text: '\n' }] : [];
  return { type: 'rich_text_section', elements: [...gap, ...inline(part.lines.join('\n'))] };
}

type Text = { type: 'text'; text: string; style?: { bold?: boolean; italic?: boolean; code?: boolean } };
type Link = { type: 'link'; url: string; text: string };

/** `code`, **bold** and _a whole italic line_; an address is a link that shows where it leads. */
function inline(line: string): (Text | Link)[] {
  const italic = /^_(.+)_$/s.exec(line)?.[1];
  if (italic && !italic.includes('_')) return [{ type: 'text', text: italic, style: { italic: true } }];
  const texts = line
    .split(/(`[^`\n]+`|\*\*[^*\n]+\*\*|https?:\/\/[^\s<>"'`|()[\]]*[^\s<>"'`|()[\].,;:!?])/)
    .filter((text) => text !== '');
  if (texts.length === 0) return [{ type: 'text', text: ' ' }];
  return texts.map((text): Text | Link => {
    if (text.length > 2 && text.startsWith('`'))
      return { type: 'text', text: text.slice(1, -1), style: { code: true } };
    if (text.length > 4 && text.startsWith('**'))
      return { type: 'text', text: text.slice(2, -2), style: { bold: true } };
    return /^https?:\/\//.test(text) ? address(text) : { type: 'text', text };
  });
}

/** Host and path as they really are, so that no text stands for another place than the one it leads to. */
function address(text: string): Text | Link {
  const url = URL.canParse(text) && text.length <= 2000 ? new URL(text) : null;
  if (!url || url.username || url.password) return { type: 'text', text };
  return { type: 'link', url: url.href, text: url.host + clip(url.pathname.replace(/\/$/, ''), 80) };
}
