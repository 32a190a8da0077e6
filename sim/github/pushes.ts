/** What follows when a branch gets a new tip, whoever moved it. */
import { type CommitData, isAncestor, listRefs, logCommits } from './commits.ts';
import type { Repo } from './model.ts';
import { type Account, account, accountOfEmail } from './people.ts';
import { closePull, markMerged, synchronize } from './pulls.ts';
import { repoApi, repoHtml } from './rest/shapes.ts';
import { stamp } from './store.ts';
import { bareDir, isPull, openPulls, type World } from './world.ts';

export interface RefChange {
  ref: string;
  before: string;
  after: string;
}

export const zeroSha = '0'.repeat(40);
const mostCommits = 50;

export async function snapshotRefs(world: World, repo: Repo): Promise<Map<string, string>> {
  const dir = bareDir(world, repo);
  return new Map([...(await listRefs(world.git, dir, 'refs/heads')), ...(await listRefs(world.git, dir, 'refs/tags'))]);
}

export function compareRefs(before: Map<string, string>, after: Map<string, string>): RefChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((ref) => ({ ref, before: before.get(ref) ?? zeroSha, after: after.get(ref) ?? zeroSha }))
    .filter((change) => change.before !== change.after);
}

/** Sends the push event, then lets pull requests and checks follow. */
export async function refChanged(world: World, repo: Repo, change: RefChange, actor: Account): Promise<void> {
  repo.pushedAt = stamp();
  world.store.touch();
  await emitPush(world, repo, change, actor);
  if (!change.ref.startsWith('refs/heads/')) return;
  const branch = change.ref.slice('refs/heads/'.length);
  await followHead(world, repo, { branch, change, actor });
  if (change.after === zeroSha) return;
  await noticeMerged(world, repo, { branch, change, actor });
  if (branch === repo.defaultBranch) world.checks.start(repo, { sha: change.after, branch, pull: null });
}

interface BranchChange {
  branch: string;
  change: RefChange;
  actor: Account;
}

async function followHead(world: World, repo: Repo, { branch, change, actor }: BranchChange): Promise<void> {
  for (const issue of openPulls(repo).filter(({ pull }) => pull.head.ref === branch)) {
    if (change.after === zeroSha) await closePull(world, repo, issue, actor);
    else if (change.after !== issue.pull.head.sha) await synchronize(world, repo, issue, change.after, actor);
  }
}

/** Commits of a pull request that reach its base by a plain push merge it, as on GitHub. */
async function noticeMerged(world: World, repo: Repo, { branch, change, actor }: BranchChange): Promise<void> {
  for (const issue of openPulls(repo).filter(({ pull }) => pull.base.ref === branch)) {
    if (!(await isAncestor(world.git, bareDir(world, repo), issue.pull.head.sha, change.after))) continue;
    if (change.before !== zeroSha) issue.pull.base.sha = change.before;
    await markMerged(world, repo, issue, change.after, actor);
  }
}

/** After a start: repairs what a kill left between the repository and the state, as if it was pushed just now. */
export async function reconcile(world: World, repo: Repo): Promise<void> {
  const dir = bareDir(world, repo);
  const refs = await snapshotRefs(world, repo);
  for (const issue of repo.issues.filter(isPull).filter((one) => one.state === 'open')) {
    const { merging, base, head } = issue.pull;
    const tip = refs.get(`refs/heads/${base.ref}`);
    if (merging && tip && (await isAncestor(world.git, dir, merging.sha, tip))) {
      await markMerged(world, repo, issue, merging.sha, account(merging.by));
      world.checks.start(repo, { sha: merging.sha, branch: base.ref, pull: null });
      continue;
    }
    issue.pull.merging = null;
    const after = refs.get(`refs/heads/${head.ref}`) ?? zeroSha;
    if (after === head.sha) continue;
    const change = { ref: `refs/heads/${head.ref}`, before: head.sha, after };
    await refChanged(world, repo, change, account(issue.user));
  }
  startMissingChecks(world, repo, refs.get(`refs/heads/${repo.defaultBranch}`));
}

/** Starting is idempotent, so this only does what a kill prevented: heads of pull requests and the last merge. */
function startMissingChecks(world: World, repo: Repo, tip: string | undefined): void {
  for (const { number, pull } of openPulls(repo)) {
    world.checks.start(repo, { sha: pull.head.sha, branch: pull.head.ref, pull: number });
  }
  const merged = repo.issues.filter(isPull).some(({ pull }) => pull.mergeSha !== null && pull.mergeSha === tip);
  if (tip && merged) world.checks.start(repo, { sha: tip, branch: repo.defaultBranch, pull: null });
}

async function emitPush(world: World, repo: Repo, change: RefChange, actor: Account): Promise<void> {
  const created = change.before === zeroSha;
  const deleted = change.after === zeroSha;
  const commits = deleted ? [] : await pushedCommits(world, repo, change);
  const dir = bareDir(world, repo);
  const forced = !created && !deleted && !(await isAncestor(world.git, dir, change.before, change.after));
  const range = `${change.before.slice(0, 12)}...${change.after.slice(0, 12)}`;
  const fields = {
    ref: change.ref,
    before: change.before,
    after: change.after,
    created,
    deleted,
    forced,
    base_ref: null,
    compare: `${repoHtml(world, repo)}/compare/${range}`,
    commits,
    head_commit: commits.at(-1) ?? null,
    pusher: { name: actor.login, email: actor.email },
  };
  world.emit({ name: 'push', repo, sender: actor, fields });
}

async function pushedCommits(world: World, repo: Repo, change: RefChange) {
  const dir = bareDir(world, repo);
  const isDefault = change.ref === `refs/heads/${repo.defaultBranch}`;
  const hidden = isDefault ? [] : ['--not', `refs/heads/${repo.defaultBranch}`];
  const range = change.before === zeroSha ? [change.after, ...hidden] : [`${change.before}..${change.after}`];
  const commits = await logCommits(world.git, dir, [`-${mostCommits}`, ...range]);
  return Promise.all(commits.reverse().map((commit) => pushedCommit(world, repo, commit)));
}

async function pushedCommit(world: World, repo: Repo, commit: CommitData) {
  const list = ['diff-tree', '--root', '-r', '-z', '--no-commit-id', '--no-renames', '--name-status', commit.sha];
  const fields = (await world.git.text(bareDir(world, repo), list)).split('\0');
  const names = (letter: string) => fields.filter((_, at) => at % 2 === 1 && fields[at - 1] === letter);
  const who = (one: { name: string; email: string }) => ({
    name: one.name,
    email: one.email,
    username: accountOfEmail(one.email)?.login ?? null,
  });
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repoApi(world, repo)}/commits/${commit.sha}`,
    author: who(commit.author),
    committer: who(commit.committer),
    added: names('A'),
    removed: names('D'),
    modified: [...names('M'), ...names('T')],
  };
}
