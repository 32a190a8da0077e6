import { z } from 'zod';
import { wantHomes } from '../src/store/homes.ts';
import { again, done, job } from './job.ts';

const Params = z.object({
  override: z.string(),
  visit: z.number().int(),
  until: z.iso.datetime(),
  /** `role:engineer`, `user:U1`: whose Home lists it. */
  who: z.array(z.string()),
});

/** The time of an override is over: its gate closes again by itself, and Home lists it no more, wherever the item is. */
export const expireOverride = job<z.infer<typeof Params>>({
  name: 'expire-override',
  queue: 'delivery',
  params: Params,
  attempts: 20,
  backoffMs: 500,
  timeoutMs: 10_000,
  async run({ deps, params }) {
    const { override, visit, until, who } = params;
    const left = new Date(until).getTime() - deps.now().getTime();
    if (left > 0) return again(left);
    await wantHomes(deps.db, who, 'own');
    return done({ type: 'override_expired', visit, override });
  },
});
