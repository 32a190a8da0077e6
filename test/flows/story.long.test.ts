import { afterEach, expect, it } from 'vitest';
import { redisUrl } from '../redis.ts';
import { type Lockstep, type LockstepOptions, startLockstep } from './lockstep.ts';
import { tellStory } from './story.ts';

/** The same story on the other ways in and the other queue. */

let lockstep: Lockstep | undefined;
afterEach(() => lockstep?.close());

const redis = await redisUrl(8);
const WAYS: [string, LockstepOptions][] = [
  ['Socket Mode, without a public address', { socketMode: true }],
  ...(redis ? ([['the queue on Redis', { redis }]] as [string, LockstepOptions][]) : []),
];

it.each(WAYS)('one item from /ticket to production and back: %s', async (_, options) => {
  lockstep = await startLockstep({ ...options, inProduction: ['storefront'] });
  expect(lockstep.config.redis).toBe(options.redis ?? process.env.REDIS_URL ?? null);
  // Only one way in is open, so the same story cannot have come by the other.
  const { status } = await fetch(`${lockstep.webUrl}/slack/events`, { method: 'POST' });
  expect(status).toBe(options.socketMode ? 404 : 401);
  await tellStory(lockstep);
});
