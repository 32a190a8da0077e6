import { branchTip, logCommits } from '../commits.ts';
import { diffText } from '../diff.ts';
import type { MergeMethod } from '../merge.ts';
import { mergePull } from '../merging.ts';
import type { PullIssue } from '../model.ts';
import { account } from '../people.ts';
import {
  changed,
  closePull,
  emitPull,
  findPull,
  openPull,
  pullFiles,
  pullNumbers,
  pullRange,
  reopenPull,
  submitReview,
} from '../pulls.ts';
import { bareDir, isPull } from '../world.ts';
import { commitJson, fileJson } from './commit-shapes.ts';
import {
  invalid,
  notFound,
  ok,
  page,
  Refusal,
  type Reply,
  type RepoCall,
  type Route,
  repoRoute,
  requireWrite,
  string,
} from './router.ts';
import { pullFullJson, pullJson, reviewJson } from './shapes.ts';
import { accountJson, isCollaborator } from './users.ts';

export const pullRoutes: Route[] = [
  repoRoute('GET', '/pulls', listPulls),
  repoRoute('POST', '/pulls', createPull),
  repoRoute('GET', '/pulls/:number', getPull),
  repoRoute('PATCH', '/pulls/:number', updatePull),
  repoRoute('PUT', '/pulls/:number/merge', merge),
  repoRoute('GET', '/pulls/:number/merge', (call) => {
    if (!thePull(call).pull.mergedAt) throw notFound();
    return { status: 204 };
  }),
  repoRoute('GET', '/pulls/:number/files', async (call) => {
    const issue = thePull(call);
    const files = (await pullFiles(call.world, call.repo, issue)).slice(0, 3000);
    return page(
      call,
      files.map((file) => fileJson(call.world, call.repo, issue.pull.head.sha, file)),
    );
  }),
  repoRoute('GET', '/pulls/:number/commits', async (call) => {
    const { world, repo } = call;
    const { from, to } = await pullRange(world, repo, thePull(call));
    const commits = await logCommits(world.git, bareDir(world, repo), ['--reverse', '-250', `${from}..${to}`]);
    return page(
      call,
      commits.map((commit) => commitJson(world, repo, commit)),
    );
  }),
  repoRoute('GET', '/pulls/:number/reviews', (call) => {
    const reviews = call.repo.reviews.filter((review) => review.number === thePull(call).number);
    return page(
      call,
      reviews.map((review) => reviewJson(call.world, call.repo, review)),
    );
  }),
  repoRoute('POST', '/pulls/:number/reviews', createReview),
  repoRoute('GET', '/pulls/:number/requested_reviewers', (call) => {
    const users = thePull(call).pull.requestedReviewers.map((login) => accountJson(call.world, account(login)));
    return ok({ users, teams: [] });
  }),
  repoRoute('POST', '/pulls/:number/requested_reviewers', requestReviewers),
  repoRoute('DELETE', '/pulls/:number/requested_reviewers', removeReviewers),
];

export function thePull({ repo, params }: RepoCall): PullIssue {
  const issue = findPull(repo, Number(params.number));
  if (!issue) throw notFound();
  return issue;
}

function listPulls(call: RepoCall): Reply {
  const { world, repo, query } = call;
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const sort = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const ascending = query.get('direction') === 'asc';
  const found = repo.issues
    .filter(isPull)
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => !head || `${repo.owner}:${issue.pull.head.ref}` === head)
    .filter((issue) => !base || issue.pull.base.ref === base)
    .sort((a, b) => a[sort].localeCompare(b[sort]) || a.number - b.number);
  if (!ascending) found.reverse();
  return page(
    call,
    found.map((issue) => pullJson(world, repo, issue)),
  );
}

async function full({ world, repo }: RepoCall, issue: PullIssue) {
  return pullFullJson(world, repo, issue, await pullNumbers(world, repo, issue));
}

async function createPull(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const [title, head, base] = [string(body, 'title'), string(body, 'head'), string(body, 'base')];
  if (!title?.trim()) throw invalid('PullRequest', 'title', 'missing_field');
  if (!head) throw invalid('PullRequest', 'head', 'missing_field');
  if (!base) throw invalid('PullRequest', 'base', 'missing_field');
  const given = { title, head, base, body: string(body, 'body') ?? null, draft: body.draft === true };
  const issue = await world.lock(repo, () => openPull(world, repo, given, actor));
  return ok(await full(call, issue), 201);
}

const mostFiles = 300;
const mostLines = 20_000;

async function getPull(call: RepoCall): Promise<Reply> {
  const { world, repo, accept } = call;
  const issue = thePull(call);
  if (!/\bdiff\b/.test(accept)) return ok(await full(call, issue));
  const { from, to } = await pullRange(world, repo, issue);
  const numbers = await pullNumbers(world, repo, issue);
  const text = await diffText(world.git, bareDir(world, repo), from, to);
  const over = numbers.changedFiles > mostFiles ? 'files' : text.split('\n').length > mostLines ? 'lines' : null;
  if (over) {
    const most = over === 'files' ? mostFiles : mostLines;
    const hint = "Consider using 'List pull requests files' API or locally cloning the repository instead.";
    const errors = [{ resource: 'PullRequest', field: 'diff', code: 'too_large' }];
    throw new Refusal(406, `Sorry, the diff exceeded the maximum number of ${over} (${most}). ${hint}`, errors);
  }
  return { status: 200, text };
}

async function updatePull(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const issue = thePull(call);
  const title = string(body, 'title');
  const base = string(body, 'base');
  const state = string(body, 'state');
  if (title !== undefined && !title.trim()) throw invalid('PullRequest', 'title', 'missing_field');
  if (state !== undefined && state !== 'open' && state !== 'closed') throw invalid('PullRequest', 'state');
  const changes: Record<string, unknown> = {};
  if (title !== undefined && title !== issue.title) {
    changes.title = { from: issue.title };
    issue.title = title;
  }
  const text = string(body, 'body');
  if (text !== undefined && text !== issue.body) {
    changes.body = { from: issue.body };
    issue.body = text;
  }
  if (base !== undefined && base !== issue.pull.base.ref) {
    const sha = await branchTip(world.git, bareDir(world, repo), base);
    if (!sha) throw invalid('PullRequest', 'base');
    changes.base = { ref: { from: issue.pull.base.ref }, sha: { from: issue.pull.base.sha } };
    issue.pull.base = { ref: base, sha };
  }
  if (Object.keys(changes).length > 0) {
    changed(world, issue);
    await emitPull(world, repo, issue, 'edited', actor, { changes });
  }
  if (state === 'closed' && issue.state === 'open') await closePull(world, repo, issue, actor);
  if (state === 'open' && issue.state === 'closed') await reopenPull(world, repo, issue, actor);
  return ok(await full(call, issue));
}

const methods = ['merge', 'squash', 'rebase'];

async function merge(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const issue = thePull(call);
  const method = string(body, 'merge_method') ?? 'merge';
  if (!methods.includes(method)) throw invalid('PullRequest', 'merge_method');
  const request = {
    method: method as MergeMethod,
    sha: string(body, 'sha'),
    title: string(body, 'commit_title'),
    message: string(body, 'commit_message'),
  };
  const sha = await mergePull(world, repo, issue, request, actor);
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

async function createReview(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  const issue = thePull(call);
  const given = {
    event: string(body, 'event') ?? 'COMMENT',
    body: string(body, 'body') ?? '',
    commitId: string(body, 'commit_id'),
  };
  const review = await submitReview(world, repo, issue, given, actor);
  return ok(reviewJson(world, repo, review));
}

async function requestReviewers(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const issue = thePull(call);
  const logins = Array.isArray(body.reviewers) ? body.reviewers.map(String) : [];
  if (Array.isArray(body.team_reviewers) && body.team_reviewers.length > 0) {
    throw new Refusal(422, 'Could not resolve to a node with the global id of the team.');
  }
  // One unknown login and GitHub asks nobody.
  if (logins.includes(issue.user)) throw new Refusal(422, 'Review cannot be requested from pull request author.');
  if (!logins.every(isCollaborator)) {
    const hint = `One or more of the users or teams you specified is not a collaborator of the ${repo.owner}/${repo.name} repository.`;
    throw new Refusal(422, `Reviews may only be requested from collaborators. ${hint}`);
  }
  for (const login of logins.map((one) => account(one).login)) {
    if (issue.pull.requestedReviewers.includes(login)) continue;
    issue.pull.requestedReviewers.push(login);
    changed(world, issue);
    const extra = { requested_reviewer: accountJson(world, account(login)) };
    await emitPull(world, repo, issue, 'review_requested', actor, extra);
  }
  return ok(pullJson(world, repo, issue), 201);
}

function removeReviewers(call: RepoCall): Reply {
  const issue = thePull(call);
  requireWrite(call.actor);
  const gone = Array.isArray(call.body.reviewers) ? call.body.reviewers.map(String) : [];
  issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter((login) => !gone.includes(login));
  changed(call.world, issue);
  return ok(pullJson(call.world, call.repo, issue));
}
