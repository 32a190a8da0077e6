import type { Pool } from 'pg';
import type { Order } from './commit.ts';

/** An effect as a worker reads it. */
export interface EffectRow {
  id: string;
  item_id: string | null;
  item_key: string | null;
  version: number;
  visit: number | null;
  job: string;
  params: Record<string, unknown>;
  turn: number;
  attempts: number;
  done: boolean;
  created_at: Date;
  /** How often the queue started it without hearing its end, as far as this row knows. */
  error: string | null;
  /** When this was read, by the clock of the database. */
  read_at: string;
}

/** An open order of the same job for the same item. */
export interface Twin {
  id: string;
  version: number;
  params: Record<string, unknown>;
}

/** Closes effects that changed nothing about an item. Closed ones stay as they are. */
export async function settleEffect(pool: Pool, ids: string | readonly string[], result: string): Promise<void> {
  await pool.query({
    name: 'settle_effect',
    text: `UPDATE outbox SET done_at = now(), result = $2 WHERE id = ANY($1) AND done_at IS NULL`,
    values: [typeof ids === 'string' ? [ids] : ids, result],
  });
}

/**
 * The effect is looked at again later: a new turn, so that a job of the old one knows that it is over. Later is now when
 * something came in about the item since this run began: what it is about may have happened after the look.
 */
export async function postpone(
  pool: Pool,
  effect: EffectRow,
  how: { ms: number; attempts: number; error: string | null },
): Promise<Order | null> {
  const result = await pool.query<{ run_at: Date }>({
    name: 'postpone_effect',
    text: `UPDATE outbox SET turn = turn + 1, attempts = $4, error = $5, sent_at = NULL,
             run_at = now() + CASE
               WHEN $5::text IS NULL AND EXISTS (SELECT FROM inbox b WHERE b.item_id = outbox.item_id AND b.received_at >= $6)
               THEN 0 ELSE $3::float8 END * interval '1 millisecond'
           WHERE id = $1 AND turn = $2 AND done_at IS NULL RETURNING run_at`,
    values: [effect.id, effect.turn, how.ms, how.attempts, how.error, effect.read_at],
  });
  const row = result.rows[0];
  return row
    ? { id: effect.id, itemId: effect.item_id, job: effect.job, turn: effect.turn + 1, runAt: row.run_at }
    : null;
}

/** What waits for its time in this visit is due now; the request that said so is recorded in the same commit. */
export async function wakeEffects(
  pool: Pool,
  how: { itemId: string; visit: number; request: { id: string; kind: string } | null; now: Date },
): Promise<Order[]> {
  const result = await pool.query<OrderRow>({
    name: 'wake_effects',
    text: `WITH inboxed AS (
             INSERT INTO inbox (id, kind, item_id, outcome) SELECT $3, $4, $1, 'recorded' WHERE $3::text IS NOT NULL
           )
           UPDATE outbox SET turn = turn + 1, run_at = $5, sent_at = NULL
           WHERE item_id = $1 AND visit = $2 AND done_at IS NULL AND run_at > $5
           RETURNING id, item_id, job, turn, run_at`,
    values: [how.itemId, how.visit, how.request?.id ?? null, how.request?.kind ?? null, how.now],
  });
  return result.rows.map(toOrder);
}

export interface RequestRecord {
  id: string;
  kind: string;
  itemId?: string;
  actorId?: string;
  outcome: 'recorded' | 'refused' | 'ignored' | 'opened';
  reason: string;
}

/** Records a request that changed nothing. Answers false when it is on record already. */
export async function recordRequest(pool: Pool, record: RequestRecord): Promise<boolean> {
  const result = await pool.query({
    name: 'record_request',
    text: `INSERT INTO inbox (id, kind, item_id, actor_id, outcome, reason) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (id) DO NOTHING`,
    values: [record.id, record.kind, record.itemId ?? null, record.actorId ?? null, record.outcome, record.reason],
  });
  return result.rowCount === 1;
}

/** The queue has these now. Written in batches behind the hand-over; if it is lost, the drain hands over once more. */
export async function markSent(pool: Pool, ids: readonly string[]): Promise<void> {
  await pool.query({
    name: 'mark_sent',
    text: `UPDATE outbox SET sent_at = now() WHERE id = ANY($1) AND done_at IS NULL`,
    values: [ids],
  });
}

/**
 * What the queue should have and may not: due, open, and either never handed over (`unsentMs` after it was written) or
 * handed over so long ago (`sentMs`) that a live queue would have brought it to an end or still knows it.
 */
export async function takeMissed(
  pool: Pool,
  how: { unsentMs: number; sentMs: number; limit: number },
): Promise<Order[]> {
  const result = await pool.query<OrderRow>({
    name: 'take_missed',
    text: `UPDATE outbox SET sent_at = now() WHERE id IN (
             SELECT id FROM outbox
             WHERE done_at IS NULL AND run_at <= now() AND (
               (sent_at IS NULL AND greatest(run_at, created_at) < now() - $1 * interval '1 millisecond') OR
               greatest(sent_at, run_at) < now() - $2 * interval '1 millisecond')
             ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED)
           RETURNING id, item_id, job, turn, run_at`,
    values: [how.unsentMs, how.sentMs, how.limit],
  });
  return result.rows.map(toOrder);
}

interface OrderRow {
  id: string;
  item_id: string | null;
  job: string;
  turn: number;
  run_at: Date;
}
const toOrder = (row: OrderRow): Order => ({
  id: row.id,
  itemId: row.item_id,
  job: row.job,
  turn: row.turn,
  runAt: row.run_at,
});
