import { emoji } from './emoji.ts';
import { type Chunk, type Inline, safeUrl, unescaped } from './inline.ts';

interface Options {
  /** Bare web addresses become links, as Slack does unless the text object says `verbatim`. */
  autolink: boolean;
}

/** Slack's own markup, as messages and `mrkdwn` text objects use it. Anything that is not markup stays text. */
export function parseMrkdwn(text: string, options: Options = { autolink: true }): Chunk[] {
  const chunks: Chunk[] = [];
  let at = 0;
  for (const fence of text.matchAll(/```([\s\S]+?)```/g)) {
    // The line breaks around a fence belong to it: it stands on lines of its own anyway.
    chunks.push(...paragraphs(text.slice(at, fence.index).replace(at > 0 ? /^\n|\n$/g : /\n$/, ''), options));
    chunks.push({ t: 'pre', text: plain(fence[1]!).replace(/^\n|\n$/g, '') });
    at = fence.index + fence[0].length;
  }
  chunks.push(...paragraphs(at > 0 ? text.slice(at).replace(/^\n/, '') : text, options));
  return chunks;
}

const quoteMark = /^(?:&gt;|>) ?/;

function paragraphs(text: string, options: Options): Chunk[] {
  if (text === '') return [];
  const chunks: Chunk[] = [];
  for (const line of text.split('\n')) {
    const t = quoteMark.test(line) ? 'quote' : 'para';
    const kids = parseInline(t === 'quote' ? line.replace(quoteMark, '') : line, options);
    const last = chunks.at(-1);
    if (last?.t === t) last.kids.push({ t: 'br' }, ...kids);
    else chunks.push({ t, kids });
  }
  return chunks;
}

/** `<https://a|b>` in preformatted text shows its label, entities their character. */
const plain = (text: string) =>
  unescaped(
    text.replace(
      /<(?:(?:https?|mailto):[^<>|]*\|([^<>]*)|((?:https?|mailto):[^<>|]*))>/g,
      (_, label, url) => label ?? url,
    ),
  );

const marks: Record<string, 'bold' | 'italic' | 'strike'> = { '*': 'bold', _: 'italic', '~': 'strike' };
const wordChar = /[\p{L}\p{N}]/u;
const bareUrl = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"\]]/;
const shortcode = /^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/;

/** One line of Slack's markup. */
export function parseInline(line: string, options: Options = { autolink: true }): Inline[] {
  const out: Inline[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') out.push({ t: 'text', text: unescaped(text) });
    text = '';
  };
  const push = (node: Inline) => {
    flush();
    out.push(node);
  };
  let i = 0;
  while (i < line.length) {
    const found = special(line, i, options);
    if (found) {
      push(found.node);
      i += found.length;
      continue;
    }
    text += line[i];
    i += 1;
  }
  flush();
  return out;
}

interface Found {
  node: Inline;
  length: number;
}

function special(line: string, at: number, options: Options): Found | undefined {
  const char = line[at]!;
  if (char === '<') return angle(line, at);
  if (char === '`') return code(line, at);
  if (char === ':') {
    const match = shortcode.exec(line.slice(at, at + 60));
    const known = match && emoji(match[1]!);
    return known ? { node: { t: 'emoji', name: match[1]!, char: known }, length: match[0].length } : undefined;
  }
  const mark = marks[char];
  if (mark) {
    const end = closing(line, at, char);
    if (end < 0) return undefined;
    return { node: { t: mark, kids: parseInline(line.slice(at + 1, end), options) }, length: end - at + 1 };
  }
  if (options.autolink && char === 'h' && !wordChar.test(line[at - 1] ?? ' ')) {
    const match = bareUrl.exec(line.slice(at, at + 2000));
    if (match) {
      const url = unescaped(match[0]);
      return { node: { t: 'link', url, kids: [{ t: 'text', text: url }] }, length: match[0].length };
    }
  }
  return undefined;
}

function code(line: string, at: number): Found | undefined {
  const end = line.indexOf('`', at + 1);
  if (end <= at + 1) return undefined;
  return { node: { t: 'code', text: plain(line.slice(at + 1, end)) }, length: end - at + 1 };
}

/** Where the mark at `at` closes: it must hug its words on the inside and stand free on the outside. */
function closing(line: string, at: number, mark: string): number {
  if (wordChar.test(line[at - 1] ?? ' ') || /[\s]|^$/.test(line[at + 1] ?? '')) return -1;
  if (line[at + 1] === mark) return -1;
  for (let i = at + 2; i < line.length; i += 1) {
    if (line[i] === '`') {
      const end = line.indexOf('`', i + 1);
      if (end > i) i = end;
      continue;
    }
    if (line[i] === '<') {
      const end = line.indexOf('>', i + 1);
      if (end > i) i = end;
      continue;
    }
    if (line[i] !== mark || /\s/.test(line[i - 1]!)) continue;
    if (!wordChar.test(line[i + 1] ?? ' ')) return i;
  }
  return -1;
}

function angle(line: string, at: number): Found | undefined {
  const end = line.indexOf('>', at + 1);
  if (end < 0) return undefined;
  const inner = line.slice(at + 1, end);
  const node = reference(inner);
  return node && { node, length: end - at + 1 };
}

function reference(inner: string): Inline | undefined {
  const bar = inner.indexOf('|');
  const head = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : unescaped(inner.slice(bar + 1));
  if (/^@[UWB][A-Z0-9]+$/.test(head)) return { t: 'user', id: head.slice(1) };
  if (/^#[CGD][A-Z0-9]+$/.test(head)) return { t: 'channel', id: head.slice(1), name: label };
  if (head.startsWith('!subteam^')) return { t: 'group', id: head.slice(9), label };
  if (head.startsWith('!date^')) return date(head, label);
  if (/^!(here|channel|everyone)$/.test(head)) return { t: 'everyone', range: head.slice(1) };
  const url = safeUrl(unescaped(head));
  if (!url || head.startsWith('/')) return undefined;
  const shown = label === '' ? [{ t: 'text' as const, text: url.replace(/^mailto:/, '') }] : labelled(label);
  return { t: 'link', url, kids: shown };
}

/** Link labels carry emoji but no further markup. */
function labelled(label: string): Inline[] {
  return label.split(/(:[a-z0-9_+-]+:)/).flatMap((part): Inline[] => {
    if (part === '') return [];
    const char = part.startsWith(':') ? emoji(part.slice(1, -1)) : undefined;
    return char ? [{ t: 'emoji', name: part.slice(1, -1), char }] : [{ t: 'text', text: part }];
  });
}

function date(head: string, fallback: string): Inline {
  const [, seconds = '', pattern = '', ...link] = head.split('^');
  return { t: 'date', seconds: Number(seconds), pattern, url: safeUrl(link.join('^')) ?? '', fallback };
}
