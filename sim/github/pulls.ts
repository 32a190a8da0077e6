/** What happens to pull requests: opened, pushed to, closed, reviewed. Used by REST, by pushes and by the pages. */
import { branchTip, countCommits, isAncestor, mergeBase } from './commits.ts';
import { diffFiles, type FileChange } from './diff.ts';
import type { Issue, PullIssue, Repo, Review, ReviewState } from './model.ts';
import type { Account } from './people.ts';
import { invalid, Refusal } from './rest/router.ts';
import { commentJson, issueJson, type PullNumbers, pullFullJson, reviewJson } from './rest/shapes.ts';
import { combinedState } from './status.ts';
import { stamp } from './store.ts';
import { bareDir, isPull, openPulls, type World } from './world.ts';

export interface NewPull {
  title: string;
  head: string;
  base: string;
  body: string | null;
  draft: boolean;
}

export function findPull(repo: Repo, number: number): PullIssue | null {
  return repo.issues.filter(isPull).find((issue) => issue.number === number) ?? null;
}

/** Between which commits a pull request's changes lie. A merged one keeps the base that it was merged into. */
export async function pullRange(world: World, repo: Repo, issue: PullIssue): Promise<{ from: string; to: string }> {
  const dir = bareDir(world, repo);
  const tip = issue.pull.mergedAt ? null : await branchTip(world.git, dir, issue.pull.base.ref);
  const base = tip ?? issue.pull.base.sha;
  const from = (await mergeBase(world.git, dir, base, issue.pull.head.sha)) ?? base;
  return { from, to: issue.pull.head.sha };
}

export async function pullFiles(world: World, repo: Repo, issue: PullIssue): Promise<FileChange[]> {
  const { from, to } = await pullRange(world, repo, issue);
  return diffFiles(world.git, bareDir(world, repo), from, to);
}

export async function pullNumbers(world: World, repo: Repo, issue: PullIssue): Promise<PullNumbers> {
  const dir = bareDir(world, repo);
  const { from, to } = await pullRange(world, repo, issue);
  const files = await diffFiles(world.git, dir, from, to);
  const sum = (key: 'additions' | 'deletions') => files.reduce((total, file) => total + file[key], 0);
  return {
    ...(await mergeState(world, repo, issue)),
    commits: await countCommits(world.git, dir, `${from}..${to}`),
    additions: sum('additions'),
    deletions: sum('deletions'),
    changedFiles: files.length,
  };
}

async function mergeState(world: World, repo: Repo, issue: PullIssue) {
  const unknown = { mergeable: null, mergeableState: 'unknown' };
  if (issue.state !== 'open') return unknown;
  const tip = await branchTip(world.git, bareDir(world, repo), issue.pull.base.ref);
  const mergeable = tip ? world.mergeability.peek(repo, issue, tip) : false;
  if (mergeable === null) return unknown;
  if (!mergeable) return { mergeable, mergeableState: 'dirty' };
  if (issue.pull.draft) return { mergeable, mergeableState: 'draft' };
  const state = combinedState(repo, issue.pull.head.sha);
  return { mergeable, mergeableState: state === 'success' || state === 'none' ? 'clean' : 'unstable' };
}

export async function emitPull(
  world: World,
  repo: Repo,
  issue: PullIssue,
  action: string,
  sender: Account,
  extra: Record<string, unknown> = {},
): Promise<void> {
  const numbers = await pullNumbers(world, repo, issue);
  const fields = { number: issue.number, pull_request: pullFullJson(world, repo, issue, numbers), ...extra };
  world.emit({ name: 'pull_request', action, repo, sender, fields });
}

export function newIssue(world: World, repo: Repo, given: { title: string; body: string | null; user: string }): Issue {
  const now = stamp();
  return {
    id: world.store.id(),
    number: repo.nextNumber++,
    title: given.title,
    body: given.body,
    state: 'open',
    user: given.user,
    labels: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    pull: null,
  };
}

export async function openPull(world: World, repo: Repo, given: NewPull, actor: Account): Promise<PullIssue> {
  const head = given.head.includes(':') ? given.head.slice(given.head.indexOf(':') + 1) : given.head;
  const dir = bareDir(world, repo);
  const headSha = await branchTip(world.git, dir, head);
  if (!headSha) throw invalid('PullRequest', 'head');
  const baseSha = await branchTip(world.git, dir, given.base);
  if (!baseSha) throw invalid('PullRequest', 'base');
  const custom = (message: string) =>
    new Refusal(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }]);
  const same = openPulls(repo).some(({ pull }) => pull.head.ref === head && pull.base.ref === given.base);
  if (same) throw custom(`A pull request already exists for ${repo.owner}:${head}.`);
  if (head === given.base || (await isAncestor(world.git, dir, headSha, baseSha))) {
    throw custom(`No commits between ${given.base} and ${head}`);
  }
  const issue: PullIssue = {
    ...newIssue(world, repo, { title: given.title, body: given.body, user: actor.login }),
    pull: {
      id: world.store.id(),
      head: { ref: head, sha: headSha },
      base: { ref: given.base, sha: baseSha },
      heads: [headSha],
      draft: given.draft,
      mergedAt: null,
      mergedBy: null,
      mergeSha: null,
      merging: null,
      requestedReviewers: [],
    },
  };
  repo.issues.push(issue);
  world.store.touch();
  await world.git.text(dir, ['update-ref', `refs/pull/${issue.number}/head`, headSha]);
  await emitPull(world, repo, issue, 'opened', actor);
  world.checks.start(repo, { sha: headSha, branch: head, pull: issue.number });
  return issue;
}

/** The head branch has a new tip: the pull request follows, and its checks run again. */
export async function synchronize(world: World, repo: Repo, issue: PullIssue, sha: string, actor: Account) {
  const before = issue.pull.head.sha;
  issue.pull.head.sha = sha;
  issue.pull.heads.push(sha);
  const tip = await branchTip(world.git, bareDir(world, repo), issue.pull.base.ref);
  if (tip) issue.pull.base.sha = tip;
  changed(world, issue);
  await world.git.text(bareDir(world, repo), ['update-ref', `refs/pull/${issue.number}/head`, sha]);
  await emitPull(world, repo, issue, 'synchronize', actor, { before, after: sha });
  world.checks.start(repo, { sha, branch: issue.pull.head.ref, pull: issue.number });
}

export async function closePull(world: World, repo: Repo, issue: PullIssue, actor: Account): Promise<void> {
  issue.state = 'closed';
  issue.closedAt = stamp();
  issue.closedBy = actor.login;
  changed(world, issue);
  await emitPull(world, repo, issue, 'closed', actor);
  world.deployer.stopPreviews(repo, issue, actor);
}

export async function reopenPull(world: World, repo: Repo, issue: PullIssue, actor: Account): Promise<void> {
  const tip = await branchTip(world.git, bareDir(world, repo), issue.pull.head.ref);
  if (!tip || issue.pull.mergedAt) {
    throw new Refusal(422, 'Validation Failed', [
      { resource: 'PullRequest', field: 'state', code: 'invalid', message: 'state cannot be changed.' },
    ]);
  }
  Object.assign(issue, { state: 'open', closedAt: null, closedBy: null });
  if (tip !== issue.pull.head.sha) {
    issue.pull.head.sha = tip;
    issue.pull.heads.push(tip);
  }
  changed(world, issue);
  await emitPull(world, repo, issue, 'reopened', actor);
  world.checks.start(repo, { sha: tip, branch: issue.pull.head.ref, pull: issue.number });
}

/** Written into the record and told to the world: this pull request's commits are now in its base. */
export async function markMerged(world: World, repo: Repo, issue: PullIssue, sha: string, by: Account) {
  const now = stamp();
  Object.assign(issue.pull, { mergedAt: now, mergedBy: by.login, mergeSha: sha, merging: null });
  Object.assign(issue, { state: 'closed', closedAt: now, closedBy: by.login });
  changed(world, issue);
  await emitPull(world, repo, issue, 'closed', by);
  world.deployer.stopPreviews(repo, issue, by);
}

export interface NewReview {
  event: string;
  body: string;
  commitId?: string;
}

const reviewStates: Record<string, ReviewState> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

export async function submitReview(world: World, repo: Repo, issue: PullIssue, given: NewReview, actor: Account) {
  const state = reviewStates[given.event];
  const refuse = (sentence: string) => new Refusal(422, 'Unprocessable Entity', [sentence]);
  if (!state) throw refuse('Variable $event of type PullRequestReviewEvent was provided invalid value');
  if (actor.login === issue.user && state === 'APPROVED') throw refuse('Can not approve your own pull request');
  if (actor.login === issue.user && state === 'CHANGES_REQUESTED') {
    throw refuse('Can not request changes on your own pull request');
  }
  if (state !== 'APPROVED' && given.body.trim() === '') throw refuse('Body cannot be blank');
  const review: Review = {
    id: world.store.id(),
    number: issue.number,
    user: actor.login,
    body: given.body,
    state,
    commitId: given.commitId ?? issue.pull.head.sha,
    submittedAt: stamp(),
  };
  repo.reviews.push(review);
  issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter((login) => login !== actor.login);
  changed(world, issue);
  const json = { ...reviewJson(world, repo, review), state: review.state.toLowerCase() };
  const numbers = await pullNumbers(world, repo, issue);
  const fields = { review: json, pull_request: pullFullJson(world, repo, issue, numbers) };
  world.emit({ name: 'pull_request_review', action: 'submitted', repo, sender: actor, fields });
  return review;
}

export function addComment(world: World, repo: Repo, issue: Issue, body: string, actor: Account) {
  const now = stamp();
  const comment = {
    id: world.store.id(),
    number: issue.number,
    user: actor.login,
    body,
    createdAt: now,
    updatedAt: now,
  };
  repo.comments.push(comment);
  changed(world, issue);
  const fields = { issue: issueJson(world, repo, issue), comment: commentJson(world, repo, comment) };
  world.emit({ name: 'issue_comment', action: 'created', repo, sender: actor, fields });
  return comment;
}

export function changed(world: World, issue: Issue): void {
  issue.updatedAt = stamp();
  world.store.touch();
}
