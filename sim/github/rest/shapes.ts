/** Records as GitHub's JSON: repositories, issues, comments, reviews and pull requests. Used by REST and webhooks. */
import type { Comment, Issue, Label, PullIssue, Repo, Review } from '../model.ts';
import { account } from '../people.ts';
import { fullName, type World } from '../world.ts';
import { accountJson, apiUrl, association, htmlUrl, nodeId } from './users.ts';

export type Urls = Pick<World, 'baseUrl'>;

export function repoApi(world: Urls, repo: Repo): string {
  return `${apiUrl(world)}/repos/${fullName(repo)}`;
}

export function repoHtml(world: Urls, repo: Repo): string {
  return `${htmlUrl(world)}/${fullName(repo)}`;
}

function ownerJson(world: Urls, repo: Repo) {
  return {
    ...accountJson(world, { ...account(repo.owner), id: 4_000_001 }),
    html_url: htmlUrl(world),
    type: 'Organization',
  };
}

export function repositoryJson(world: Urls, repo: Repo) {
  const api = repoApi(world, repo);
  const html = repoHtml(world, repo);
  return {
    id: repo.id,
    node_id: nodeId('R', repo.id),
    name: repo.name,
    full_name: fullName(repo),
    private: true,
    owner: ownerJson(world, repo),
    html_url: html,
    description: repo.description,
    fork: false,
    url: api,
    branches_url: `${api}/branches{/branch}`,
    pulls_url: `${api}/pulls{/number}`,
    issues_url: `${api}/issues{/number}`,
    deployments_url: `${api}/deployments`,
    created_at: repo.createdAt,
    updated_at: repo.pushedAt,
    pushed_at: repo.pushedAt,
    git_url: `${html}.git`,
    clone_url: `${html}.git`,
    size: 0,
    language: null,
    has_issues: true,
    archived: false,
    disabled: false,
    open_issues_count: repo.issues.filter((issue) => issue.state === 'open').length,
    visibility: 'private',
    default_branch: repo.defaultBranch,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
  };
}

export function labelJson(world: Urls, repo: Repo, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${repoApi(world, repo)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: null,
  };
}

function issueBase(world: Urls, repo: Repo, issue: Issue) {
  const api = `${repoApi(world, repo)}/issues/${issue.number}`;
  const author = account(issue.user);
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    locked: false,
    user: accountJson(world, author),
    labels: issue.labels.map((label) => labelJson(world, repo, label)),
    assignee: null,
    assignees: [],
    milestone: null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: association(author),
    active_lock_reason: null,
    comments_url: `${api}/comments`,
    comments: repo.comments.filter((comment) => comment.number === issue.number).length,
  };
}

export function issueJson(world: Urls, repo: Repo, issue: Issue) {
  const html = `${repoHtml(world, repo)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
  const pull = `${repoApi(world, repo)}/pulls/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId('I', issue.id),
    url: `${repoApi(world, repo)}/issues/${issue.number}`,
    repository_url: repoApi(world, repo),
    html_url: html,
    ...issueBase(world, repo, issue),
    state_reason: null,
    ...(issue.pull
      ? {
          draft: issue.pull.draft,
          pull_request: {
            url: pull,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: issue.pull.mergedAt,
          },
        }
      : {}),
  };
}

export function commentJson(world: Urls, repo: Repo, comment: Comment) {
  const issue = repo.issues.find((one) => one.number === comment.number);
  const author = account(comment.user);
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    url: `${repoApi(world, repo)}/issues/comments/${comment.id}`,
    html_url: `${repoHtml(world, repo)}/${issue?.pull ? 'pull' : 'issues'}/${comment.number}#issuecomment-${comment.id}`,
    issue_url: `${repoApi(world, repo)}/issues/${comment.number}`,
    body: comment.body,
    user: accountJson(world, author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(author),
  };
}

/** REST writes the state in capitals; webhooks write it small. */
export function reviewJson(world: Urls, repo: Repo, review: Review) {
  const author = account(review.user);
  const html = `${repoHtml(world, repo)}/pull/${review.number}`;
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: accountJson(world, author),
    body: review.body,
    state: review.state as string,
    html_url: `${html}#pullrequestreview-${review.id}`,
    pull_request_url: `${repoApi(world, repo)}/pulls/${review.number}`,
    author_association: association(author),
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
  };
}

function sideJson(world: Urls, repo: Repo, side: { ref: string; sha: string }) {
  return {
    label: `${repo.owner}:${side.ref}`,
    ref: side.ref,
    sha: side.sha,
    user: ownerJson(world, repo),
    repo: repositoryJson(world, repo),
  };
}

/** A pull request as lists and webhooks carry it. */
export function pullJson(world: Urls, repo: Repo, issue: PullIssue) {
  const api = `${repoApi(world, repo)}/pulls/${issue.number}`;
  const html = `${repoHtml(world, repo)}/pull/${issue.number}`;
  const { pull } = issue;
  return {
    url: api,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${repoApi(world, repo)}/issues/${issue.number}`,
    ...issueBase(world, repo, issue),
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha,
    requested_reviewers: pull.requestedReviewers.map((login) => accountJson(world, account(login))),
    requested_teams: [],
    draft: pull.draft,
    commits_url: `${api}/commits`,
    review_comments_url: `${api}/comments`,
    statuses_url: `${repoApi(world, repo)}/statuses/${pull.head.sha}`,
    head: sideJson(world, repo, pull.head),
    base: sideJson(world, repo, pull.base),
    auto_merge: null,
  };
}

export interface PullNumbers {
  mergeable: boolean | null;
  mergeableState: string;
  commits: number;
  additions: number;
  deletions: number;
  changedFiles: number;
}

/** A pull request as `GET /pulls/{number}` and pull request webhooks carry it. */
export function pullFullJson(world: Urls, repo: Repo, issue: PullIssue, numbers: PullNumbers) {
  const { mergedBy, mergedAt } = issue.pull;
  return {
    ...pullJson(world, repo, issue),
    merged: mergedAt !== null,
    mergeable: numbers.mergeable,
    rebaseable: numbers.mergeable,
    mergeable_state: numbers.mergeableState,
    merged_by: mergedBy ? accountJson(world, account(mergedBy)) : null,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: numbers.commits,
    additions: numbers.additions,
    deletions: numbers.deletions,
    changed_files: numbers.changedFiles,
  };
}
