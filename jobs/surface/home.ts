import type { Deps } from '../../src/deps.ts';
import { RetryLater } from '../../src/integrations/errors.ts';
import { homesOf, markPublished } from '../../src/store/homes.ts';
import { readQueue } from '../../src/store/queue.ts';
import { queueHome } from '../../views/home.ts';
import { toQueue } from '../../views/rows.ts';
import { renderHash } from './messages.ts';

/**
 * Publishes the Home of everybody among `who` (`role:…`, `user:…`) who has opened it; one that looks the same is not
 * sent. One at a time for each person, so that an older queue never overwrites a newer one.
 */
export async function publishHomes(deps: Deps, who: readonly string[]): Promise<void> {
  for (const home of await homesOf(deps.db, who)) await publish(deps, home.user_id);
}

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
