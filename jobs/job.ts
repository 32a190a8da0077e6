import type { z } from 'zod';
import type { Deps } from '../src/deps.ts';
import type { Definition, Event, State } from '../src/pipeline/types.ts';
import type { ItemRow } from '../src/store/tables.ts';

/** Queues are split by how long a person waits for them. */
export type QueueName = 'slack' | 'drafting' | 'agents' | 'delivery' | 'upkeep';
export const QUEUES: readonly QueueName[] = ['slack', 'drafting', 'agents', 'delivery', 'upkeep'];

/**
 * How a run of a job ended.
 * - `done`: the effect is closed, and `event`, if any, goes through `advance` in the same commit.
 * - `again`: a watch looks again after `ms`; an `event` (facts that changed) is recorded first.
 */
export type Outcome = { kind: 'done'; event?: Event; result?: string } | { kind: 'again'; ms: number; event?: Event };

export const done = (event?: Event, result?: string): Outcome => ({ kind: 'done', event, result });
export const again = (ms: number, event?: Event): Outcome => ({ kind: 'again', ms, event });

/** Thrown by a job when repeating cannot help: the sentence is what people read. */
export class GiveUp extends Error {
  override name = 'GiveUp';
}

/** What a job works on: rows read when it starts. The visit has been checked already. */
export interface JobInput<P> {
  deps: Deps;
  params: P;
  item: ItemRow;
  state: State;
  definition: Definition;
  effect: {
    /** Id of the outbox row; the key that the world is asked about before an effect is repeated. */
    id: string;
    /** 1 on the first try. */
    attempt: number;
    visit: number | null;
    version: number;
    createdAt: Date;
  };
  /** Every open order that this run answers, oldest change first; for jobs that do not coalesce only its own. */
  orders: readonly { id: string; version: number; params: Readonly<Record<string, unknown>> }[];
  /** Aborted when the time limit is reached or the worker stops. */
  signal: AbortSignal;
}

/** A job about an item. One file a job; `index.ts` is the visible list. */
export interface Job<P = Record<string, unknown>> {
  name: string;
  queue: QueueName;
  params: z.ZodType<P>;
  /** A stage's gate does not wait for a watch to finish. */
  watch?: boolean;
  /** Ordered again when the head commit of the pull request moves. */
  perHead?: boolean;
  /** Tries before it is given up and people are told. */
  attempts: number;
  backoffMs: number;
  timeoutMs: number;
  /**
   * Jobs that draw from rows: many orders for one item are one run, one at a time, which closes all of them. Params
   * that are lists are joined.
   */
  coalesce?: boolean;
  run(input: JobInput<P>): Promise<Outcome>;
}

/** Work that belongs to no item: on a schedule, or ordered by an effect without an item. */
export interface UpkeepJob {
  name: string;
  queue: QueueName;
  everyMs: number | null;
  /** Also once when a worker starts: what it reads may have changed meanwhile. */
  atStart?: boolean;
  timeoutMs: number;
  run(deps: Deps, params: Record<string, unknown>, signal: AbortSignal): Promise<void>;
}

/** Keeps the parameter type between `params` and `run` without writing it twice. */
export function job<P>(definition: Job<P>): Job {
  return definition as unknown as Job;
}
