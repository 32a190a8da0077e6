import { z } from 'zod';
import { done, job } from './job.ts';

/** Asks the gate again: ordered where a stage is entered whose gate holds already. */
export const tick = job({
  name: 'tick',
  queue: 'delivery',
  params: z.object({}),
  attempts: 5,
  backoffMs: 500,
  timeoutMs: 5_000,
  async run() {
    return done({ type: 'ticked' });
  },
});
