import { z } from 'zod';
import { done, job } from './job.ts';
import { lookAtIncidents } from './shared/incidents.ts';

/**
 * An incident began or ended on the item's service or on one that it depends on: the item looks again, so it stops or
 * goes on by itself. Must be done in whatever visit the item is by then.
 */
export const refreshIncidents = job({
  name: 'refresh-incidents',
  queue: 'delivery',
  params: z.strictObject({}),
  attempts: 10,
  backoffMs: 500,
  timeoutMs: 10_000,
  async run({ deps, definition, state }) {
    return done(await lookAtIncidents(deps, { definition, state }), 'nothing new');
  },
});
