import type { Redis as RedisClient } from 'ioredis';
import { Redis } from 'ioredis';
import { approve, meetPeople, openTicket, type Road, reaches, untilQuiet } from '../test/faults/road.ts';
import { until, untilPeopleAreKnown } from '../test/flows/lockstep.ts';
import { median, type Row } from './measure.ts';
import { openRoad } from './road.ts';
import { openRedis, type Server } from './servers.ts';

const GOAL_MS = 10_000;
const WIPED_ITEMS = 20;

/**
 * How long an item stands still: after its worker was killed in the middle of its job and started again at once, and
 * after Redis forgot every job that it was handed. From the fault until the item has moved.
 */
export async function recovery(server: Server, options: { quick: boolean }): Promise<Row[]> {
  const repetitions = options.quick ? 2 : 5;
  const redis = await openRedis();
  const rows = [await killed(server, { repetitions, queue: 'Postgres' })];
  if (!redis) return rows;
  try {
    rows.push(await killed(server, { repetitions, queue: 'Redis', redis: redis.url }));
    rows.push(await wiped(server, { repetitions, redis: redis.url }));
  } finally {
    await redis.clear();
  }
  return rows;
}

async function killed(server: Server, how: { repetitions: number; queue: string; redis?: string }): Promise<Row> {
  const road = await openRoad(server, { redis: how.redis ?? null });
  try {
    await road.startWeb();
    await meetPeople(road);
    const times: number[] = [];
    for (let run = 1; run <= how.repetitions; run += 1) {
      const victim = await road.startWorker({ FAIL_AT: 'before_effect@draft-prd' });
      const key = await openTicket(road, `Killed ${run}`);
      const how = await victim.ended;
      const began = performance.now();
      if (how !== 'SIGKILL') throw new Error(`the worker ended by ${how}`);
      const next = await road.startWorker();
      await reaches(road, key, 'prd_ready', 60_000);
      times.push(performance.now() - began);
      await next.stop();
    }
    return row(`worker killed, queue on ${how.queue}`, times);
  } finally {
    await road.close();
  }
}

/** The worker stands still while the jobs are handed over and forgotten, so that it can save none of them. */
async function wiped(server: Server, how: { repetitions: number; redis: string }): Promise<Row> {
  const road = await openRoad(server, { redis: how.redis });
  const client = new Redis(how.redis);
  try {
    await road.startWeb();
    const worker = await road.startWorker();
    await untilPeopleAreKnown(road);
    const times: number[] = [];
    for (let run = 1; run <= how.repetitions; run += 1) {
      const keys: string[] = [];
      for (let n = 1; n <= WIPED_ITEMS; n += 1) keys.push(await openTicket(road, `Wiped ${run}.${n}`));
      for (const key of keys) await reaches(road, key, 'prd_ready', 60_000);
      times.push(await wipe(road, { keys, client, worker }));
    }
    return row(`Redis wiped, the last of ${WIPED_ITEMS} items`, times);
  } finally {
    client.disconnect();
    await road.close();
  }
}

async function wipe(
  road: Road,
  given: { keys: readonly string[]; client: RedisClient; worker: { freeze(): void; thaw(): void } },
): Promise<number> {
  const { keys, client, worker } = given;
  await untilQuiet(road, 30_000);
  worker.freeze();
  for (const key of keys) await approve(road, key);
  await handedOver(road);
  await client.flushdb();
  const began = performance.now();
  worker.thaw();
  for (const key of keys) await reaches(road, key, 'signed', 60_000);
  return performance.now() - began;
}

/** Waits until the queue was given every order that is due. */
const handedOver = (road: Road) =>
  until(async () => {
    const { rows } = await road.database.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM outbox WHERE done_at IS NULL AND sent_at IS NULL AND run_at <= now()',
    );
    return rows[0]!.n === 0;
  }, 30_000);

function row(name: string, times: readonly number[]): Row {
  const p50 = median(times);
  const worst = Math.max(...times);
  return {
    bench: 'recovery',
    case: `${name} (${times.length} times; p99 is the longest)`,
    ours: { p50, p99: worst, rate: Number.NaN },
    bare: null,
    ratio: null,
    goal: '≤ 10 s',
    met: worst <= GOAL_MS,
  };
}
