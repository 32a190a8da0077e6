import type { Logger } from 'pino';
import { deploymentCalls } from './github-deployments.ts';
import { createOctokit, type GitHubConnection } from './github-http.ts';
import { pullCalls } from './github-pulls.ts';
import { repoCalls } from './github-repos.ts';
import type { GitHub, GitHubCalls } from './github-types.ts';

export type { GitHub, GitHubCalls } from './github-types.ts';

/** A thin client: what is asked of GitHub, in our words. It decides nothing. */
export function createGitHub(connection: GitHubConnection, log: Logger): GitHub {
  const about = (item: string, signal?: AbortSignal): GitHubCalls => {
    const octokit = createOctokit(connection, { log, item, signal });
    return { ...repoCalls(octokit), ...pullCalls(octokit), ...deploymentCalls(octokit) };
  };
  return {
    ...about('-'),
    about,
    cloneUrl: (repo) => `${connection.gitUrl.replace(/\/$/, '')}/${repo}.git`,
    gitAuthHeader: async () => `Basic ${Buffer.from(`x-access-token:${connection.token}`).toString('base64')}`,
  };
}
