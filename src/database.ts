import { Kysely, PostgresDialect } from 'kysely';
import type { ReadonlyKysely } from 'kysely/readonly';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Tables } from './store/tables.ts';

export interface Database {
  pool: pg.Pool;
  db: Kysely<Tables>;
}

/** The same connection for code that may only read: a write through it does not compile. */
export const forReading = (db: Kysely<Tables>): ReadonlyKysely<Tables> => db as unknown as ReadonlyKysely<Tables>;

/** One pool for a process. Times: a click has 3 s, so nothing in the database may take longer than 2.5 s of it. */
export function openDatabase(url: string, log: Logger, options: { max?: number; name?: string } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 12,
    application_name: options.name ?? 'lockstep',
    connectionTimeoutMillis: 2_000,
    // A new connection costs a click some milliseconds, so those of a busy minute stay for the next ones.
    idleTimeoutMillis: 300_000,
    statement_timeout: 10_000,
    lock_timeout: 2_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
  });
  // Without a listener the end of an idle connection ends the process.
  pool.on('error', (error) => log.warn({ reason: error.message }, 'postgres'));
  // The pool listens only while a connection is idle. In the middle of a statement the statement fails, and says so.
  pool.on('connect', (client) => client.on('error', () => {}));
  return { pool, db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }) };
}
