import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSlackLimits, type SlackLimits } from '../../src/store/slack-limits.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** One pace for all processes, kept by the database and its clock. */

let database: TestDatabase;
let limits: SlackLimits;
beforeAll(async () => {
  database = await testDatabase();
  limits = createSlackLimits(database.pool);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE slack_limits'));

/** So slow that no turn comes back while a test runs. */
const SLOW = { burst: 8, perMinute: 0.01 };
/** As if this time had passed. */
const pass = (ms: number) =>
  database.pool.query(`UPDATE slack_limits SET tat = tat - $1::float8 * interval '1 ms'`, [ms]);
const many = (count: number, take: () => ReturnType<SlackLimits['take']>) =>
  Promise.all(Array.from({ length: count }, take));

describe('turns', () => {
  it('are as many at once as the burst allows, whoever asks', async () => {
    const other = createSlackLimits(database.pool);
    const turns = await Promise.all([
      many(10, () => limits.take('a', SLOW, 0)),
      many(10, () => other.take('a', SLOW, 0)),
    ]);
    expect(turns.flat().filter((turn) => turn.granted)).toHaveLength(8);
    expect(await limits.take('b', SLOW, 0)).toEqual({ granted: true, ms: 0 });
  });

  it('come back at an even pace, and a quiet time gives no more than a burst', async () => {
    await many(8, () => limits.take('a', SLOW, 0));
    expect((await limits.take('a', SLOW, 0)).granted).toBe(false);
    await pass(60_000 / SLOW.perMinute + 1000);
    expect((await limits.take('a', SLOW, 0)).granted).toBe(true);
    expect((await limits.take('a', SLOW, 0)).granted).toBe(false);
    await pass(1000 * (60_000 / SLOW.perMinute));
    const turns = await many(10, () => limits.take('a', SLOW, 0));
    expect(turns.filter((turn) => turn.granted)).toHaveLength(8);
  });

  it('are never more in a minute than burst and pace together', async () => {
    const limit = { burst: 8, perMinute: 40 };
    let granted = 0;
    const began = Date.now();
    for (let step = 0; step < 240; step += 1) {
      if ((await limits.take('a', limit, 0)).granted) granted += 1;
      await pass(250);
    }
    const minutes = 1 + (Date.now() - began) / 60_000;
    expect(granted).toBeLessThanOrEqual(limit.burst + limit.perMinute * minutes);
    expect(granted).toBeGreaterThanOrEqual(limit.perMinute);
  });

  it('are granted ahead to whoever has the patience, one after another', async () => {
    const limit = { burst: 1, perMinute: 1 };
    await limits.take('a', limit, 0);
    const first = await limits.take('a', limit, 200_000);
    const second = await limits.take('a', limit, 200_000);
    expect([first.granted, second.granted]).toEqual([true, true]);
    expect(first.ms).toBeGreaterThan(50_000);
    expect(second.ms - first.ms).toBeGreaterThan(50_000);
    const third = await limits.take('a', limit, 100_000);
    expect(third.granted).toBe(false);
    expect(third.ms).toBeGreaterThan(150_000);
  });
});

describe('a pause', () => {
  it('holds for everybody until it is over, and then no burst follows', async () => {
    await limits.pause('a', SLOW, 30_000);
    const turn = await limits.take('a', SLOW, 0);
    expect(turn.granted).toBe(false);
    expect(turn.ms).toBeGreaterThan(20_000);
    expect((await limits.take('a', SLOW, 60_000)).granted).toBe(true);
    await database.pool.query('TRUNCATE slack_limits');
    await limits.pause('a', SLOW, 30_000);
    await pass(31_000);
    const turns = await many(8, () => limits.take('a', SLOW, 0));
    expect(turns.filter((one) => one.granted)).toHaveLength(1);
  });

  it('never shortens one that is longer', async () => {
    await limits.pause('a', SLOW, 60_000);
    await limits.pause('a', SLOW, 1_000);
    expect((await limits.take('a', SLOW, 30_000)).granted).toBe(false);
  });
});
