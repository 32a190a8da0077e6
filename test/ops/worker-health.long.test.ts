import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { type Lockstep, startLockstep, until } from '../flows/lockstep.ts';
import { queryAt } from './start.ts';

/** The health check of docker-compose.yml, as it stands there, on a real worker. */

const compose = parse(readFileSync(resolve(import.meta.dirname, '../../docker-compose.yml'), 'utf8'), { merge: true });
const { worker } = compose.services;

let dir: string;
let file: string;
let lockstep: Lockstep;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-health-'));
  file = join(dir, 'heartbeat');
  const env = { LOCKSTEP_HEARTBEAT: file, LOG_LEVEL: 'warn' };
  lockstep = await startLockstep({ start: false, processes: true, env });
}, 60_000);
afterAll(async () => {
  await lockstep?.close();
  rmSync(dir, { recursive: true, force: true });
});

const [kind, program, ...args] = worker.healthcheck.test as string[];
const isHealthy = (): boolean =>
  spawnSync(program === 'node' ? process.execPath : String(program), args, { env: { LOCKSTEP_HEARTBEAT: file } })
    .status === 0;
const untilHealthy = () => until(isHealthy, 60_000);
/** As it is after a minute without a beat. */
const age = () => utimesSync(file, new Date(), new Date(Date.now() - 60_000));

const asAdmin = (statement: string) => queryAt(inject('postgres').url, statement);

it('compose asks the worker, and has it write down that it works', () => {
  expect(kind).toBe('CMD');
  expect(worker.environment.LOCKSTEP_HEARTBEAT).toMatch(/^\/tmp\//);
  expect(worker.healthcheck).toMatchObject({ interval: '10s', retries: 3 });
});

it('is healthy while it works, and not before, nor when it stands still, nor after', async () => {
  expect(isHealthy()).toBe(false);
  const running = await lockstep.startWorker();
  await untilHealthy();
  age();
  await untilHealthy();
  running.freeze();
  await until(() => {
    age();
    return !isHealthy();
  });
  running.thaw();
  await untilHealthy();
  await running.stop();
  expect(existsSync(file)).toBe(false);
  expect(isHealthy()).toBe(false);
}, 120_000);

it('is not healthy without its database, though it runs, and is again when the database is back', async () => {
  const running = await lockstep.startWorker();
  const name = new URL(lockstep.database.url).pathname.slice(1);
  const allow = (yes: boolean) => asAdmin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${yes}`);
  const failures = () => running.output().split('"msg":"heartbeat"').length - 1;
  try {
    await untilHealthy();
    await allow(false);
    await asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    // A beat that was under way is over once the next one has failed.
    await until(() => failures() > 0, 60_000);
    age();
    const { mtimeMs } = statSync(file);
    const seen = failures();
    await until(() => failures() > seen, 60_000);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    expect(isHealthy()).toBe(false);
    await allow(true);
    await untilHealthy();
  } finally {
    await allow(true);
    await running.stop();
  }
}, 180_000);
