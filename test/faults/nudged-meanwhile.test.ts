import { afterAll, beforeAll, expect, it } from 'vitest';
import { postpone, wakeEffects } from '../../src/store/effects.ts';
import { loadEffect } from '../../src/store/state.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** A webhook that comes while a watch is looking: what it is about may have happened after the look. */
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query(`INSERT INTO pipelines (hash, name, text) VALUES ('h', 'feature', '')`);
  await database.pool.query(
    `INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, stage_since,
       last_hash, channel, created_at, updated_at)
     VALUES (1, 'LS-1', 't', 'U1', 'U', 'h', 's', 'Preview', now(), '', 'C', now(), now())`,
  );
});
afterAll(() => database.drop());

const MINUTE = 60_000;
const look = async (id: string) => {
  await database.pool.query(
    `INSERT INTO outbox (id, item_id, version, visit, job, run_at) VALUES ($1, 1, 1, 1, 'watch-checks', now())`,
    [id],
  );
  return (await loadEffect(database.pool, id, { twins: false }))!.effect;
};
const nudge = (id: string) =>
  wakeEffects(database.pool, { itemId: '1', visit: 1, request: { id, kind: 'github:push' }, now: new Date() });
const later = { ms: MINUTE, attempts: 0, error: null };
const waits = (order: { runAt: Date } | null) => order!.runAt.getTime() - Date.now();

it('makes the watch look once more at once', async () => {
  const effect = await look('one');
  await nudge('github:1');
  expect(waits(await postpone(database.pool, effect, later))).toBeLessThan(1_000);
  const again = (await loadEffect(database.pool, 'one', { twins: false }))!.effect;
  expect(waits(await postpone(database.pool, again, later))).toBeGreaterThan(MINUTE - 5_000);
});

it('shortens no pause after a failure', async () => {
  const effect = await look('two');
  await nudge('github:2');
  const failed = { ms: MINUTE, attempts: 1, error: 'GitHub answered 500' };
  expect(waits(await postpone(database.pool, effect, failed))).toBeGreaterThan(MINUTE - 5_000);
});
