import { sql } from 'kysely';
import type { Reader } from '../store/reader.ts';

/**
 * What metrics are counted from, read from history by the marks that pipeline files set, never by a stage's id. Every
 * read begins at an index and ends at a bound, so a year of history costs the same as a month. `docs/metrics.md` says what
 * each number means.
 */

/** Of more items than this in a period, the latest are counted. */
export const MOST_ITEMS = 500;
/** Counts of events end here, and the history of an item. */
const MOST_EVENTS = 1000;
const MOST_STEPS = 1000;

export interface Released {
  id: string;
  key: string;
  service: string | null;
  created: Date;
  /** When it was ready to be worked on for the first time; null in a pipeline that marks no stage so. */
  ready: Date | null;
  /** When it came to production for the first time. */
  deployed: Date;
  /** Decisions and interventions of people up to then. */
  decisions: number;
  /** The agent that the work was left to; null when a person did it. */
  agent: string | null;
}

/** Time between two entries of history, by the column in which it passed and who ended it. */
export interface Spent {
  column: string;
  /** null: work; otherwise who was waited for, a role or `answer`, `unblock`, `edit`. */
  waited: string | null;
  seconds: number;
}

export interface Asked {
  /** A role, or what was done where no role is asked. */
  who: string;
  count: number;
}

export interface MetricsRows {
  released: Released[];
  spent: Spent[];
  asked: Asked[];
  /** Bounded. */
  deployments: number;
  rollbacks: number;
  /** Reasons for which items were blocked, with how often each. */
  blocks: { reason: string; count: number }[];
}

export async function readMetrics(db: Reader, since: Date): Promise<MetricsRows> {
  const [released, spent, asked, counts, blocks] = await Promise.all([
    readReleased(db, since),
    readSpent(db, since),
    readAsked(db, since),
    readCounts(db, since),
    readBlocks(db, since),
  ]);
  return { released, spent, asked, ...counts, blocks };
}

/** The items that came to production for the first time, with when that was. */
const released = (since: Date) => sql`
  SELECT latest.item_id, first.at FROM (
    SELECT DISTINCT item_id FROM (
      SELECT item_id FROM stage_history WHERE mark = 'deployed' AND at >= ${since.toISOString()}::timestamptz
      ORDER BY at DESC, item_id DESC LIMIT ${MOST_ITEMS}
    ) marks
  ) latest CROSS JOIN LATERAL (
    SELECT at FROM stage_history WHERE item_id = latest.item_id AND mark = 'deployed' ORDER BY version LIMIT 1
  ) first WHERE first.at >= ${since.toISOString()}::timestamptz`;

/** Their history up to then, an item at a time: a join would read all history where that looks cheaper. */
const told = sql`
  released r CROSS JOIN LATERAL (
    SELECT * FROM stage_history WHERE item_id = r.item_id AND at <= r.at ORDER BY version LIMIT ${MOST_STEPS}
  ) h`;

/** What people did, as against what work reported. */
const BY_PEOPLE = sql`h.type IN ('approved','changes_requested','answered','revised','retried','overridden',
  'rollback_requested') AND h.actor_id <> 'lockstep'`;

async function readReleased(db: Reader, since: Date): Promise<Released[]> {
  const query = sql<Released>`(
    WITH released AS MATERIALIZED (${released(since)})
    SELECT i.id, i.key, i.service, story.created, story.ready, story.deployed, story.decisions,
      nullif(f.value ->> 'agent', 'manual') AS agent
    FROM (
      SELECT r.item_id, r.at AS deployed, min(h.at) AS created, min(h.at) FILTER (WHERE h.mark = 'ready') AS ready,
        (count(*) FILTER (WHERE ${BY_PEOPLE}))::int AS decisions
      FROM ${told} GROUP BY r.item_id, r.at
    ) story JOIN items i ON i.id = story.item_id
    LEFT JOIN facts f ON f.item_id = i.id AND f.name = 'delegation')`;
  const rows = await db.selectFrom(query.as('found')).selectAll().orderBy('deployed').orderBy('key').execute();
  return rows;
}

/** Time is counted for whoever ended it: up to a decision a role was waited for, up to a report work was under way. */
async function readSpent(db: Reader, since: Date): Promise<Spent[]> {
  const query = sql<Spent>`(
    WITH released AS MATERIALIZED (${released(since)}), steps AS (
      SELECT h.column_name, h.at, lead(h.at) OVER w AS until, lead(h.type) OVER w AS type, lead(h.role) OVER w AS role,
        lead(h.actor_id) OVER w AS actor
      FROM ${told} WINDOW w AS (PARTITION BY h.item_id ORDER BY h.version)
    )
    SELECT column_name AS "column", CASE
        WHEN actor = 'lockstep' THEN NULL
        WHEN type IN ('approved','changes_requested','overridden','override_withdrawn') THEN role
        WHEN type = 'answered' THEN 'answer'
        WHEN type = 'retried' THEN 'unblock'
        WHEN type IN ('revised','rollback_requested') THEN 'edit'
      END AS waited,
      sum(extract(epoch FROM until - at))::float8 AS seconds
    FROM steps WHERE until IS NOT NULL GROUP BY 1, 2)`;
  return db.selectFrom(query.as('found')).selectAll().orderBy('seconds', 'desc').execute();
}

async function readAsked(db: Reader, since: Date): Promise<Asked[]> {
  const query = sql<Asked>`(
    WITH released AS MATERIALIZED (${released(since)})
    SELECT coalesce(h.role, h.type) AS who, count(*)::int AS count
    FROM ${told} WHERE ${BY_PEOPLE} GROUP BY 1)`;
  return db.selectFrom(query.as('found')).selectAll().orderBy('count', 'desc').orderBy('who').execute();
}

/** In an order, so that the index is read and not, for want of one, the whole table. */
async function readCounts(db: Reader, since: Date): Promise<Pick<MetricsRows, 'deployments' | 'rollbacks'>> {
  const from = sql`${since.toISOString()}::timestamptz`;
  const query = sql<{ deployments: number; rollbacks: number }>`(
    SELECT
      (SELECT count(*)::int FROM (
        SELECT 1 FROM stage_history WHERE mark = 'deployed' AND at >= ${from} ORDER BY at LIMIT ${MOST_EVENTS}
      ) d) AS deployments,
      (SELECT count(*)::int FROM (
        SELECT 1 FROM stage_history WHERE job = 'rollback' AND type = 'finished' AND at >= ${from}
        ORDER BY at LIMIT ${MOST_EVENTS}
      ) b) AS rollbacks)`;
  return db.selectFrom(query.as('found')).selectAll().executeTakeFirstOrThrow();
}

/** The reasons as they were, without what is different each time: only the first rule that failed is kept. */
async function readBlocks(db: Reader, since: Date): Promise<MetricsRows['blocks']> {
  const query = sql<{ reason: string; count: number }>`(
    SELECT split_part(regexp_replace(reason, '^nothing is under way any more: ', ''), ': ', 1) AS reason, count(*)::int AS count
    FROM (
      SELECT reason FROM blocks WHERE at >= ${since.toISOString()}::timestamptz ORDER BY at DESC LIMIT ${MOST_EVENTS}
    ) latest GROUP BY 1)`;
  return db.selectFrom(query.as('found')).selectAll().orderBy('count', 'desc').orderBy('reason').limit(5).execute();
}
