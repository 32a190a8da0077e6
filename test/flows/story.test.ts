import { afterAll, beforeAll, it } from 'vitest';
import { type Lockstep, startLockstep } from './lockstep.ts';
import { tellStory } from './story.ts';

let lockstep: Lockstep;
beforeAll(async () => {
  lockstep = await startLockstep({ inProduction: ['storefront'], slackPace: { rateLimits: false } });
}, 60_000);
afterAll(() => lockstep?.close());

it('one item from /ticket to production and back, every gate by click', () => tellStory(lockstep), 180_000);
