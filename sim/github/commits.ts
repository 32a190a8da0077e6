import type { Git } from './git.ts';

export interface CommitData {
  sha: string;
  tree: string;
  parents: string[];
  author: { name: string; email: string; date: string };
  committer: { name: string; email: string; date: string };
  message: string;
}

const shaPattern = /^[0-9a-f]{40}$/;
const safeRef = /^[\w][\w./@+#-]*$/;

/** The commit that a branch, tag, SHA or short SHA names, or null. Nothing that git could read as an expression. */
export async function resolveCommit(git: Git, dir: string, ref: string): Promise<string | null> {
  if (!safeRef.test(ref) || ref.includes('..') || ref.includes('@{')) return null;
  const bare = ref.replace(/^refs\//, '');
  const names = [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${bare}`];
  if (/^[0-9a-f]{7,40}$/.test(ref)) names.unshift(ref);
  if (ref === 'HEAD') names.unshift('HEAD');
  for (const name of names) {
    const result = await git.run(dir, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    const sha = result.out.toString().trim();
    if (result.code === 0 && shaPattern.test(sha)) return sha;
  }
  return null;
}

export async function branchTip(git: Git, dir: string, branch: string): Promise<string | null> {
  const result = await git.run(dir, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`]);
  return result.code === 0 ? result.out.toString().trim() : null;
}

/** All refs under a prefix with what they point at. */
export async function listRefs(git: Git, dir: string, prefix = 'refs/heads'): Promise<Map<string, string>> {
  const out = await git.text(dir, ['for-each-ref', '--format=%(objectname) %(refname)', prefix]);
  const pairs = out
    .split('\n')
    .filter(Boolean)
    .map((line): [string, string] => [line.slice(41), line.slice(0, 40)]);
  return new Map(pairs);
}

const format = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x1f');

/** Commits as `git log` walks them, newest first. `args` are git's own, already checked by the caller. */
export async function logCommits(git: Git, dir: string, args: string[]): Promise<CommitData[]> {
  const out = await git.text(dir, ['log', `--format=${format}%x1e`, ...args]);
  return out
    .split('\x1e')
    .map((part) => part.replace(/^\n/, ''))
    .filter((part) => part.trim() !== '')
    .map(parseCommit);
}

function parseCommit(part: string): CommitData {
  const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', body = ''] =
    part.split('\x1f');
  return {
    sha,
    tree,
    parents: parents.split(' ').filter(Boolean),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: body.trimEnd(),
  };
}

function utc(date: string): string {
  return new Date(date).toISOString().replace('.000Z', 'Z');
}

export async function readCommit(git: Git, dir: string, sha: string): Promise<CommitData> {
  const [commit] = await logCommits(git, dir, ['-1', sha]);
  if (!commit) throw new Error(`No commit ${sha}`);
  return commit;
}

export async function mergeBase(git: Git, dir: string, a: string, b: string): Promise<string | null> {
  const result = await git.run(dir, ['merge-base', a, b]);
  return result.code === 0 ? result.out.toString().trim() : null;
}

export async function isAncestor(git: Git, dir: string, older: string, newer: string): Promise<boolean> {
  return (await git.run(dir, ['merge-base', '--is-ancestor', older, newer])).code === 0;
}

export async function countCommits(git: Git, dir: string, range: string): Promise<number> {
  return Number((await git.text(dir, ['rev-list', '--count', range])).trim());
}
