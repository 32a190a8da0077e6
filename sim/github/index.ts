/**
 * The GitHub stand-in: what `@octokit/rest`, `git clone` and `git push` talk to when there is no GitHub. Repositories
 * are real, checks run the repository's own tests, deployments serve the code, webhooks are signed.
 */
import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { createChecks } from './checks.ts';
import { branchTip } from './commits.ts';
import { createDeployer } from './deployer.ts';
import { createDeployment } from './deployments.ts';
import { createFaults, type Faults } from './faults.ts';
import { createGit } from './git.ts';
import { createGitHttp } from './git-http.ts';
import { createMergeability } from './merge.ts';
import type { Delivery, Repo } from './model.ts';
import { createPages } from './pages/index.ts';
import { actions } from './people.ts';
import { createProcesses } from './processes.ts';
import { reconcile } from './pushes.ts';
import { createRepository, localRepository, type RepoOptions } from './repositories.ts';
import { createRest } from './rest/index.ts';
import { openStore } from './store.ts';
import { createWebhooks, type WebhookTarget } from './webhooks.ts';
import { bareDir, type EnvironmentView, type World } from './world.ts';

export interface GitHubOptions {
  /** Where repositories, checkouts, logs and `state.json` live; what is there from before is continued. */
  dataDir: string;
  /** The address under which `handle` is reachable, without a trailing slash. */
  baseUrl: () => string;
  /** The bot's token, for REST and as the password of git over HTTP. People have `sim-<login>`. */
  token: string;
  webhook: WebhookTarget;
  repos: RepoOptions[];
  /** Loopback ports for the first repository's environments; 0 or omitted is any, kept over restarts. */
  ports?: { production?: number; staging?: number };
  /** The node that checks and deployments run on. */
  node?: string;
  /** How long `npm test` may take. Default 120,000. */
  checkTimeoutMs?: number;
  /** How long a deployment may take to answer. Default 15,000. */
  readyMs?: number;
  log?: (line: string) => void;
}

export interface GitHub {
  /** Answers a request below `/github`; false when the request is none of its. */
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;
  readonly faults: Faults;
  readonly repos: readonly Repo[];
  /** The newest webhook deliveries, oldest first. */
  readonly deliveries: readonly Delivery[];
  redeliver: (id: number) => Promise<boolean>;
  environments: () => EnvironmentView[];
  addRepo: (repo: RepoOptions) => Promise<Repo>;
  /** Makes a local git repository one of the stand-in's; its default branch is kept. */
  addLocalRepository: (path: string, owner?: string) => Promise<Repo>;
  /** Resolves when no check, deployment or webhook is under way. */
  idle: () => Promise<void>;
  /** Ends every process that was started; what was under way is taken up again at the next start. */
  close: () => Promise<void>;
}

export async function createGitHub(options: GitHubOptions): Promise<GitHub> {
  const dataDir = resolve(options.dataDir);
  for (const folder of ['repos', 'checkouts', 'logs']) mkdirSync(join(dataDir, folder), { recursive: true });
  const { world, idle } = createWorld(options, dataDir);
  const webhooks = createWebhooks(world, options.webhook);
  world.emit = webhooks.emit;
  const { state } = world.store;

  const addRepo = async (repo: RepoOptions) => {
    const known = state.repos.find((one) => one.owner === repo.owner && one.name === repo.name);
    if (known) return known;
    const made = await createRepository(world, repo);
    if (repo.inProduction) await deployFirst(world, made);
    return made;
  };
  for (const repo of options.repos) await addRepo(repo);
  // Before the repairs: those may add runs of their own, which must not be queued twice.
  world.checks.resume();
  for (const repo of state.repos) await world.lock(repo, () => reconcile(world, repo));
  await world.deployer.resume();
  await world.store.save();

  const handlers = [createRest(world, webhooks), createGitHttp(world), createPages(world, webhooks)];
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? '/', options.baseUrl());
    if (url.pathname !== '/github' && !url.pathname.startsWith('/github/')) return false;
    for (const handler of handlers) {
      if (await handler.handle(req, res, url)) return true;
    }
    return false;
  };
  return {
    handle,
    faults: world.faults,
    repos: state.repos,
    deliveries: state.deliveries,
    redeliver: webhooks.redeliver,
    environments: world.deployer.environments,
    addRepo,
    addLocalRepository: async (path, owner = 'local') => addRepo(await localRepository(world, path, owner)),
    idle,
    close: async () => {
      await Promise.all([world.checks.close(), world.deployer.close()]);
      await world.processes.close();
      await idle();
      await world.store.close();
    },
  };
}

/** What was in production before anybody used this workspace. It comes up in its own time. */
async function deployFirst(world: World, repo: Repo): Promise<void> {
  const sha = await branchTip(world.git, bareDir(world, repo), repo.defaultBranch);
  if (!sha) return;
  const about = { task: 'deploy', payload: {}, transient: false, production: true } as const;
  const description = 'The application as it is';
  createDeployment(
    world,
    repo,
    { ...about, sha, ref: repo.defaultBranch, environment: 'production', description },
    actions,
  );
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The parts know each other through the world, so it is filled step by step; nobody uses it before it is whole. */
function createWorld(options: GitHubOptions, dataDir: string) {
  const locks = new Map<number, Promise<unknown>>();
  const underWay = new Set<Promise<unknown>>();
  const log = options.log ?? (() => {});
  const node = options.node ?? process.execPath;
  const world = {
    dataDir,
    node,
    token: options.token,
    baseUrl: options.baseUrl,
    store: openStore(join(dataDir, 'state.json')),
    git: createGit(dataDir),
    faults: createFaults(),
    processes: createProcesses(),
    log,
    lock: <T>(repo: Repo, work: () => Promise<T>) => {
      const mine = (locks.get(repo.id) ?? Promise.resolve()).then(work, work);
      locks.set(
        repo.id,
        mine.catch(() => {}),
      );
      return mine;
    },
    track: (what: string, work: Promise<unknown>) => {
      const watched = work.catch((error: Error) => log(`${what}: ${error.stack ?? error.message}`));
      underWay.add(watched);
      watched.then(() => underWay.delete(watched));
    },
  } as Mutable<World>;
  world.mergeability = createMergeability(world);
  world.checks = createChecks(world, { timeoutMs: options.checkTimeoutMs ?? 120_000 });
  world.deployer = createDeployer(world, { ports: options.ports ?? {}, readyMs: options.readyMs ?? 15_000 });
  const idle = async () => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  return { world, idle };
}
