import { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { forget, redisUrl, testPrefix, wipe } from '../redis.ts';

const THEIRS = 'somebody:data';
const url = await redisUrl(6);

describe.runIf(url)('the Redis of the tests', () => {
  const client = new Redis(url ?? '', { lazyConnect: true });
  afterEach(() => client.flushdb());
  afterAll(() => client.disconnect());

  it('is not emptied where somebody has data of their own, though tests have been there too', async () => {
    await client.flushdb();
    await client.mset(THEIRS, '1', `${testPrefix()}:slack:meta`, '1');
    await expect(wipe(url!)).rejects.toThrow(/^Database 6 of the Redis at \S+ holds "somebody:data", which is not/);
    await expect(redisUrl(6)).rejects.toThrow(/holds "somebody:data"/);
    expect(await client.get(THEIRS)).toBe('1');
  });

  it('is emptied of what a killed test has left', async () => {
    await client.flushdb();
    const left = `${testPrefix()}:slack:meta`;
    await client.set(left, '1');
    await wipe(url!);
    expect(await client.exists(left)).toBe(0);
  });

  it('loses only the keys of the Lockstep that is closed', async () => {
    const [mine, other] = [testPrefix(), testPrefix()];
    await client.mset(`${mine}:slack:1`, '1', `${mine}:upkeep:1`, '1', `${other}:slack:1`, '1', THEIRS, '1');
    await forget(url!, mine);
    const left = await client.keys('*');
    expect(left.filter((key) => key !== 'lockstep:test').sort()).toEqual([THEIRS, `${other}:slack:1`].sort());
  });
});
