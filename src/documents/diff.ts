import { type DocumentKind, readFields } from './fields.ts';
import { sectionsOf } from './sections.ts';

export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
  /** The part that the line on the other side has otherwise: from, to. */
  marked?: [number, number];
}

export interface SectionDiff {
  id: string;
  label: string;
  /** Lines in reading order; empty ones are left out. */
  lines: DiffLine[];
}

/** What changed between two revisions, section by section; sections that are equal are left out. */
export function diffSections(document: DocumentKind, before: unknown, after: unknown): SectionDiff[] {
  const old = textsOf(document, before);
  return textsOf(document, after).flatMap(({ id, label, text }, index) => {
    const was = old[index]?.text ?? '';
    return was === text ? [] : [{ id, label, lines: diffLines(split(was), split(text)) }];
  });
}

/** The sections, and what stands in the document beside them. */
function textsOf(document: DocumentKind, fields: unknown): { id: string; label: string; text: string }[] {
  const { feedback_handled: handled = [], base_sha: base = '' } = readFields(document, fields) as {
    feedback_handled?: { point: string; handled: string }[];
    base_sha?: string;
  };
  const told = handled.map(({ point, handled: how }) => `- "${point}": ${how}`).join('\n');
  return [
    ...sectionsOf(document, fields),
    { id: 'feedback_handled', label: 'How the feedback was handled', text: told },
    { id: 'base_sha', label: 'Written against', text: base && `commit ${base}` },
  ];
}

const split = (text: string): string[] => text.split(/\r?\n/).filter((line) => line.trim() !== '');

/** Of a table with more cells than this (1,000 lines against as many) all lines count as changed. */
const MOST_CELLS = 1_000_000;

function diffLines(before: string[], after: string[]): DiffLine[] {
  const start = common(before, after, 0);
  const end = common(before.toReversed(), after.toReversed(), start);
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ kind: 'same', text }));
  const changed = diffTable(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...same(after.slice(0, start)), ...markPairs(changed), ...same(after.slice(after.length - end))];
}

/** How many entries two lists begin with alike, when the last `taken` of the shorter one count elsewhere. */
function common(one: readonly string[], other: readonly string[], taken: number): number {
  const most = Math.min(one.length, other.length) - taken;
  let count = 0;
  while (count < most && one[count] === other[count]) count += 1;
  return count;
}

/** Longest common subsequence by table. */
function diffTable(before: string[], after: string[]): DiffLine[] {
  const width = after.length + 1;
  const large = before.length * after.length > MOST_CELLS;
  const table = new Uint16Array(large ? 0 : (before.length + 1) * width);
  const at = (i: number, j: number) => (large ? 0 : table[i * width + j]!);
  for (let i = large ? -1 : before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (!large && i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: 'same', text: before[i]! });
      [i, j] = [i + 1, j + 1];
    } else if (i < before.length && (j >= after.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'removed', text: before[i++]! });
    } else {
      lines.push({ kind: 'added', text: after[j++]! });
    }
  }
  return lines;
}

/** Lines that stand for each other, one removed and one added, are told by the words that differ. */
function markPairs(lines: DiffLine[]): DiffLine[] {
  const marked = [...lines];
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]?.kind !== 'removed' || lines[at - 1]?.kind === 'removed') continue;
    let [removed, added] = [0, 0];
    while (lines[at + removed]?.kind === 'removed') removed += 1;
    while (lines[at + removed + added]?.kind === 'added') added += 1;
    for (let pair = 0; pair < Math.min(removed, added); pair++) {
      const [one, other] = [at + pair, at + removed + pair];
      const parts = differing(lines[one]!.text, lines[other]!.text);
      if (parts) {
        marked[one] = { ...lines[one]!, marked: parts[0] };
        marked[other] = { ...lines[other]!, marked: parts[1] };
      }
    }
  }
  return marked;
}

/** Where two lines differ, by whole words; null when they have too little in common to be read as one changed line. */
function differing(one: string, other: string): [[number, number], [number, number]] | null {
  const [words, others] = [one.split(/(?<=\s)/), other.split(/(?<=\s)/)];
  const start = common(words, others, 0);
  const end = common(words.toReversed(), others.toReversed(), start);
  const before = words.slice(0, start).join('').length;
  const after = words.slice(words.length - end).join('').length;
  const shared = before - (one.startsWith('- ') && start > 0 ? '- '.length : 0) + after;
  if (shared * 3 < Math.max(one.length, other.length)) return null;
  return [
    [before, one.length - after],
    [before, other.length - after],
  ];
}
