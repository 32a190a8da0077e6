import type { FileChange } from '../diff.ts';
import { type Html, html } from './html.ts';

const mostOpenLines = 400;

/** Changed files with their coloured patches; long ones are folded. */
export function diffView(files: FileChange[]): Html {
  if (files.length === 0) return html`<div class="card"><p class="empty">No changes.</p></div>`;
  const [added, removed] = [total(files, 'additions'), total(files, 'deletions')];
  return html`<p class="small dim">${files.length} ${files.length === 1 ? 'file' : 'files'} changed,
<span class="good">+${added}</span> <span class="bad">−${removed}</span></p>${files.map(fileView)}`;
}

function total(files: FileChange[], key: 'additions' | 'deletions'): number {
  return files.reduce((sum, file) => sum + file[key], 0);
}

function fileView(file: FileChange): Html {
  const lines = numbered((file.patch ?? '').split('\n'));
  const open = lines.length <= mostOpenLines;
  const name = file.previousFilename ? `${file.previousFilename} → ${file.filename}` : file.filename;
  const body = file.patch
    ? html`<pre class="diff">${lines.map(lineView)}</pre>`
    : html`<p class="empty">${file.additions + file.deletions === 0 ? 'No lines changed, or a binary file.' : 'Too large to show.'}</p>`;
  return html`<details class="file"${open ? html` open` : ''}><summary><span class="mono">${name}</span>
<span class="small"><span class="dim">${file.status}</span> <span class="good">+${file.additions}</span>
<span class="bad">−${file.deletions}</span></span></summary>${body}</details>`;
}

interface Line {
  text: string;
  /** Where it stands before and after; empty where it does not. */
  before: number | '';
  after: number | '';
}

/** Each hunk says at which lines it begins. */
function numbered(patch: string[]): Line[] {
  let [before, after] = [0, 0];
  return patch.map((text) => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk) [before, after] = [Number(hunk[1]), Number(hunk[2])];
    // "\ No newline at end of file" is no line of either.
    if (hunk || text.startsWith('\\')) return { text, before: '', after: '' };
    if (text.startsWith('+')) return { text, before: '', after: after++ };
    return { text, before: before++, after: text.startsWith('-') ? '' : after++ };
  });
}

/** The numbers are drawn by the style, so that copied code is code. */
function lineView({ text, before, after }: Line): Html {
  return html`<span class="line ${lineClass(text)}"><span class="n" data-before="${before}" data-after="${after}"></span>${text || ' '}</span>`;
}

function lineClass(line: string): string {
  if (line.startsWith('+')) return 'a';
  if (line.startsWith('-')) return 'd';
  return line.startsWith('@@') ? 'h' : '';
}
