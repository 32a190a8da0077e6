import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';

export interface Queue {
  name: string;
  redis: string | null;
}

/** The queue's backends that this machine has: Postgres always, Redis where a server answers. */
export async function backends(database: number): Promise<Queue[]> {
  const redis = await redisUrl(database);
  return [{ name: 'Postgres', redis: null }, ...(redis ? [{ name: 'Redis', redis }] : [])];
}

/**
 * Database `database` of the Redis at REDIS_URL or else of this machine, emptied. Each test file has its own number.
 * Where no Redis answers it is null, and a line says so; in CI that is an error, because nothing may be left out there.
 */
export async function redisUrl(database: number): Promise<string | null> {
  const url = new URL(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379');
  url.pathname = `/${database}`;
  try {
    await wipe(url.href);
    return url.href;
  } catch (error) {
    if (error instanceof SomebodysData) throw error;
    const missing = `No Redis answers at ${url.host} (${(error as Error).message})`;
    if (process.env.CI === 'true')
      throw new Error(`${missing}, and CI tests both queues: start one, or set REDIS_URL.`);
    process.stderr.write(`${missing}: only the queue on Postgres is tested.\n`);
    return null;
  }
}

/** Begins every key of one Lockstep under test: it meets nobody else's, and they are known as a test's. */
export const testPrefix = (): string => `test-${randomBytes(8).toString('hex')}`;
const TESTS_KEY = /^test-[0-9a-f]{16}:/;

/** Says that tests may empty this database; every wipe leaves it there. */
const OURS = 'lockstep:test';

class SomebodysData extends Error {}

/** Empties this one database. Throws where it holds data that no test has put there. */
export async function wipe(redis: string): Promise<void> {
  await using(redis, async (client) => {
    const foreign = (await client.exists(OURS)) ? undefined : await foreignKey(client);
    if (foreign !== undefined) {
      const { host, pathname } = new URL(redis);
      throw new SomebodysData(
        `Database ${pathname.slice(1)} of the Redis at ${host} holds ${JSON.stringify(foreign)}, which is not of these tests, so they do not empty it: clear it, or set REDIS_URL to another Redis.`,
      );
    }
    await client.multi().flushdb().set(OURS, '1').exec();
  });
}

/** Deletes what one Lockstep under test has left. */
export async function forget(redis: string, prefix: string): Promise<void> {
  await using(redis, async (client) => {
    for await (const keys of batches(client, `${prefix}:*`)) if (keys.length > 0) await client.unlink(...keys);
  });
}

async function foreignKey(client: Redis): Promise<string | undefined> {
  for await (const keys of batches(client)) {
    const foreign = keys.find((key) => !TESTS_KEY.test(key));
    if (foreign !== undefined) return foreign;
  }
  return undefined;
}

const batches = (client: Redis, match = '*'): AsyncIterable<string[]> => client.scanStream({ match, count: 1_000 });

/** One connection, which fails at once and with the reason where nobody answers. */
async function using(redis: string, work: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis(redis, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  let reason: Error | undefined;
  client.on('error', (error) => {
    reason = error;
  });
  try {
    await client.connect().catch((error) => Promise.reject(reason ?? error));
    await work(client);
  } finally {
    client.disconnect();
  }
}

/** A measured number, for whoever reads the run. */
export const report = (line: string): void => void process.stdout.write(`${line}\n`);
