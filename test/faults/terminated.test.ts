import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database.ts';
import { createLocks } from '../../src/store/locks.ts';
import { until } from '../flows/lockstep.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** The server ends sessions: idle ones, those in the middle of a statement, and the one that holds the locks. */
let database: TestDatabase;
let opened: Database;
beforeAll(async () => {
  database = await testDatabase();
  opened = openDatabase(database.url, pino({ level: 'silent' }), { name: 'terminated' });
});
afterAll(async () => {
  await opened.db.destroy();
  await database.drop();
});

const sessions = async (state: string): Promise<number> => {
  const { rows } = await database.pool.query(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'terminated' AND state = $1`,
    [state],
  );
  return rows.length;
};
const terminate = () =>
  database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'terminated'`,
  );

it('the process lives, what was under way fails, and the next statement works', async () => {
  // An error that nobody listens to would end this process, and Vitest says so.
  const underWay = Promise.allSettled([
    sql`SELECT pg_sleep(10)`.execute(opened.db),
    opened.pool.query('SELECT pg_sleep(10)'),
    opened.db.transaction().execute(async (transaction) => {
      await sql`SELECT pg_sleep(10)`.execute(transaction);
    }),
  ]);
  await until(async () => (await sessions('active')) === 3);
  await terminate();
  expect((await underWay).map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
  await until(() => sql`SELECT 1`.execute(opened.db));
  await until(async () => (await sessions('idle')) > 0);
  await terminate();
  await until(() => sql`SELECT 1`.execute(opened.db));
});

it('locks of a session that is gone can be held again', async () => {
  const locks = createLocks(opened.pool);
  const held = await locks.run('card 1', async () => {
    await terminate();
    await until(async () => (await sessions('idle')) + (await sessions('active')) === 0);
    return 'drawn';
  });
  expect(held).toEqual({ held: true, value: 'drawn' });
  expect(await until(() => locks.run('card 1', async () => 'drawn again'))).toEqual({
    held: true,
    value: 'drawn again',
  });
  locks.close();
});
