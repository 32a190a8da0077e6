import { createPostgresBackend, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { done, job } from '../../jobs/job.ts';
import type { Deps } from '../../src/deps.ts';
import { createHandover, type Handover, startWorkers, type Workers } from '../../src/queue.ts';
import type { Order } from '../../src/store/commit.ts';
import { createLocks } from '../../src/store/locks.ts';
import { until } from '../flows/lockstep.ts';
import { backends, forget, testPrefix } from '../redis.ts';
import { type House, openHouse, prd } from './house.ts';

/** Hand-over, drain and schedules on a real queue, with a job and a chore of the test's own. */

const log = pino({ level: 'silent' });
const PATIENCE_MS = 30_000;

// Beside each other: a schedule is looked at every ten seconds.
describe.concurrent.each(await backends(5))('queue on $name', ({ redis }) => {
  const prefix = testPrefix();
  const runs = new Map<string, number>();
  /** Held until the test lets them go on. */
  const held = new Map<string, Promise<void>>();
  const chore = { name: 'chore', queue: 'upkeep', everyMs: 300, timeoutMs: 5_000 } as const;
  let chores = 0;
  let house: House;
  let locks: ReturnType<typeof createLocks>;
  let handover: Handover;
  let workers: Workers;
  const orders: Order[] = [];

  const base = {
    queue: 'delivery',
    params: z.looseObject({}),
    attempts: 3,
    backoffMs: 1,
    timeoutMs: 60_000,
  } as const;
  const draft = job({
    ...base,
    name: 'draft-prd',
    run: async ({ state }) => {
      const { id } = state.item;
      runs.set(id, (runs.get(id) ?? 0) + 1);
      await held.get(id);
      return done({ type: 'finished', job: 'draft-prd', visit: 1, facts: [prd('p1')], note: '' });
    },
  });
  const jobs = new Map([[draft.name, draft]]);

  beforeAll(async () => {
    house = await openHouse();
    const { url: database, pool } = house.database;
    // Before there is a drain: only what is handed over may run.
    for (let n = 0; n < 3; n += 1) orders.push(await open());
    await pool.query(`UPDATE outbox SET sent_at = now() + interval '1 day'`);
    locks = createLocks(pool);
    const deps = {
      pool,
      log,
      locks,
      advance: house.advance,
      pipelines: { byHash: async () => house.definition },
      config: { database, redis, redisPrefix: prefix, max_attempts: 3 },
      now: () => new Date(),
      failpoint: () => {},
    } as unknown as Deps;
    handover = createHandover({ backend: { database, redis, prefix }, log, pool }, jobs);
    const run = async () => {
      chores += 1;
    };
    workers = startWorkers(deps, handover, { jobs, upkeep: [{ ...chore, run }] });
  });
  afterAll(async () => {
    await workers?.close();
    await handover?.close();
    locks?.close();
    await house?.database.drop();
    if (redis) await forget(redis, prefix);
  });

  async function open(): Promise<Order> {
    const id = await house.open();
    return house.order(id, 'draft-prd');
  }
  const isDone = (order: Order) =>
    until(async () => {
      const { rows } = await house.database.pool.query('SELECT done_at FROM outbox WHERE id = $1', [order.id]);
      return rows[0].done_at !== null;
    }, PATIENCE_MS);

  it('runs what is handed over, and closes it', async () => {
    handover.handOver([orders[0]!]);
    await isDone(orders[0]!);
    expect(runs.get(orders[0]!.itemId!)).toBe(1);
  });

  it('finds what was never handed over', async () => {
    const missed = await open();
    await isDone(missed);
    expect(runs.get(missed.itemId!)).toBe(1);
  });

  it('runs once what is handed over again while it runs, and after it has ended', async () => {
    const [, twice, behind] = orders as [Order, Order, Order];
    const hold = Promise.withResolvers<void>();
    held.set(twice.itemId!, hold.promise);
    await handover.push([twice]);
    await until(() => runs.get(twice.itemId!) === 1, PATIENCE_MS);
    await handover.push([twice]);
    // When this one is through, a second run of the other would have begun.
    await handover.push([behind]);
    await isDone(behind);
    hold.resolve();
    await isDone(twice);
    await handover.push([twice]);
    const last = await open();
    await handover.push([last]);
    await isDone(last);
    expect(runs.get(twice.itemId!)).toBe(1);
  });

  it('writes a schedule again that the queue has lost', async () => {
    const connection = redis ? new Redis(redis, { maxRetriesPerRequest: 1 }) : null;
    const queue = connection
      ? new Queue('upkeep', { connection: connection as never, prefix })
      : new Queue('upkeep', { connection: { connectionString: house.database.url } } as never, createPostgresBackend);
    try {
      await until(() => chores > 0, PATIENCE_MS);
      expect(await queue.removeJobScheduler(chore.name)).toBe(true);
      await until(() => queue.getJobScheduler(chore.name), PATIENCE_MS);
      const before = chores;
      await until(() => chores > before, PATIENCE_MS);
    } finally {
      await queue.close();
      connection?.disconnect();
    }
  }, 90_000);
});
