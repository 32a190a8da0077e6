import { randomBytes } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { openPool } from '../postgres.ts';

/** A database that the version before has filled, and that its processes go on using while the new ones start. */

let admin: pg.Client;
let pool: pg.Pool;
let db: Kysely<unknown>;
const name = `lockstep_migrated_${randomBytes(4).toString('hex')}`;

beforeAll(async () => {
  const { url } = inject('postgres');
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  pool = openPool(own.href, 2);
  db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
});
afterAll(async () => {
  await db.destroy();
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
});

async function migrateTo(last: string): Promise<void> {
  const known = Object.fromEntries(Object.entries(migrations).filter(([key]) => key <= last));
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => known } }).migrateToLatest();
  if (error) throw error;
}

/** Statements of the version before, word for word as far as they matter. */
const insertItem = (id: number, status: string, reason = '') =>
  pool.query(
    `INSERT INTO items (id, key, title, requester, requester_name, pipeline_hash, stage, column_name, status, reason, stage_since,
       last_hash, channel, created_at, updated_at)
     VALUES ($1::int, 'LS-' || $1::int, 'x', 'U', 'U', 'h1', 's', 'Incoming', $2, $3, now(), '', 'C1', now(), now())`,
    [id, status, reason],
  );
const insertService = (id: number, service: string) =>
  pool.query(
    `INSERT INTO facts (item_id, name, value, source, subject, seen_at) VALUES ($1, 'service', to_jsonb($2::text), 't', '', now())
     ON CONFLICT (item_id, name) DO UPDATE SET value = excluded.value`,
    [id, service],
  );
const openHome = (user: string) =>
  pool.query(
    `INSERT INTO homes (user_id, opened_at) VALUES ($1, now())
     ON CONFLICT (user_id) DO UPDATE SET opened_at = excluded.opened_at, published_hash = NULL`,
    [user],
  );
const services = async () => {
  const { rows } = await pool.query<{ id: string; service: string | null }>(
    'SELECT id, service FROM items ORDER BY id',
  );
  return Object.fromEntries(rows.map((row) => [row.id, row.service]));
};

it('keeps what is there, and the statements of the version before go on working', async () => {
  await migrateTo('001-core');
  await pool.query(`INSERT INTO pipelines (hash, name, text) VALUES ('h1', 'feature', '')`);
  await insertItem(1, 'active');
  await insertItem(2, 'done');
  await insertItem(3, 'active');
  await insertService(1, 'reports');
  await insertService(2, 'billing');
  await openHome('U1');

  await migrateTo('999');
  expect(await services()).toEqual({ 1: 'reports', 2: 'billing', 3: null });
  const homes = await pool.query('SELECT user_id, view, wanted, drawn FROM homes');
  expect(homes.rows).toEqual([{ user_id: 'U1', view: {}, wanted: 0, drawn: 0 }]);

  await openHome('U1');
  await openHome('U2');
  await insertItem(4, 'blocked', 'a: b');
  await insertService(3, 'reports');
  await insertService(1, 'billing');
  await pool.query(`UPDATE items SET status = 'blocked', reason = 'c: d' WHERE id = 3`);
  await pool.query(`UPDATE items SET reason = 'c: e' WHERE id = 3`);
  expect(await services()).toEqual({ 1: 'billing', 2: 'billing', 3: 'reports', 4: null });
  const blocks = await pool.query('SELECT item_id, reason FROM blocks ORDER BY id');
  expect(blocks.rows).toEqual([
    { item_id: '4', reason: 'a: b' },
    { item_id: '3', reason: 'c: d' },
  ]);
});

it('takes the service of an item that one statement changes together with the fact', async () => {
  await pool.query(
    `WITH moved AS (UPDATE items SET version = version + 1, stage = 't' WHERE id = 2 RETURNING id)
     INSERT INTO facts (item_id, name, value, source, subject, seen_at)
     SELECT id, f.name, f.value::jsonb, 't', '', now() FROM moved, (VALUES ('service', '"ledger"'), ('tier', '"T1"')) f(name, value)
     ON CONFLICT (item_id, name) DO UPDATE SET value = excluded.value`,
  );
  const { rows } = await pool.query('SELECT stage, version, service FROM items WHERE id = 2');
  expect(rows).toEqual([{ stage: 't', version: 2, service: 'ledger' }]);
});
