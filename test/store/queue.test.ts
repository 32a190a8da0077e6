import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitingOn } from '../../src/store/queue.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** A role on which far more waits than Home shows. */

const GATES = 150;
let database: TestDatabase;

beforeAll(async () => {
  // One connection, so that its own statistics tell what a query has read.
  database = await testDatabase({ max: 1 });
  await database.db.insertInto('pipelines').values({ hash: 'h1', name: 'feature', text: '' }).execute();
  await sql`
    INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, stage_since,
      last_hash, channel, created_at, updated_at)
    SELECT n, 'LS-' || n, 'Item ' || n, 'U', 'U', 'h1', 's', 'For review', now(), '', 'C1', now(), now()
    FROM generate_series(1, ${GATES + 6}::int) n`.execute(database.db);
  // Every gate is more urgent and older than anything else that waits on the role.
  await sql`
    INSERT INTO waits (item_id, who, kind, priority, since)
    SELECT n, 'role:engineer', 'gate', 0, now() - interval '1 day' FROM generate_series(1, ${GATES}::int) n`.execute(
    database.db,
  );
  const others = ['review', 'review', 'blocked', 'blocked', 'question', 'question'] as const;
  for (const [index, kind] of others.entries()) {
    const priority = kind === 'question' ? 0 : 3;
    const since = kind === 'question' ? new Date(0) : new Date();
    const row = { item_id: String(GATES + 1 + index), who: 'role:engineer', kind, priority, since };
    await database.db.insertInto('waits').values(row).execute();
  }
});
afterAll(() => database.drop());

it('many urgent gates of a role hide neither its reviews nor what is blocked', async () => {
  const rows = await waitingOn(database.db, ['role:engineer']);
  const of = (kind: string) => rows.filter((row) => row.kind === kind);
  expect(of('review').map((row) => [row.key, row.total])).toEqual([
    [`LS-${GATES + 1}`, 2],
    [`LS-${GATES + 2}`, 2],
  ]);
  expect(of('blocked').map((row) => row.total)).toEqual([2, 2]);
});

it('questions stand among the gates by urgency and age, and both are counted together to a hundred', async () => {
  const rows = await waitingOn(database.db, ['role:engineer'], 5);
  const list = rows.filter((row) => row.kind === 'gate' || row.kind === 'question');
  expect(list.map((row) => row.kind)).toEqual(['question', 'question', 'gate', 'gate', 'gate']);
  expect(list.map((row) => row.total)).toEqual([100, 100, 100, 100, 100]);
});

it('reads the same little of a crowded role, however small the queues of most others are', async () => {
  await sql`
    INSERT INTO waits (item_id, who, kind, priority, since)
    SELECT 1 + n % ${GATES}, 'user:U' || n, 'gate', 2, now() FROM generate_series(1, 20000) n`.execute(database.db);
  await sql`
    INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, stage_since,
      last_hash, channel, created_at, updated_at)
    SELECT n, 'LS-' || n, 'Item ' || n, 'U', 'U', 'h1', 's', 'For review', now(), '', 'C1', now(), now()
    FROM generate_series(1001, 21000) n`.execute(database.db);
  await sql`
    INSERT INTO waits (item_id, who, kind, priority, since)
    SELECT n, 'role:crowded', 'gate', n % 5, now() FROM generate_series(1001, 21000) n`.execute(database.db);
  await sql`ANALYZE waits`.execute(database.db);
  const before = await entriesRead();
  expect(await waitingOn(database.db, ['user:U7', 'role:crowded'])).toHaveLength(20);
  const read = (await entriesRead()) - before;
  expect(read).toBeGreaterThan(100);
  expect(read).toBeLessThan(500);
});

/** Index entries and rows of `waits` that were read so far, as Postgres itself counts them. */
async function entriesRead(): Promise<number> {
  await sql`SELECT pg_stat_force_next_flush()`.execute(database.db);
  const { rows } = await sql<{ n: string }>`
    SELECT t.seq_tup_read + (SELECT sum(i.idx_tup_read) FROM pg_stat_user_indexes i WHERE i.relid = t.relid) AS n
    FROM pg_stat_user_tables t WHERE relname = 'waits'`.execute(database.db);
  return Number(rows[0]!.n);
}
