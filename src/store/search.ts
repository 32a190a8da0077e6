import { sql } from 'kysely';
import type { QueueRow } from './queue.ts';
import type { Reader } from './reader.ts';
import type { ItemRow } from './tables.ts';

/** Words that match more than this are too common to be ranked: any of them are shown, newest first. */
const LOOKED_AT = 500;

/** Items that contain all the words, the last one as a beginning; an exact key comes first. Newest first. */
export async function searchItems(db: Reader, words: string, limit = 20): Promise<(QueueRow & { total: number })[]> {
  const terms = words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (terms.length === 0) return [];
  const text = terms.slice(0, 12).map((term) => term.slice(0, 100));
  // Only letters and digits are left, so this cannot be anything but a list of words.
  const query = text.map((term, index) => (index === text.length - 1 ? `${term}:*` : term)).join(' & ');
  const key = words.trim().toUpperCase();
  const found = sql<QueueRow & { total: number; exact: boolean; updated_at: Date }>`(
    SELECT id, key, title, visit, column_name, status, priority, reason, stage_since AS since,
      least(count(*) OVER (), 100)::int AS total, key = ${key} AS exact, updated_at
    FROM (
      SELECT * FROM items WHERE key = ${key}
      UNION
      SELECT * FROM (
        SELECT * FROM items WHERE to_tsvector('simple', title || ' ' || description) @@ to_tsquery('simple', ${query})
        LIMIT ${LOOKED_AT}
      ) matching
    ) matched ORDER BY exact DESC, updated_at DESC LIMIT ${limit})`;
  return db.selectFrom(found.as('found')).selectAll().orderBy('exact', 'desc').orderBy('updated_at', 'desc').execute();
}

/** An item by its key; the number alone will do. */
export async function itemByKey(
  db: Reader,
  typed: string,
): Promise<(Pick<ItemRow, 'key' | 'title'> & { id: string }) | null> {
  const word = typed.trim().toUpperCase();
  const key = /^\d+$/.test(word) ? `LS-${word}` : word;
  const row = await db.selectFrom('items').select(['id', 'key', 'title']).where('key', '=', key).executeTakeFirst();
  return row ?? null;
}
