import { type Kysely, sql } from 'kysely';
import type { Pool } from 'pg';
import type { Reader } from './reader.ts';
import type { Tables } from './tables.ts';

/** An alert with the items that it has led to. */
export interface Alert {
  id: string;
  app: string;
  title: string;
  text: string;
  link: string;
  channel: string | null;
  ts: string | null;
  permalink: string;
  first_seen: Date;
  last_seen: Date;
  count: number;
  round: number;
  verdict: 'open' | 'fix' | 'noise';
  decided_by: string | null;
  decided_by_name: string | null;
  /** When the verdict changed last. */
  decided_at: Date | null;
  version: number;
  drawn_at: Date | null;
  item: { id: string; key: string; visit: number; open: boolean } | null;
  /** Item of the round before: the alert came back after it. */
  before: { key: string; status: string } | null;
}

export async function alertById(db: Reader, id: string): Promise<Alert | null> {
  const row = await db
    .selectFrom('alerts as a')
    .leftJoin('items as i', 'i.id', 'a.item_id')
    .leftJoin('items as b', 'b.id', 'a.item_before')
    .selectAll('a')
    .select([
      'i.key as key',
      'i.visit as visit',
      'i.status as status',
      'b.key as key_before',
      'b.status as status_before',
    ])
    .where('a.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const { key, visit, status, key_before, status_before, item_id, ...alert } = row;
  const open = status === 'active' || status === 'blocked';
  return {
    ...alert,
    item: item_id && key ? { id: item_id, key, visit: visit ?? 1, open } : null,
    before: key_before ? { key: key_before, status: status_before ?? '' } : null,
  };
}

/** The alert that a message in a channel reported. */
export async function alertOfMessage(db: Reader, message: { channel: string; ts: string }): Promise<string | null> {
  const row = await db
    .selectFrom('alert_messages')
    .select('alert_id')
    .where('channel', '=', message.channel)
    .where('ts', '=', message.ts)
    .executeTakeFirst();
  return row?.alert_id ?? null;
}

/** One report of a monitor. */
export interface Sighting {
  fingerprint: string;
  app: string;
  title: string;
  /** Everything that it said, untrusted. */
  text: string;
  /** Where the monitor shows it; '' = nowhere. */
  link: string;
  /** The message that said it; null where it came by a webhook. */
  message: { channel: string; ts: string } | null;
  at: Date;
}

/** How soon an answer is edited again for what is only a higher count: a burst is one edit. Noise stays quiet longer. */
const COUNT_MS = 5_000;
const NOISE_MS = 10 * 60_000;

/** Its item was closed, and now it is seen again. */
const BACK = `(a.verdict = 'fix' AND EXISTS (SELECT FROM items i WHERE i.id = a.item_id AND i.status IN ('done','cancelled')))`;
const onReturn = (column: string, value: string, otherwise = `a.${column}`): string =>
  `${column} = CASE WHEN ${BACK} THEN ${value} ELSE ${otherwise} END`;

const SEEN = `
  WITH inboxed AS (
    INSERT INTO inbox (id, kind, outcome, reason) VALUES ($1, $2, 'recorded', 'alert seen')
  ), seen AS (
    INSERT INTO alerts AS a (fingerprint, app, title, text, link, channel, ts, first_seen, last_seen, due_at)
    VALUES ($3, $4, $5, $6, $7, $8, $9, $10, $10, $11)
    ON CONFLICT (fingerprint) DO UPDATE SET
      count = a.count + 1,
      first_seen = least(a.first_seen, excluded.first_seen),
      last_seen = greatest(a.last_seen, excluded.last_seen),
      version = a.version + 1,
      ${onReturn('round', 'a.round + 1')},
      ${onReturn('verdict', `'open'`)},
      ${['decided_by', 'decided_by_name', 'decided_at', 'item_id'].map((column) => onReturn(column, 'NULL')).join(', ')},
      ${onReturn('item_before', 'a.item_id')},
      ${['title', 'text', 'link'].map((column) => onReturn(column, `excluded.${column}`)).join(', ')},
      ${['channel', 'ts'].map((column) => onReturn(column, `excluded.${column}`, `coalesce(a.${column}, excluded.${column})`)).join(', ')},
      ${onReturn('permalink', `''`)},
      due_at = CASE
        WHEN ${BACK} THEN excluded.due_at
        WHEN a.drawn < a.version THEN a.due_at
        ELSE greatest(excluded.due_at, a.drawn_at + CASE WHEN a.verdict = 'noise' THEN $13::int ELSE $12::int END * interval '1 millisecond')
      END
    RETURNING id, count, verdict, round
  ), said AS (
    INSERT INTO alert_messages (channel, ts, alert_id) SELECT $8, $9, id FROM seen WHERE $8::text IS NOT NULL
  )
  SELECT id, count, verdict, round FROM seen`;

/** One statement. Throws `23505` when the request or the message was recorded before. */
export async function commitSighting(
  pool: Pool,
  sighting: Sighting,
  given: { request: { id: string; kind: string }; now: Date },
): Promise<{ id: string; count: number; verdict: Alert['verdict']; round: number }> {
  const { fingerprint, app, title, text, link, message, at } = sighting;
  const { request, now } = given;
  const said = [message?.channel ?? null, message?.ts ?? null, at, now, COUNT_MS, NOISE_MS];
  const result = await pool.query({
    name: 'see_alert',
    text: SEEN,
    values: [request.id, request.kind, fingerprint, app, title, text, link, ...said],
  });
  return result.rows[0];
}

interface Decision {
  request: { id: string; kind: string };
  actor: { id: string; name: string };
  now: Date;
}

/** The inbox row that recognises a repeated request; `changed` is what the request did. */
const decided = (changed: string, reason: string): string => `
  WITH changed AS (${changed} RETURNING a.id), inboxed AS (
    INSERT INTO inbox (id, kind, actor_id, outcome, reason)
    SELECT $1::text, $2::text, $3::text, CASE WHEN EXISTS (SELECT FROM changed) THEN 'recorded' ELSE 'refused' END, ${reason}
  ) SELECT id FROM changed`;

const NOISE = decided(
  `UPDATE alerts a SET verdict = 'noise', decided_by = $3::text, decided_by_name = $6, decided_at = $4,
     version = version + 1, due_at = $4 WHERE a.id = $5 AND verdict = 'open'`,
  `'noise: alert ' || $5`,
);
const NOT_NOISE = decided(
  `UPDATE alerts a SET verdict = 'open', decided_by = NULL, decided_by_name = NULL, decided_at = $4,
     version = version + 1, due_at = $4 WHERE a.id = $5 AND verdict = 'noise'`,
  `'not noise: alert ' || $5`,
);

/** From open to noise, or back. False = it stands otherwise. Throws `23505` when the request was recorded before. */
export async function commitVerdict(
  pool: Pool,
  alert: { id: string; verdict: 'noise' | 'open' },
  { request, actor, now }: Decision,
): Promise<boolean> {
  const values = [request.id, request.kind, actor.id, now, alert.id];
  const result =
    alert.verdict === 'noise'
      ? await pool.query({ name: 'alert_noise', text: NOISE, values: [...values, actor.name] })
      : await pool.query({ name: 'alert_not_noise', text: NOT_NOISE, values });
  return result.rowCount === 1;
}

/** An item was opened for this round. Its requester is who decided, whoever tells. */
const LINK = `UPDATE alerts a SET verdict = 'fix', round = $2, item_id = i.id, decided_by = i.requester,
    decided_by_name = i.requester_name, decided_at = i.created_at, version = a.version + 1, due_at = $3,
    item_before = CASE WHEN a.item_id IS NULL THEN a.item_before ELSE a.item_id END
  FROM items i WHERE i.id = $4 AND a.id = $1 AND a.item_id IS DISTINCT FROM i.id AND a.round <= $2`;

export async function linkItem(
  pool: Pool,
  link: { alert: string; round: number; item: string },
  now: Date,
): Promise<void> {
  await pool.query({ name: 'link_alert', text: LINK, values: [link.alert, link.round, now, link.item] });
}

/** The request that opens the item of a round: whoever sends it again is given the same item. */
export const roundRequest = (alert: string, round: number): string => `alert:${alert}:${round}`;

/** Alerts whose item is there and that do not know it: whoever opened it was killed before the end. */
export async function unlinkedItems(db: Reader): Promise<{ alert: string; round: number; item: string }[]> {
  return db
    .selectFrom('alerts as a')
    .innerJoin('inbox as b', (join) => join.on('b.id', '=', sql<string>`'alert:' || a.id || ':' || a.round`))
    .select(['a.id as alert', 'a.round', 'b.item_id as item'])
    .where('a.item_id', 'is', null)
    .where('b.item_id', 'is not', null)
    .$narrowType<{ item: string }>()
    .limit(500)
    .execute();
}

/** Alerts whose answer is to be posted or edited now; those that have waited longest first. */
export async function alertsToDraw(db: Reader, how: { now: Date; limit: number }): Promise<string[]> {
  const rows = await db
    .selectFrom('alerts')
    .select('id')
    .whereRef('drawn', '<', 'version')
    .where('due_at', '<=', how.now)
    .where('ts', 'is not', null)
    .orderBy('due_at')
    .orderBy('id')
    .limit(how.limit)
    .execute();
  return rows.map((row) => row.id);
}

export async function storePermalink(db: Kysely<Tables>, id: string, permalink: string): Promise<void> {
  await db.updateTable('alerts').set({ permalink }).where('id', '=', id).execute();
}

/** Slack takes it later. Whatever was decided since `version` does not wait for that. */
export async function postponeAlert(
  db: Kysely<Tables>,
  id: string,
  later: { version: number; at: Date },
): Promise<void> {
  await db
    .updateTable('alerts')
    .set({ due_at: later.at })
    .where('id', '=', id)
    .where('version', '=', later.version)
    .execute();
}

/** Up to `version` it is drawn. What was counted since `from` waits as if it had come afterwards; a decision does not. */
export async function markAlertDrawn(
  db: Kysely<Tables>,
  id: string,
  drawn: { version: number; from: Date; now: Date },
): Promise<void> {
  const next = new Date(drawn.now.getTime() + COUNT_MS);
  await db
    .updateTable('alerts')
    .set((eb) => ({
      drawn: drawn.version,
      drawn_at: drawn.now,
      due_at: eb.case().when('due_at', '<', drawn.from).then(next).else(eb.ref('due_at')).end(),
    }))
    .where('id', '=', id)
    .execute();
}
