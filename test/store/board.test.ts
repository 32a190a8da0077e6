import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BoardFilter, board, boardPage } from '../../src/store/board.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** The board at a size at which a scan would show, with far more items that came at the same instant than fit a page. */

const OPEN = 40_000;
const TIED = 250;
let database: TestDatabase;

beforeAll(async () => {
  // One connection, so that its own statistics tell what a query has read.
  database = await testDatabase({ max: 1 });
  const { db } = database;
  await db.insertInto('pipelines').values({ hash: 'h1', name: 'feature', text: '' }).execute();
  await items(1, OPEN, {
    column: `CASE WHEN n % 2 = 0 THEN 'Planning' ELSE 'Preview' END`,
    status: `CASE WHEN n % 10 = 0 THEN 'blocked' WHEN n % 7 = 0 THEN 'done' ELSE 'active' END`,
    since: `timestamptz '2026-11-20' - n * interval '1 second'`,
    requester: `'U' || n % 50`,
  });
  await items(100_001, TIED, {
    column: `'For review'`,
    status: `'active'`,
    // With microseconds, which a Date does not have.
    since: `timestamptz '2026-11-20 10:42:00.123456'`,
    requester: `CASE WHEN n % 3 = 0 THEN 'UTIED' ELSE 'U1' END`,
  });
  await sql`
    INSERT INTO facts (item_id, name, value, source, seen_at)
    SELECT id, 'service', to_jsonb(CASE WHEN id % 4 = 0 THEN 'reports' ELSE 'billing' END), 't', now() FROM items`.execute(
    db,
  );
  await sql`VACUUM (ANALYZE) items`.execute(db);
}, 120_000);
afterAll(() => database.drop());

interface Made {
  column: string;
  status: string;
  since: string;
  requester: string;
}
async function items(from: number, count: number, { column, status, since, requester }: Made): Promise<void> {
  await sql`
    INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, status, stage_since,
      last_hash, channel, created_at, updated_at)
    SELECT n, 'LS-' || n, 'Item ' || n, ${sql.raw(requester)}, 'U', 'h1', 's', ${sql.raw(column)}, ${sql.raw(status)},
      ${sql.raw(since)}, '', 'C1', now(), now()
    FROM generate_series(${from}::int, ${from + count - 1}::int) n`.execute(database.db);
}

const first = async (column: string, filter: BoardFilter = {}, limit = 3) => {
  const found = await board(database.db, [column], filter, limit);
  return { rows: found.columns.get(column)!, blocked: found.blocked.get(column) };
};

describe('the columns', () => {
  it('have open items only, the oldest first, counted to a hundred', async () => {
    const { rows, blocked } = await first('Planning');
    // The one between the first two is done.
    expect(rows.map((row) => [row.key, row.status, row.total])).toEqual([
      [`LS-${OPEN}`, 'blocked', 100],
      [`LS-${OPEN - 4}`, 'active', 100],
      [`LS-${OPEN - 6}`, 'active', 100],
    ]);
    expect(blocked).toBe(100);
    expect(await first('Deployed')).toEqual({ rows: [], blocked: 0 });
  });

  it('have one order, though all came at the same instant', async () => {
    const { rows } = await first('For review');
    expect(rows.map((row) => row.id)).toEqual(['100001', '100002', '100003']);
  });

  it.each<[string, BoardFilter, string[], number]>([
    ['a service', { service: 'reports' }, ['100004', '100008', '100012'], 62],
    ['a person', { requester: 'UTIED' }, ['100002', '100005', '100008'], 83],
    ['a person and a service', { requester: 'UTIED', service: 'reports' }, ['100008', '100020', '100032'], 21],
    ['what is blocked', { blocked: true }, [], 0],
  ])('of %s', async (_, filter, ids, total) => {
    const { rows } = await first('For review', filter);
    expect(rows.map((row) => row.id)).toEqual(ids);
    expect(rows[0]?.total ?? 0).toBe(total);
  });

  it('of what is blocked of a service or a person have nothing else', async () => {
    const ofService = await first('Planning', { blocked: true, service: 'reports' });
    expect(ofService.rows.map((row) => row.key)).toEqual([`LS-${OPEN}`, `LS-${OPEN - 20}`, `LS-${OPEN - 40}`]);
    const own = await first('Planning', { blocked: true, requester: 'U0' });
    expect(own.rows.every((row) => row.status === 'blocked' && row.requester === 'U0')).toBe(true);
    expect(own.rows).toHaveLength(3);
    expect(own.blocked).toBe(own.rows[0]!.total);
  });
});

describe('the pages of a column', () => {
  it('lead through all of it once, and back', async () => {
    const seen: string[] = [];
    const page = (how: { after?: string; before?: string }) =>
      boardPage(database.db, 'For review', {}, { ...how, limit: 80 });
    let at = await page({});
    expect([at.earlier, at.later]).toEqual([false, true]);
    const pages = [at.rows.map((row) => row.id)];
    while (at.later) {
      at = await page({ after: at.rows.at(-1)!.spot });
      pages.push(at.rows.map((row) => row.id));
      expect(at.earlier).toBe(true);
    }
    seen.push(...pages.flat());
    expect(seen).toEqual(Array.from({ length: TIED }, (_, n) => String(100_001 + n)));
    expect(pages.map((rows) => rows.length)).toEqual([80, 80, 80, 10]);
    for (const rows of pages.slice(0, -1).reverse()) {
      at = await page({ before: at.rows[0]!.spot });
      expect(at.rows.map((row) => row.id)).toEqual(rows);
      expect(at.later).toBe(true);
    }
    expect(at.earlier).toBe(false);
  });

  it('keep to the filters', async () => {
    const filter = { requester: 'UTIED', service: 'billing' };
    const one = await boardPage(database.db, 'For review', filter, { limit: 40 });
    const two = await boardPage(database.db, 'For review', filter, { limit: 40, after: one.rows.at(-1)!.spot });
    expect([...one.rows, ...two.rows]).toHaveLength(62);
    expect(new Set([...one.rows, ...two.rows].map((row) => row.id)).size).toBe(62);
    expect([one.later, two.later]).toEqual([true, false]);
  });

  it('begin anew where nothing is left, and with a whole page where there is less than one before', async () => {
    const whole = await boardPage(database.db, 'For review', {}, { limit: 80 });
    expect(await boardPage(database.db, 'For review', {}, { limit: 80, after: '9999999999999999.1' })).toEqual(whole);
    expect(await boardPage(database.db, 'For review', {}, { limit: 80, before: whole.rows[5]!.spot })).toEqual(whole);
  });
});

describe('at size', () => {
  const COLUMNS = ['Planning', 'For review', 'Preview', 'Deployed'];

  it.each<[string, BoardFilter]>([
    ['everything', {}],
    ['a service', { service: 'reports' }],
    ['what is blocked', { blocked: true }],
  ])('%s reads what the index gives, however much there is', async (_, filter) => {
    const read = await rowsRead(() => board(database.db, COLUMNS, filter, 8));
    expect(read).toBeGreaterThan(50);
    expect(read).toBeLessThan(1500);
  });

  it.each<[string, BoardFilter]>([
    ['of a person', { requester: 'U7' }],
    ['of a person and a service', { requester: 'U7', service: 'reports' }],
    ['that is blocked of a service', { blocked: true, service: 'reports' }],
  ])('what is %s reads a bounded part', async (_, filter) => {
    expect(await rowsRead(() => board(database.db, COLUMNS, filter, 8))).toBeLessThan(10_000);
  });

  it('a page deep in a column costs as much as the first', async () => {
    const [row] = await sql<{ spot: string }>`
      SELECT (extract(epoch FROM stage_since) * 1000000)::bigint || '.' || id AS spot FROM items WHERE id = 20000`
      .execute(database.db)
      .then((result) => result.rows);
    const page = () => boardPage(database.db, 'Planning', {}, { limit: 80, after: row!.spot });
    expect((await page()).rows).toHaveLength(80);
    expect(await rowsRead(page)).toBeLessThan(200);
  });

  /** Rows that one run takes from the table, as Postgres itself counts them. */
  async function rowsRead(run: () => Promise<unknown>): Promise<number> {
    const read = async () => {
      await sql`SELECT pg_stat_force_next_flush()`.execute(database.db);
      const result = await sql<{ n: string }>`
        SELECT seq_tup_read + idx_tup_fetch AS n FROM pg_stat_user_tables WHERE relname = 'items'`.execute(database.db);
      return Number(result.rows[0]!.n);
    };
    const before = await read();
    await run();
    return (await read()) - before;
  }
});
