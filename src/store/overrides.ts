import { sql } from 'kysely';
import type { Reader } from './reader.ts';

/** Overrides as history has them, beyond the visit that an item is in. */

export interface OverrideEntry {
  visit: number;
  type: 'overridden' | 'override_announced' | 'override_withdrawn' | 'override_expired';
  actor_id: string;
  actor_name: string;
  role: string | null;
  subject: string;
  note: string;
  at: Date;
  until: Date;
}

/** Everything that happened to overrides of an item, oldest first. */
export async function overrideEntries(db: Reader, itemId: string): Promise<OverrideEntry[]> {
  const rows = await db
    .selectFrom('stage_history')
    .select(['visit', 'type', 'actor_id', 'actor_name', 'role', 'subject', 'note', 'at', 'until'])
    .where('item_id', '=', itemId)
    .where('until', 'is not', null)
    .orderBy('version')
    .execute();
  return rows as OverrideEntry[];
}

export interface OpenOverride {
  id: string;
  key: string;
  title: string;
  /** Visit in which it was made, and the one in which the item is. */
  visit: number;
  now_visit: number;
  subject: string;
  actor_id: string;
  actor_name: string;
  role: string | null;
  note: string;
  until: Date;
  announced: boolean;
  /** Bounded count of them all: 100 means more than 99. */
  total: number;
}

const BOUND = 100;

/**
 * Those whose time is not over and that this person made, may withdraw by a role, or that are about what they asked for;
 * whichever ends first comes first.
 */
export async function overridesFor(
  db: Reader,
  reader: { id: string; roles: readonly string[] },
  { now, limit = 10 }: { now: Date; limit?: number },
): Promise<OpenOverride[]> {
  const after = (type: string) => sql`EXISTS (
    SELECT FROM stage_history w WHERE w.item_id = h.item_id AND w.visit = h.visit AND w.type = ${type}
      AND w.subject = h.subject AND w.until = h.until)`;
  const query = sql<OpenOverride>`(
    SELECT found.*, count(*) OVER ()::int AS total FROM (
      SELECT i.id, i.key, i.title, h.visit, i.visit AS now_visit, h.subject, h.actor_id, h.actor_name, h.role,
        h.note, h.until, ${after('override_announced')} AS announced
      FROM stage_history h JOIN items i ON i.id = h.item_id
      WHERE h.type = 'overridden' AND h.until > ${now.toISOString()}::timestamptz
        AND (h.actor_id = ${reader.id} OR i.requester = ${reader.id} OR h.role = ANY(${[...reader.roles]}::text[]))
        AND NOT ${after('override_withdrawn')} AND (h.visit = i.visit OR ${after('override_announced')})
      ORDER BY h.until, i.id LIMIT ${BOUND}
    ) found ORDER BY until, id LIMIT ${limit})`;
  return db.selectFrom(query.as('found')).selectAll().orderBy('until').orderBy('id').execute();
}
