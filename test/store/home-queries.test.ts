import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inFlight, readQueue, waitingOn } from '../../src/store/queue.ts';
import { itemByKey, searchItems } from '../../src/store/search.ts';
import { toQueue } from '../../views/rows.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** What Home, board and search are drawn from, and that it stays cheap. */

let database: TestDatabase;
const EMIL = 'UEMIL';

interface Given {
  id: number;
  title?: string;
  description?: string;
  status?: 'active' | 'blocked' | 'done' | 'cancelled';
  requester?: string;
  column?: string;
  minute?: number;
  waits?: { who: string; kind: 'gate' | 'review' | 'question' | 'blocked'; priority?: number; minute?: number }[];
}

const at = (minute = 0) => new Date(Date.UTC(2026, 10, 20, 10, minute));

async function insert(given: Given) {
  const {
    id,
    title = `Item ${id}`,
    description = '',
    status = 'active',
    requester = 'UREQ',
    column = 'Incoming',
  } = given;
  await database.db
    .insertInto('items')
    .values({
      id: String(id),
      key: `LS-${id}`,
      title,
      description,
      kind: 'feature',
      priority: null,
      level: 'ai_led',
      origin: 'slack',
      requester,
      requester_name: requester,
      pipeline_hash: 'h1',
      stage: 's',
      column_name: column,
      visit: 2,
      version: 5,
      status,
      reason: 'because',
      stage_since: at(given.minute),
      last_hash: '',
      channel: 'C1',
      thread_ts: null,
      created_at: at(),
      updated_at: at(given.minute),
    })
    .execute();
  for (const wait of given.waits ?? []) {
    const { who, kind, priority = 2, minute } = wait;
    await database.db
      .insertInto('waits')
      .values({ item_id: String(id), who, kind, priority, since: at(minute) })
      .execute();
  }
}

beforeAll(async () => {
  // One connection, so that its own statistics tell what a query has read.
  database = await testDatabase({ max: 1 });
  await database.db.insertInto('pipelines').values({ hash: 'h1', name: 'feature', text: '' }).execute();
});
afterAll(() => database.drop());

describe('the queue of a person', () => {
  beforeAll(async () => {
    await insert({ id: 1, waits: [{ who: 'role:engineer', kind: 'gate', priority: 2, minute: 5 }] });
    await insert({ id: 2, waits: [{ who: 'role:engineer', kind: 'gate', priority: 0, minute: 9 }] });
    await insert({ id: 3, waits: [{ who: `user:${EMIL}`, kind: 'review', minute: 1 }] });
    await insert({ id: 4, waits: [{ who: 'role:product_manager', kind: 'gate' }] });
    await insert({
      id: 5,
      waits: [
        { who: 'role:engineer', kind: 'gate', minute: 3 },
        { who: 'role:reviewer', kind: 'gate', minute: 3 },
      ],
    });
    await insert({
      id: 6,
      status: 'blocked',
      requester: EMIL,
      minute: 7,
      waits: [{ who: `user:${EMIL}`, kind: 'blocked' }],
    });
    await insert({ id: 7, requester: EMIL, minute: 8 });
    await insert({ id: 8, requester: EMIL, status: 'done' });
    for (const role of ['engineer', 'reviewer']) {
      await database.db
        .insertInto('role_members')
        .values({ role, user_id: EMIL, source: 't', seen_at: at() })
        .execute();
    }
  });

  it('is most urgent first, then oldest, each item once', async () => {
    const rows = await waitingOn(database.db, ['role:engineer', 'role:reviewer']);
    expect(rows.map((row) => [row.key, row.total])).toEqual([
      ['LS-2', 3],
      ['LS-5', 3],
      ['LS-1', 3],
    ]);
  });

  it('has reviews, own items and blocked ones apart, and nothing of other roles', async () => {
    const queue = toQueue(await readQueue(database.db, EMIL));
    const keys = (list: { rows: { item: { key: string } }[] }) => list.rows.map((row) => row.item.key);
    expect(keys(queue.waiting)).toEqual(['LS-2', 'LS-5', 'LS-1']);
    expect(keys(queue.reviews)).toEqual(['LS-3']);
    // What is blocked is told there, once.
    expect(keys(queue.inFlight)).toEqual(['LS-7']);
    expect(keys(queue.blocked)).toEqual(['LS-6']);
    expect(queue.waiting.count).toBe(3);
  });

  it('shows the preview and checks of the head commit with a review', async () => {
    const facts = {
      pr: [{ number: 7, url: 'https://x.test/7', title: 'T', headSha: 'aaa' }, 'aaa'],
      checks: [{ conclusion: 'success', runs: [] }, 'aaa'],
      preview: [{ state: 'ready', url: 'https://old.test', because: '' }, 'older'],
    } as const;
    for (const [name, [value, subject]] of Object.entries(facts)) {
      const row = { item_id: '3', name, value: JSON.stringify(value), source: 't', subject, seen_at: at() };
      await database.db.insertInto('facts').values(row).execute();
    }
    const { reviews } = toQueue(await readQueue(database.db, EMIL));
    expect(reviews.rows[0]).toMatchObject({ pr: { number: 7 }, checks: 'checks passed', previewUrl: null });
  });

  it('of somebody new is empty', async () => {
    expect(toQueue(await readQueue(database.db, 'UNEW'))).toEqual({
      waiting: { rows: [], count: 0 },
      reviews: { rows: [], count: 0 },
      inFlight: { rows: [], count: 0 },
      blocked: { rows: [], count: 0 },
    });
  });
});

describe('search', () => {
  it('finds all words anywhere, the last as a beginning, and a key first', async () => {
    await insert({ id: 30, title: 'Export reports as CSV', minute: 1 });
    await insert({ id: 31, title: 'Import', description: 'the csv from reports', minute: 2 });
    await insert({ id: 32, title: 'Nothing to do with LS-30', minute: 3 });
    const keys = async (words: string) => (await searchItems(database.db, words)).map((row) => row.key);
    expect(await keys('csv rep')).toEqual(['LS-31', 'LS-30']);
    expect(await keys('CSV nothere')).toEqual([]);
    expect((await keys('ls-30'))[0]).toBe('LS-30');
    expect(await itemByKey(database.db, ' ls-30 ')).toMatchObject({ id: '30', key: 'LS-30' });
    expect(await itemByKey(database.db, 'LS-404')).toBeNull();
  });

  it.each(["'; DROP TABLE items --", '!&|():*<->', '   ', "\\'", ':*:*', 'a'.repeat(5000), '💥 ∑ 日本語'])(
    'takes %j as words',
    async (words) => {
      expect(await searchItems(database.db, words)).toEqual([]);
    },
  );
});

describe('at size', () => {
  const BIG = 60_000;

  beforeAll(async () => {
    await sql`
      INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, stage_since,
        last_hash, channel, created_at, updated_at, visit)
      SELECT n, 'LS-' || n, 'Big ' || n, 'U' || (n % 50), 'x', 'h1', 's', 'Preview', now() - n * interval '1 second',
        '', 'C1', now(), now(), 1
      FROM generate_series(100001, ${100_000 + BIG}::int) n`.execute(database.db);
    await sql`
      INSERT INTO waits (item_id, who, kind, priority, since)
      SELECT n, 'role:crowded', CASE WHEN n % 3 = 0 THEN 'review' ELSE 'gate' END, n % 5, now() - n * interval '1 second'
      FROM generate_series(100001, ${100_000 + BIG}::int) n`.execute(database.db);
    await sql`ANALYZE items, waits`.execute(database.db);
  }, 60_000);

  it('counts to a hundred and reads no more', async () => {
    const rows = await waitingOn(database.db, ['role:crowded']);
    expect(rows.length).toBeLessThanOrEqual(40);
    expect(Math.max(...rows.map((row) => row.total))).toBeLessThanOrEqual(100);
    const mine = await inFlight(database.db, 'U7');
    expect(mine).toHaveLength(20);
    expect(mine[0]!.total).toBe(100);
  });

  it('touches only what the index gives for the roles that were asked for', async () => {
    const touched = await rowsRead(() => waitingOn(database.db, ['role:crowded', 'user:nobody']));
    expect(touched).toBeLessThan(500);
    expect(touched).toBeGreaterThan(50);
    expect(await rowsRead(() => inFlight(database.db, 'U7'))).toBeLessThan(500);
    // The measure itself sees a scan when there is one.
    const scan = () => database.db.selectFrom('items').select('id').where('reason', '=', 'nothing').execute();
    expect(await rowsRead(scan)).toBeGreaterThan(BIG);
  });

  /** Rows that one run takes from tables and indexes, as Postgres itself counts them. */
  async function rowsRead(run: () => Promise<unknown>): Promise<number> {
    const read = async () => {
      await sql`SELECT pg_stat_force_next_flush()`.execute(database.db);
      const result = await sql<{ n: string }>`
        SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) AS n FROM pg_stat_user_tables
        WHERE relname IN ('items', 'waits')`.execute(database.db);
      return Number(result.rows[0]!.n);
    };
    const before = await read();
    await run();
    return (await read()) - before;
  }
});
