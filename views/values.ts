import type { SubjectKind, Verb } from '../src/pipeline/types.ts';

/**
 * What a button or modal is about. It travels to Slack and back, so that a click says exactly what the person saw:
 * which visit, which revision or commit.
 */
export interface Target {
  item: string;
  visit: number;
  of?: SubjectKind;
  /** Hash or SHA that was on the screen. */
  subject?: string;
  verb?: Verb;
  document?: DocumentName;
  /** For the menu: which entry. */
  entry?: string;
  /** For search, boards and the like: a word. */
  word?: string;
}
export type DocumentName = 'prd' | 'spec' | 'release_notes';

const KEYS = { item: 'i', visit: 'v', of: 'o', subject: 's', verb: 'b', document: 'd', entry: 'e', word: 'w' } as const;

export function pack(target: Target): string {
  const short: Record<string, unknown> = {};
  for (const [key, letter] of Object.entries(KEYS)) {
    const value = target[key as keyof Target];
    if (value !== undefined) short[letter] = value;
  }
  return JSON.stringify(short);
}

/** null for anything that Lockstep did not write. */
export function unpack(text: string | undefined): Target | null {
  let short: Record<string, unknown>;
  try {
    short = JSON.parse(text ?? '') as Record<string, unknown>;
  } catch {
    return null;
  }
  if (typeof short !== 'object' || short === null) return null;
  if (typeof short.i !== 'string' || !/^\d+$/.test(short.i) || typeof short.v !== 'number') return null;
  const target: Record<string, unknown> = {};
  for (const [key, letter] of Object.entries(KEYS)) if (short[letter] !== undefined) target[key] = short[letter];
  return target as unknown as Target;
}
