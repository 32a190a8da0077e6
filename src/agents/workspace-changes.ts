import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { git } from './git.ts';
import { inWorktree, type Place } from './workspace-place.ts';

export interface Change {
  path: string;
  status: 'added' | 'modified' | 'deleted';
  /** null for a binary file */
  additions: number | null;
  deletions: number | null;
}

/** A diff longer than this (characters) is cut, and says so. */
const maxDiff = 2_000_000;

/**
 * What differs from the base, new files included. Works on a copy of the index, so that looking never changes what is
 * staged and never waits for a lock.
 */
export async function changesOf(place: Place): Promise<{ files: Change[]; diff: string; truncated: boolean }> {
  const index = path.join(place.gitDir, 'index');
  const indexFile = path.join(place.gitDir, `index.look.${randomUUID()}`);
  if (existsSync(index)) copyFileSync(index, indexFile);
  try {
    const call = { ...inWorktree(place), indexFile };
    await git(place.context, call, ['add', '-A']);
    const diff = (extra: string[]) => {
      const safe = ['--cached', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color'];
      return git(place.context, call, ['diff', ...safe, ...extra, place.baseSha]);
    };
    const files = parseFiles(await diff(['--name-status', '-z']), await diff(['--numstat', '-z']));
    const text = await diff([]);
    return { files, diff: text.slice(0, maxDiff), truncated: text.length > maxDiff };
  } finally {
    rmSync(indexFile, { force: true });
    rmSync(`${indexFile}.lock`, { force: true });
  }
}

const statusWords: Record<string, Change['status']> = { A: 'added', D: 'deleted' };

function parseFiles(nameStatus: string, numstat: string): Change[] {
  const counts = new Map(
    numstat
      .split('\0')
      .filter(Boolean)
      .map((row) => {
        const [additions = '-', deletions = '-', ...name] = row.split('\t');
        return [name.join('\t'), { additions: toCount(additions), deletions: toCount(deletions) }];
      }),
  );
  const parts = nameStatus.split('\0').filter(Boolean);
  const files: Change[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const name = parts[at + 1]!;
    const count = counts.get(name) ?? { additions: null, deletions: null };
    files.push({ path: name, status: statusWords[parts[at]!] ?? 'modified', ...count });
  }
  return files;
}

function toCount(text: string): number | null {
  return text === '-' ? null : Number(text);
}
