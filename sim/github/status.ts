import type { CheckRun, CommitStatus, Repo } from './model.ts';

/** The newest run of each name and app on a commit. */
export function latestRuns(repo: Repo, sha: string): CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of repo.checkRuns.filter((one) => one.headSha === sha)) latest.set(`${run.app} ${run.name}`, run);
  return [...latest.values()];
}

/** The newest status of each context on a commit. */
export function latestStatuses(repo: Repo, sha: string): CommitStatus[] {
  const latest = new Map<string, CommitStatus>();
  for (const status of repo.statuses.filter((one) => one.sha === sha)) latest.set(status.context, status);
  return [...latest.values()];
}

export type ContextState = 'success' | 'pending' | 'failure';

const fine = ['success', 'neutral', 'skipped'];

/** Everything that reports on a commit, checks and statuses alike, under the name that it reports as. */
export function contexts(repo: Repo, sha: string): Map<string, ContextState> {
  const found = new Map<string, ContextState>();
  for (const run of latestRuns(repo, sha)) {
    const done = fine.includes(run.conclusion ?? '') ? 'success' : 'failure';
    found.set(run.name, run.status === 'completed' ? done : 'pending');
  }
  for (const status of latestStatuses(repo, sha)) {
    const done = status.state === 'success' ? 'success' : 'failure';
    found.set(status.context, status.state === 'pending' ? 'pending' : done);
  }
  return found;
}

export function combinedState(repo: Repo, sha: string): ContextState | 'none' {
  const states = [...contexts(repo, sha).values()];
  if (states.length === 0) return 'none';
  if (states.includes('failure')) return 'failure';
  return states.includes('pending') ? 'pending' : 'success';
}
