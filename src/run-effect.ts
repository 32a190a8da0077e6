import { GiveUp, type Job, type JobInput, type Outcome } from '../jobs/job.ts';
import type { Deps } from './deps.ts';
import { Refused, RetryLater } from './integrations/errors.ts';
import type { Event } from './pipeline/types.ts';
import type { Order } from './store/commit.ts';
import { type EffectRow, postpone, settleEffect } from './store/effects.ts';
import { type LoadedEffect, loadEffect } from './store/state.ts';

/** What the queue tells about a job that it starts. */
export interface Started {
  effect: string;
  turn: number;
  /** How often the queue has started this job, crashes included. */
  starts: number;
}

/** A job name that this build does not know comes from a newer one: leave it to a worker that does. */
const UNKNOWN_JOB_MS = 30_000;
/** Somebody else redraws the same thing at this moment. */
const BUSY_MS = 250;

/**
 * Runs one effect to its end or to its next turn. The row rules, whatever the queue believes: a closed effect, an
 * earlier turn or a visit that is over is left alone. Answers what is to be handed over next.
 */
export async function runEffect(deps: Deps, jobs: ReadonlyMap<string, Job>, started: Started): Promise<Order | null> {
  const found = await loadEffect(deps.pool, started.effect, { twins: false });
  if (!found || isOver(found.effect, started)) return null;
  const { effect } = found;
  const job = jobs.get(effect.job);
  const log = deps.log.child({ item: effect.item_key, job: effect.job, effect: effect.id });
  if (!job) {
    log.error('no job of this name in this build');
    return postpone(deps.pool, effect, { ms: UNKNOWN_JOB_MS, attempts: effect.attempts, error: 'unknown job' });
  }
  if (!job.coalesce) return attemptEffect({ ...deps, log }, job, { ...found, twins: [effect] }, started);
  const locked = await deps.locks.run(`${effect.job} ${effect.item_id}`, async () => {
    // Whoever had the lock before may have answered this order too; what is drawn is read under the lock.
    const again = await loadEffect(deps.pool, effect.id, { twins: true });
    return again && !isOver(again.effect, started) ? attemptEffect({ ...deps, log }, job, again, started) : null;
  });
  return locked.held
    ? locked.value
    : postpone(deps.pool, effect, { ms: BUSY_MS, attempts: effect.attempts, error: null });
}

const isOver = (effect: EffectRow, started: Started): boolean => effect.done || effect.turn !== started.turn;

async function attemptEffect(
  deps: Deps,
  job: Job,
  { effect, twins: orders, loaded }: LoadedEffect,
  started: Started,
): Promise<Order | null> {
  if (effect.visit !== null && effect.visit !== loaded.row.visit) {
    await settleEffect(deps.pool, effect.id, 'that visit is over');
    return null;
  }
  const tries = effect.attempts + started.starts;
  if (started.starts > 1 && tries > deps.config.max_attempts) {
    return giveUp(deps, job, effect, `the worker died ${started.starts - 1} times while it was doing this`);
  }
  const params = mergeParams(orders.map((order) => order.params));
  const began = Date.now();
  try {
    deps.failpoint('before_effect', effect.job);
    const outcome = await withTimeout(job, deps.log, async (signal) => {
      const input: JobInput<Record<string, unknown>> = {
        deps,
        params: job.params.parse(params) as Record<string, unknown>,
        item: loaded.row,
        state: loaded.state,
        definition: await deps.pipelines.byHash(loaded.row.pipeline_hash),
        effect: {
          id: effect.id,
          attempt: tries,
          visit: effect.visit,
          version: effect.version,
          createdAt: effect.created_at,
        },
        orders,
        signal,
      };
      return job.run(input);
    });
    deps.failpoint('after_effect', effect.job);
    const reason = outcome.event?.type === 'failed' ? outcome.event.note : undefined;
    if (reason !== undefined) deps.log.warn({ reason }, 'given up');
    deps.log.info({ outcome: outcome.kind, ms: Date.now() - began }, 'job ran');
    return await finish(deps, { effect, twins: orders, loaded }, outcome);
  } catch (error) {
    return failed(deps, job, effect, error);
  }
}

async function finish(
  deps: Deps,
  { effect, twins, loaded: seen }: LoadedEffect,
  outcome: Outcome,
): Promise<Order | null> {
  const itemId = effect.item_id!;
  if (outcome.kind === 'again') {
    if (outcome.event) await deps.advance(itemId, outcome.event, { seen });
    return postpone(deps.pool, effect, { ms: outcome.ms, attempts: 0, error: null });
  }
  if (outcome.event) await deps.advance(itemId, outcome.event, { effect: effect.id, seen });
  else await settleEffect(deps.pool, [effect.id, ...twins.map((twin) => twin.id)], outcome.result ?? 'done');
  return null;
}

async function failed(deps: Deps, job: Job, effect: EffectRow, error: unknown): Promise<Order | null> {
  if (error instanceof RetryLater) {
    deps.log.warn({ ms: error.ms, reason: error.message }, 'asked to wait');
    return postpone(deps.pool, effect, { ms: error.ms, attempts: effect.attempts, error: error.message });
  }
  if (error instanceof GiveUp || error instanceof Refused) return giveUp(deps, job, effect, error.message);
  const attempts = effect.attempts + 1;
  deps.log.error({ err: error, attempts }, 'job failed');
  const sentence = error instanceof Error ? error.message : String(error);
  if (attempts >= job.attempts) return giveUp(deps, job, effect, sentence);
  const ms = Math.min(job.backoffMs * 2 ** (attempts - 1), 60_000);
  return postpone(deps.pool, effect, { ms, attempts, error: sentence });
}

/** The work is given up: people are told on the item. Redrawing has nobody to tell, the log has it. */
async function giveUp(deps: Deps, job: Job, effect: EffectRow, sentence: string): Promise<null> {
  deps.log.error({ reason: sentence }, 'given up');
  if (effect.visit === null) {
    await settleEffect(deps.pool, effect.id, `failed: ${sentence}`);
    return null;
  }
  const event: Event = { type: 'failed', job: job.name, visit: effect.visit, note: sentence };
  await deps.advance(effect.item_id!, event, { effect: effect.id });
  return null;
}

/** Lists are joined, everything else is the last order's: `{ who: [a] }` and `{ who: [b] }` redraw both. */
function mergeParams(all: readonly Record<string, unknown>[]): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const params of all) {
    for (const [key, value] of Object.entries(params)) {
      const before = merged[key];
      merged[key] = Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value;
    }
  }
  return merged;
}

async function withTimeout<T>(job: Job, log: Deps['log'], run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(job.timeoutMs);
  let onAbort = () => {};
  const late = new Promise<never>((_, reject) => {
    onAbort = () => {
      log.warn({ ms: job.timeoutMs }, 'job ran out of time');
      reject(new Error(`it took longer than ${Math.round(job.timeoutMs / 1000)} s`));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([run(signal), late]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
