import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import { done, type Job, job } from '../jobs/job.ts';
import { createAdvance } from '../src/advance.ts';
import { createCreateItem } from '../src/commands/create-item.ts';
import type { Deps } from '../src/deps.ts';
import { parsePipeline } from '../src/pipeline/definition.ts';
import { createHandover, startWorkers } from '../src/queue.ts';
import type { Order } from '../src/store/commit.ts';
import { orderedId } from '../src/store/ids.ts';
import { createLocks } from '../src/store/locks.ts';
import { type Row, type Sample, sideBySide } from './measure.ts';
import { openBenchDatabase, openPool, openRedis, type Server } from './servers.ts';

/**
 * A whole step: a job ends → what it reports is decided and committed → its effects are handed over → the next job of
 * the item begins. Ours is the real queue, door and run of effects, with jobs that do nothing. Each step
 * orders three redraws in the same commit, as in the product; measured once with another process doing them and once with
 * this one. Bare is one prepared statement (the same UPDATE, one row of history, one of
 * the outbox) and BullMQ's own `add()` and Worker: nothing is checked, remembered or repeated.
 */
const STAGES = 40;
const LANES = 50;

/** One side: keeps `inFlight` items going for `ms` and answers the time of each step. */
interface Side {
  run(inFlight: number, ms: number): Promise<Sample>;
  close(): Promise<void>;
}

export async function step(server: Server, { quick }: { quick: boolean }): Promise<Row[]> {
  const redis = await openRedis();
  const rows: Row[] = [];
  if (redis) {
    rows.push(...(await measure(server, { redis, redraws: false, quick })));
    rows.push(...(await measure(server, { redis, redraws: true, quick })));
  } else process.stdout.write('no Redis answers: only the Postgres backend is measured\n');
  rows.push(...(await measure(server, { redis: null, redraws: false, quick })));
  return rows;
}

interface Setup {
  redis: Awaited<ReturnType<typeof openRedis>>;
  /** Are the redraws that each step orders done by this process too? */
  redraws: boolean;
  quick: boolean;
}

async function measure(server: Server, { redis, redraws, quick }: Setup): Promise<Row[]> {
  const database = await openBenchDatabase(server);
  const pool = openPool(database.url, 20);
  const place = { database: database.url, redis: redis?.url ?? null };
  const sides = { ours: await openOurs(pool, place, redraws), bare: await openBare(pool, place) };
  const rows: Row[] = [];
  try {
    for (const inFlight of [1, 16, 50]) {
      const ms = quick ? 1_000 : 3_000;
      const run = (side: Side) => () => side.run(inFlight, ms);
      await run(sides.ours)();
      await run(sides.bare)();
      const result = await sideBySide(quick ? 5 : 7, { ours: run(sides.ours), bare: run(sides.bare) });
      const { p50, rate } = result.ratio;
      const goal = redis !== null && !redraws;
      rows.push({
        bench: 'step',
        case: `${inFlight} in flight, ${redis ? 'Redis' : 'Postgres'}${redraws ? ', with redraws' : ''}`,
        ...result,
        goal: goal ? 'p50 ≤ 1.3x, rate ≥ 0.8x' : '',
        met: goal ? p50 <= 1.3 && rate >= 0.8 : null,
      });
    }
  } finally {
    await sides.ours.close();
    await sides.bare.close();
    await pool.end();
    await database.drop();
    await redis?.clear();
  }
  return rows;
}

interface Place {
  database: string;
  redis: string | null;
}

/** Counts steps while a run lasts. */
function stopwatch() {
  let times: number[] | null = null;
  const ended = new Map<string, number>();
  return {
    /** A job of this item begins: the step that led here is over. */
    begins(item: string): void {
      const since = ended.get(item);
      if (times && since !== undefined) times.push(performance.now() - since);
    },
    ends(item: string): void {
      ended.set(item, performance.now());
    },
    get on(): boolean {
      return times !== null;
    },
    /** Keeps the clock running for `ms`. */
    async measure(ms: number, start: () => Promise<unknown>): Promise<Sample> {
      times = [];
      const began = performance.now();
      await start();
      await new Promise((resolve) => setTimeout(resolve, ms));
      const measured = { times, seconds: (performance.now() - began) / 1000 };
      times = null;
      ended.clear();
      return measured;
    },
  };
}

const PIPELINE = [
  'name: feature',
  'stages:',
  ...Array.from({ length: STAGES }, (_, n) => `  s${n}: { column: Planning, jobs: [work] }`),
  '  end: { column: Deployed }',
].join('\n');

async function openOurs(pool: Pool, { database, redis }: Place, redraws: boolean): Promise<Side> {
  const watch = stopwatch();
  const running = new Set<Promise<unknown>>();
  const common = { params: z.looseObject({}), attempts: 5, backoffMs: 100, timeoutMs: 10_000 };
  const jobs: Job[] = [
    job({
      ...common,
      name: 'work',
      queue: 'delivery',
      async run({ state: { item } }) {
        if (!watch.on) return { kind: 'again', ms: 3_600_000 };
        watch.begins(item.id);
        watch.ends(item.id);
        return done({ type: 'finished', job: 'work', visit: item.visit, facts: [], note: '' });
      },
    }),
    ...['update-card', 'update-home', 'notify'].map((name) =>
      job({ ...common, name, queue: 'slack', coalesce: true, run: async () => done() }),
    ),
  ];
  const registry = new Map(jobs.map((entry) => [entry.name, entry]));
  const words = { work: { watch: false, perHead: false, check: () => null } };
  const definition = parsePipeline(PIPELINE, 'bench', { jobs: words, roles: [] });
  await pool.query(`INSERT INTO pipelines (hash, name, text) VALUES ('bench', 'feature', $1)`, [PIPELINE]);
  if (!redraws) await pool.query(REDRAWN_ELSEWHERE);
  const log = pino({ level: 'silent' });
  const pipelines = { current: () => ({ hash: 'bench', definition }), names: () => [], byHash: async () => definition };
  const handover = createHandover({ backend: { database, redis }, log, pool }, registry);
  const isOurs = (order: Order) => redraws || order.job === 'work';
  const handOver = (orders: readonly Order[]) => handover.handOver(orders.filter(isOurs));
  const given = { pool, pipelines, handOver, now: () => new Date(), log, failpoint: () => {} };
  const createItem = createCreateItem({ ...given, catalog: { services: [] } as never, level: 'ai_led' });
  const open = () =>
    createItem({ title: 'Bench', description: '', requester: { id: 'U', name: 'U' }, channel: 'C' }, null);
  const door = createAdvance(given);
  // Whoever comes to the end makes room for the next item.
  const advance: typeof door = async (...args) => {
    const result = await door(...args);
    if (result.kind === 'moved' && result.change.item.status === 'done' && watch.on) {
      const opened = open();
      running.add(opened);
      opened.finally(() => running.delete(opened));
    }
    return result;
  };
  const locks = createLocks(pool);
  const deps = { ...given, advance, locks, config: { database, redis, max_attempts: 8 } } as unknown as Deps;
  const workers = startWorkers(deps, handover, { jobs: registry, upkeep: [] });
  return {
    async run(inFlight, ms) {
      const sample = await watch.measure(ms, () => Promise.all(Array.from({ length: inFlight }, open)));
      await Promise.all(running);
      await quiet(pool);
      return sample;
    },
    async close() {
      await workers.close();
      await handover.close();
      locks.close();
    },
  };
}

/** The step alone: redraws are ordered in the same commit, and another process does them. */
const REDRAWN_ELSEWHERE = `
  CREATE FUNCTION redrawn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.done_at := now(); RETURN NEW; END $$;
  CREATE TRIGGER redrawn BEFORE INSERT ON outbox FOR EACH ROW WHEN (NEW.visit IS NULL) EXECUTE FUNCTION redrawn()`;

/** Waits until everything that was ordered has been done or waits for a later time. */
async function quiet(pool: Pool): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM outbox WHERE done_at IS NULL AND run_at < now()',
    );
    if (rows[0]!.n === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const BARE = {
  name: 'bare_step',
  text: `WITH moved AS (
      UPDATE items SET version = version + 1, stage = 's', column_name = 'Planning', status = 'active', reason = '',
        visit = visit + 1, stage_since = now(), updated_at = now(), last_hash = $3
      WHERE id = $1 AND version = $2 RETURNING id
    ), history AS (
      INSERT INTO stage_history (item_id, version, visit, type, from_stage, to_stage, column_name, actor_id, actor_name,
        actor_roles, job, at, prev_hash, hash)
      SELECT id, $2::int + 1, $2, 'finished', 's', 's', 'Planning', 'lockstep', 'Lockstep', '{}', 'work', now(), $3, $3 FROM moved
    )
    INSERT INTO outbox (id, item_id, version, visit, job, run_at, done_at)
    SELECT $4, id, $2::int + 1, $2::int + 1, 'work', now(), now() FROM moved`,
};
const HASH = 'f'.repeat(64);

async function openBare(pool: Pool, { database, redis }: Place): Promise<Side> {
  const watch = stopwatch();
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO items (key, title, requester, requester_name, pipeline_hash, stage, column_name, stage_since, last_hash, channel, created_at, updated_at)
     SELECT 'B-' || n, 'Bench', 'U', 'U', 'bench', 's', 'Planning', now(), $1, 'C', now(), now() FROM generate_series(1, ${LANES * STAGES}) n RETURNING id`,
    [HASH],
  );
  const items = rows.map(({ id }) => ({ id, version: 1 }));
  const worksOn = new Map(items.map((item) => [item.id, item]));
  const connections: Redis[] = [];
  const connection = (role: 'queue' | 'worker') => {
    if (!redis) return { connectionString: database, max: role === 'queue' ? 3 : 4 };
    const opened = new Redis(redis, { maxRetriesPerRequest: null });
    connections.push(opened);
    return opened;
  };
  const build = redis ? [] : [createPostgresBackend as never];
  const options = { defaultJobOptions: { removeOnComplete: true, removeOnFail: true } };
  const queue = new Queue('bare', { ...options, connection: connection('queue') as never }, ...build);
  let underway = 0;
  const work = async (data: { item: string; left: number }): Promise<void> => {
    watch.begins(data.item);
    if (!watch.on) return;
    const item = worksOn.get(data.item)!;
    watch.ends(data.item);
    const effect = orderedId(new Date());
    const moved = await pool.query({ ...BARE, values: [item.id, item.version, HASH, effect] });
    if (moved.rowCount !== 1) throw new Error('conflict');
    item.version += 1;
    if (data.left > 0) await queue.add('work', { item: item.id, left: data.left - 1 }, { jobId: effect });
    else await start();
  };
  // An item that comes to its end makes room for the next one.
  const start = async () => {
    const item = items.shift()!;
    items.push(item);
    await queue.add('work', { item: item.id, left: STAGES - 1 }, { jobId: orderedId(new Date()) });
  };
  const concurrency = LANES;
  const worker = new Worker(
    'bare',
    async (entry) => {
      underway += 1;
      await work(entry.data).finally(() => {
        underway -= 1;
      });
    },
    { connection: connection('worker') as never, concurrency },
    ...build,
  );
  worker.on('error', () => {});
  await worker.waitUntilReady();
  return {
    async run(inFlight, ms) {
      const sample = await watch.measure(ms, () => Promise.all(Array.from({ length: inFlight }, start)));
      do await new Promise((resolve) => setTimeout(resolve, 20));
      while (underway > 0 || (await queue.getJobCountByTypes('waiting', 'active')) > 0);
      return sample;
    },
    async close() {
      await worker.close();
      await queue.close();
      for (const opened of connections) opened.disconnect();
    },
  };
}
