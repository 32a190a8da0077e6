import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricsOf, toMetrics } from '../../jobs/surface/metrics.ts';
import { leadOverTime, percentile } from '../../src/metrics/figures.ts';
import { MOST_ITEMS, readMetrics } from '../../src/metrics/queries.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** Metrics of histories that are written by hand, each small enough to be counted by hand too. */

let database: TestDatabase;
const NOW = new Date('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR);

beforeAll(async () => {
  database = await testDatabase({ max: 1 });
  await database.db.insertInto('pipelines').values({ hash: 'h1', name: 'feature', text: '' }).execute();
  // Three items reached production: after 40, 20 and 10 hours. One had been there before, one is on its way.
  await item(1, 'storefront', 'scripted', [
    [100, 'created', 'Incoming'],
    [99, 'finished', 'For review'],
    [89, 'approved', 'Planning', { by: 'UP', role: 'product_manager' }],
    [88, 'finished', 'Ready to Delegate', { mark: 'ready' }],
    [78, 'approved', 'In Development', { by: 'UE', role: 'engineer' }],
    [70, 'observed', 'Preview'],
    [64, 'approved', 'Preview', { by: 'UR', role: 'reviewer' }],
    [60, 'finished', 'Deployed', { mark: 'deployed' }],
    [50, 'finished', 'Preview', { job: 'rollback' }],
    [45, 'approved', 'Deployed', { by: 'UM', role: 'release_manager', mark: 'deployed' }],
  ]);
  await item(2, 'storefront', 'manual', [
    [50, 'created', 'Incoming'],
    [49, 'answered', 'Planning', { by: 'UO' }],
    [45, 'retried', 'Planning', { by: 'UO' }],
    [40, 'finished', 'Preview', { mark: 'ready' }],
    [35, 'rollback_requested', 'Preview', { by: 'UM' }],
    [30, 'finished', 'Deployed', { mark: 'deployed' }],
  ]);
  await item(3, 'ledger', null, [
    [20, 'created', 'Incoming'],
    [10, 'finished', 'Deployed', { mark: 'deployed' }],
  ]);
  await item(4, 'ledger', 'scripted', [
    [24 * 50, 'created', 'Incoming'],
    [24 * 45, 'finished', 'Deployed', { mark: 'deployed' }],
    [24 * 2, 'finished', 'Deployed', { mark: 'deployed' }],
  ]);
  await item(5, 'ledger', 'scripted', [
    [5, 'created', 'Incoming'],
    [4, 'finished', 'Ready to Delegate', { mark: 'ready' }],
  ]);
});
afterAll(() => database.drop());

type Step = [
  hours: number,
  type: string,
  column: string,
  how?: { by?: string; role?: string; mark?: string; job?: string },
];

async function item(id: number, service: string, agent: string | null, steps: readonly Step[]): Promise<void> {
  const { db } = database;
  const last = steps.at(-1)!;
  await sql`
    INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, stage_since,
      last_hash, channel, created_at, updated_at)
    VALUES (${id}, ${`LS-${id}`}, 'x', 'U', 'U', 'h1', 's', ${last[2]}, ${hoursAgo(last[0])}, '', 'C1', now(), now())`.execute(
    db,
  );
  const fact = (name: string, value: unknown) =>
    db
      .insertInto('facts')
      .values({ item_id: String(id), name, value: JSON.stringify(value), source: 't', subject: '', seen_at: NOW })
      .execute();
  await fact('service', service);
  if (agent) await fact('delegation', { agent, by: 'UE', byName: 'E', note: '' });
  for (const [index, [hours, type, column, how = {}]] of steps.entries()) {
    const actor = how.by ?? 'lockstep';
    await db
      .insertInto('stage_history')
      .values({
        item_id: String(id),
        version: index + 1,
        visit: 1,
        type,
        from_stage: 's',
        to_stage: 's',
        column_name: column,
        mark: how.mark ?? null,
        actor_id: actor,
        actor_name: actor,
        actor_roles: [],
        of: null,
        role: how.role ?? null,
        job: how.job ?? null,
        note: '',
        request_id: null,
        subject: '',
        at: hoursAgo(hours),
        prev_hash: '',
        hash: '',
      })
      .execute();
  }
}

const rows = () => readMetrics(database.db, hoursAgo(30 * 24));
const hours = (seconds: number) => Math.round((seconds / 3600) * 100) / 100;

describe('what is read', () => {
  it('are items that reached production in the period for the first time, up to then', async () => {
    const { released } = await rows();
    expect(
      released.map(({ key, service, agent, decisions, created, ready, deployed }) => ({
        key,
        service,
        agent,
        decisions,
        lead: (deployed.getTime() - created.getTime()) / HOUR,
        ready: ready && (deployed.getTime() - ready.getTime()) / HOUR,
      })),
    ).toEqual([
      { key: 'LS-1', service: 'storefront', agent: 'scripted', decisions: 3, lead: 40, ready: 28 },
      { key: 'LS-2', service: 'storefront', agent: null, decisions: 3, lead: 20, ready: 10 },
      { key: 'LS-3', service: 'ledger', agent: null, decisions: 0, lead: 10, ready: null },
    ]);
  });

  it('is time that belongs to whoever ended it', async () => {
    const { spent } = await rows();
    expect(
      spent
        .map((one) => [one.column, one.waited, hours(one.seconds)])
        .sort((a, b) => String(a).localeCompare(String(b))),
    ).toEqual([
      ['For review', 'product_manager', 10],
      ['In Development', null, 8],
      ['Incoming', null, 11],
      ['Incoming', 'answer', 1],
      ['Planning', null, 6],
      ['Planning', 'unblock', 4],
      ['Preview', null, 9],
      ['Preview', 'edit', 5],
      ['Preview', 'reviewer', 6],
      ['Ready to Delegate', 'engineer', 10],
    ]);
    // All of it, and no more.
    expect(hours(spent.reduce((sum, one) => sum + one.seconds, 0))).toBe(70);
  });

  it('are deployments and rollbacks, again ones too', async () => {
    expect(await rows()).toMatchObject({ deployments: 5, rollbacks: 1 });
  });

  it('are the rules that blocked, by the first that failed', async () => {
    const block = (id: number, reason: string, visit = 1) =>
      database.db
        .updateTable('items')
        .set({ status: 'blocked', reason, visit, updated_at: NOW })
        .where('id', '=', String(id))
        .execute();
    const free = (id: number) =>
      database.db.updateTable('items').set({ status: 'active', reason: '' }).where('id', '=', String(id)).execute();
    await block(1, 'the service tier is not T1: ledger is T1; the blast radius is known: it is high');
    // The same block, told with more words.
    await block(1, 'the service tier is not T1: ledger is T1');
    await block(2, 'nothing is under way any more: the service tier is not T1: x');
    await block(2, 'nothing is under way any more: the service tier is not T1: x', 2);
    await block(3, 'draft-prd has finished: no model');
    for (const id of [1, 2, 3]) await free(id);
    expect((await rows()).blocks).toEqual([
      { reason: 'the service tier is not T1', count: 3 },
      { reason: 'draft-prd has finished', count: 1 },
    ]);
  });

  it('is nothing where there is nothing', async () => {
    expect(await readMetrics(database.db, hoursAgo(-1))).toEqual({
      released: [],
      spent: [],
      asked: [],
      deployments: 0,
      rollbacks: 0,
      blocks: [],
    });
  });
});

describe('the figures', () => {
  it('are percentiles, averages of an item, and shares', async () => {
    const data = await metricsOf({ db: database.db, now: () => NOW }, 30);
    expect(hours(data.lead.created.p50)).toBe(20);
    expect(hours(data.lead.created.p90)).toBe(36);
    expect(hours(data.lead.ready!.p50)).toBe(19);
    expect(
      data.services.map((one) => [one.service, one.items, hours(one.created.p50), one.ready && hours(one.ready.p50)]),
    ).toEqual([
      ['storefront', 2, 30, 19],
      ['ledger', 1, 10, null],
    ]);
    expect(data.columns.map((one) => [one.column, hours(one.work * 3), hours(one.waiting * 3)])).toEqual([
      ['Incoming', 11, 1],
      ['Planning', 6, 4],
      ['For review', 0, 10],
      ['Ready to Delegate', 0, 10],
      ['In Development', 8, 0],
      ['Preview', 9, 11],
    ]);
    expect(data.waits.map((one) => [one.who, hours(one.seconds * 3)])).toEqual([
      ['product_manager', 10],
      ['engineer', 10],
      ['reviewer', 6],
      ['edit', 5],
      ['unblock', 4],
      ['answer', 1],
    ]);
    expect([data.delegated, data.decisions.all, data.capped]).toEqual([1, 2, false]);
    expect(data.decisions.by.reduce((sum, one) => sum + one.count, 0)).toBeCloseTo(2, 9);
    expect(data.trend.pieces.map((piece) => piece.items)).toEqual([3]);
  });

  it('over time leave out when nothing was deployed', async () => {
    const { released } = await rows();
    const pieces = leadOverTime(released, { now: NOW, days: 1 });
    expect(pieces.map((piece) => [piece.from.toISOString(), piece.items])).toEqual([
      ['2026-11-17T12:00:00.000Z', 1],
      ['2026-11-18T12:00:00.000Z', 1],
      ['2026-11-19T12:00:00.000Z', 1],
    ]);
  });

  it.each([
    [[], 0.5, 0],
    [[7], 0.9, 7],
    [[1, 3], 0.5, 2],
    [[10, 40, 20], 0.9, 36],
    [[4, 1, 3, 2, 5], 0.5, 3],
  ])('of %j at %d are %d, as PostgreSQL counts', async (values, share, expected) => {
    expect(percentile(values, share)).toBeCloseTo(expected, 9);
    if (values.length === 0) return;
    const { rows: found } = await sql<{ p: number }>`
      SELECT percentile_cont(${share}) WITHIN GROUP (ORDER BY v) AS p FROM unnest(${values}::float8[]) v`.execute(
      database.db,
    );
    expect(percentile(values, share)).toBeCloseTo(found[0]!.p, 9);
  });

  it('of no rows are no numbers out of nothing', () => {
    const empty = { released: [], spent: [], asked: [], deployments: 0, rollbacks: 0, blocks: [] };
    const data = toMetrics(empty, { days: 7, now: NOW });
    expect(data.lead).toEqual({ items: 0, created: { p50: 0, p90: 0 }, ready: null });
    expect(data).toMatchObject({ columns: [], services: [], delegated: 0, decisions: { all: 0 } });
  });
});

describe('at size', () => {
  beforeAll(async () => {
    const { db } = database;
    await sql`
      INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, status, stage_since,
        last_hash, channel, created_at, updated_at)
      SELECT n, 'LS-' || n, 'x', 'U', 'U', 'h1', 's', 'Deployed', 'done', now(), '', 'C1', now(), now()
      FROM generate_series(1001, 21000) n`.execute(db);
    await sql`
      INSERT INTO stage_history (item_id, version, visit, type, from_stage, to_stage, column_name, mark, actor_id, actor_name,
        actor_roles, role, at, prev_hash, hash)
      SELECT n, v, v, CASE v WHEN 1 THEN 'created' WHEN 5 THEN 'finished' ELSE 'approved' END, 's', 's', 'Planning',
        CASE v WHEN 5 THEN 'deployed' END, CASE WHEN v IN (1, 5) THEN 'lockstep' ELSE 'UX' END, 'x', '{}',
        CASE WHEN v IN (1, 5) THEN NULL ELSE 'engineer' END,
        ${NOW.toISOString()}::timestamptz - interval '1 minute' * (n % 40000) - interval '1 hour' * (6 - v), '', ''
      FROM generate_series(1001, 21000) n, generate_series(1, 5) v`.execute(db);
    await sql`VACUUM (ANALYZE) stage_history, items`.execute(db);
  }, 120_000);

  it('reads the latest of very many, and says so', async () => {
    const before = await rowsRead();
    const data = await metricsOf({ db: database.db, now: () => NOW }, 30);
    const read = (await rowsRead()) - before;
    expect(data.capped).toBe(true);
    expect(data.lead.items).toBeLessThanOrEqual(MOST_ITEMS);
    expect(data.lead.items).toBeGreaterThan(MOST_ITEMS * 0.9);
    expect(data.deployments).toBe(1000);
    // Three times the marks and the whole history of 500 items, beside a hundred thousand rows.
    expect(read).toBeLessThan(25_000);
  });

  async function rowsRead(): Promise<number> {
    await sql`SELECT pg_stat_force_next_flush()`.execute(database.db);
    const result = await sql<{ n: string }>`
      SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS n FROM pg_stat_user_tables
      WHERE relname IN ('stage_history', 'items')`.execute(database.db);
    return Number(result.rows[0]!.n);
  }
});
