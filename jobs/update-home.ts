import { z } from 'zod';
import type { Deps } from '../src/deps.ts';
import { RetryLater } from '../src/integrations/errors.ts';
import { homesOf, markPublished } from '../src/store/homes.ts';
import { readQueue } from '../src/store/queue.ts';
import { queueHome } from '../views/home.ts';
import { toQueue } from '../views/rows.ts';
import { done, job } from './job.ts';
import { renderHash } from './surface/messages.ts';

const Params = z.object({
  /** `role:engineer`, `user:U1`: those of them who have opened Home get it redrawn. */
  who: z.array(z.string()).default([]),
});

/** Publishes the queue of everybody concerned; one that looks the same is not sent. Needs no item. */
export const updateHome = job<z.infer<typeof Params>>({
  name: 'update-home',
  queue: 'slack',
  params: Params,
  attempts: 8,
  backoffMs: 1000,
  timeoutMs: 60_000,
  coalesce: true,
  async run({ deps, params }) {
    const homes = await homesOf(deps.db, params.who);
    for (const home of homes) await publish(deps, home.user_id);
    return done();
  },
});

/** One at a time for each person, so that an older queue never overwrites a newer one. */
async function publish(deps: Deps, userId: string): Promise<void> {
  const locked = await deps.locks.run(`home ${userId}`, async () => {
    const [before] = await homesOf(deps.db, [`user:${userId}`]);
    const view = queueHome(toQueue(await readQueue(deps.db, userId)));
    const hash = renderHash(view);
    if (!before || before.published_hash === hash) return;
    await deps.slack.publishHome(userId, view);
    await markPublished(deps.db, userId, hash, deps.now());
  });
  if (!locked.held) throw new RetryLater(`the Home of ${userId} is being redrawn`, 200);
}
