import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';

/** Somebody looked at App Home: from now on it is kept up to date for them. */
export type OpenHome = (userId: string) => Promise<void>;

export function createOpenHome(db: Kysely<Tables>, now: () => Date): OpenHome {
  return async (userId) => {
    await db
      .insertInto('homes')
      .values({ user_id: userId, opened_at: now() })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ opened_at: now(), published_hash: null }))
      .execute();
  };
}
