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

/** Database `database` of the machine's Redis, emptied; null where there is none. Each test file has its own number. */
export async function redisUrl(database: number): Promise<string | null> {
  const url = new URL(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379');
  url.pathname = `/${database}`;
  try {
    await wipe(url.href);
    return url.href;
  } catch (error) {
    if (error instanceof SomebodysData) throw error;
    report(`no Redis at ${url.host}: only the Postgres queue is tested`);
    return null;
  }
}

/** Says that tests may empty this database; every wipe leaves it there. */
const OURS = 'lockstep:test';

class SomebodysData extends Error {}

/**
 * Empties this one database: what a Lockstep of an earlier test left there would be taken for its own. Throws where it
 * holds data that no test has put there.
 */
export async function wipe(redis: string): Promise<void> {
  const client = new Redis(redis, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    if ((await client.dbsize()) > 0 && !(await client.exists(OURS))) {
      const { host, pathname } = new URL(redis);
      throw new SomebodysData(
        `Database ${pathname.slice(1)} of the Redis at ${host} holds data that is not of these tests, so they do not empty it: clear it, or set REDIS_URL to another Redis.`,
      );
    }
    await client.multi().flushdb().set(OURS, '1').exec();
  } finally {
    client.disconnect();
  }
}

/** A measured number, for whoever reads the run. */
export const report = (line: string): void => void process.stdout.write(`${line}\n`);
