import { sql } from 'kysely';
import type { Pool } from 'pg';
import type { Order } from './commit.ts';
import { orderedId } from './ids.ts';
import type { Reader } from './reader.ts';

export interface Incident {
  id: string;
  service: string;
  title: string;
  url: string;
  opened_by_name: string;
  opened_at: Date;
  resolved_at: Date | null;
  resolved_by_name: string | null;
}

const FIELDS = [
  'id',
  'service',
  'title',
  'url',
  'opened_by_name',
  'opened_at',
  'resolved_at',
  'resolved_by_name',
] as const;

/** Incidents that are not resolved, of any of these services, oldest first. */
export async function activeIncidents(db: Reader, services: readonly string[]): Promise<Incident[]> {
  if (services.length === 0) return [];
  return db
    .selectFrom('incidents')
    .select(FIELDS)
    .where('service', 'in', services)
    .where('resolved_at', 'is', null)
    .orderBy('opened_at')
    .orderBy('id')
    .execute();
}

/** All that are not resolved, newest first. */
export async function openIncidents(db: Reader, limit = 1000): Promise<Incident[]> {
  return db
    .selectFrom('incidents')
    .select(FIELDS)
    .where('resolved_at', 'is', null)
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

export async function incidentById(db: Reader, id: string): Promise<Incident | null> {
  const row = await db.selectFrom('incidents').select(FIELDS).where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** An open item about a service. */
export interface Concerned {
  id: string;
  version: number;
  service: string;
  /** It has left the stages that an incident can hold up. */
  deployed: boolean;
}

/** Open items about any of these services, oldest first. */
export async function openItemsOn(db: Reader, services: readonly string[]): Promise<Concerned[]> {
  if (services.length === 0) return [];
  const rows = await db
    .selectFrom('items')
    .select(['id', 'version', 'service', 'column_name'])
    .where('service', 'in', services)
    .where('status', 'in', ['active', 'blocked'])
    .orderBy('id')
    .execute();
  return rows.map(({ id, version, service, column_name }) => ({
    id,
    version,
    service: service ?? '',
    deployed: column_name === 'Deployed',
  }));
}

/**
 * Open items that may tell something else about incidents than the table: those about these services (on which one is
 * open, or which depend on such a one), and those that tell of one.
 */
export async function itemsTellingOfIncidents(
  db: Reader,
  services: readonly string[],
): Promise<{ id: string; key: string }[]> {
  return db
    .selectFrom('items')
    .select(['id', 'key'])
    .where('status', 'in', ['active', 'blocked'])
    .where(
      sql<boolean>`(service = ANY(${[...services]}) OR EXISTS (
        SELECT FROM facts f WHERE f.item_id = items.id AND (
          (f.name = 'active_incidents' AND f.value ->> 'count' <> '0') OR
          (f.name = 'deploy_checks' AND f.value ->> 'verdict' <> 'pass'))))`,
    )
    .orderBy('updated_at')
    .limit(5000)
    .execute();
}

interface Commit {
  request: { id: string; kind: string };
  actor: { id: string; name: string };
  /** Said in the inbox: what was asked for. */
  reason: string;
  /** Ordered for each of these items, if anything is changed at all. */
  job: string;
  items: readonly Concerned[];
  now: Date;
}

/** The inbox row that recognises a repeated request, and the orders that follow. `changed` is what the request did. */
const FOLLOWS = `
  inboxed AS (
    INSERT INTO inbox (id, kind, actor_id, outcome, reason)
    SELECT $1::text, $2::text, $3::text, CASE WHEN EXISTS (SELECT FROM changed) THEN 'recorded' ELSE 'refused' END, $4::text),
  ordered AS (
    INSERT INTO outbox (id, item_id, version, job, run_at)
    SELECT o.id, o.item_id, o.version, $5::text, $6::timestamptz
    FROM unnest($7::text[], $8::bigint[], $9::int[]) AS o(id, item_id, version) WHERE EXISTS (SELECT FROM changed))
  SELECT id FROM changed`;

/** One statement. Throws `23505` when the request was recorded before. */
async function commit(
  pool: Pool,
  statement: { name: string; changed: string; values: readonly unknown[] },
  given: Commit,
): Promise<{ ids: string[]; orders: Order[] }> {
  const { request, actor, reason, job, items, now } = given;
  const orders = items.map((item): Order => ({ id: orderedId(now), itemId: item.id, job, turn: 0, runAt: now }));
  const result = await pool.query<{ id: string }>({
    name: statement.name,
    text: `WITH changed AS (${statement.changed}), ${FOLLOWS}`,
    values: [
      request.id,
      request.kind,
      actor.id,
      reason,
      job,
      now,
      orders.map((order) => order.id),
      items.map((item) => item.id),
      items.map((item) => item.version),
      actor.name,
      ...statement.values,
    ],
  });
  const ids = result.rows.map((row) => row.id);
  return { ids, orders: ids.length > 0 ? orders : [] };
}

/** Opens one. */
export async function commitIncident(
  pool: Pool,
  incident: { service: string; title: string },
  given: Commit,
): Promise<{ id: string; orders: Order[] }> {
  const changed = `INSERT INTO incidents (service, title, opened_by, opened_by_name, opened_at)
    VALUES ($11, $12, $3, $10, $6) RETURNING id`;
  const values = [incident.service, incident.title];
  const { ids, orders } = await commit(pool, { name: 'declare_incident', changed, values }, given);
  return { id: ids[0]!, orders };
}

/** Ends those of them that are still open, and answers which; when there is none, the request is on record as refused. */
export async function commitEnd(
  pool: Pool,
  incidents: readonly string[],
  given: Commit,
): Promise<{ ids: string[]; orders: Order[] }> {
  const changed = `UPDATE incidents SET resolved_at = $6, resolved_by = $3, resolved_by_name = $10
    WHERE id = ANY($11::bigint[]) AND resolved_at IS NULL RETURNING id`;
  return commit(pool, { name: 'end_incidents', changed, values: [[...incidents]] }, given);
}
