import { expect, it } from 'vitest';
import { testDatabase } from '../postgres.ts';

it('gives each caller a migrated database of its own', async () => {
  const [one, two] = [await testDatabase(), await testDatabase()];
  try {
    const pipeline = { hash: 'h', name: 'feature', text: '' };
    await one.db.insertInto('pipelines').values(pipeline).execute();
    expect(await one.db.selectFrom('pipelines').select('hash').execute()).toEqual([{ hash: 'h' }]);
    expect(await two.db.selectFrom('pipelines').select('hash').execute()).toEqual([]);
  } finally {
    await one.drop();
    await two.drop();
  }
});

it('deletes the database although somebody is still connected', async () => {
  const database = await testDatabase();
  const other = await testDatabase();
  const name = new URL(database.url).pathname.slice(1);
  const client = await database.pool.connect();
  client.release();
  await database.drop();
  const { rows } = await other.pool.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  await other.drop();
  expect(rows).toEqual([]);
});
