import type { Octokit } from '@octokit/rest';
import { ONCE } from './github-http.ts';
import { parts } from './github-pulls.ts';
import type { Deployment, DeploymentStatus, GitHubCalls } from './github-types.ts';

type DeploymentCalls = Pick<
  GitHubCalls,
  'findDeployment' | 'createDeployment' | 'deploymentStatus' | 'previewOf' | 'successesOf'
>;

/** How far back a success is looked for before we say that there is none. */
const LOOK_BACK = 30;

export function deploymentCalls(octokit: Octokit): DeploymentCalls {
  const statuses = async (repo: string, id: string) => {
    const { data } = await octokit.repos.listDeploymentStatuses({
      ...parts(repo),
      deployment_id: Number(id),
      per_page: 30,
    });
    return data;
  };
  return {
    findDeployment: async (repo, { sha, environment, key }) => {
      const { data } = await octokit.repos.listDeployments({ ...parts(repo), sha, environment, per_page: 100 });
      return data.map(asDeployment).find((one) => one.key === key) ?? null;
    },
    createDeployment: async (repo, { sha, environment, key, description, production, transient }) => {
      const { data } = await octokit.repos.createDeployment({
        ...parts(repo),
        ref: sha,
        environment,
        description: description.slice(0, 140),
        payload: { lockstep: key },
        production_environment: production,
        transient_environment: transient,
        // Both defaults are dangerous: one merges the default branch into the ref, the other waits for every context.
        auto_merge: false,
        required_contexts: [],
        ...ONCE,
      });
      if (!('id' in data)) throw new Error(`GitHub made no deployment: ${data.message ?? 'no reason given'}`);
      return asDeployment(data);
    },
    deploymentStatus: async (repo, id) => {
      const [newest] = newestFirst(await statuses(repo, id));
      return newest ? asStatus(newest) : null;
    },
    previewOf: async (repo, sha) => {
      const { data } = await octokit.repos.listDeployments({ ...parts(repo), sha, per_page: 30 });
      const others = data.filter((one) => !one.production_environment && keyOf(one.payload) === null);
      for (const deployment of newestFirst(others)) {
        const [newest] = newestFirst(await statuses(repo, String(deployment.id)));
        if (newest?.state === 'success' && /preview/i.test(deployment.environment)) return asStatus(newest).url;
      }
      return null;
    },
    successesOf: async (repo, environment, limit) => {
      const { data } = await octokit.repos.listDeployments({ ...parts(repo), environment, per_page: LOOK_BACK });
      const found: Deployment[] = [];
      for (const deployment of newestFirst(data)) {
        if (found.length >= limit) break;
        // A later success turns the earlier ones to "inactive", so the whole list is asked.
        const all = await statuses(repo, String(deployment.id));
        if (all.some((status) => status.state === 'success')) found.push(asDeployment(deployment));
      }
      return found;
    },
  };
}

function newestFirst<T extends { created_at: string; id: number | bigint }>(list: T[]): T[] {
  return [...list].sort((a, b) => b.created_at.localeCompare(a.created_at) || (b.id > a.id ? 1 : -1));
}

interface RawDeployment {
  id: number | bigint;
  sha: string;
  environment: string;
  payload: unknown;
  created_at: string;
}

function asDeployment(raw: RawDeployment): Deployment {
  return {
    id: String(raw.id),
    sha: raw.sha,
    environment: raw.environment,
    key: keyOf(raw.payload),
    at: raw.created_at,
  };
}

/** GitHub gives a payload back as an object or as the text that was sent. */
function keyOf(payload: unknown): string | null {
  try {
    const value = (typeof payload === 'string' ? JSON.parse(payload) : payload) as { lockstep?: unknown } | null;
    return typeof value?.lockstep === 'string' ? value.lockstep : null;
  } catch {
    return null;
  }
}

interface RawStatus {
  state: string;
  environment_url?: string;
  target_url?: string;
  log_url?: string;
  description: string | null;
  created_at: string;
}

function asStatus(raw: RawStatus): DeploymentStatus {
  return {
    state: raw.state as DeploymentStatus['state'],
    url: raw.environment_url || null,
    logUrl: raw.log_url || raw.target_url || null,
    description: raw.description ?? '',
    at: raw.created_at,
  };
}
