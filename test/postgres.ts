import { randomBytes } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { inject } from 'vitest';
import type { Tables } from '../src/store/tables.ts';

export interface TestDatabase {
  url: string;
  pool: pg.Pool;
  db: Kysely<Tables>;
  /** Ends the pool and deletes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** A migrated, empty database of your own: a copy of the template, made in some 50 ms. One for each test file. */
export async function testDatabase(options: { max?: number } = {}): Promise<TestDatabase> {
  const server = inject('postgres');
  const name = `${server.template}_${randomBytes(4).toString('hex')}`;
  await asAdmin(server.url, `CREATE DATABASE ${name} TEMPLATE ${server.template}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const pool = openPool(url.href, options.max ?? 10);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const drop = async () => {
    await db.destroy();
    await asAdmin(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
  };
  return { url: url.href, pool, db, drop };
}

/**
 * A connection that the server ends must not end the test run: neither while it is idle, nor between `pool.end()`, which
 * does not wait for the sockets, and the end of its database.
 */
export function openPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
