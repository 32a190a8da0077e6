import { existsSync, mkdirSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GitError, git, tryGit } from './git.ts';
import { checkBranch, checkCloneUrl, checkKey, checkRepo, checkSha } from './names.ts';
import { withLock } from './repo-lock.ts';
import { type Change, changesOf } from './workspace-changes.ts';
import {
  inMirror,
  inWorktree,
  type Place,
  rememberPublished,
  resolve,
  type WorkspaceOptions,
  withAuth,
} from './workspace-place.ts';
import { pushBranch } from './workspace-push.ts';

export interface Workspace {
  /** Absolute path of the checkout */
  readonly dir: string;
  readonly branch: string;
  readonly baseSha: string;
  headSha(): Promise<string>;
  /** Everything that differs from `baseSha`, committed or not, new files included. */
  changes(): Promise<{ files: Change[]; diff: string; truncated: boolean }>;
  /** Commits everything. With nothing to commit, `committed` is false and `sha` is the present head. */
  commit(options: CommitOptions): Promise<{ sha: string; committed: boolean }>;
  /** Pushes the branch. Throws PushRefused with the reason. */
  push(): Promise<{ sha: string }>;
  /** Drops the worktree and the local branch; the cached clone stays. */
  remove(): Promise<void>;
}

export interface CommitOptions {
  message: string;
  author: { name: string; email: string };
}

/** A lock file of git that nobody has written to for this long was left by a killed process. */
const staleGitLockMs = 10_000;

/**
 * One clone per repository (bare, fetched on every call) and one worktree per item, kept across retries. Safe to call
 * from several processes at once, and after one was killed in the middle.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const place = locate(options);
  mkdirSync(path.dirname(place.dir), { recursive: true });
  await locked(place, async () => {
    await fetchMirror(place);
    await ensureWorktree(place);
  });
  return {
    dir: place.dir,
    branch: place.branch,
    baseSha: place.baseSha,
    headSha: () => headSha(place),
    changes: () => changesOf(place),
    commit: (commit) => locked(place, () => commitAll(place, commit)),
    push: () => pushBranch(place),
    remove: () => locked(place, () => removeWorktree(place)),
  };
}

function locate(options: WorkspaceOptions): Place {
  const repo = checkRepo(options.repo);
  checkBranch(options.branch, options.branchPrefix ?? 'lockstep/');
  checkSha(options.baseSha);
  checkCloneUrl(options.cloneUrl);
  const key = checkKey(options.key);
  if (!path.isAbsolute(options.root)) throw new Error('the folder for workspaces must be an absolute path');
  const folder = repo.toLowerCase().replace('/', '__');
  const mirror = path.join(options.root, 'clones', `${folder}.git`);
  return {
    ...options,
    context: { path: options.path, home: options.root, timeoutMs: options.timeoutMs ?? 120_000 },
    mirror,
    dir: path.join(options.root, 'worktrees', folder, key),
    gitDir: path.join(mirror, 'worktrees', key),
  };
}

function locked<T>(place: Place, work: () => Promise<T>): Promise<T> {
  mkdirSync(place.mirror, { recursive: true });
  return withLock(`${place.mirror}.lock`, { waitMs: 180_000, staleMs: 900_000 }, async () => {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof GitError) || !/File exists|unable to lock/i.test(error.stderr) || tries >= 60)
          throw error;
        removeStaleGitLocks(place);
        await sleep(250);
      }
    }
  });
}

/** Only while holding our lock: then no git of ours is at work, and what is old belongs to nobody. */
function removeStaleGitLocks(place: Place): void {
  const deep = [place.gitDir, path.join(place.mirror, 'refs')].filter((folder) => existsSync(folder));
  const files = [
    ...readdirSync(place.mirror).map((name) => path.join(place.mirror, name)),
    ...deep.flatMap((folder) =>
      readdirSync(folder, { recursive: true }).map((name) => path.join(folder, String(name))),
    ),
  ];
  for (const file of files.filter((one) => one.endsWith('.lock') && existsSync(one))) {
    if (Date.now() - statSync(file).mtimeMs > staleGitLockMs) unlinkSync(file);
  }
}

/** The URL is passed on every call instead of being stored: it may change, and the clone then still serves. */
async function fetchMirror(place: Place): Promise<void> {
  if (!existsSync(path.join(place.mirror, 'HEAD'))) {
    await git(place.context, { cwd: place.mirror }, ['init', '-q', '--bare', place.mirror]);
  }
  const refspec = '+refs/heads/*:refs/remotes/origin/*';
  const args = ['fetch', '-q', '--no-tags', '--prune', place.cloneUrl, refspec];
  await git(place.context, withAuth(place, inMirror(place)), args);
}

async function headSha(place: Place): Promise<string> {
  return (await git(place.context, inWorktree(place), ['rev-parse', 'HEAD'])).trim();
}

const readyMark = 'lockstep-ready';

async function ensureWorktree(place: Place): Promise<void> {
  if (await isUsable(place)) return catchUp(place);
  await removeWorktree(place);
  const published = await resolve(place, inMirror(place), `refs/remotes/origin/${place.branch}`);
  const from = published ?? (await resolve(place, inMirror(place), place.baseSha));
  if (!from) throw new Error(`the commit ${place.baseSha.slice(0, 12)} is not in ${place.repo}`);
  await git(place.context, inMirror(place), ['worktree', 'add', '-q', '-B', place.branch, place.dir, from]);
  await rememberPublished(place, published);
  writeFileSync(path.join(place.gitDir, readyMark), '');
}

/** False for a worktree that is missing, half made (a process was killed), or on another branch. */
async function isUsable(place: Place): Promise<boolean> {
  if (!existsSync(place.dir) || !existsSync(path.join(place.gitDir, readyMark))) return false;
  const head = await tryGit(place.context, inWorktree(place), ['symbolic-ref', '-q', 'HEAD']);
  if (head.stdout.trim() !== `refs/heads/${place.branch}`) return false;
  return (await resolve(place, inWorktree(place), 'HEAD')) !== null;
}

/** Takes over what somebody else pushed to the branch, when nothing of ours is in the way. */
async function catchUp(place: Place): Promise<void> {
  const published = await resolve(place, inMirror(place), `refs/remotes/origin/${place.branch}`);
  // Also after a push whose end we did not live to see.
  if (!published || published === (await headSha(place))) return rememberPublished(place, published);
  const status = await git(place.context, inWorktree(place), ['status', '--porcelain']);
  if (status.trim() !== '') return;
  const merged = await tryGit(place.context, inWorktree(place), ['merge', '-q', '--ff-only', published]);
  if (merged.exitCode === 0) await rememberPublished(place, published);
}

async function commitAll(place: Place, commit: CommitOptions): Promise<{ sha: string; committed: boolean }> {
  const call = { ...inWorktree(place), identity: commit.author };
  const branch = (await tryGit(place.context, call, ['symbolic-ref', '-q', 'HEAD'])).stdout.trim();
  if (branch !== `refs/heads/${place.branch}`) throw new Error(`the checkout has left the branch ${place.branch}`);
  await git(place.context, call, ['add', '-A']);
  const staged = await tryGit(place.context, call, ['diff', '--cached', '--quiet', '--no-ext-diff']);
  if (staged.exitCode === 0) return { sha: await headSha(place), committed: false };
  await git(place.context, call, ['commit', '-q', '--no-verify', '--cleanup=whitespace', '-m', commit.message]);
  return { sha: await headSha(place), committed: true };
}

async function removeWorktree(place: Place): Promise<void> {
  rmSync(place.dir, { recursive: true, force: true });
  rmSync(place.gitDir, { recursive: true, force: true });
  await git(place.context, inMirror(place), ['worktree', 'prune']);
  await git(place.context, inMirror(place), ['update-ref', '-d', `refs/heads/${place.branch}`]);
  await rememberPublished(place, null);
}
