import { readFile } from 'node:fs/promises';
import { newRun, updateRun } from '../check-runs.ts';
import { resolveCommit } from '../commits.ts';
import type { CheckOutput, CheckRun, CommitStatus } from '../model.ts';
import { latestRuns, latestStatuses } from '../status.ts';
import { stamp } from '../store.ts';
import { bareDir, logFile } from '../world.ts';
import { checkRunJson, checkSuiteJson, statusJson, suiteRuns } from './check-shapes.ts';
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
import { repoApi, repoHtml, repositoryJson } from './shapes.ts';

export const checkRoutes: Route[] = [
  repoRoute('POST', '/check-runs', createRun),
  repoRoute('GET', '/check-runs/:id', (call) => ok(checkRunJson(call.world, call.repo, theRun(call)))),
  repoRoute('PATCH', '/check-runs/:id', changeRun),
  repoRoute('GET', '/check-runs/:id/annotations', (call) => page(call, theRun(call).output.annotations)),
  repoRoute('GET', '/check-suites/:id/check-runs', (call) => {
    const suite = call.repo.checkSuites.find((one) => one.id === Number(call.params.id));
    if (!suite) throw notFound();
    return runsPage(call, suiteRuns(call.repo, suite));
  }),
  repoRoute('GET', '/commits/*ref/check-runs', async (call) => {
    const sha = await theCommit(call);
    const all = call.repo.checkRuns.filter((run) => run.headSha === sha);
    return runsPage(call, call.query.get('filter') === 'all' ? all : latestRuns(call.repo, sha));
  }),
  repoRoute('GET', '/commits/*ref/check-suites', async (call) => {
    const sha = await theCommit(call);
    const suites = call.repo.checkSuites.filter((suite) => suite.headSha === sha);
    const items = suites.map((suite) => checkSuiteJson(call.world, call.repo, suite));
    return page(call, items, (check_suites) => ({ check_suites }));
  }),
  repoRoute('POST', '/statuses/:sha', createStatus),
  repoRoute('GET', '/commits/*ref/status', combinedStatus),
  repoRoute('GET', '/commits/*ref/statuses', async (call) => {
    const sha = await theCommit(call);
    const found = call.repo.statuses.filter((status) => status.sha === sha).reverse();
    return page(
      call,
      found.map((status) => statusJson(call.world, call.repo, status)),
    );
  }),
  repoRoute('GET', '/actions/jobs/:id', (call) => ok(jobJson(call, theJob(call)))),
  repoRoute('GET', '/actions/jobs/:id/logs', (call) => {
    const location = `${repoHtml(call.world, call.repo)}/runs/${theJob(call).id}/log`;
    return { status: 302, headers: { location }, text: '' };
  }),
  repoRoute('POST', '/actions/jobs/:id/rerun', (call) => {
    requireWrite(call.actor);
    call.world.checks.rerun(call.repo, theJob(call));
    return ok({}, 201);
  }),
];

async function theCommit({ world, repo, params }: RepoCall): Promise<string> {
  const sha = await resolveCommit(world.git, bareDir(world, repo), params.ref ?? '');
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${params.ref}`);
  return sha;
}

function theRun({ repo, params }: RepoCall): CheckRun {
  const run = repo.checkRuns.find((one) => one.id === Number(params.id));
  if (!run) throw notFound();
  return run;
}

/** A job of GitHub Actions has the id of its check run, here as there. */
function theJob(call: RepoCall): CheckRun {
  const run = theRun(call);
  if (run.app !== 'github-actions') throw notFound();
  return run;
}

function runsPage(call: RepoCall, runs: CheckRun[]): Reply {
  const name = call.query.get('check_name');
  const status = call.query.get('status');
  const found = runs
    .filter((run) => !name || run.name === name)
    .filter((run) => !status || run.status === status)
    .map((run) => checkRunJson(call.world, call.repo, run));
  return page(call, found, (check_runs) => ({ check_runs }));
}

const conclusions = ['action_required', 'cancelled', 'failure', 'neutral', 'success', 'skipped', 'stale', 'timed_out'];
const statuses = ['queued', 'in_progress', 'completed'];

function requireApp({ actor }: RepoCall): void {
  if (actor.type !== 'Bot') throw new Refusal(403, 'You must authenticate via a GitHub App.');
}

/** The parts of a check run that its creator may set, checked against GitHub's limits. */
function runFields(call: RepoCall, old: CheckOutput | null) {
  const { body } = call;
  const status = string(body, 'status');
  const conclusion = string(body, 'conclusion');
  if (status !== undefined && !statuses.includes(status)) throw invalid('CheckRun', 'status');
  if (conclusion !== undefined && !conclusions.includes(conclusion)) throw invalid('CheckRun', 'conclusion');
  if (status === 'completed' && conclusion === undefined) throw invalid('CheckRun', 'conclusion', 'missing_field');
  const actions = Array.isArray(body.actions) ? body.actions : undefined;
  if (actions && actions.length > 3) throw tooMany('actions', 3);
  for (const action of (actions ?? []) as Record<string, unknown>[]) {
    const limits = { label: 20, description: 40, identifier: 20 };
    for (const [field, most] of Object.entries(limits)) {
      if (String(action[field] ?? '').length > most) throw tooLong(`actions.${field}`, most);
    }
  }
  return {
    ...(status === undefined ? {} : { status: status as CheckRun['status'] }),
    ...(conclusion === undefined ? {} : { conclusion }),
    ...(actions === undefined ? {} : { actions }),
    ...(string(body, 'external_id') === undefined ? {} : { externalId: string(body, 'external_id')! }),
    ...(string(body, 'details_url') === undefined ? {} : { detailsUrl: string(body, 'details_url')! }),
    ...(body.output === undefined ? {} : { output: outputFields(body.output as Record<string, unknown>, old) }),
  };
}

function tooMany(field: string, most: number): Refusal {
  return new Refusal(422, `Invalid request.\n\nNo more than ${most} items are allowed in ${field}.`);
}

function tooLong(field: string, most: number): Refusal {
  return new Refusal(422, `Invalid request.\n\nOnly ${most} characters are allowed in ${field}.`);
}

const mostText = 65_535;
const mostAnnotations = 50;

function outputFields(given: Record<string, unknown>, old: CheckOutput | null): CheckOutput {
  const [title, summary, text] = ['title', 'summary', 'text'].map((key) => string(given, key) ?? null);
  if (!title || summary == null) throw invalid('CheckRun', 'output', 'missing_field');
  if (summary.length > mostText) throw tooLong('output.summary', mostText);
  if ((text ?? '').length > mostText) throw tooLong('output.text', mostText);
  const annotations = (Array.isArray(given.annotations) ? given.annotations : []) as Record<string, unknown>[];
  if (annotations.length > mostAnnotations) throw tooMany('output.annotations', mostAnnotations);
  for (const one of annotations) {
    const whole = typeof one.path === 'string' && typeof one.message === 'string' && Number.isInteger(one.start_line);
    if (!whole) throw invalid('CheckRun', 'output.annotations');
  }
  // Annotations of a later update are added to those already there.
  const kept = old?.annotations ?? [];
  return { title, summary, text: text ?? null, annotations: [...kept, ...annotations] };
}

async function createRun(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireApp(call);
  const name = string(body, 'name');
  if (!name) throw invalid('CheckRun', 'name', 'missing_field');
  const sha = await resolveCommit(world.git, bareDir(world, repo), string(body, 'head_sha') ?? '');
  if (!sha || sha !== body.head_sha) throw new Refusal(422, `No commit found for SHA: ${String(body.head_sha)}`);
  const fields = runFields(call, null);
  const branch = repo.issues.find((issue) => issue.pull?.head.sha === sha)?.pull?.head.ref ?? repo.defaultBranch;
  const run = newRun(world, repo, { name, app: 'lockstep', sha, branch, pull: null }, actor);
  updateRun(world, repo, run, fields, actor);
  return ok(checkRunJson(world, repo, run), 201);
}

function changeRun(call: RepoCall): Reply {
  const { world, repo, body, actor } = call;
  requireApp(call);
  const run = theRun(call);
  if (run.app !== 'lockstep')
    throw new Refusal(
      403,
      'Invalid app_id `lockstep` - check run can only be modified by the GitHub App that created it.',
    );
  const name = string(body, 'name');
  updateRun(world, repo, run, { ...runFields(call, run.output), ...(name ? { name } : {}) }, actor);
  return ok(checkRunJson(world, repo, run));
}

const statusStates = ['error', 'failure', 'pending', 'success'];

async function createStatus(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor, params } = call;
  requireWrite(actor);
  const sha = await resolveCommit(world.git, bareDir(world, repo), params.sha ?? '');
  if (!sha || sha !== params.sha) throw new Refusal(422, `No commit found for SHA: ${params.sha}`);
  const state = string(body, 'state') ?? '';
  if (!statusStates.includes(state)) throw invalid('Status', 'state', 'inclusion');
  const description = string(body, 'description') ?? null;
  if ((description ?? '').length > 140)
    throw invalid('Status', 'description', 'custom', 'description is too long (maximum is 140 characters)');
  const status: CommitStatus = {
    id: world.store.id(),
    sha,
    state: state as CommitStatus['state'],
    context: string(body, 'context') ?? 'default',
    description,
    targetUrl: string(body, 'target_url') ?? null,
    creator: actor.login,
    createdAt: stamp(),
  };
  repo.statuses.push(status);
  const fields = {
    id: status.id,
    sha,
    name: `${repo.owner}/${repo.name}`,
    target_url: status.targetUrl,
    context: status.context,
    description,
    state,
    branches: [],
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
  world.emit({ name: 'status', repo, sender: actor, fields });
  return ok(statusJson(world, repo, status), 201);
}

async function combinedStatus(call: RepoCall): Promise<Reply> {
  const { world, repo } = call;
  const sha = await theCommit(call);
  const found = latestStatuses(repo, sha);
  const states = found.map((status) => status.state);
  const bad = states.some((state) => state === 'failure' || state === 'error');
  // Without any status GitHub says pending, whatever the checks say.
  const pending = states.length === 0 || states.includes('pending');
  const items = found.map((status) => statusJson(world, repo, status));
  return page(call, items, (statuses) => ({
    state: bad ? 'failure' : pending ? 'pending' : 'success',
    statuses,
    sha,
    repository: repositoryJson(world, repo),
    commit_url: `${repoApi(world, repo)}/commits/${sha}`,
    url: `${repoApi(world, repo)}/commits/${sha}/status`,
  }));
}

function jobJson({ world, repo }: RepoCall, run: CheckRun) {
  const step = { name: 'npm test', number: 1, started_at: run.startedAt, completed_at: run.completedAt };
  return {
    id: run.id,
    run_id: run.suiteId,
    run_attempt: 1,
    name: run.name,
    head_sha: run.headSha,
    head_branch: run.headBranch,
    status: run.status,
    conclusion: run.conclusion,
    created_at: run.startedAt,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    html_url: `${repoHtml(world, repo)}/runs/${run.id}`,
    check_run_url: `${repoApi(world, repo)}/check-runs/${run.id}`,
    steps: [{ ...step, status: run.status, conclusion: run.conclusion }],
  };
}

/** The whole output of a check as plain text; null when it has none. */
export function readRunLog(call: Pick<RepoCall, 'world'>, id: number): Promise<string | null> {
  return readFile(logFile(call.world, 'check', id), 'utf8').catch(() => null);
}
