import type { DeploymentStatus } from '../../src/integrations/github-types.ts';
import {
  claimDeployment,
  type DeploymentRecord,
  deploymentByKey,
  insertDeployment,
  updateDeployment,
} from '../../src/store/deployments.ts';
import type { JobInput } from '../job.ts';
import { calls } from './item-facts.ts';

export interface Wanted {
  key: string;
  repo: string;
  environment: string;
  sha: string;
  previousSha: string | null;
  description: string;
  rollbackOf?: string;
}

/**
 * Asks GitHub for a deployment, once: our row comes first, then GitHub is asked whether it has our key already, and
 * only then is a new one made. A crash at any point finds what was done before it.
 */
export async function requestDeployment(input: JobInput<unknown>, wanted: Wanted): Promise<DeploymentRecord> {
  return ask(input, wanted, await insertDeployment(input.deps.db, rowOf(input, wanted)));
}

/** The same, unless another item is deploying to the same place at this moment: then its key is answered. */
export async function requestDeploymentAlone(
  input: JobInput<unknown>,
  wanted: Wanted,
): Promise<{ row: DeploymentRecord } | { others: string[] }> {
  const claimed = await claimDeployment(input.deps.db, rowOf(input, wanted));
  return 'others' in claimed ? claimed : { row: await ask(input, wanted, claimed.row) };
}

function rowOf(input: JobInput<unknown>, wanted: Wanted) {
  return {
    key: wanted.key,
    item_id: input.state.item.id,
    repo: wanted.repo,
    environment: wanted.environment,
    sha: wanted.sha,
    previous_sha: wanted.previousSha,
    external_id: null,
    state: 'requested' as const,
    url: null,
    log_url: null,
    rollback_of: wanted.rollbackOf ?? null,
    ended_at: null,
  };
}

async function ask(input: JobInput<unknown>, wanted: Wanted, row: DeploymentRecord): Promise<DeploymentRecord> {
  const { db } = input.deps;
  const { key, repo, environment, sha } = wanted;
  if (row.external_id) return row;
  const github = calls(input);
  const made =
    (await github.findDeployment(repo, { sha, environment, key })) ??
    (await github.createDeployment(repo, {
      sha,
      environment,
      key,
      description: wanted.description,
      production: environment === 'production',
      transient: environment.startsWith('preview/'),
    }));
  await updateDeployment(db, key, { external_id: made.id });
  return { ...row, external_id: made.id };
}

export interface Standing {
  state: 'requested' | 'in_progress' | 'success' | 'failure';
  url: string | null;
  logUrl: string | null;
  because: string;
  at: string;
}

/** How a deployment stands on GitHub, written to its row. Null while the row has no deployment yet. */
export async function readStanding(
  input: JobInput<unknown>,
  key: string,
): Promise<(Standing & { row: DeploymentRecord }) | null> {
  const row = await deploymentByKey(input.deps.db, key);
  if (!row?.external_id) return null;
  const status = await calls(input).deploymentStatus(row.repo, row.external_id);
  const standing = asStanding(status, row, input.deps.now());
  const ended = standing.state === 'success' || standing.state === 'failure';
  if (standing.state !== row.state || standing.url !== row.url) {
    await updateDeployment(input.deps.db, key, {
      state: standing.state,
      url: standing.url,
      log_url: standing.logUrl,
      ...(ended && !row.ended_at ? { ended_at: input.deps.now() } : {}),
    });
  }
  return { ...standing, row };
}

function asStanding(status: DeploymentStatus | null, row: DeploymentRecord, now: Date): Standing {
  const { url = null, logUrl = null, description = '', at = row.created_at.toISOString() } = status ?? {};
  const known = { url: url ?? row.url, logUrl: logUrl ?? row.log_url, at };
  switch (status?.state) {
    case 'success':
      return { ...known, state: 'success', because: description };
    // A later deployment took its place: what it reached before stays true.
    case 'inactive':
      return { ...known, state: row.state === 'failure' ? 'failure' : 'success', because: 'replaced by a later one' };
    case 'failure':
    case 'error':
      return { ...known, state: 'failure', because: description || 'the deployment gave no reason' };
    case 'queued':
    case 'pending':
    case 'in_progress':
      return { ...known, state: 'in_progress', because: description };
    default:
      return { ...known, at: now.toISOString(), state: 'requested', because: '' };
  }
}
