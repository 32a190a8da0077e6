import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

export type Incident = Selectable<Tables['incidents']>;

/** Incidents that are not resolved, of any of these services, oldest first. */
export async function activeIncidents(db: Kysely<Tables>, services: readonly string[]): Promise<Incident[]> {
  if (services.length === 0) return [];
  return db
    .selectFrom('incidents')
    .selectAll()
    .where('service', 'in', services)
    .where('resolved_at', 'is', null)
    .orderBy('opened_at')
    .execute();
}
