import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { until } from '../flows/lockstep.ts';
import { redisUrl, report } from '../redis.ts';
import { approve, expectSound, openTicket, type Road, reaches, startRoad } from './road.ts';

const ITEMS = 6;
const url = await redisUrl(10);

/** Redis forgets everything and says nothing; Lockstep must notice by itself. Only where there is a Redis. */
describe.runIf(url)('a Redis that is wiped', () => {
  let road: Road;
  let client: Redis;
  beforeAll(async () => {
    client = new Redis(url!);
    road = await startRoad({ redis: url! });
  }, 60_000);
  afterAll(async () => {
    await road?.close();
    await client.flushdb();
    client.disconnect();
  });

  /** Wipes again and again while something is done. */
  async function stormDuring(work: () => Promise<unknown>): Promise<number> {
    let wipes = 0;
    const storm = setInterval(() => void client.flushdb().then(() => (wipes += 1)), 60);
    await work();
    clearInterval(storm);
    await client.flushdb();
    return wipes + 1;
  }

  it('every item goes on, and the schedules are written again', async () => {
    const keys: string[] = [];
    let wipes = await stormDuring(async () => {
      for (let n = 1; n <= ITEMS; n += 1) keys.push(await openTicket(road, `Wiped ${n}`));
    });
    const times = await Promise.all(keys.map((key) => reaches(road, key, 'prd_ready', 30_000)));
    wipes += await stormDuring(async () => {
      for (const key of keys) await approve(road, key);
    });
    const after = await Promise.all(keys.map((key) => reaches(road, key, 'signed', 30_000)));
    report(`Redis wiped ${wipes} times: moving again after at most ${Math.max(...times, ...after)} ms`);
    await until(async () => (await client.exists(`${road.config.redisPrefix}:upkeep:repeat`)) === 1, 30_000);
    await expectSound(road);
  }, 60_000);
});
