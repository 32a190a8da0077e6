import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from './tables.ts';

export interface SimilarItem {
  key: string;
  title: string;
  stage: string;
}

/** Items that share the most words with this text, by Postgres full text; `itemId` itself is left out. */
export async function similarItems(
  db: Kysely<Tables>,
  of: { itemId: string; words: readonly string[]; limit: number },
): Promise<SimilarItem[]> {
  if (of.words.length === 0) return [];
  // Words come from a ticket: each is quoted as one lexeme, so that no operator gets in.
  const query = of.words.map((word) => `'${word.replace(/['\\]/g, '')}'`).join(' | ');
  const vector = sql`to_tsvector('simple', title || ' ' || description)`;
  const asked = sql`to_tsquery('simple', ${query})`;
  // A ranking of everything that shares one word would read half the table: the newest thousand are enough.
  const result = await sql<SimilarItem & { rank: number }>`
    SELECT key, title, stage, ts_rank_cd(to_tsvector('simple', title), ${asked}) AS rank
    FROM (SELECT * FROM items WHERE ${vector} @@ ${asked} AND id <> ${of.itemId} ORDER BY id DESC LIMIT 1000) found
    ORDER BY rank DESC, id DESC LIMIT ${of.limit}`.execute(db);
  return result.rows.filter((row) => row.rank > 0).map(({ key, title, stage }) => ({ key, title, stage }));
}
