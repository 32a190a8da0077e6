import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemOf } from '../faults/road.ts';
import { arrives, blocks, clicks, create, fills, goes, needOf, unnumbered } from './crew.ts';
import { type Lockstep, sampleTickets, startLockstep, until } from './lockstep.ts';

/** Trouble at GitHub while an agent's work is on its way there. */

let lockstep: Lockstep;
beforeAll(async () => {
  lockstep = await startLockstep({ processes: true, slackPace: { rateLimits: false }, env: { LOG_LEVEL: 'info' } });
}, 60_000);
afterAll(() => lockstep?.close());

/** A line of the log that speaks of this. */
const logged = (...words: string[]) =>
  until(() =>
    lockstep
      .output()
      .split('\n')
      .find((line) => words.every((word) => line.includes(word))),
  );

describe('GitHub, when it is in trouble,', () => {
  it('is asked again, and what it did though it said 502 is not done twice', async () => {
    const [ticket] = await sampleTickets();
    const key = await create(lockstep, ticket!);
    await goes(lockstep, key, 'ready');
    lockstep.github.faults.refusePush = 'this repository is being moved';
    await fills(lockstep, key, 'emil', { action: 'delegate', callback: 'delegate', values: { agent: 'scripted' } });
    await blocks(lockstep, key);
    expect(unnumbered(await needOf(lockstep, key))).toMatchInlineSnapshot(
      `"*Blocked: The push to lockstep/LS-N-show-a-free-shipping-banner-when-the-cart was refused: [remote rejected] (pre-receive hook declined) error: this repository is being moved*"`,
    );
    await logged('being moved', key);

    lockstep.github.faults.refusePush = null;
    const path = '^/repos/acme/storefront/pulls$';
    lockstep.github.faults.requests.push({ method: 'POST', path, status: 502 });
    lockstep.github.faults.requests.push({ method: 'POST', path, status: 502, afterApply: true });
    await clicks(lockstep, key, 'emil', 'retry');
    await arrives(lockstep, key, 'preview');
    expect(lockstep.github.faults.requests).toEqual([]);
    const pulls = lockstep.github.repos.flatMap((repo) => repo.issues).filter((one) => one.title.startsWith(`${key}:`));
    expect(pulls).toHaveLength(1);
    await logged('502', key);
    expect((await itemOf(lockstep, key)).status).not.toBe('blocked');
  });
});
