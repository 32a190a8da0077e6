import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startPostgres } from '../src/embedded.ts';
import { migrate } from '../src/migrate.ts';

/** A PostgreSQL server to measure on: the one of DATABASE_URL, else an embedded one on throw-away data. */
export interface Server {
  url: string;
  version: string;
  stop(): Promise<void>;
}

export async function openServer(): Promise<Server> {
  const own = process.env.DATABASE_URL;
  if (own) return { url: own, version: await versionOf(own), stop: async () => {} };
  const dir = await mkdtemp(join(tmpdir(), 'lockstep-bench-'));
  const database = await startPostgres({ dir, log: () => {} });
  return {
    url: database.url,
    version: await versionOf(database.url),
    stop: async () => {
      await database.stop();
      for (const folder of [dir, database.home]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A migrated database of the bench's own. */
export async function openBenchDatabase(server: Server): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `lockstep_bench_${randomBytes(4).toString('hex')}`;
  await asAdmin(server.url, `CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await migrate(url.href);
  return { url: url.href, drop: () => asAdmin(server.url, `DROP DATABASE ${name} WITH (FORCE)`) };
}

export function openPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max });
  // The end of a connection must not end the measurement.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** The Redis to measure on, in an empty database of it, or null where none answers. */
export async function openRedis(): Promise<{ url: string; version: string; clear(): Promise<void> } | null> {
  const base = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
  const probe = new Redis(base, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  probe.on('error', () => {});
  try {
    await probe.connect();
    const info = await probe.info('server');
    const url = new URL(base);
    for (let db = 6; db > 0; db -= 1) {
      await probe.select(db);
      if ((await probe.dbsize()) > 0) continue;
      url.pathname = `/${db}`;
      const clear = async () => {
        const redis = new Redis(url.href);
        await redis.flushdb();
        await redis.quit();
      };
      return { url: url.href, version: /redis_version:(\S+)/.exec(info)?.[1] ?? '?', clear };
    }
    return null;
  } catch {
    return null;
  } finally {
    probe.disconnect();
  }
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return rows[0]!.server_version;
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
