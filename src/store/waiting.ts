import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Open items with work that looks again later, those that waited longest first. */
export async function waitingItems(db: Kysely<Tables>): Promise<{ id: string; key: string }[]> {
  return db
    .selectFrom('items')
    .select(['items.id', 'items.key'])
    .where('items.status', 'in', ['active', 'blocked'])
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('outbox')
          .select('outbox.id')
          .whereRef('outbox.item_id', '=', 'items.id')
          .whereRef('outbox.visit', '=', 'items.visit')
          .where('outbox.done_at', 'is', null)
          .where('outbox.run_at', '>', sql<Date>`now()`),
      ),
    )
    .orderBy('items.updated_at')
    .limit(5000)
    .execute();
}
