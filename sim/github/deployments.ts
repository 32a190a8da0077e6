import type { Deployment, DeploymentState, DeploymentStatus, Repo } from './model.ts';
import { type Account, actions } from './people.ts';
import { deploymentJson, deploymentStatusJson } from './rest/check-shapes.ts';
import { repoHtml } from './rest/shapes.ts';
import { stamp } from './store.ts';
import type { World } from './world.ts';

export interface NewStatus {
  state: DeploymentState;
  description?: string;
  environmentUrl?: string;
  logUrl?: string;
  autoInactive?: boolean;
}

export interface NewDeployment {
  sha: string;
  ref: string;
  task: string;
  environment: string;
  description: string | null;
  payload: unknown;
  transient: boolean;
  production: boolean;
}

export function createDeployment(world: World, repo: Repo, given: NewDeployment, creator: Account): Deployment {
  const now = stamp();
  const deployment: Deployment = {
    id: world.store.id(),
    ...given,
    creator: creator.login,
    createdAt: now,
    updatedAt: now,
    statuses: [],
  };
  repo.deployments.push(deployment);
  world.store.touch();
  const fields = { deployment: deploymentJson(world, repo, deployment), workflow: null, workflow_run: null };
  world.emit({ name: 'deployment', action: 'created', repo, sender: creator, fields });
  world.deployer.deploy(repo, deployment);
  return deployment;
}

export function currentState(deployment: Deployment): DeploymentState {
  return deployment.statuses.at(-1)?.state ?? 'pending';
}

/** Adds a status and sends it; a success makes the earlier deployments of the same environment inactive. */
export function addStatus(world: World, repo: Repo, deployment: Deployment, given: NewStatus, creator: Account) {
  const status: DeploymentStatus = {
    id: world.store.id(),
    state: given.state,
    description: (given.description ?? '').slice(0, 140),
    environment: deployment.environment,
    environmentUrl: given.environmentUrl ?? '',
    logUrl: given.logUrl ?? '',
    creator: creator.login,
    createdAt: stamp(),
  };
  deployment.statuses.push(status);
  deployment.updatedAt = status.createdAt;
  world.store.touch();
  const fields = {
    deployment_status: deploymentStatusJson(world, repo, deployment, status),
    deployment: deploymentJson(world, repo, deployment),
    check_run: null,
    workflow: null,
    workflow_run: null,
  };
  world.emit({ name: 'deployment_status', action: 'created', repo, sender: creator, fields });
  if (given.state === 'success' && given.autoInactive !== false) retireOlder(world, repo, deployment);
  return status;
}

function retireOlder(world: World, repo: Repo, newest: Deployment): void {
  const older = repo.deployments.filter(
    (one) => one.environment === newest.environment && one !== newest && currentState(one) === 'success',
  );
  for (const one of older) retire(world, repo, one, actions);
}

export function retire(world: World, repo: Repo, deployment: Deployment, by: Account, description?: string): void {
  const last = deployment.statuses.at(-1);
  addStatus(
    world,
    repo,
    deployment,
    { state: 'inactive', description, environmentUrl: last?.environmentUrl, logUrl: last?.logUrl },
    by,
  );
}

export function deployLogUrl(world: World, repo: Repo, deployment: Deployment): string {
  return `${repoHtml(world, repo)}/deployments/${deployment.id}/log`;
}
