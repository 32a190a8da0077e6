/** One running copy of a repository's application. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningProcess } from './processes.ts';
import { freePort } from './proxy.ts';
import { installArgs, type Log, readPackage, type ScriptRun, scriptEnv, startNpm } from './workspace.ts';
import type { World } from './world.ts';

export interface Application {
  port: number;
  process: RunningProcess;
}

export interface LaunchPlan {
  /** A checkout of the commit; it stays while the application runs. */
  dir: string;
  sha: string;
  environment: string;
  log: Log;
  /** Install what package.json asks for first. Not needed when the same checkout is started again. */
  install: boolean;
  readyMs: number;
}

/** Starts the application and waits until it answers. Gives a sentence when it does not come up. */
export async function launch(world: World, plan: LaunchPlan): Promise<Application | string> {
  const file = await readPackage(plan.dir);
  if (!file) return 'package.json is missing or cannot be read, so there is nothing to start.';
  const script = file.scripts.start;
  if (!script) return 'package.json has no start script, so there is nothing to start.';
  const home = join(plan.dir, '..', 'home');
  await mkdir(home, { recursive: true });
  const run: ScriptRun = { dir: plan.dir, home, log: plan.log };
  const install = plan.install ? await installArgs(plan.dir, file) : null;
  if (install) {
    const { code } = await startNpm(world, install, run).ended;
    if (code !== 0) return `npm ${install[0]} failed with exit code ${code}.`;
  }
  const port = await freePort();
  const extra = {
    PORT: String(port),
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    APP_ENV: plan.environment,
    APP_SHA: plan.sha,
  };
  const hooks = file.scripts.prestart ?? file.scripts.poststart;
  const process = hooks ? startNpm(world, ['start'], { ...run, extra }) : startScript(world, script, { ...run, extra });
  return waitUntilReady({ port, process }, plan.readyMs);
}

/** Without npm in between: it would cost a process of 60 MB for every environment. */
function startScript(world: World, script: string, run: ScriptRun): RunningProcess {
  run.log.write(`$ ${script}\n`);
  const env = scriptEnv(world, run.home, run.extra ?? {});
  env.PATH = `${join(run.dir, 'node_modules', '.bin')}:${env.PATH}`;
  return world.processes.start({ command: script, args: [], shell: true, cwd: run.dir, env, output: run.log.write });
}

async function waitUntilReady(application: Application, readyMs: number): Promise<Application | string> {
  let ended: { code: number | null } | undefined;
  application.process.ended.then((result) => {
    ended = result;
  });
  const until = Date.now() + readyMs;
  while (Date.now() < until) {
    if (ended) return `The application ended with exit code ${ended.code} before it answered.`;
    if ((await answers(application.port, '/healthz')) || (await answers(application.port, '/'))) return application;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await application.process.stop();
  return `The application did not answer / or /healthz with 200 on its PORT within ${Math.round(readyMs / 1000)} s.`;
}

async function answers(port: number, path: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false;
  }
}
