import type { DocumentKind } from './fields.ts';
import { sectionsOf } from './sections.ts';

export interface SectionDiff {
  id: string;
  label: string;
  /** Lines in reading order; unchanged ones are left out of sections that did not change at all. */
  lines: { kind: 'same' | 'added' | 'removed'; text: string }[];
}

/** What changed between two revisions, section by section; sections that are equal are left out. */
export function diffSections(document: DocumentKind, before: unknown, after: unknown): SectionDiff[] {
  const old = sectionsOf(document, before);
  return sectionsOf(document, after).flatMap(({ id, label, text }, index) => {
    const was = old[index]?.text ?? '';
    return was === text ? [] : [{ id, label, lines: diffLines(split(was), split(text)) }];
  });
}

function split(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** Longest common subsequence by table: documents are a few hundred lines at most. */
function diffLines(before: string[], after: string[]): SectionDiff['lines'] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i]![j] =
        before[i] === after[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  const lines: SectionDiff['lines'] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: 'same', text: before[i]! });
      [i, j] = [i + 1, j + 1];
    } else if (i < before.length && (j >= after.length || table[i + 1]![j]! >= table[i]![j + 1]!)) {
      lines.push({ kind: 'removed', text: before[i++]! });
    } else {
      lines.push({ kind: 'added', text: after[j++]! });
    }
  }
  return lines;
}
