/** Runs deployments: checks the commit out, starts it, and switches the environment's stable address over to it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Application, launch } from './application.ts';
import { addStatus, currentState, deployLogUrl, retire } from './deployments.ts';
import type { Deployment, Environment, PullIssue, Repo } from './model.ts';
import { actions } from './people.ts';
import { type StableAddress, startProxy } from './proxy.ts';
import { type Log, logTail, openLog, prepareCheckout } from './workspace.ts';
import { type Deployer, fullName, logFile, type World } from './world.ts';

export interface DeployerOptions {
  ports: { production?: number; staging?: number };
  readyMs: number;
}

/** What runs for one environment of one repository. */
interface Place {
  repo: Repo;
  name: string;
  record: Environment;
  proxy: StableAddress | null;
  application: Application | null;
  /** A start under way; requests wait for it. */
  starting: Promise<unknown> | null;
  /** Deployments to one place go one after another. */
  queue: Promise<unknown>;
}

const served = /^(production|staging|preview\/.+)$/;
const interrupted = ['pending', 'queued', 'in_progress'];

export function createDeployer(world: World, options: DeployerOptions): Deployer {
  const places = new Map<string, Place>();
  let closed = false;

  const place = (repo: Repo, name: string): Place => {
    const key = `${repo.id} ${name}`;
    const found = places.get(key);
    if (found) return found;
    repo.environments[name] ??= { port: wishedPort(repo, name), current: null };
    const record = repo.environments[name];
    const made: Place = {
      repo,
      name,
      record,
      proxy: null,
      application: null,
      starting: null,
      queue: Promise.resolve(),
    };
    places.set(key, made);
    return made;
  };
  /** The configured ports belong to the first repository; a second one cannot have them too. */
  const wishedPort = (repo: Repo, name: string): number | null => {
    if (repo !== world.store.state.repos[0]) return null;
    return (name === 'production' ? options.ports.production : name === 'staging' ? options.ports.staging : 0) || null;
  };
  const checkoutDir = (deployment: Deployment) => join(world.dataDir, 'checkouts', String(deployment.id));
  const workDir = (deployment: Deployment) => join(checkoutDir(deployment), 'work');

  const open = async (at: Place): Promise<string> => {
    at.proxy ??= await startProxy({ port: at.record.port ?? 0, target: () => target(at) });
    at.record.port = at.proxy.port;
    world.store.touch();
    return `http://127.0.0.1:${at.proxy.port}/`;
  };
  const target = async (at: Place): Promise<number | string> => {
    if (!at.application && !at.starting) restart(at);
    await at.starting;
    return at.application?.port ?? `Nothing is deployed to ${at.name} of ${fullName(at.repo)}.`;
  };
  const adopt = (at: Place, application: Application, log: Log) => {
    at.application = application;
    application.process.ended.then(() => {
      void log.close();
      if (at.application === application) at.application = null;
    });
  };
  /** Serves the current deployment again: after a restart, or when its process ended by itself. */
  const restart = (at: Place) => {
    const deployment = at.repo.deployments.find((one) => one.id === at.record.current);
    if (!deployment || closed) return;
    const again = async () => {
      const log = await openLog(logFile(world, 'deploy', deployment.id), true);
      await prepareCheckout(world, at.repo, deployment.sha, workDir(deployment));
      const result = await launch(world, plan(at, deployment, log));
      if (typeof result !== 'string') return adopt(at, result, log);
      log.write(`${result}\n`);
      await log.close();
    };
    at.starting = again()
      .catch((error: Error) => {
        // Closing refuses new processes; the next start serves this environment again.
        if (!closed) throw error;
      })
      .finally(() => {
        at.starting = null;
      });
    world.track(`restart of ${at.name}`, at.starting);
  };
  const plan = (at: Place, deployment: Deployment, log: Log) => ({
    dir: workDir(deployment),
    sha: deployment.sha,
    environment: at.name,
    log,
    install: true,
    readyMs: options.readyMs,
  });

  const perform = async (at: Place, deployment: Deployment) => {
    if (closed) return;
    const { repo } = at;
    const logUrl = deployLogUrl(world, repo, deployment);
    addStatus(world, repo, deployment, { state: 'in_progress', logUrl }, actions);
    const log = await openLog(logFile(world, 'deploy', deployment.id));
    const result = await attempt(at, deployment, log);
    // Closed meanwhile: the deployment stays in progress and is taken up again at the next start.
    if (closed) return;
    if (typeof result === 'string') {
      log.write(`${result}\n`);
      await log.close();
      await rm(checkoutDir(deployment), { recursive: true, force: true });
      const description = await failureWords(result, logFile(world, 'deploy', deployment.id));
      addStatus(world, repo, deployment, { state: 'failure', description, logUrl }, actions);
      return;
    }
    const url = await open(at);
    const [oldApplication, oldId] = [at.application, at.record.current];
    adopt(at, result, log);
    at.record.current = deployment.id;
    world.store.touch();
    await oldApplication?.process.stop();
    if (oldId !== null) await rm(join(world.dataDir, 'checkouts', String(oldId)), { recursive: true, force: true });
    addStatus(world, repo, deployment, { state: 'success', environmentUrl: url, logUrl }, actions);
  };
  const attempt = async (at: Place, deployment: Deployment, log: Log) => {
    try {
      log.write(`Deploying ${deployment.sha} to ${at.name}\n`);
      await prepareCheckout(world, at.repo, deployment.sha, workDir(deployment));
      return await launch(world, plan(at, deployment, log));
    } catch (error) {
      return `The deployment could not be carried out: ${(error as Error).message}`;
    }
  };
  const stop = async (at: Place) => {
    const { application, record } = at;
    const old = record.current;
    record.current = null;
    at.application = null;
    await application?.process.stop();
    await at.proxy?.close();
    at.proxy = null;
    if (old !== null) await rm(join(world.dataDir, 'checkouts', String(old)), { recursive: true, force: true });
    world.store.touch();
  };
  const enqueue = (at: Place, what: string, work: () => Promise<void>) => {
    at.queue = at.queue.then(work, work);
    world.track(`${what} ${at.name}`, at.queue);
  };

  return {
    deploy: (repo, deployment) => {
      if (!served.test(deployment.environment)) return;
      const at = place(repo, deployment.environment);
      enqueue(at, 'deployment to', () => perform(at, deployment));
    },
    stopPreviews: (repo, issue, by) => {
      for (const name of previewsOf(repo, issue)) {
        const at = place(repo, name);
        // Behind whatever is still being deployed there, or that would bring it back to life.
        enqueue(at, 'end of', async () => {
          await stop(at);
          const live = repo.deployments.filter((one) => one.environment === name && currentState(one) === 'success');
          for (const one of live) retire(world, repo, one, by, 'The pull request was closed');
        });
      }
    },
    resume: async () => {
      for (const repo of world.store.state.repos) {
        for (const [name, record] of Object.entries(repo.environments)) {
          if (record.current === null) continue;
          const at = place(repo, name);
          await open(at);
          restart(at);
        }
        for (const deployment of repo.deployments) {
          if (!served.test(deployment.environment) || !interrupted.includes(currentState(deployment))) continue;
          const at = place(repo, deployment.environment);
          enqueue(at, 'deployment to', () => perform(at, deployment));
        }
      }
    },
    environments: () =>
      [...places.values()].flatMap((at) => {
        const deployment = at.repo.deployments.find((one) => one.id === at.record.current);
        if (!deployment || !at.proxy) return [];
        const state = at.application ? 'serving' : at.starting ? 'starting' : 'stopped';
        const url = `http://127.0.0.1:${at.proxy.port}/`;
        return [{ name: at.name, repo: fullName(at.repo), sha: deployment.sha, url, state }];
      }),
    close: async () => {
      closed = true;
      await Promise.all([...places.values()].map((at) => at.proxy?.close()));
    },
  };
}

/** Preview environments that showed this pull request: by its branch, by one of its commits, or by its name. */
function previewsOf(repo: Repo, issue: PullIssue): string[] {
  const { head, heads } = issue.pull;
  const names = [`preview/${head.ref}`, `preview/pr-${issue.number}`, `preview/${issue.number}`];
  const mine = (one: Deployment) => one.ref === head.ref || heads.includes(one.sha) || names.includes(one.environment);
  const found = repo.deployments.filter((one) => one.environment.startsWith('preview/') && mine(one));
  return [...new Set(found.map((one) => one.environment))];
}

/** At most 140 characters, as GitHub demands: the sentence, and as much of the log's last line as fits. */
async function failureWords(sentence: string, file: string): Promise<string> {
  const lines = (await logTail(file, 20)).split('\n').filter((line) => line.trim() !== '' && line !== sentence);
  const last = lines.filter((line) => !line.startsWith('$ ') && !line.startsWith('Deploying ')).at(-1);
  return last ? `${sentence} ${last.trim()}`.slice(0, 140) : sentence.slice(0, 140);
}
