import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, startPostgres } from '../../src/embedded.ts';
import { migrate } from '../../src/migrate.ts';
import type { Tables } from '../../src/store/tables.ts';
import { type Running, until, untilPeopleAreKnown } from '../flows/lockstep.ts';
import { openPool } from '../postgres.ts';
import { report } from '../redis.ts';
import { pause } from './chaos.ts';
import { approve, buttonOf, expectSound, itemOf, openTicket, press, type Road, reaches, startRoad } from './road.ts';

/** A PostgreSQL of the test's own goes down without a word, as `pg_ctl -m immediate` does it, and comes back. */
let dir: string;
let server: Database;
let road: Road;
const processes: Running[] = [];
const ended: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-restart-'));
  server = await startPostgres({ dir, log: () => {} });
  await migrate(server.url);
  const pool = openPool(server.url, 10);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const database = { url: server.url, pool, db, drop: () => db.destroy() };
  road = await startRoad({ processes: true, start: false, database });
  processes.push(await road.startWeb(), await road.startWorker());
  for (const one of processes) void one.ended.then((how) => ended.push(how));
  await untilPeopleAreKnown(road);
}, 120_000);
afterAll(async () => {
  await road?.close();
  await server?.stop();
  for (const folder of [dir, server?.home]) if (folder) await rm(folder, { recursive: true, force: true });
});

/** SIGQUIT to the postmaster: no checkpoint, sessions are cut off; recovery runs at the next start. */
async function restart(): Promise<void> {
  const data = join(server.home, 'data');
  const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  process.kill(pid, 'SIGQUIT');
  await server.lost;
  server = await startPostgres({ dir, port: Number(new URL(server.url).port), log: () => {} });
}

it('what was under way is whole or absent, processes stay up, and everything goes on', async () => {
  const keys: string[] = [];
  for (let n = 1; n <= 6; n += 1) keys.push(await openTicket(road, `Restarted ${n}`));
  await restart();
  const times = await Promise.all(keys.map((key) => reaches(road, key, 'prd_ready')));
  report(`Postgres restarted at once while 6 items moved: all went on within ${Math.max(...times)} ms`);
  // Recovery, then the lock of each job that was cut off, which nobody could give back.
  expect(Math.max(...times)).toBeLessThan(30_000);

  // The second time people are deciding meanwhile; whoever reads that nothing was recorded presses again.
  const seen = await Promise.all(keys.map((key) => buttonOf(road, key, 'approve')));
  const deciding = keys.map((key, index) =>
    until(async () => {
      await press(road, 'emil', 'approve', seen[index]!);
      await pause(300);
      return (await itemOf(road, key)).stage !== 'prd_ready';
    }, 30_000),
  );
  await restart();
  await Promise.all(deciding);
  await Promise.all(keys.map((key) => reaches(road, key, 'signed')));
  await until(async () => (await fetch(`${road.webUrl}/readyz`)).ok);
  expect(ended, 'web and worker are the ones from the beginning').toEqual([]);
  await expectSound(road);
});

it('a click while the database is down is told that it was not recorded, and readiness says so', async () => {
  const key = await openTicket(road, 'Clicked while it was down');
  await reaches(road, key, 'prd_ready');
  await pause(1_000);
  await server.stop();
  const began = Date.now();
  const answer = await road.slack.act('emil').command('/ticket help');
  expect(Date.now() - began).toBeLessThan(2_500);
  expect(JSON.stringify(answer)).toMatch(/not recorded/i);
  expect((await fetch(`${road.webUrl}/readyz`)).status).toBe(503);
  expect((await fetch(`${road.webUrl}/healthz`)).status).toBe(200);
  server = await startPostgres({ dir, port: Number(new URL(server.url).port), log: () => {} });
  await approve(road, key);
  await reaches(road, key, 'signed');
  expect(ended).toEqual([]);
  await expectSound(road);
});
