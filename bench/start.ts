import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { placeOf } from '../src/local/place.ts';
import { freePort } from '../src/local/ports.ts';
import { NOTHING_SET, startLocal } from '../test/ops/start.ts';
import { median, type Row } from './measure.ts';
import type { Server } from './servers.ts';

const ROOT = resolve(import.meta.dirname, '..');
const RESTART_GOAL_MS = 5_000;
const CLONE_GOAL_MS = 60_000;
/** Of the fresh clone: everything that is not npm's installation. */
const OURS_GOAL_MS = 5_000;
const PATIENCE_MS = 300_000;

/** How long `npm start` takes, as real processes, until its one address is printed and its page answers. */
export async function start(_server: Server, options: { quick: boolean }): Promise<Row[]> {
  const rows = await startsAndRestarts(options.quick ? 2 : 5);
  return options.quick ? rows : [...rows, ...(await freshClones(3))];
}

async function startsAndRestarts(repetitions: number): Promise<Row[]> {
  const first: number[] = [];
  const again: number[] = [];
  for (let run = 1; run <= repetitions; run += 1) {
    const dir = await mkdtemp(join(tmpdir(), 'lockstep-bench-start-'));
    try {
      first.push(await timed(dir));
      again.push(await timed(dir));
    } finally {
      for (const folder of [placeOf(join(dir, 'postgres')), dir]) await rm(folder, { recursive: true, force: true });
    }
  }
  return [row('restart with its data', again, RESTART_GOAL_MS), row('first start, packages installed', first, null)];
}

async function timed(dataDir: string): Promise<number> {
  const one = await startLocal(dataDir);
  try {
    const url = await one.ready;
    if (!(await fetch(url)).ok) throw new Error(`the page of ${url} does not answer`);
    return one.took();
  } finally {
    one.child.kill('SIGINT');
    await one.ended;
  }
}

async function freshClones(repetitions: number): Promise<Row[]> {
  const whole: number[] = [];
  const ours: number[] = [];
  await withClone((clone) => {
    // What the cache lacks is fetched here, and not while it is measured.
    const { status } = spawnSync('node', ['prepare.mjs'], { cwd: clone, env: plainEnvironment(), stdio: 'ignore' });
    if (status !== 0) throw new Error('the packages cannot be installed: is the network there?');
  });
  for (let run = 1; run <= repetitions; run += 1) {
    await withClone(async (clone) => {
      const { total, install } = await timedClone(clone);
      whole.push(total);
      ours.push(total - install);
    });
  }
  return [
    row('fresh clone with a warm npm cache', whole, CLONE_GOAL_MS),
    row('… of which everything but npm install', ours, OURS_GOAL_MS),
  ];
}

async function withClone(work: (clone: string) => Promise<void> | void): Promise<void> {
  const clone = await mkdtemp(join(tmpdir(), 'lockstep-bench-clone-'));
  try {
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone]);
    await work(clone);
  } finally {
    for (const folder of [placeOf(join(clone, '.data/postgres')), clone]) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** The machine's own node and npm, as somebody who has just cloned it has them. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('npm_') || name === 'npm_config_registry',
  );
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !/node_modules|node-gyp-bin/.test(part));
  return { ...Object.fromEntries(own), ...NOTHING_SET, LOCKSTEP_DATA: '', PATH: path.join(delimiter) };
}

/** `npm start` in a clone, until its page answers; `install` is the time of npm's installation in it. */
async function timedClone(clone: string): Promise<{ total: number; install: number }> {
  const port = String(await freePort());
  const began = Date.now();
  // A group of its own: Ctrl-C in a terminal reaches npm and what it started alike.
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env: { ...plainEnvironment(), LOCKSTEP_PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  let printed = '';
  let installing = Number.NaN;
  const url = new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk;
        if (printed.includes('Installing packages')) installing ||= Date.now();
        const found = /Lockstep is ready: (\S+)/.exec(printed)?.[1];
        if (found) done(found);
      });
    }
    void ended.then(() => fail(new Error(`npm start ended:\n${printed}`)));
    setTimeout(() => fail(new Error(`npm start is not ready:\n${printed}`)), PATIENCE_MS).unref();
  });
  try {
    if (!(await fetch(await url)).ok) throw new Error(`the page of ${await url} does not answer`);
    const total = Date.now() - began;
    // Written by prepare.mjs the moment that npm has ended.
    const { mtimeMs } = await stat(join(clone, 'node_modules/.lockstep-installed'));
    return { total, install: mtimeMs - installing };
  } finally {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGINT');
    await ended;
  }
}

function row(name: string, times: readonly number[], goalMs: number | null): Row {
  const worst = Math.max(...times);
  return {
    bench: 'start',
    case: `${name} (${times.length} times; p99 is the longest)`,
    ours: { p50: median(times), p99: worst, rate: Number.NaN },
    bare: null,
    ratio: null,
    goal: goalMs === null ? '' : `≤ ${goalMs / 1000} s`,
    met: goalMs === null ? null : worst <= goalMs,
  };
}
