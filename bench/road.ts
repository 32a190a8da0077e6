import { Kysely, PostgresDialect } from 'kysely';
import type { Tables } from '../src/store/tables.ts';
import { type Road, startRoad } from '../test/faults/road.ts';
import type { TestDatabase } from '../test/postgres.ts';
import { openBenchDatabase, openPool, type Server } from './servers.ts';

/** The whole product as the fault tests run it — real processes, the stand-ins, a short road — on the bench's server. */
export async function openRoad(server: Server, options: { redis?: string | null } = {}): Promise<Road> {
  return startRoad({ ...options, processes: true, start: false, database: await openDatabase(server) });
}

/** A database of the bench's own, as tests want it. */
export async function openDatabase(server: Server): Promise<TestDatabase> {
  const database = await openBenchDatabase(server);
  const pool = openPool(database.url, 6);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const drop = async () => {
    await db.destroy();
    await database.drop();
  };
  return { url: database.url, pool, db, drop };
}
