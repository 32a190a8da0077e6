import { sql } from 'kysely';
import type { QueueRow } from './queue.ts';
import type { Reader } from './reader.ts';

export interface BoardRow extends QueueRow {
  /** Bounded count of the column: 100 means more than 99. */
  total: number;
}

/** Open items by column, oldest stage first: those are the ones that are stuck. One bounded index scan a column. */
export async function board(db: Reader, columns: readonly string[], limit = 8): Promise<Map<string, BoardRow[]>> {
  const query = sql<BoardRow & { place: string }>`(
    SELECT found.* FROM unnest(${[...columns]}::text[]) AS asked(name)
    CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT id, key, title, visit, column_name, status, priority, reason, stage_since AS since,
          count(*) OVER ()::int AS total, row_number() OVER (ORDER BY stage_since, id) AS place
        FROM (
          SELECT * FROM items WHERE items.column_name = asked.name AND status IN ('active','blocked')
          ORDER BY stage_since LIMIT 100
        ) bounded
      ) placed WHERE place <= ${limit}
    ) found)`;
  const rows = await db.selectFrom(query.as('found')).selectAll().orderBy('place').execute();
  const byColumn = new Map<string, BoardRow[]>(columns.map((column) => [column, []]));
  for (const row of rows) byColumn.get(row.column_name)?.push(row);
  return byColumn;
}
