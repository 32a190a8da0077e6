import { emoji } from './emoji.ts';
import { type Inline, safeUrl } from './inline.ts';

/** A part of standard Markdown, as the `markdown` block takes it. */
export type Part =
  | { t: 'heading'; level: number; kids: Inline[] }
  | { t: 'para'; kids: Inline[] }
  | { t: 'pre'; text: string }
  | { t: 'quote'; parts: Part[] }
  | { t: 'list'; ordered: boolean; start: number; items: { checked?: boolean; kids: Inline[]; parts: Part[] }[] }
  | { t: 'table'; head: Inline[][]; rows: Inline[][][]; align: ('left' | 'center' | 'right')[] }
  | { t: 'rule' };

const fence = /^\s*(```+|~~~+)/;
const heading = /^(#{1,6})\s+(.*?)\s*#*$/;
const rule = /^\s*([-*_])(\s*\1){2,}\s*$/;
const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const tableLine = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Parses Markdown into parts. HTML in it stays text. */
export function parseMarkdown(source: string): Part[] {
  return parts(source.replace(/\r\n?/g, '\n').split('\n'));
}

function parts(lines: string[]): Part[] {
  const out: Part[] = [];
  let i = 0;
  while (i < lines.length) {
    const [part, next] = take(lines, i);
    if (part) out.push(part);
    i = next;
  }
  return out;
}

/** The part that starts at line `i`, and the line after it. */
function take(lines: string[], i: number): [Part | undefined, number] {
  const line = lines[i]!;
  if (line.trim() === '') return [undefined, i + 1];
  const open = fence.exec(line);
  if (open) return fenced(lines, i, open[1]!);
  const title = heading.exec(line);
  if (title) return [{ t: 'heading', level: title[1]!.length, kids: inline(title[2]!) }, i + 1];
  if (rule.test(line)) return [{ t: 'rule' }, i + 1];
  if (/^\s*>/.test(line)) {
    const end = until(lines, i, (l) => !/^\s*>/.test(l));
    return [{ t: 'quote', parts: parts(lines.slice(i, end).map((l) => l.replace(/^\s*> ?/, ''))) }, end];
  }
  if (item.test(line)) return list(lines, i);
  if (line.includes('|') && tableLine.test(lines[i + 1] ?? '')) return table(lines, i);
  const end = until(
    lines,
    i + 1,
    (l) => l.trim() === '' || [fence, heading, item, rule].some((r) => r.test(l)) || /^\s*>/.test(l),
  );
  const kids = lines.slice(i, end).flatMap((l, n) => (n === 0 ? inline(l) : [{ t: 'br' as const }, ...inline(l)]));
  return [{ t: 'para', kids }, end];
}

function until(lines: string[], from: number, stop: (line: string) => boolean): number {
  let end = from;
  while (end < lines.length && !stop(lines[end]!)) end += 1;
  return end;
}

function fenced(lines: string[], i: number, mark: string): [Part, number] {
  const end = until(lines, i + 1, (l) => l.trim().startsWith(mark));
  return [{ t: 'pre', text: lines.slice(i + 1, end).join('\n') }, end + 1];
}

function list(lines: string[], i: number): [Part, number] {
  const first = item.exec(lines[i]!)!;
  const indent = first[1]!.length;
  const ordered = /\d/.test(first[2]!);
  const items: Extract<Part, { t: 'list' }>['items'] = [];
  let at = i;
  while (at < lines.length) {
    const match = item.exec(lines[at]!);
    if (!match || match[1]!.length !== indent || /\d/.test(match[2]!) !== ordered) break;
    // Everything indented deeper than the marker belongs to this item.
    const end = until(lines, at + 1, (l) => l.trim() !== '' && l.search(/\S/) <= indent);
    const body = lines.slice(at + 1, end);
    const task = /^\[([ xX])\]\s+/.exec(match[3]!);
    items.push({
      checked: task ? task[1] !== ' ' : undefined,
      kids: inline(task ? match[3]!.slice(task[0].length) : match[3]!),
      parts: parts(body),
    });
    at = end;
  }
  return [{ t: 'list', ordered, start: ordered ? Number.parseInt(first[2]!, 10) : 1, items }, at];
}

const cells = (line: string) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\\|/g, '|'));

function table(lines: string[], i: number): [Part, number] {
  const align = cells(lines[i + 1]!).map((mark) =>
    mark.endsWith(':') ? (mark.startsWith(':') ? 'center' : 'right') : 'left',
  );
  const end = until(lines, i + 2, (l) => !l.includes('|'));
  const head = cells(lines[i]!).map(inline);
  const rows = lines.slice(i + 2, end).map((l) => cells(l).map(inline));
  return [{ t: 'table', head, rows, align }, end];
}

type Rule = [RegExp, (match: RegExpExecArray) => Inline | undefined];

/** Tried in this order at every position; a rule that answers undefined leaves the text alone. */
const rules: Rule[] = [
  [/^\\([\\`*_{}[\]()#+\-.!~|>])/, (m) => ({ t: 'text', text: m[1]! })],
  [/^(`+)(.+?)\1(?!`)/, (m) => ({ t: 'code', text: m[2]!.trim() })],
  [/^!?\[([^\]]*)\]\(\s*<?([^)\s>]+)>?[^)]*\)/, (m) => link(m[2]!, inline(m[1]!))],
  [/^<(https?:\/\/[^>\s]+|mailto:[^>\s]+)>/, (m) => link(m[1]!, [{ t: 'text', text: m[1]! }])],
  [/^<@([UWB][A-Z0-9]+)>/, (m) => ({ t: 'user', id: m[1]! })],
  [/^\*\*(?=\S)(.+?\*?)(?<=\S)\*\*/, (m) => ({ t: 'bold', kids: inline(m[1]!) })],
  [/^__(?=\S)(.+?)(?<=\S)__(?!\w)/, (m) => ({ t: 'bold', kids: inline(m[1]!) })],
  [/^~~(?=\S)(.+?)(?<=\S)~~/, (m) => ({ t: 'strike', kids: inline(m[1]!) })],
  [/^\*(?=\S)(.+?)(?<=\S)\*(?!\*)/, (m) => ({ t: 'italic', kids: inline(m[1]!) })],
  [/^_(?=\S)(.+?)(?<=\S)_(?!\w)/, (m) => ({ t: 'italic', kids: inline(m[1]!) })],
  [/^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"\]]/, (m) => link(m[0], [{ t: 'text', text: m[0] }])],
  [/^:([a-z0-9_+-]+):/, (m) => (emoji(m[1]!) ? { t: 'emoji', name: m[1]!, char: emoji(m[1]!)! } : undefined)],
];

function link(url: string, kids: Inline[]): Inline | undefined {
  const safe = safeUrl(url);
  return safe ? { t: 'link', url: safe, kids } : undefined;
}

function inline(source: string): Inline[] {
  const out: Inline[] = [];
  let text = '';
  let i = 0;
  while (i < source.length) {
    // Inside a word only code, links and escapes count: `snake_case` is not italic.
    const inWord = /\w/.test(source[i - 1] ?? '') && /[_h:]/.test(source[i]!);
    const rest = /[\\`![<*_~h:]/.test(source[i]!) && !inWord ? source.slice(i) : '';
    const hit = rest && firstHit(rest);
    if (!hit) {
      text += source[i];
      i += 1;
      continue;
    }
    if (text) out.push({ t: 'text', text });
    text = '';
    out.push(hit.node);
    i += hit.length;
  }
  if (text) out.push({ t: 'text', text });
  return out;
}

function firstHit(rest: string): { node: Inline; length: number } | undefined {
  for (const [pattern, make] of rules) {
    const match = pattern.exec(rest);
    const node = match && make(match);
    if (node) return { node, length: match[0].length };
  }
  return undefined;
}
