import { branchTip, isAncestor, resolveCommit } from '../commits.ts';
import { addStatus, createDeployment } from '../deployments.ts';
import { mergeCommits } from '../merge.ts';
import type { Deployment, DeploymentState } from '../model.ts';
import { refChanged } from '../pushes.ts';
import { contexts } from '../status.ts';
import { bareDir } from '../world.ts';
import { deploymentJson, deploymentStatusJson } from './check-shapes.ts';
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

export const deploymentRoutes: Route[] = [
  repoRoute('GET', '/deployments', listDeployments),
  repoRoute('POST', '/deployments', create),
  repoRoute('GET', '/deployments/:id', (call) => ok(deploymentJson(call.world, call.repo, theDeployment(call)))),
  repoRoute('GET', '/deployments/:id/statuses', (call) => {
    const deployment = theDeployment(call);
    const newestFirst = [...deployment.statuses].reverse();
    return page(
      call,
      newestFirst.map((status) => deploymentStatusJson(call.world, call.repo, deployment, status)),
    );
  }),
  repoRoute('GET', '/deployments/:id/statuses/:status', (call) => {
    const deployment = theDeployment(call);
    const status = deployment.statuses.find((one) => one.id === Number(call.params.status));
    if (!status) throw notFound();
    return ok(deploymentStatusJson(call.world, call.repo, deployment, status));
  }),
  repoRoute('POST', '/deployments/:id/statuses', createStatus),
];

function theDeployment({ repo, params }: RepoCall): Deployment {
  const deployment = repo.deployments.find((one) => one.id === Number(params.id));
  if (!deployment) throw notFound();
  return deployment;
}

function listDeployments(call: RepoCall): Reply {
  const { world, repo, query } = call;
  const filters = ['sha', 'ref', 'task', 'environment'] as const;
  const found = repo.deployments
    .filter((one) =>
      filters.every((key) => !query.get(key) || query.get(key) === 'none' || one[key] === query.get(key)),
    )
    .reverse();
  return page(
    call,
    found.map((one) => deploymentJson(world, repo, one)),
  );
}

async function create(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const ref = string(body, 'ref');
  if (!ref) throw invalid('Deployment', 'ref', 'missing_field');
  const sha = await resolveCommit(world.git, bareDir(world, repo), ref);
  if (!sha) throw new Refusal(422, `No ref found for: ${ref}`);
  const description = string(body, 'description') ?? null;
  if ((description ?? '').length > 140) throw invalid('Deployment', 'description');
  const merged = body.auto_merge === false ? null : await autoMerge(call, ref, sha);
  if (merged) return merged;
  refuseUnlessGreen(call, ref, sha);
  const environment = string(body, 'environment') ?? 'production';
  const deployment = createDeployment(
    world,
    repo,
    {
      sha,
      ref,
      task: string(body, 'task') ?? 'deploy',
      environment,
      description,
      payload: body.payload ?? {},
      transient: body.transient_environment === true,
      production:
        typeof body.production_environment === 'boolean' ? body.production_environment : environment === 'production',
    },
    actor,
  );
  return ok(deploymentJson(world, repo, deployment), 201);
}

/**
 * GitHub's dangerous default: a branch that is behind gets the default branch merged into it, and the answer is 202
 * without any deployment.
 */
async function autoMerge(call: RepoCall, ref: string, sha: string): Promise<Reply | null> {
  const { world, repo, actor } = call;
  const dir = bareDir(world, repo);
  return world.lock(repo, async () => {
    const branch = await branchTip(world.git, dir, ref);
    const base = await branchTip(world.git, dir, repo.defaultBranch);
    if (!branch || !base || (await isAncestor(world.git, dir, base, sha))) return null;
    const message = `Merge ${repo.defaultBranch} into ${ref}\n`;
    const after = await mergeCommits(world, repo, { base: sha, head: base, method: 'merge', message, author: actor });
    if (!after) throw new Refusal(409, `Conflict merging ${repo.defaultBranch} into ${ref}.`);
    const full = `refs/heads/${ref}`;
    await world.git.text(dir, ['update-ref', full, after, sha]);
    await refChanged(world, repo, { ref: full, before: sha, after }, actor);
    return ok({ message: `Auto-merged ${repo.defaultBranch} into ${ref} on deployment.` }, 202);
  });
}

/** Without `required_contexts` everything that reports on the commit must be green; `[]` asks for nothing. */
function refuseUnlessGreen({ repo, body }: RepoCall, ref: string, sha: string): void {
  const known = contexts(repo, sha);
  const wanted = Array.isArray(body.required_contexts) ? body.required_contexts.map(String) : [...known.keys()];
  if (wanted.every((context) => known.get(context) === 'success')) return;
  const list = wanted.map((context) => ({ context, state: known.get(context) ?? 'pending' }));
  throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`, [
    { contexts: list, resource: 'Deployment', field: 'required_contexts', code: 'invalid' },
  ]);
}

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'];

function createStatus(call: RepoCall): Reply {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const deployment = theDeployment(call);
  const state = string(body, 'state') ?? '';
  if (!states.includes(state)) throw invalid('DeploymentStatus', 'state', 'inclusion');
  const description = string(body, 'description');
  if ((description ?? '').length > 140) throw invalid('DeploymentStatus', 'description');
  const given = {
    state: state as DeploymentState,
    description,
    environmentUrl: string(body, 'environment_url'),
    logUrl: string(body, 'log_url') ?? string(body, 'target_url'),
    autoInactive: body.auto_inactive !== false,
  };
  const status = addStatus(world, repo, deployment, given, actor);
  return ok(deploymentStatusJson(world, repo, deployment, status), 201);
}
