/** Continuous integration: the check `test`, which is the repository's own `npm test` in a clean checkout. */
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRun, updateRun } from './check-runs.ts';
import type { CheckRun, Repo } from './model.ts';
import { actions } from './people.ts';
import type { RunningProcess } from './processes.ts';
import { installArgs, logTail, openLog, prepareCheckout, readPackage, type ScriptRun, startNpm } from './workspace.ts';
import { type Checks, logFile, type World } from './world.ts';

interface Job {
  repo: Repo;
  run: CheckRun;
}

interface Outcome {
  conclusion: 'success' | 'failure' | 'timed_out' | 'cancelled' | 'neutral';
  title: string;
  summary: string;
}

export interface ChecksOptions {
  timeoutMs: number;
}

const superseded: Outcome = {
  conclusion: 'cancelled',
  title: 'Cancelled',
  summary: 'A newer commit was pushed to this pull request.',
};

export function createChecks(world: World, options: ChecksOptions): Checks {
  const queue: Job[] = [];
  let current: { run: CheckRun; process: RunningProcess | null; cancelled: boolean } | null = null;
  let running: Promise<void> = Promise.resolve();
  let closed = false;
  // Outside the data directory: a checkout must not find our own node_modules above it.
  const root = join(
    tmpdir(),
    `lockstep-checks-${createHash('sha256').update(world.dataDir).digest('hex').slice(0, 12)}`,
  );

  const enqueue = (job: Job) => {
    queue.push(job);
    if (current) return;
    running = drain();
    world.track('checks', running);
  };
  const drain = async () => {
    while (!closed && !current) {
      const job = queue.shift();
      if (!job) return;
      current = { run: job.run, process: null, cancelled: false };
      try {
        await perform(job);
      } finally {
        current = null;
      }
    }
  };
  const perform = async ({ repo, run }: Job) => {
    updateRun(world, repo, run, { status: 'in_progress' }, actions);
    const dir = join(root, String(run.id));
    const log = await openLog(logFile(world, 'check', run.id));
    const begun = performance.now();
    let outcome: Outcome;
    try {
      outcome = await test(repo, run, { dir: join(dir, 'work'), home: join(dir, 'home'), log }, begun);
    } catch (error) {
      log.write(`${(error as Error).message}\n`);
      outcome = { conclusion: 'failure', title: 'The check could not run', summary: (error as Error).message };
    }
    await log.close();
    await rm(dir, { recursive: true, force: true });
    // Stopped by a restart: the run stays open and is queued again at the next start.
    if (!closed) await finish({ repo, run }, outcome);
  };
  const test = async (repo: Repo, run: CheckRun, script: ScriptRun, begun: number): Promise<Outcome> => {
    await prepareCheckout(world, repo, run.headSha, script.dir);
    await mkdir(script.home, { recursive: true });
    const file = await readPackage(script.dir);
    if (!file?.scripts.test) {
      return { conclusion: 'neutral', title: 'Nothing to test', summary: 'package.json has no test script.' };
    }
    const install = await installArgs(script.dir, file);
    for (const args of [...(install ? [install] : []), ['test']]) {
      const failed = await step(args, { ...script, extra: { CI: 'true' } }, begun);
      if (failed) return failed;
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    return {
      conclusion: 'success',
      title: `Tests passed in ${seconds} s`,
      summary: '`npm test` ended with exit code 0.',
    };
  };
  const step = async (args: string[], script: ScriptRun, begun: number): Promise<Outcome | null> => {
    if (!current || current.cancelled || closed) return superseded;
    const process = startNpm(world, args, script);
    current.process = process;
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        void process.kill();
      },
      Math.max(options.timeoutMs - (performance.now() - begun), 0),
    );
    const { code } = await process.ended;
    clearTimeout(timer);
    const name = `npm ${args[0]}`;
    if (current?.cancelled) return superseded;
    if (late) {
      const seconds = Math.round(options.timeoutMs / 1000);
      return { conclusion: 'timed_out', title: `${name} timed out`, summary: `Stopped after ${seconds} s.` };
    }
    if (code === 0) return null;
    const title = `${name} failed with exit code ${code}`;
    return { conclusion: 'failure', title, summary: `\`${name}\` ended with exit code ${code}.` };
  };
  const finish = async ({ repo, run }: Job, outcome: Outcome) => {
    const text = await logTail(logFile(world, 'check', run.id));
    const output = {
      title: outcome.title,
      summary: outcome.summary,
      text: text ? `\`\`\`\n${text}\n\`\`\`` : null,
      annotations: [],
    };
    updateRun(world, repo, run, { status: 'completed', conclusion: outcome.conclusion, output }, actions);
  };
  const cancelOlder = (repo: Repo, pull: number, sha: string) => {
    const older = repo.checkRuns.filter(
      (run) => run.app === 'github-actions' && run.pull === pull && run.headSha !== sha && run.status !== 'completed',
    );
    for (const run of older) {
      const at = queue.findIndex((job) => job.run === run);
      if (at >= 0) {
        queue.splice(at, 1);
        world.track('cancel', finish({ repo, run }, superseded));
      } else if (current?.run === run) {
        current.cancelled = true;
        if (current.process) world.track('cancel', current.process.kill());
      }
    }
  };
  const open = (repo: Repo, commit: { sha: string; branch: string; pull: number | null }) => {
    const run = newRun(world, repo, { ...commit, name: 'test', app: 'github-actions' }, actions);
    enqueue({ repo, run });
  };

  return {
    start: (repo, commit) => {
      if (closed) return;
      if (commit.pull !== null) cancelOlder(repo, commit.pull, commit.sha);
      const same = repo.checkRuns.some(
        (run) => run.app === 'github-actions' && run.headSha === commit.sha && run.conclusion !== 'cancelled',
      );
      if (!same) open(repo, commit);
    },
    rerun: (repo, run) => open(repo, { sha: run.headSha, branch: run.headBranch, pull: run.pull }),
    resume: () => {
      for (const repo of world.store.state.repos) {
        for (const run of repo.checkRuns) {
          if (run.app !== 'github-actions' || run.status === 'completed') continue;
          Object.assign(run, { status: 'queued', startedAt: null });
          enqueue({ repo, run });
        }
      }
    },
    close: async () => {
      closed = true;
      queue.length = 0;
      await current?.process?.kill();
      await running;
      await rm(root, { recursive: true, force: true });
    },
  };
}
