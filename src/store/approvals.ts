import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export interface Approval {
  of: string;
  subject: string;
  by: string;
  at: Date;
}

/** Every approval in the history of an item, oldest first: who approved what, at which hash or SHA. */
export async function approvalsOf(db: Kysely<Tables>, itemId: string): Promise<Approval[]> {
  const rows = await db
    .selectFrom('stage_history')
    .select(['of', 'subject', 'actor_name', 'at'])
    .where('item_id', '=', itemId)
    .where('type', '=', 'approved')
    .orderBy('version')
    .execute();
  return rows.map((row) => ({ of: row.of ?? '', subject: row.subject, by: row.actor_name, at: row.at }));
}
