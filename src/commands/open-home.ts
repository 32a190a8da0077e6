import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';

/**
 * Somebody looks at App Home, at what they looked at last or, with `view`, at something else. From now on it is kept up
 * to date for them; what they are about to be shown is published even if it looks as before, so that its times are new.
 */
export type OpenHome = (userId: string, view?: unknown) => Promise<void>;

export function createOpenHome(db: Kysely<Tables>, now: () => Date): OpenHome {
  return async (userId, view) => {
    const seen = view === undefined ? {} : { view: JSON.stringify(view) };
    await db
      .insertInto('homes')
      .values({ user_id: userId, opened_at: now(), wanted: 1, ...seen })
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet((eb) => ({
          opened_at: now(),
          published_hash: null,
          wanted: eb('homes.wanted', '+', 1),
          ...seen,
        })),
      )
      .execute();
  };
}
