import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorEnv, type Git } from './git.ts';
import type { PullIssue, Repo } from './model.ts';
import { bareDir, type World } from './world.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface MergePlan {
  base: string;
  head: string;
  method: MergeMethod;
  message: string;
  author: { name: string; email: string };
}

/** A clone that shares the repository's objects and is gone afterwards, with `sha` checked out. */
export async function withCheckout<T>(
  world: Pick<World, 'dataDir' | 'git'>,
  repo: Repo,
  sha: string,
  work: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'lockstep-merge-'));
  try {
    await checkOut(world, repo, sha, dir);
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Fills an empty folder with one commit. It has no remote: what runs in there does not learn where it came from. */
export async function checkOut(world: Pick<World, 'dataDir' | 'git'>, repo: Repo, sha: string, dir: string) {
  await world.git.text(dir, ['clone', '--quiet', '--shared', '--no-checkout', bareDir(world, repo), '.']);
  await world.git.text(dir, ['checkout', '--quiet', '--detach', sha]);
  await world.git.text(dir, ['remote', 'remove', 'origin']);
}

/** Makes the commit that the merge button would make and brings it into the repository; null when it conflicts. */
export function mergeCommits(world: World, repo: Repo, plan: MergePlan): Promise<string | null> {
  return withCheckout(world, repo, plan.method === 'rebase' ? plan.head : plan.base, async (dir) => {
    if (!(await applyMerge(world.git, dir, plan))) return null;
    const sha = (await world.git.text(dir, ['rev-parse', 'HEAD'])).trim();
    await world.git.text(bareDir(world, repo), ['fetch', '--quiet', '--no-tags', dir, 'HEAD']);
    return sha;
  });
}

async function applyMerge(git: Git, dir: string, plan: MergePlan): Promise<boolean> {
  const env = authorEnv(plan.author);
  if (plan.method === 'rebase') return (await git.run(dir, ['rebase', '--quiet', plan.base])).code === 0;
  if (plan.method === 'merge') {
    return (await git.run(dir, ['merge', '--quiet', '--no-ff', '-m', plan.message, plan.head], { env })).code === 0;
  }
  if ((await git.run(dir, ['merge', '--quiet', '--squash', plan.head])).code !== 0) return false;
  await git.text(dir, ['commit', '--quiet', '--allow-empty', '--no-verify', '-F', '-'], { env, input: plan.message });
  return true;
}

export interface Mergeability {
  /** What is known now: null while git is still at it, as on GitHub. Asking starts the work. */
  peek: (repo: Repo, issue: PullIssue, baseTip: string) => boolean | null;
  know: (repo: Repo, issue: PullIssue, baseTip: string) => Promise<boolean>;
}

/** Knows whether two commits merge without a conflict, and remembers it while the process lives. */
export function createMergeability(world: World): Mergeability {
  const known = new Map<string, boolean>();
  const running = new Map<string, Promise<boolean>>();
  const start = (repo: Repo, issue: PullIssue, baseTip: string) => {
    const key = `${repo.id} ${baseTip} ${issue.pull.head.sha}`;
    const found = running.get(key);
    if (found) return { key, work: found };
    const work = withCheckout(world, repo, baseTip, async (dir) => {
      const result = await world.git.run(dir, ['merge', '--quiet', '--no-commit', '--no-ff', issue.pull.head.sha]);
      return result.code === 0;
    });
    running.set(key, work);
    const remember = work.then(
      (value) => {
        known.set(key, value);
      },
      () => {
        running.delete(key);
      },
    );
    world.track('mergeability', remember);
    return { key, work };
  };
  return {
    peek: (repo, issue, baseTip) => known.get(start(repo, issue, baseTip).key) ?? null,
    know: (repo, issue, baseTip) => start(repo, issue, baseTip).work,
  };
}
