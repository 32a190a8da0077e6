import type { Git } from './git.ts';

export interface FileChange {
  sha: string | null;
  filename: string;
  previousFilename?: string;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  additions: number;
  deletions: number;
  /** Missing for binary and for very large files, as on GitHub. */
  patch?: string;
}

export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const largestPatch = 400_000;
const statusWords: Record<string, FileChange['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/** What changed between two commits (or trees), one entry a file, in git's order. */
export async function diffFiles(git: Git, dir: string, from: string, to: string): Promise<FileChange[]> {
  const raw = await git.text(dir, ['diff', '-M', '--raw', '--no-abbrev', '-z', from, to]);
  const counts = parseNumstat(await git.text(dir, ['diff', '-M', '--numstat', '-z', from, to]));
  const patches = splitPatches(await diffText(git, dir, from, to));
  const fields = raw.split('\0');
  const files: FileChange[] = [];
  let patchAt = 0;
  for (let at = 0; at + 1 < fields.length; ) {
    const [, , , newSha = '', word = 'M'] = fields[at++]!.slice(1).split(' ');
    const letter = word[0]!;
    const first = fields[at++]!;
    const moved = letter === 'R' || letter === 'C';
    const filename = moved ? fields[at++]! : first;
    const { additions, deletions } = counts.get(filename) ?? { additions: 0, deletions: 0 };
    // A change of type (file to symlink) is printed as a removal and an addition.
    const pieces = patches.slice(patchAt, patchAt + (letter === 'T' ? 2 : 1));
    patchAt += pieces.length;
    const patch = pieces.filter(Boolean).join('\n');
    files.push({
      sha: /^0+$/.test(newSha) ? null : newSha,
      filename,
      ...(moved ? { previousFilename: first } : {}),
      status: statusWords[letter] ?? 'changed',
      additions,
      deletions,
      ...(patch && patch.length <= largestPatch ? { patch } : {}),
    });
  }
  return files;
}

export function diffText(git: Git, dir: string, from: string, to: string): Promise<string> {
  return git.text(dir, ['diff', '-M', '--no-color', '--no-ext-diff', from, to]);
}

function parseNumstat(out: string): Map<string, { additions: number; deletions: number }> {
  const counts = new Map<string, { additions: number; deletions: number }>();
  const fields = out.split('\0');
  for (let at = 0; at + 1 < fields.length; ) {
    const [additions = '0', deletions = '0', name = ''] = fields[at++]!.split('\t');
    // A rename leaves the name empty and puts the old and the new one into the next two fields.
    const filename = name || fields[at + 1]!;
    if (!name) at += 2;
    counts.set(filename, { additions: Number(additions) || 0, deletions: Number(deletions) || 0 });
  }
  return counts;
}

/** One entry a `diff --git` section: its hunks, or an empty string when it has none. */
function splitPatches(text: string): string[] {
  // Lines of content begin with a space, +, -, @ or \, so only headers begin with these words.
  return text
    .split(/^(?=diff --git )/m)
    .filter(Boolean)
    .map((section) => {
      const at = section.search(/^@@/m);
      return at < 0 ? '' : section.slice(at).replace(/\n$/, '');
    });
}
