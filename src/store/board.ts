import { type RawBuilder, sql } from 'kysely';
import type { StandingRow } from './queue.ts';
import type { Reader } from './reader.ts';

/** All open items by column, oldest stage first: those are the ones that are stuck. Every read is bounded by an index. */

export interface BoardFilter {
  service?: string;
  /** Only what this person asked for. */
  requester?: string;
  blocked?: boolean;
}

export interface BoardRow extends StandingRow {
  /** Bounded count of the column: 100 means more than 99. */
  total: number;
}

export interface BoardColumns {
  columns: Map<string, BoardRow[]>;
  /** Bounded count of the blocked ones in each column. */
  blocked: Map<string, number>;
}

const BOUND = 100;
/** Two filters at once go through at most this many items of the rarer kind. */
const LOOKED_AT = 1000;

/** The first of each column, with counts. */
export async function board(
  db: Reader,
  columns: readonly string[],
  filter: BoardFilter = {},
  limit = 8,
): Promise<BoardColumns> {
  const firsts = ordered(filter, sql`asked.name`, { limit: BOUND });
  const query = sql<BoardRow & { place: string }>`(
    WITH ${own(filter)}
    SELECT found.* FROM unnest(${[...columns]}::text[]) AS asked(name) CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT ${FIELDS}, count(*) OVER ()::int AS total, row_number() OVER (ORDER BY stage_since, id) AS place
        FROM (${firsts}) bounded
      ) placed WHERE place <= ${limit}
    ) found)`;
  const [rows, blocked] = await Promise.all([
    db.selectFrom(query.as('found')).selectAll().orderBy('place').execute(),
    countBlocked(db, columns, filter),
  ]);
  const byColumn = new Map<string, BoardRow[]>(columns.map((column) => [column, []]));
  for (const row of rows) byColumn.get(row.column_name)?.push(row);
  return { columns: byColumn, blocked };
}

async function countBlocked(db: Reader, columns: readonly string[], filter: BoardFilter): Promise<Map<string, number>> {
  const blocked = ordered({ ...filter, blocked: true }, sql`asked.name`, { limit: BOUND });
  const query = sql<{ name: string; count: number }>`(
    WITH ${own(filter)}
    SELECT asked.name, (SELECT count(*)::int FROM (${blocked}) bounded) AS count
    FROM unnest(${[...columns]}::text[]) AS asked(name))`;
  const rows = await db.selectFrom(query.as('found')).selectAll().execute();
  return new Map(rows.map((row) => [row.name, row.count]));
}

export interface PageRow extends StandingRow {
  /** Where it stands in the column, for the page that begins after it or ends before it. */
  spot: string;
}

export interface BoardPage {
  rows: PageRow[];
  /** Whether there is anything on either side of these rows. */
  earlier: boolean;
  later: boolean;
}

/** One page of a column: its beginning, or what comes `after` or `before` a spot. */
export async function boardPage(
  db: Reader,
  column: string,
  filter: BoardFilter,
  how: { after?: string; before?: string; limit: number },
): Promise<BoardPage> {
  const { after, before, limit } = how;
  const back = before !== undefined;
  const rows = ordered(filter, sql`${column}::text`, { limit: limit + 1, back, spot: before ?? after });
  const query = sql<PageRow>`(
    WITH ${own(filter)}
    SELECT ${FIELDS}, (extract(epoch FROM stage_since) * 1000000)::bigint || '.' || id AS spot FROM (${rows}) page)`;
  const direction = back ? 'desc' : 'asc';
  const found = await db
    .selectFrom(query.as('found'))
    .selectAll()
    .orderBy('since', direction)
    .orderBy(sql`id::bigint`, direction)
    .execute();
  const more = found.length > limit;
  // Back to where there is less than a page, or on to where nothing is left: the first page, whole.
  if ((back && !more) || (after !== undefined && found.length === 0)) return boardPage(db, column, filter, { limit });
  const shown = found.slice(0, limit);
  if (back) return { rows: shown.reverse(), earlier: true, later: true };
  return { rows: shown, earlier: after !== undefined, later: more };
}

const FIELDS = sql`id, key, title, visit, column_name, status, priority, reason, stage, pipeline_hash, requester,
  stage_since AS since`;
const OPEN = sql`status IN ('active','blocked')`;

/** What the person asked for, once for all columns: there is no index of it by column, and nobody asks for thousands. */
const own = ({ requester }: BoardFilter): RawBuilder<unknown> =>
  requester === undefined
    ? sql`own AS (SELECT 1)`
    : sql`own AS MATERIALIZED (
        SELECT * FROM items WHERE requester = ${requester} AND ${OPEN} ORDER BY stage_since DESC, id LIMIT ${LOOKED_AT})`;

interface Stretch {
  limit: number;
  /** Towards the older ones. */
  back?: boolean;
  spot?: string;
}

/** Open items of one column that the filter lets through, in the order of the board, from a spot on. */
function ordered(filter: BoardFilter, column: RawBuilder<unknown>, stretch: Stretch): RawBuilder<unknown> {
  const { service, requester, blocked } = filter;
  const order = stretch.back ? sql`stage_since DESC, id DESC` : sql`stage_since, id`;
  const here = sql`column_name = ${column} ${from(stretch)}`;
  const ofService = service === undefined ? sql`` : sql`AND service = ${service}`;
  const status = blocked ? sql`status = 'blocked'` : OPEN;
  const end = sql`ORDER BY ${order} LIMIT ${stretch.limit}`;
  if (requester !== undefined) return sql`SELECT * FROM own WHERE ${status} AND ${here} ${ofService} ${end}`;
  if (blocked && service !== undefined) {
    return sql`SELECT * FROM (
      SELECT * FROM items WHERE ${status} AND ${here} ORDER BY ${order} LIMIT ${LOOKED_AT}
    ) looked WHERE service = ${service} ${end}`;
  }
  return sql`SELECT * FROM items WHERE ${status} AND ${here} ${ofService} ${end}`;
}

function from({ spot, back }: Stretch): RawBuilder<unknown> {
  if (spot === undefined) return sql``;
  const [micros = '0', id = '0'] = spot.split('.');
  const at = sql`(timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond', ${id}::bigint)`;
  return back ? sql`AND (stage_since, id) < ${at}` : sql`AND (stage_since, id) > ${at}`;
}
