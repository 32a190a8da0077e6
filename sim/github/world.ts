import { join } from 'node:path';
import type { Faults } from './faults.ts';
import type { Git } from './git.ts';
import type { Mergeability } from './merge.ts';
import type { CheckRun, Deployment, Issue, PullIssue, Repo } from './model.ts';
import type { Account } from './people.ts';
import type { Processes } from './processes.ts';
import type { Store } from './store.ts';

/** What the parts of the stand-in share. Built once in `index.ts`. */
export interface World {
  readonly dataDir: string;
  readonly node: string;
  readonly token: string;
  readonly baseUrl: () => string;
  readonly store: Store;
  readonly git: Git;
  readonly faults: Faults;
  readonly processes: Processes;
  /** Runs one after another per repository, so that two writers of its refs never interleave. */
  readonly lock: <T>(repo: Repo, work: () => Promise<T>) => Promise<T>;
  /** Counts work that goes on after the answer; `idle()` waits for it. A failure is logged, never lost. */
  readonly track: (what: string, work: Promise<unknown>) => void;
  readonly log: (line: string) => void;
  /** Sends one webhook. */
  readonly emit: (event: WebhookEvent) => void;
  readonly mergeability: Mergeability;
  readonly checks: Checks;
  readonly deployer: Deployer;
}

export interface WebhookEvent {
  name: string;
  action?: string;
  repo: Repo;
  sender: Account;
  fields: Record<string, unknown>;
}

export interface Checks {
  /** Runs `npm test` for this commit; runs of older commits of the same pull request are cancelled. */
  start: (repo: Repo, commit: { sha: string; branch: string; pull: number | null }) => void;
  rerun: (repo: Repo, run: CheckRun) => void;
  /** Puts runs that a restart interrupted back in the queue. */
  resume: () => void;
  close: () => Promise<void>;
}

export interface Deployer {
  deploy: (repo: Repo, deployment: Deployment) => void;
  /** Stops the previews of a closed pull request. */
  stopPreviews: (repo: Repo, issue: PullIssue, by: Account) => void;
  resume: () => Promise<void>;
  environments: () => EnvironmentView[];
  close: () => Promise<void>;
}

export interface EnvironmentView {
  name: string;
  repo: string;
  sha: string;
  url: string;
  state: 'serving' | 'starting' | 'stopped';
}

export function bareDir(world: Pick<World, 'dataDir'>, repo: Pick<Repo, 'owner' | 'name'>): string {
  return join(world.dataDir, 'repos', repo.owner, `${repo.name}.git`);
}

export function logFile(world: Pick<World, 'dataDir'>, kind: 'check' | 'deploy', id: number): string {
  return join(world.dataDir, 'logs', `${kind}-${id}.log`);
}

export function findRepo(world: World, owner: string, name: string): Repo | null {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return world.store.state.repos.find((repo) => same(repo.owner, owner) && same(repo.name, name)) ?? null;
}

export function isPull(issue: Issue): issue is PullIssue {
  return issue.pull !== null;
}

export function openPulls(repo: Repo): PullIssue[] {
  return repo.issues.filter(isPull).filter((issue) => issue.state === 'open');
}

export function fullName(repo: Repo): string {
  return `${repo.owner}/${repo.name}`;
}
