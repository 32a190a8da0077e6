/** Records as GitHub's JSON: check runs, check suites, commit statuses, deployments. */
import type { AppSlug, CheckRun, CheckSuite, CommitStatus, Deployment, DeploymentStatus, Repo } from '../model.ts';
import { account } from '../people.ts';
import { isPull } from '../world.ts';
import { repoApi, repoHtml, repositoryJson, type Urls } from './shapes.ts';
import { accountJson, htmlUrl, nodeId } from './users.ts';

const apps: Record<AppSlug, { id: number; name: string }> = {
  'github-actions': { id: 15_368, name: 'GitHub Actions' },
  lockstep: { id: 900_001, name: 'Lockstep' },
};

function appJson(world: Urls, slug: AppSlug) {
  const { id, name } = apps[slug];
  return { id, slug, node_id: nodeId('A', id), name, html_url: `${htmlUrl(world)}/apps/${slug}`, events: [] };
}

/** Open pull requests with this head, in the short form of checks. Empty once they are closed, as on GitHub. */
function pullRefs(world: Urls, repo: Repo, sha: string) {
  const slim = { id: repo.id, url: repoApi(world, repo), name: repo.name };
  return repo.issues
    .filter(isPull)
    .filter((issue) => issue.state === 'open' && issue.pull.head.sha === sha)
    .map((issue) => ({
      id: issue.pull.id,
      number: issue.number,
      url: `${repoApi(world, repo)}/pulls/${issue.number}`,
      head: { ...issue.pull.head, repo: slim },
      base: { ...issue.pull.base, repo: slim },
    }));
}

export function checkRunJson(world: Urls, repo: Repo, run: CheckRun) {
  const url = `${repoApi(world, repo)}/check-runs/${run.id}`;
  const html = `${repoHtml(world, repo)}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CR', run.id),
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.output.title,
      summary: run.output.summary,
      text: run.output.text,
      annotations_count: run.output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appJson(world, run.app),
    pull_requests: pullRefs(world, repo, run.headSha),
  };
}

export function suiteRuns(repo: Repo, suite: CheckSuite): CheckRun[] {
  return repo.checkRuns.filter((run) => run.suiteId === suite.id);
}

const worstFirst = ['failure', 'timed_out', 'cancelled', 'action_required', 'stale', 'success', 'neutral', 'skipped'];

export function suiteState(repo: Repo, suite: CheckSuite): { status: string; conclusion: string | null } {
  const runs = suiteRuns(repo, suite);
  if (runs.length === 0) return { status: 'queued', conclusion: null };
  if (runs.some((run) => run.status !== 'completed')) return { status: 'in_progress', conclusion: null };
  const conclusion = worstFirst.find((word) => runs.some((run) => run.conclusion === word)) ?? 'neutral';
  return { status: 'completed', conclusion };
}

export function checkSuiteJson(world: Urls, repo: Repo, suite: CheckSuite) {
  const url = `${repoApi(world, repo)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId('CS', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(repo, suite),
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullRefs(world, repo, suite.headSha),
    app: appJson(world, suite.app),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    latest_check_runs_count: suiteRuns(repo, suite).length,
    check_runs_url: `${url}/check-runs`,
    repository: repositoryJson(world, repo),
  };
}

export function statusJson(world: Urls, repo: Repo, status: CommitStatus) {
  return {
    url: `${repoApi(world, repo)}/statuses/${status.sha}`,
    avatar_url: '',
    id: status.id,
    node_id: nodeId('SC', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: accountJson(world, account(status.creator)),
  };
}

export function deploymentJson(world: Urls, repo: Repo, deployment: Deployment) {
  const url = `${repoApi(world, repo)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('DE', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: accountJson(world, account(deployment.creator)),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: repoApi(world, repo),
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  };
}

export function deploymentStatusJson(world: Urls, repo: Repo, deployment: Deployment, status: DeploymentStatus) {
  const url = `${repoApi(world, repo)}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DES', status.id),
    state: status.state,
    creator: accountJson(world, account(status.creator)),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: repoApi(world, repo),
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
  };
}
