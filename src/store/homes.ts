import { type Kysely, sql } from 'kysely';
import type { Reader } from './reader.ts';
import type { Tables } from './tables.ts';

/**
 * Home tabs that somebody has opened: only those are drawn. A change counts `wanted` up, a draw notes the count that it
 * has read before anything else; while the two differ the Home is still to be drawn, whoever died meanwhile.
 */
export interface Home {
  user_id: string;
  view: unknown;
  published_hash: string | null;
  wanted: number;
}

const HOME = ['user_id', 'view', 'published_hash', 'wanted'] as const;

export async function homeOf(db: Reader, userId: string): Promise<Home | null> {
  const row = await db.selectFrom('homes').select(HOME).where('user_id', '=', userId).executeTakeFirst();
  return row ?? null;
}

/**
 * Something changed that these see (`role:…`, `user:…`), and everybody who looks at all items: their Homes are to be
 * drawn. Locked in one order, so that many changes at once wait for each other and never in a circle.
 */
export async function wantHomes(db: Kysely<Tables>, who: readonly string[], items: 'all' | 'own'): Promise<void> {
  const named = (kind: string) => who.filter((one) => one.startsWith(kind)).map((one) => one.slice(kind.length));
  const [roles, users] = [named('role:'), named('user:')];
  await sql`
    WITH concerned AS (
      SELECT user_id FROM homes
      WHERE user_id = ANY(${users}::text[])
        OR user_id IN (SELECT m.user_id FROM role_members m WHERE m.role = ANY(${roles}::text[]))
        OR (${items === 'all'} AND view ->> 'tab' IN ('board', 'metrics'))
      ORDER BY user_id FOR UPDATE
    )
    UPDATE homes SET wanted = wanted + 1 FROM concerned WHERE homes.user_id = concerned.user_id`.execute(db);
}

/** Once in this time, however much changes. Metrics move slowly and cost more to read. */
export interface Pace {
  ms: number;
  metricsMs: number;
}

/** Whose Home is to be drawn and was not published just now; those who have waited longest first. */
export async function homesToDraw(db: Reader, how: { now: Date; pace: Pace; limit: number }): Promise<string[]> {
  const { now, pace, limit } = how;
  const since = sql<Date>`${now.toISOString()}::timestamptz - interval '1 millisecond' *
    CASE WHEN view ->> 'tab' = 'metrics' THEN ${pace.metricsMs}::int ELSE ${pace.ms}::int END`;
  const rows = await db
    .selectFrom('homes')
    .select('user_id')
    .whereRef('wanted', '<>', 'drawn')
    .where((eb) => eb.or([eb('published_at', 'is', null), eb('published_at', '<=', since)]))
    .orderBy(sql`published_at NULLS FIRST`)
    .orderBy('user_id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.user_id);
}

/** Up to `wanted` it is drawn; `published` when that made a difference to what Slack shows. */
export async function markDrawn(
  db: Kysely<Tables>,
  userId: string,
  drawn: { wanted: number; published: { hash: string; at: Date } | null },
): Promise<void> {
  const { wanted, published } = drawn;
  await db
    .updateTable('homes')
    .set({ drawn: wanted, ...(published ? { published_hash: published.hash, published_at: published.at } : {}) })
    .where('user_id', '=', userId)
    .execute();
}
