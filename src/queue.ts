import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Logger } from 'pino';
import { type Job, QUEUES, type QueueName, type UpkeepJob } from '../jobs/job.ts';
import type { Config } from './config.ts';
import type { Deps } from './deps.ts';
import { grouped, loop } from './pace.ts';
import { createRedraws } from './redraws.ts';
import { runEffect } from './run-effect.ts';
import type { Order } from './store/commit.ts';
import { markSent, takeMissed } from './store/effects.ts';

/**
 * The only file that knows BullMQ. Two backends, one API: Redis where `REDIS_URL` is set, the same Postgres otherwise.
 * The queue is a convenience: what it forgets (a wiped Redis, a killed process) the outbox still has, and the drain
 * hands it over again. BullMQ ignores ids that it knows, so handing over twice is harmless.
 */
export interface Handover {
  /** Gives effects to the queue without waiting; a failure is left to the drain. */
  handOver(orders: readonly Order[]): void;
  /** Waits until the queue has them. */
  push(orders: readonly Order[]): Promise<void>;
  close(): Promise<void>;
}

export interface Backend {
  database: string;
  redis: string | null;
  /** Begins every key in Redis, so that several installations can share one. */
  prefix?: string;
}

/** Crash pickup is lock time plus stalled interval: 6 to 7 s. */
const LOCK_MS = 5_000;
const STALLED_MS = 2_000;
/** How soon a worker asks again when the queue's server did not answer. */
const RECONNECT_MS = 1_000;
/** One unsent effect waits at most this long, plus one drain interval. */
const UNSENT_MS = 200;
const DRAIN_MS = 400;
const RESEND_MS = 5_000;
const SCHEDULE_MS = 10_000;
const BATCH = 500;

const CONCURRENCY: Record<QueueName, number> = { slack: 8, drafting: 4, agents: 8, delivery: 16, upkeep: 2 };

export const backendOf = (config: Config): Backend => ({
  database: config.database,
  redis: config.redis,
  prefix: config.redisPrefix,
});

/** Makes BullMQ's own tables; called at deploy, before any process uses the Postgres backend. */
export async function migrateQueue(database: string): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

type Connection = { opts: object; close: () => Promise<void> };

/** Producers fail at once while Redis is down instead of waiting without limit; workers wait for its return. */
function connect(backend: Backend, log: Logger, role: 'producer' | 'worker'): Connection {
  if (!backend.redis)
    return { opts: { connectionString: backend.database, max: role === 'producer' ? 3 : 4 }, close: async () => {} };
  const redis = new Redis(backend.redis, {
    maxRetriesPerRequest: role === 'producer' ? 1 : null,
    enableOfflineQueue: role === 'worker',
    lazyConnect: false,
  });
  redis.on('error', (error) => log.warn({ reason: error.message }, 'redis'));
  return { opts: redis, close: async () => redis.disconnect() };
}

function openQueue(name: QueueName, backend: Backend, connection: Connection): Queue {
  const opts = {
    connection: connection.opts as never,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  };
  return backend.redis
    ? new Queue(name, { ...opts, prefix: backend.prefix })
    : new Queue(name, opts as never, createPostgresBackend as never);
}

const jobId = (order: Order): string => `${order.id}-${order.turn}`;

export function createHandover(
  deps: { backend: Backend; log: Logger; pool: pg.Pool },
  jobs: ReadonlyMap<string, Pick<Job, 'queue' | 'coalesce'>>,
): Handover {
  const { backend, log, pool } = deps;
  const connections = QUEUES.map((name) => ({ name, connection: connect(backend, log, 'producer') }));
  const queues = new Map(connections.map(({ name, connection }) => [name, openQueue(name, backend, connection)]));
  for (const queue of queues.values()) queue.on('error', (error) => log.warn({ reason: error.message }, 'queue'));
  const sent = createSentMarks(pool, log);

  const pushTo = async (name: QueueName, orders: readonly Order[]): Promise<void> => {
    const entries = orders.map((order) => ({
      name: order.job,
      data: { effect: order.id, turn: order.turn },
      opts: { jobId: jobId(order), delay: Math.max(0, order.runAt.getTime() - Date.now()) },
    }));
    const queue = queues.get(name)!;
    const [first] = entries;
    if (entries.length === 1 && first) await queue.add(first.name, first.data, first.opts);
    else await queue.addBulk(entries);
    sent.add(orders.map((order) => order.id));
  };

  // One statement of many rows costs Postgres little more than one of a single row.
  const pushers = new Map(
    QUEUES.map((name) => {
      const send = (orders: readonly Order[]) => pushTo(name, orders);
      return [name, backend.redis ? send : grouped(send)];
    }),
  );
  const underway = new Set<Promise<void>>();
  const push = (orders: readonly Order[]): Promise<void> => {
    const pushed = pushAll(orders).finally(() => underway.delete(pushed));
    underway.add(pushed);
    return pushed;
  };
  const pushAll = async (orders: readonly Order[]): Promise<void> => {
    const byQueue = Map.groupBy(orders, (order) => jobs.get(order.job)?.queue ?? 'upkeep');
    await Promise.all([...byQueue].map(([name, list]) => pushers.get(name)!(list)));
  };

  const pushOrLeave = (orders: readonly Order[]): void => {
    if (orders.length === 0) return;
    push(orders).catch((error: Error) => log.warn({ reason: error.message }, 'hand-over left to the drain'));
  };
  const redraws = createRedraws((order, answered) => {
    pushOrLeave([order]);
    sent.add(answered);
  });

  return {
    push,
    handOver(orders) {
      pushOrLeave(orders.filter((order) => !jobs.get(order.job)?.coalesce || redraws.isFirst(order)));
    },
    async close() {
      redraws.flush();
      await Promise.allSettled(underway);
      await sent.flush();
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await Promise.all(connections.map(({ connection }) => connection.close()));
    },
  };
}

/** Remembers which effects were handed over and writes it down in batches, off the path of a step. */
function createSentMarks(pool: pg.Pool, log: Logger) {
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const ids = waiting;
    waiting = [];
    if (ids.length > 0) await markSent(pool, ids).catch((error: Error) => log.warn({ reason: error.message }, 'marks'));
  };
  return {
    flush,
    add(ids: readonly string[]) {
      waiting.push(...ids);
      timer ??= setTimeout(flush, 50);
    },
  };
}

export interface Workers {
  /** Rejects when one of them takes no jobs, or when the queue's server does not answer. */
  check(): Promise<void>;
  /** Stops taking jobs and waits for those at work. */
  close(): Promise<void>;
}

/** Starts the workers of all queues, the drain, and the schedules. */
export function startWorkers(
  deps: Deps,
  handover: Handover,
  registry: { jobs: ReadonlyMap<string, Job>; upkeep: readonly UpkeepJob[] },
): Workers {
  const backend: Backend = backendOf(deps.config);
  const upkeep = new Map(registry.upkeep.map((job) => [job.name, job]));
  const stop = new AbortController();

  const connections: Connection[] = [];
  const workers = QUEUES.map((name) => {
    const connection = connect(backend, deps.log, 'worker');
    connections.push(connection);
    const opts = {
      connection: connection.opts as never,
      concurrency: CONCURRENCY[name],
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      // A crash is not a verdict: the row decides when to give up (BullMQ's own limit is one crash).
      maxStalledCount: 1_000_000,
      // After a lost connection BullMQ would stand still for 15 s.
      runRetryDelay: RECONNECT_MS,
    };
    const process = async (job: {
      name: string;
      data: { effect?: string; turn?: number };
      attemptsStarted?: number;
    }) => {
      const chore = upkeep.get(job.name);
      if (chore) return runChore(deps, chore, job.data, stop.signal);
      const { effect, turn } = job.data;
      if (effect === undefined || turn === undefined) return;
      const next = await runEffect(deps, registry.jobs, { effect, turn, starts: job.attemptsStarted ?? 1 });
      if (next) await handover.push([next]);
    };
    const worker = backend.redis
      ? new Worker(name, process as never, { ...opts, prefix: backend.prefix })
      : new Worker(name, process as never, opts as never, createPostgresBackend as never);
    worker.on('error', (error) => deps.log.warn({ queue: name, reason: error.message }, 'worker'));
    worker.on('failed', (job, error) =>
      deps.log.error({ job: job?.name, err: error }, 'run ended badly; the drain repeats it'),
    );
    return worker;
  });

  const schedules = startSchedules(deps, backend, registry.upkeep);
  const drain = startDrain(deps, handover);
  return {
    async check() {
      const idle = workers.find((worker) => !worker.isRunning());
      if (idle) throw new Error(`the worker of the queue ${idle.name} does not run`);
      await schedules.check();
    },
    async close() {
      stop.abort();
      await drain.stop();
      await schedules.stop();
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

async function runChore(
  deps: Deps,
  chore: UpkeepJob,
  params: Record<string, unknown>,
  stop: AbortSignal,
): Promise<void> {
  const began = Date.now();
  await chore.run(deps, params, AbortSignal.any([stop, AbortSignal.timeout(chore.timeoutMs)]));
  deps.log.debug({ job: chore.name, ms: Date.now() - began }, 'upkeep ran');
}

/** Hands over what was missed: never sent, or sent and lost by the queue. */
function startDrain(deps: Deps, handover: Handover): { stop(): Promise<void> } {
  return loop(deps.log, 'drain', DRAIN_MS, async () => {
    const missed = await takeMissed(deps.pool, { unsentMs: UNSENT_MS, sentMs: RESEND_MS, limit: BATCH });
    if (missed.length === 0) return;
    deps.log.debug({ count: missed.length }, 'drain');
    await handover.push(missed);
  });
}

/** A Redis wipe removes schedules without an error, so they are written again on a timer. */
function startSchedules(
  deps: Deps,
  backend: Backend,
  chores: readonly UpkeepJob[],
): { check(): Promise<void>; stop(): Promise<void> } {
  const connection = connect(backend, deps.log, 'producer');
  const queue = openQueue('upkeep', backend, connection);
  queue.on('error', (error) => deps.log.warn({ reason: error.message }, 'queue'));
  let first = true;
  const rounds = loop(deps.log, 'schedules', SCHEDULE_MS, async () => {
    for (const chore of chores) {
      if (chore.everyMs === null) continue;
      // A schedule that is new runs at once by itself.
      if (first && chore.atStart && (await queue.getJobScheduler(chore.name))) await queue.add(chore.name, {});
      await queue.upsertJobScheduler(chore.name, { every: chore.everyMs }, { name: chore.name, data: {} });
    }
    first = false;
  });
  return {
    async check() {
      await queue.count();
    },
    async stop() {
      await rounds.stop();
      await queue.close();
      await connection.close();
    },
  };
}
