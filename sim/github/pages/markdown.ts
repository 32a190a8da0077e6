/**
 * The part of Markdown that pull requests and comments use, as HTML: headings, paragraphs, lists, tables, quotes, code,
 * emphasis and links. Raw HTML is shown as text, comments are left out, links go to http and https only.
 */
import { escapeHtml, type Html, trusted } from './html.ts';

export function markdown(text: string | null): Html {
  const clean = (text ?? '').replace(/<!--[\s\S]*?-->/g, '').replace(/\r\n/g, '\n');
  return trusted(blocks(clean.split('\n')));
}

type Block = (lines: string[]) => { html: string; used: number } | null;

function blocks(lines: string[]): string {
  let out = '';
  let rest = lines;
  while (rest.length > 0) {
    if (rest[0]!.trim() === '') {
      rest = rest.slice(1);
      continue;
    }
    for (const kind of kinds) {
      const found = kind(rest);
      if (!found) continue;
      out += found.html;
      rest = rest.slice(found.used);
      break;
    }
  }
  return out;
}

function takeWhile(lines: string[], test: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !test(line));
  return end < 0 ? lines : lines.slice(0, end);
}

const fence: Block = (lines) => {
  const mark = /^\s*(`{3,}|~{3,})/.exec(lines[0]!)?.[1];
  if (!mark) return null;
  const body = takeWhile(lines.slice(1), (line) => !line.trim().startsWith(mark));
  return { html: `<pre><code>${escapeHtml(body.join('\n'))}</code></pre>`, used: body.length + 2 };
};

const heading: Block = (lines) => {
  const [, marks = '', words = ''] = /^(#{1,6})\s+(.*)$/.exec(lines[0]!) ?? [];
  if (!marks) return null;
  // The page has its own first and second level.
  const level = Math.min(marks.length + 2, 6);
  return { html: `<h${level}>${inline(words)}</h${level}>`, used: 1 };
};

const rule: Block = (lines) => (/^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[0]!) ? { html: '<hr>', used: 1 } : null);

const quote: Block = (lines) => {
  const found = takeWhile(lines, (line) => /^\s*>/.test(line));
  if (found.length === 0) return null;
  const inner = blocks(found.map((line) => line.replace(/^\s*>\s?/, '')));
  return { html: `<blockquote>${inner}</blockquote>`, used: found.length };
};

const cells = (line: string) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inline(cell.replaceAll('\\|', '|').trim()));

const table: Block = (lines) => {
  if (!lines[0]!.includes('|') || !/^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[1] ?? '')) return null;
  const rows = takeWhile(lines.slice(2), (line) => line.includes('|'));
  const head = cells(lines[0]!).map((cell) => `<th>${cell}</th>`);
  const body = rows.map(
    (row) =>
      `<tr>${cells(row)
        .map((cell) => `<td>${cell}</td>`)
        .join('')}</tr>`,
  );
  const inner = `<thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody>`;
  return { html: `<div class="scroll"><table>${inner}</table></div>`, used: rows.length + 2 };
};

const item = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

const list: Block = (lines) => {
  const first = item.exec(lines[0]!);
  if (!first) return null;
  const indent = first[1]!.length;
  const ordered = /\d/.test(first[2]!);
  const found = takeWhile(lines, (line) => item.test(line) || /^\s{2,}\S/.test(line));
  const entries: string[][] = [];
  for (const line of found) {
    const match = item.exec(line);
    if (match && match[1]!.length <= indent) entries.push([match[3]!]);
    else entries.at(-1)!.push(line.slice(Math.min(indent + 2, line.search(/\S/))));
  }
  const tag = ordered ? 'ol' : 'ul';
  return { html: `<${tag}>${entries.map(listItem).join('')}</${tag}>`, used: found.length };
};

function listItem([first = '', ...more]: string[]): string {
  const [, mark, words = first] = /^\[([ xX])\]\s+(.*)$/.exec(first) ?? [];
  const box = mark === undefined ? '' : `<input type="checkbox" disabled${mark === ' ' ? '' : ' checked'}> `;
  return `<li>${box}${inline(words)}${more.length > 0 ? blocks(more) : ''}</li>`;
}

const paragraph: Block = (lines) => {
  const starts = [fence, heading, rule, quote, table, list];
  const rest = takeWhile(lines.slice(1), (line) => line.trim() !== '' && !starts.some((kind) => kind([line, ''])));
  const text = [lines[0]!, ...rest].map(inline).join('<br>');
  return { html: `<p>${text}</p>`, used: rest.length + 1 };
};

const kinds: Block[] = [fence, heading, rule, quote, table, list, paragraph];

function inline(text: string): string {
  // Code first: nothing inside it is anything else. The pieces at odd places are code.
  return text
    .split(/(`+)(.+?)\1(?!`)/)
    .map((piece, at) => (at % 3 === 0 ? emphasis(piece) : at % 3 === 2 ? `<code>${escapeHtml(piece)}</code>` : ''))
    .join('');
}

const linkPattern = /(\[[^\]]+\]\(https?:\/\/[^\s)]+\)|https?:\/\/[^\s<>)"']*[^\s<>)"'.,;:!?])/;

/** Links first, for the same reason. The pieces at odd places are links. */
function emphasis(text: string): string {
  return text
    .split(linkPattern)
    .map((piece, at) => (at % 2 === 0 ? strong(piece) : link(piece)))
    .join('');
}

function link(text: string): string {
  const [, words, target] = /^\[([^\]]+)\]\((.+)\)$/.exec(text) ?? [];
  const url = escapeHtml(target ?? text);
  return `<a href="${url}" rel="noopener noreferrer">${words === undefined ? url : strong(words)}</a>`;
}

/** What stands behind a backslash is shown as it is. The pieces at odd places are such characters. */
function strong(text: string): string {
  return text
    .split(/\\([!-/:-@[-`{-~])/)
    .map((piece, at) => (at % 2 === 0 ? marked(piece) : escapeHtml(piece)))
    .join('');
}

function marked(text: string): string {
  return escapeHtml(text)
    .replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|\W)_([^_]+)_(?=\W|$)/g, '$1<em>$2</em>')
    .replace(/~~(.+?)~~/g, '<del>$1</del>');
}
