import { stem } from './words.ts';

/** A path (file, folder with a slash at its end, or glob) and why it is in scope. */
export interface ScopeEntry {
  path: string;
  reason: string;
}

/** Files that hold no code of the product, or that a search should not read. */
const SKIPPED =
  /(^|\/)(node_modules|dist|build|coverage|vendor|\.git)\/|(^|\/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|LICENSE)$|\.(png|jpe?g|gif|ico|svg|webp|woff2?|ttf|pdf|zip|gz|lock|map|min\.js)$/i;
const PROSE = /\.(md|mdx|txt|adoc|ya?ml|toml)$|(^|\/)(CODEOWNERS|\.[^/]+)$/i;
const TESTS = /(^|\/)(tests?|__tests__|spec|e2e)\/|\.(test|spec)\.[a-z]+$/i;
const MAX_FOLDERS = 8;

/** Paths worth reading when the words of a ticket are looked for. */
export function worthReading(files: readonly { path: string; size: number }[], limit: number): string[] {
  const candidates = files.filter(({ path, size }) => !SKIPPED.test(path) && !PROSE.test(path) && size <= 100_000);
  return candidates.slice(0, limit).map(({ path }) => path);
}

/** Which of the words stand in which file, in its path or its text, with how often. */
export function findWords(
  files: readonly { path: string; text: string }[],
  words: readonly string[],
): { path: string; hits: { word: string; count: number }[] }[] {
  return files.flatMap(({ path, text }) => {
    const haystack = `${path}\n${text}`.toLowerCase();
    const hits = words
      .map((word) => ({ word, count: haystack.split(stem(word)).length - 1 }))
      .filter(({ count }) => count > 0);
    return hits.length > 0 ? [{ path, hits }] : [];
  });
}

/** The files where the words stand, best first, with the words as the reason; without any, every source file's folder. */
export function entriesFor(
  found: ReturnType<typeof findWords>,
  all: readonly string[],
): { entries: ScopeEntry[]; guessed: boolean } {
  const score = (hits: { count: number }[]) => hits.length * 100 + hits.reduce((sum, { count }) => sum + count, 0);
  const best = [...found].sort((a, b) => score(b.hits) - score(a.hits));
  const entries = best.map(({ path, hits }) => ({
    path,
    reason: `mentions ${hits.map(({ word, count }) => `"${word}" ${count} ${count === 1 ? 'time' : 'times'}`).join(', ')}`,
  }));
  if (entries.length > 0) return { entries, guessed: false };
  const source = all.filter((path) => !SKIPPED.test(path) && !PROSE.test(path));
  const reason = 'no word of the ticket stands in the code, so this part of it is listed whole';
  return { entries: source.map((path) => ({ path, reason })), guessed: true };
}

/**
 * Scope is named by folder: a change may need a new file beside the one that mentions the word. Files at the root of
 * the repository are named one by one. Tests are always in scope and are not listed for themselves.
 */
export function scopeOf(found: readonly ScopeEntry[]): ScopeEntry[] {
  const scope = new Map<string, string[]>();
  for (const { path, reason } of found.filter((one) => !TESTS.test(one.path))) {
    const folder = path.includes('/') ? path.slice(0, path.indexOf('/') + 1) : path;
    const reasons = scope.get(folder) ?? [];
    reasons.push(folder === path ? reason : `${path} ${reason}`);
    scope.set(folder, reasons);
  }
  return [...scope].slice(0, MAX_FOLDERS).map(([path, reasons]) => ({
    path,
    reason: reasons[0]! + (reasons.length > 1 ? `, and ${reasons.length - 1} more` : ''),
  }));
}

/** True for tests, wherever they are: a change without its test is what we do not want. */
export function isTest(path: string): boolean {
  return TESTS.test(path);
}
