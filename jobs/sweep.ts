import { waitingItems } from '../src/store/waiting.ts';
import type { UpkeepJob } from './job.ts';

/**
 * GitHub never sends a webhook twice, so what got lost is looked for: every open item that waits for the world looks
 * again now. Nothing is recorded when nothing changed.
 */
export const sweep: UpkeepJob = {
  name: 'sweep',
  queue: 'upkeep',
  everyMs: 120_000,
  timeoutMs: 110_000,
  async run(deps, _params, signal) {
    for (const { id, key } of await waitingItems(deps.db)) {
      if (signal.aborted) return;
      try {
        await deps.advance(id, { type: 'nudged', note: 'sweep' });
      } catch (error) {
        // One item that cannot be read must not keep the others from being looked at.
        deps.log.error({ item: key, err: error }, 'sweep');
      }
    }
  },
};
