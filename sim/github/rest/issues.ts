import type { Comment, Issue } from '../model.ts';
import { addComment, changed, closePull, emitPull, newIssue, reopenPull } from '../pulls.ts';
import { stamp } from '../store.ts';
import { fullName, isPull } from '../world.ts';
import {
  type Call,
  invalid,
  notFound,
  ok,
  page,
  type Reply,
  type RepoCall,
  type Route,
  repoRoute,
  requireWrite,
  route,
  string,
} from './router.ts';
import { commentJson, issueJson, labelJson } from './shapes.ts';

export const issueRoutes: Route[] = [
  repoRoute('GET', '/issues', (call) => {
    const state = call.query.get('state') ?? 'open';
    const found = call.repo.issues.filter((issue) => state === 'all' || issue.state === state).reverse();
    return page(
      call,
      found.map((issue) => issueJson(call.world, call.repo, issue)),
    );
  }),
  repoRoute('POST', '/issues', createIssue),
  repoRoute('GET', '/issues/comments/:id', (call) => ok(commentJson(call.world, call.repo, theComment(call)))),
  repoRoute('PATCH', '/issues/comments/:id', updateComment),
  repoRoute('DELETE', '/issues/comments/:id', deleteComment),
  repoRoute('GET', '/issues/:number', (call) => ok(issueJson(call.world, call.repo, theIssue(call)))),
  repoRoute('PATCH', '/issues/:number', updateIssue),
  repoRoute('GET', '/issues/:number/comments', (call) => {
    const comments = call.repo.comments.filter((comment) => comment.number === theIssue(call).number);
    return page(
      call,
      comments.map((comment) => commentJson(call.world, call.repo, comment)),
    );
  }),
  repoRoute('POST', '/issues/:number/comments', (call) => {
    const text = string(call.body, 'body');
    if (!text?.trim()) throw invalid('IssueComment', 'body', 'missing_field', "body can't be blank");
    const comment = addComment(call.world, call.repo, theIssue(call), text, call.actor);
    return ok(commentJson(call.world, call.repo, comment), 201);
  }),
  repoRoute('GET', '/issues/:number/labels', (call) =>
    page(
      call,
      theIssue(call).labels.map((label) => labelJson(call.world, call.repo, label)),
    ),
  ),
  repoRoute('POST', '/issues/:number/labels', addLabels),
  repoRoute('DELETE', '/issues/:number/labels/:name', removeLabel),
  route('GET', '/search/issues', search),
];

function theIssue({ repo, params }: RepoCall): Issue {
  const issue = repo.issues.find((one) => one.number === Number(params.number));
  if (!issue) throw notFound();
  return issue;
}

function theComment({ repo, params }: RepoCall): Comment {
  const comment = repo.comments.find((one) => one.id === Number(params.id));
  if (!comment) throw notFound();
  return comment;
}

function createIssue(call: RepoCall): Reply {
  const { world, repo, body, actor } = call;
  const title = string(body, 'title');
  if (!title?.trim()) throw invalid('Issue', 'title', 'missing_field');
  const issue = newIssue(world, repo, { title, body: string(body, 'body') ?? null, user: actor.login });
  repo.issues.push(issue);
  setLabels(call, issue, body.labels);
  emitIssue(call, issue, 'opened');
  return ok(issueJson(world, repo, issue), 201);
}

function emitIssue({ world, repo, actor }: RepoCall, issue: Issue, action: string): void {
  world.emit({ name: 'issues', action, repo, sender: actor, fields: { issue: issueJson(world, repo, issue) } });
}

async function updateIssue(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  const issue = theIssue(call);
  if (actor.login !== issue.user) requireWrite(actor);
  issue.title = string(body, 'title') ?? issue.title;
  issue.body = string(body, 'body') ?? issue.body;
  if (body.labels !== undefined) {
    issue.labels = [];
    setLabels(call, issue, body.labels);
  }
  const state = string(body, 'state');
  if (state !== undefined && state !== 'open' && state !== 'closed') throw invalid('Issue', 'state');
  if (state !== undefined && state !== issue.state) await changeState(call, issue, state);
  changed(world, issue);
  return ok(issueJson(world, repo, issue));
}

async function changeState(call: RepoCall, issue: Issue, state: 'open' | 'closed'): Promise<void> {
  const { world, repo, actor } = call;
  if (isPull(issue)) return (state === 'closed' ? closePull : reopenPull)(world, repo, issue, actor);
  const closed = state === 'closed';
  Object.assign(issue, { state, closedAt: closed ? stamp() : null, closedBy: closed ? actor.login : null });
  emitIssue(call, issue, closed ? 'closed' : 'reopened');
}

function updateComment(call: RepoCall): Reply {
  const { world, repo, body, actor } = call;
  const comment = theComment(call);
  if (actor.login !== comment.user) requireWrite(actor);
  const text = string(body, 'body');
  if (!text?.trim()) throw invalid('IssueComment', 'body', 'missing_field', "body can't be blank");
  const changes = { body: { from: comment.body } };
  Object.assign(comment, { body: text, updatedAt: stamp() });
  world.store.touch();
  const issue = repo.issues.find((one) => one.number === comment.number);
  const fields = {
    changes,
    issue: issue ? issueJson(world, repo, issue) : null,
    comment: commentJson(world, repo, comment),
  };
  world.emit({ name: 'issue_comment', action: 'edited', repo, sender: actor, fields });
  return ok(commentJson(world, repo, comment));
}

function deleteComment(call: RepoCall): Reply {
  const comment = theComment(call);
  if (call.actor.login !== comment.user) requireWrite(call.actor);
  call.repo.comments.splice(call.repo.comments.indexOf(comment), 1);
  call.world.store.touch();
  return { status: 204 };
}

function setLabels({ world }: RepoCall, issue: Issue, labels: unknown): void {
  const names = Array.isArray(labels) ? labels : [];
  for (const given of names) {
    const name = typeof given === 'string' ? given : String((given as { name?: unknown }).name ?? '');
    if (!name || issue.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) continue;
    issue.labels.push({ id: world.store.id(), name, color: 'ededed' });
  }
}

async function addLabels(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const issue = theIssue(call);
  const before = issue.labels.length;
  setLabels(call, issue, Array.isArray(body) ? body : body.labels);
  changed(world, issue);
  for (const label of issue.labels.slice(before)) {
    const extra = { label: labelJson(world, repo, label) };
    if (isPull(issue)) await emitPull(world, repo, issue, 'labeled', actor, extra);
  }
  return ok(issue.labels.map((label) => labelJson(world, repo, label)));
}

function removeLabel(call: RepoCall): Reply {
  requireWrite(call.actor);
  const issue = theIssue(call);
  const at = issue.labels.findIndex((label) => label.name === call.params.name);
  if (at < 0) throw notFound();
  issue.labels.splice(at, 1);
  changed(call.world, issue);
  return ok(issue.labels.map((label) => labelJson(call.world, call.repo, label)));
}

/** Understands repo:, is:, author:, head:, base: and review-requested:, and words of title or body. */
function search(call: Call): Reply {
  const terms = (call.query.get('q') ?? '').match(/[\w-]+:"[^"]*"|"[^"]*"|\S+/g) ?? [];
  if (terms.length === 0) throw invalid('Search', 'q', 'missing');
  const found = call.world.store.state.repos.flatMap((repo) =>
    repo.issues
      .filter((issue) => terms.every((term) => matches(fullName(repo), issue, term)))
      .map((issue) => ({ ...issueJson(call.world, repo, issue), score: 1 })),
  );
  return page(call, found.reverse(), (items) => ({ incomplete_results: false, items }));
}

function matches(repo: string, issue: Issue, term: string): boolean {
  const [, key = '', quoted = ''] = /^([\w-]+):(.+)$/.exec(term) ?? [];
  const value = quoted.replaceAll('"', '').toLowerCase();
  const tests: Record<string, () => boolean> = {
    repo: () => repo.toLowerCase() === value,
    org: () => repo.toLowerCase().startsWith(`${value}/`),
    author: () => issue.user.toLowerCase() === value,
    label: () => issue.labels.some((label) => label.name.toLowerCase() === value),
    head: () => issue.pull?.head.ref.toLowerCase() === value,
    base: () => issue.pull?.base.ref.toLowerCase() === value,
    'review-requested': () => issue.pull?.requestedReviewers.includes(value) ?? false,
    is: () => isA(issue, value),
    type: () => isA(issue, value),
    state: () => issue.state === value,
  };
  const test = tests[key];
  if (test) return test();
  const word = term.replaceAll('"', '').toLowerCase();
  return `${issue.title}\n${issue.body ?? ''}`.toLowerCase().includes(word);
}

function isA(issue: Issue, value: string): boolean {
  const tests: Record<string, boolean> = {
    pr: issue.pull !== null,
    issue: issue.pull === null,
    open: issue.state === 'open',
    closed: issue.state === 'closed',
    merged: issue.pull?.mergedAt != null,
    unmerged: issue.pull !== null && issue.pull.mergedAt === null,
    draft: issue.pull?.draft === true,
  };
  return tests[value] ?? false;
}
