import type { Kysely } from 'kysely';
import type { Reader } from './reader.ts';
import type { Tables } from './tables.ts';

/** Home tabs that somebody has opened: only those are published. */

/** People of these roles and ids (`role:…`, `user:…`) whose Home was opened once, with what was published last. */
export async function homesOf(
  db: Reader,
  who: readonly string[],
): Promise<{ user_id: string; published_hash: string | null }[]> {
  const roles = who.filter((one) => one.startsWith('role:')).map((one) => one.slice(5));
  const users = who.filter((one) => one.startsWith('user:')).map((one) => one.slice(5));
  if (roles.length + users.length === 0) return [];
  return db
    .selectFrom('homes')
    .select(['user_id', 'published_hash'])
    .where((eb) => {
      const holders = eb.selectFrom('role_members').select('role_members.user_id');
      return eb.or([
        ...(users.length > 0 ? [eb('user_id', 'in', users)] : []),
        ...(roles.length > 0 ? [eb('user_id', 'in', holders.where('role', 'in', roles))] : []),
      ]);
    })
    .orderBy('user_id')
    .execute();
}

export async function markPublished(db: Kysely<Tables>, userId: string, hash: string, at: Date): Promise<void> {
  await db.updateTable('homes').set({ published_hash: hash, published_at: at }).where('user_id', '=', userId).execute();
}
