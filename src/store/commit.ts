import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Change, Effect, NewFact, Wait } from '../pipeline/types.ts';
import { CHAIN_START, linkHash } from './chain.ts';

/** An effect as the outbox knows it: what is handed to the queue. */
export interface Order {
  id: string;
  itemId: string | null;
  job: string;
  turn: number;
  runAt: Date;
}

export interface CommitInput {
  itemId: string;
  /** The version that was read; the commit fails when it is another one now. */
  version: number;
  previousHash: string;
  /** Visit during which the event happened. */
  visit: number;
  change: Change;
  waitsBefore: readonly Wait[];
  priority: string | null;
  now: Date;
  request: { id: string; kind: string } | null;
  /** The effect whose job reports; closed in the same commit. */
  effect: string | null;
}

const HISTORY_COLUMNS = `item_id, version, visit, type, from_stage, to_stage, column_name, mark, actor_id, actor_name,
  actor_roles, of, subject, role, job, note, request_id, at, prev_hash, hash`;

/** CTEs that a new item and an old one share. They write for the row of `moved` and nothing when it is empty. */
const CONSEQUENCES = `
  noted AS (
    INSERT INTO facts (item_id, name, value, source, subject, seen_at)
    SELECT moved.id, f.name, f.value, f.source, f.subject, $1
    FROM moved, jsonb_to_recordset($2) AS f(name text, value jsonb, source text, subject text)
    ON CONFLICT (item_id, name) DO UPDATE
      SET value = excluded.value, source = excluded.source, subject = excluded.subject, seen_at = excluded.seen_at
  ), waited AS (
    INSERT INTO waits (item_id, who, kind, priority, since)
    SELECT moved.id, w.who, w.kind, $3, $1 FROM moved, jsonb_to_recordset($4) AS w(who text, kind text)
    ON CONFLICT (item_id, who, kind) DO UPDATE SET since = excluded.since, priority = excluded.priority
  ), ordered AS (
    INSERT INTO outbox (id, item_id, version, visit, job, params, run_at)
    SELECT e.id, moved.id, $5, e.visit, e.job, e.params, e.run_at
    FROM moved, jsonb_to_recordset($6) AS e(id text, visit int, job text, params jsonb, run_at timestamptz)
  ), inboxed AS (
    INSERT INTO inbox (id, kind, item_id, actor_id, outcome)
    SELECT $7, $8, moved.id, $9, 'recorded' FROM moved WHERE $7::text IS NOT NULL
  )`;

const ADVANCE = {
  name: 'advance',
  text: `
    WITH moved AS (
      UPDATE items SET version = $5, stage = $10, column_name = $11, status = $13, reason = $14, updated_at = $1,
        stage_since = CASE WHEN visit = $12 THEN stage_since ELSE $1 END, visit = $12, last_hash = $15
      WHERE id = $16 AND version = $17 RETURNING id
    ), history AS (
      INSERT INTO stage_history (${HISTORY_COLUMNS})
      SELECT moved.id, $5, $18, $19, $20, $10, $11, $21, $9, $22, $23, $24, $25, $26, $27, $28, $7, $1, $29, $15 FROM moved
    ), unwaited AS (
      DELETE FROM waits w USING moved, jsonb_to_recordset($30) AS g(who text, kind text)
      WHERE w.item_id = moved.id AND w.who = g.who AND w.kind = g.kind
    ), settled AS (
      UPDATE outbox SET done_at = $1, result = $28 WHERE id = $31 AND EXISTS (SELECT FROM moved)
    ), ${CONSEQUENCES}
    SELECT count(*)::int AS moved FROM moved`,
};

const OPEN = {
  name: 'open_item',
  text: `
    WITH moved AS (
      INSERT INTO items (id, key, title, description, kind, priority, level, origin, requester, requester_name,
        pipeline_hash, stage, column_name, visit, version, status, reason, stage_since, last_hash, channel, created_at, updated_at)
      VALUES ($10, $11, $12, $13, $14, $15, $16, $17, $9, $18, $19, $20, $21, 1, $5, $22, $23, $1, $24, $25, $1, $1)
      RETURNING id
    ), history AS (
      INSERT INTO stage_history (${HISTORY_COLUMNS})
      SELECT moved.id, $5, 1, 'created', NULL, $20, $21, NULL, $9, $18, '{}', NULL, '', NULL, NULL, '', $7, $1, $26, $24 FROM moved
    ), ${CONSEQUENCES}
    SELECT count(*)::int AS moved FROM moved`,
};

const RANK: Record<string, number> = { P0: 0, P1: 1, P2: 2, P3: 3, P4: 4 };
/** How the queue of a person is sorted; without a priority an item stands between P2 and P3. */
const rank = (priority: string | null): number => (priority === null ? 2 : (RANK[priority] ?? 2));

/**
 * The guarded statement: history, item, facts, waits, effects, inbox and the closed effect, or nothing at all.
 * Answers null when the item was changed since it was read; throws `23505` when the request was recorded before.
 */
export async function commitChange(pool: Pool, input: CommitInput): Promise<Order[] | null> {
  const { change, now, itemId } = input;
  const { item } = change;
  const orders = toOrders(change.effects, itemId, now);
  const moved = item.visit !== input.visit;
  const same = (a: Wait, b: Wait) => a.who === b.who && a.kind === b.kind;
  const gone = input.waitsBefore.filter((wait) => !change.waits.some((other) => same(wait, other)));
  const come = moved
    ? change.waits
    : change.waits.filter((wait) => !input.waitsBefore.some((other) => same(wait, other)));
  const requestId = input.request?.id ?? null;
  const hash = linkHash(input.previousHash, {
    item: itemId,
    version: item.version,
    visit: input.visit,
    type: change.type,
    from: change.from,
    to: change.to,
    column: change.column,
    mark: change.mark,
    actor: change.actor.id,
    actorName: change.actor.name,
    roles: change.actor.roles,
    of: change.of,
    subject: change.subject,
    role: change.role,
    job: change.job,
    note: change.note,
    request: requestId,
    at: now.getTime(),
  });
  const result = await pool.query<{ moved: number }>(ADVANCE, [
    now,
    json(change.facts.map(factRow)),
    rank(input.priority),
    json(come),
    item.version,
    json(orders.map((order, index) => effectRow(order, change.effects[index]!))),
    requestId,
    input.request?.kind ?? null,
    change.actor.id,
    change.to,
    change.column,
    item.visit,
    item.status,
    change.reason,
    hash,
    itemId,
    input.version,
    input.visit,
    change.type,
    change.from,
    change.mark,
    change.actor.name,
    change.actor.roles,
    change.of,
    change.subject,
    change.role,
    change.job,
    change.note,
    input.previousHash,
    json(gone),
    input.effect,
  ]);
  return result.rows[0]?.moved === 1 ? orders : null;
}

export interface NewItem {
  title: string;
  description: string;
  kind: string;
  priority: string | null;
  level: string;
  origin: string;
  requester: { id: string; name: string };
  pipelineHash: string;
  channel: string;
  /** Where it starts and what that orders. */
  stage: string;
  column: string;
  status: string;
  reason: string;
  facts: readonly NewFact[];
  waits: readonly Wait[];
  effects: readonly Effect[];
}

/** Writes a new item with its first history row, facts, waits, effects and inbox row in one statement. */
export async function commitNewItem(
  pool: Pool,
  given: NewItem,
  how: { now: Date; request: { id: string; kind: string } | null },
): Promise<{ id: string; key: string; orders: Order[] }> {
  const next = await pool.query<{ id: string }>({ name: 'next_item', text: `SELECT nextval('item_ids') AS id` });
  const id = next.rows[0]!.id;
  const key = `LS-${id}`;
  const orders = toOrders(given.effects, id, how.now);
  const requestId = how.request?.id ?? null;
  const hash = linkHash(CHAIN_START, {
    item: id,
    version: 1,
    visit: 1,
    type: 'created',
    from: null,
    to: given.stage,
    column: given.column,
    mark: null,
    actor: given.requester.id,
    actorName: given.requester.name,
    roles: [],
    of: null,
    subject: '',
    role: null,
    job: null,
    note: '',
    request: requestId,
    at: how.now.getTime(),
  });
  await pool.query(OPEN, [
    how.now,
    json(given.facts.map(factRow)),
    rank(given.priority),
    json(given.waits),
    1,
    json(orders.map((order, index) => effectRow(order, given.effects[index]!))),
    requestId,
    how.request?.kind ?? null,
    given.requester.id,
    id,
    key,
    given.title,
    given.description,
    given.kind,
    given.priority,
    given.level,
    given.origin,
    given.requester.name,
    given.pipelineHash,
    given.stage,
    given.column,
    given.status,
    given.reason,
    hash,
    given.channel,
    CHAIN_START,
  ]);
  return { id, key, orders: orders };
}

function toOrders(effects: readonly Effect[], itemId: string, now: Date): Order[] {
  return effects.map((effect) => ({
    id: randomUUID(),
    itemId,
    job: effect.job,
    turn: 0,
    runAt: new Date(now.getTime() + (effect.delayMs ?? 0)),
  }));
}

const json = (value: unknown): string => JSON.stringify(value);
const factRow = (fact: NewFact) => ({ ...fact, subject: fact.subject ?? '' });
const effectRow = (order: Order, effect: Effect) => ({
  id: order.id,
  visit: effect.visit,
  job: effect.job,
  params: effect.params,
  run_at: order.runAt.toISOString(),
});
