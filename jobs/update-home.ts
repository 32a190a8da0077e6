import { z } from 'zod';
import { done, job } from './job.ts';
import { publishHomes } from './surface/home.ts';

const Params = z.object({
  /** `role:engineer`, `user:U1`: those of them who have opened Home get it redrawn. */
  who: z.array(z.string()).default([]),
});

/** Publishes the queue of everybody concerned. Needs no item. */
export const updateHome = job<z.infer<typeof Params>>({
  name: 'update-home',
  queue: 'slack',
  params: Params,
  attempts: 8,
  backoffMs: 1000,
  timeoutMs: 60_000,
  coalesce: true,
  async run({ deps, params }) {
    await publishHomes(deps, params.who);
    return done();
  },
});
