import type { KnownBlock, RichTextBlock } from '@slack/types';
import { header } from './blocks.ts';
import { clean, clip } from './text.ts';

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

export function fromMarkdown(markdown: string, limits: MarkdownLimits): Rendered {
  const blocks: KnownBlock[] = [];
  let open: Element[] = [];
  let left = limits.max;
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
    const length = part.lines.join('\n').length;
    const shown = length > left ? cutPart(part, left) : part;
    cut ||= shown !== part;
    left -= length;
    if (part.kind === 'heading' && !limits.small) {
      close();
      blocks.push(header(part.lines[0] ?? ''));
    } else {
      open.push(element(shown, open.length > 0 ? last : null));
      last = part.kind;
    }
    // Slack folds long rich text; blocks of moderate size stay readable.
    if (open.length >= 12) close();
  }
  close();
  return { blocks, cut };
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

/** `code`, **bold** and _a whole italic line_; links stay the text that they are. */
function inline(line: string): Text[] {
  const italic = /^_(.+)_$/s.exec(line)?.[1];
  if (italic && !italic.includes('_')) return [{ type: 'text', text: italic, style: { italic: true } }];
  const texts = line.split(/(`[^`\n]+`|\*\*[^*\n]+\*\*)/).filter((text) => text !== '');
  if (texts.length === 0) return [{ type: 'text', text: ' ' }];
  return texts.map((text): Text => {
    if (text.length > 2 && text.startsWith('`'))
      return { type: 'text', text: text.slice(1, -1), style: { code: true } };
    if (text.length > 4 && text.startsWith('**'))
      return { type: 'text', text: text.slice(2, -2), style: { bold: true } };
    return { type: 'text', text };
  });
}
