import { z } from 'zod';
import { wantHomes } from '../src/store/homes.ts';
import { done, job } from './job.ts';

const Params = z.object({
  /** `role:engineer`, `user:U1`: those of them who have opened Home get it redrawn. */
  who: z.array(z.string()).default([]),
});

/**
 * Notes whose Home has to change because of this item: those who are waited for, and everybody who looks at the board.
 * Drawing is not done here, because many items change at once: `src/homes.ts` draws each Home once for all of them.
 */
export const updateHome = job<z.infer<typeof Params>>({
  name: 'update-home',
  queue: 'slack',
  params: Params,
  attempts: 8,
  backoffMs: 1000,
  timeoutMs: 60_000,
  coalesce: true,
  async run({ deps, params }) {
    await wantHomes(deps.db, params.who, 'all');
    return done();
  },
});
