import { sql } from 'kysely';
import type { Facts, ItemStatus, Priority } from '../pipeline/types.ts';
import { rolesOf } from './people.ts';
import type { Reader } from './reader.ts';
import type { WaitRow } from './tables.ts';

/** What App Home is drawn from. Every list is bounded by an index, whatever the size of the tables. */

export interface QueueRow {
  id: string;
  key: string;
  title: string;
  visit: number;
  column_name: string;
  status: ItemStatus;
  priority: Priority | null;
  reason: string;
  since: Date;
}

/** With what tells which decision it waits for. */
export interface StandingRow extends QueueRow {
  stage: string;
  pipeline_hash: string;
  requester: string;
}

export interface WaitingRow extends StandingRow {
  kind: WaitRow['kind'];
  /** Place in its list, 1 first. */
  place: string;
  /** Bounded count of all rows of the same list: 100 means more than 99. */
  total: number;
}

/** Rows that one role or person is looked up for; a count above 99 is shown as "99+". */
const BOUND = 100;

/** The list of Home in which a wait of each kind stands. */
const LISTS: Readonly<Record<WaitRow['kind'], 'gate' | 'review' | 'blocked'>> = {
  gate: 'gate',
  question: 'gate',
  review: 'review',
  blocked: 'blocked',
};

/**
 * What waits on these roles and people, most urgent first: `user:U1`, `role:engineer`. One index scan of at most 100
 * entries for each of them and each kind, so it costs the same at a thousand items and at a million, and many urgent
 * gates of a role hide none of its reviews.
 */
export async function waitingOn(db: Reader, who: readonly string[], limit = 20): Promise<WaitingRow[]> {
  if (who.length === 0) return [];
  const query = sql<WaitingRow>`(
    WITH asked AS (
      SELECT * FROM unnest(${Object.keys(LISTS)}::text[], ${Object.values(LISTS)}::text[]) AS asked(kind, list)
    ), mine AS (
      ${sql.join(who.map(firstOf), sql` UNION ALL `)}
    ), single AS (
      SELECT DISTINCT ON (item_id, list) item_id, kind, list, priority, since FROM mine
      ORDER BY item_id, list, priority, since, kind
    ), ranked AS (
      SELECT *, row_number() OVER (PARTITION BY list ORDER BY priority, since, item_id) AS place,
        count(*) OVER (PARTITION BY list) AS total
      FROM single
    )
    SELECT i.id, i.key, i.title, i.visit, i.column_name, i.status, i.priority, i.reason, i.stage, i.pipeline_hash,
      i.requester, r.since, r.kind, r.place, least(r.total, ${BOUND}::int)::int AS total
    FROM ranked r JOIN items i ON i.id = r.item_id WHERE r.place <= ${limit})`;
  return db.selectFrom(query.as('found')).selectAll().orderBy('place').execute();
}

/**
 * A branch for each, not one join with a list: Postgres has to see the name to know how much waits there. Otherwise it
 * plans for an average person, and may read and sort all of a crowded role (measured: 276 ms at a million items, not 1).
 */
const firstOf = (who: string) => sql`
  SELECT found.item_id, asked.kind, asked.list, found.priority, found.since FROM asked CROSS JOIN LATERAL (
    SELECT item_id, priority, since FROM waits WHERE waits.who = ${who} AND waits.kind = asked.kind
    ORDER BY waits.priority, waits.since, waits.item_id LIMIT ${BOUND}
  ) found`;

export type FlyingRow = StandingRow & { total: number };

/** Open items that a person asked for, newest stage first, with the bounded count of them all. */
export async function inFlight(db: Reader, requester: string, limit = 20): Promise<FlyingRow[]> {
  const query = sql<FlyingRow>`(
    SELECT id, key, title, visit, column_name, status, priority, reason, stage, pipeline_hash, requester, since, total
    FROM (
      SELECT found.*, count(*) OVER ()::int AS total, row_number() OVER (ORDER BY since DESC, id) AS place FROM (
        SELECT id, key, title, visit, column_name, status, priority, reason, stage, pipeline_hash, requester,
          stage_since AS since
        FROM items WHERE requester = ${requester} AND status IN ('active','blocked')
        ORDER BY stage_since DESC, id LIMIT ${BOUND}
      ) found
    ) counted WHERE place <= ${limit})`;
  return db.selectFrom(query.as('found')).selectAll().orderBy('since', 'desc').orderBy('id').execute();
}

/** Some facts of a few items, to show beside them. */
export async function factsOf(
  db: Reader,
  items: readonly string[],
  names: readonly string[],
): Promise<Map<string, Facts>> {
  const found = new Map<string, Facts>();
  if (items.length === 0) return found;
  const list = await db
    .selectFrom('facts')
    .selectAll()
    .where('item_id', 'in', [...items])
    .where('name', 'in', [...names])
    .execute();
  for (const row of list) {
    const known = found.get(row.item_id) ?? {};
    const fact = { value: row.value, source: row.source, subject: row.subject, seenAt: row.seen_at };
    found.set(row.item_id, { ...known, [row.name]: fact });
  }
  return found;
}

export interface WaitedFor {
  item_id: string;
  who: string;
  kind: WaitRow['kind'];
}

/** Who is waited for in these items: a handful of rows each. */
export async function waitsOf(db: Reader, items: readonly string[]): Promise<WaitedFor[]> {
  if (items.length === 0) return [];
  return db
    .selectFrom('waits')
    .select(['item_id', 'who', 'kind'])
    .where('item_id', 'in', [...items])
    .orderBy('item_id')
    .orderBy('who')
    .orderBy('kind')
    .execute();
}

/** Who has approved what in the present visit of these items. */
export async function approvalsOf(
  db: Reader,
  items: readonly Pick<QueueRow, 'id' | 'visit'>[],
): Promise<{ item_id: string; actor_id: string; of: string | null; subject: string }[]> {
  if (items.length === 0) return [];
  const query = sql<{ item_id: string; actor_id: string; of: string | null; subject: string }>`(
    SELECT h.item_id, h.actor_id, h.of, h.subject
    FROM unnest(${items.map((item) => item.id)}::bigint[], ${items.map((item) => item.visit)}::int[]) AS asked(id, visit)
    JOIN stage_history h ON h.item_id = asked.id AND h.visit = asked.visit AND h.type = 'approved')`;
  return db.selectFrom(query.as('found')).selectAll().execute();
}

export interface QueueRows {
  roles: string[];
  waiting: WaitingRow[];
  inFlight: FlyingRow[];
  /** Pull request, checks and preview of the items under review. */
  facts: Map<string, Facts>;
}

/** Everything that one person's Home shows: three bounded reads. */
export async function readQueue(db: Reader, userId: string): Promise<QueueRows> {
  const roles = await rolesOf(db, userId);
  const who = [`user:${userId}`, ...roles.map((role) => `role:${role}`)];
  const [waiting, flying] = await Promise.all([waitingOn(db, who), inFlight(db, userId)]);
  const reviews = waiting.filter((row) => row.kind === 'review').map((row) => row.id);
  return { roles, waiting, inFlight: flying, facts: await factsOf(db, reviews, ['pr', 'checks', 'preview']) };
}
