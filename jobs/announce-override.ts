import { z } from 'zod';
import { overridesOf } from '../src/pipeline/overrides.ts';
import { overrideMessage } from '../views/override.ts';
import { done, job } from './job.ts';
import { judge } from './surface/judge.ts';
import { inThread, postOnce, threadOf } from './surface/messages.ts';

const Params = z.object({ override: z.string(), visit: z.number().int() });

/**
 * Tells the thread who lets the item pass which rule, until when and why. Only what was told counts, so the report of this
 * job puts the override in force; where Slack takes nothing, the gate stays as it is.
 */
export const announceOverride = job<z.infer<typeof Params>>({
  name: 'announce-override',
  queue: 'slack',
  params: Params,
  // For as long as it can still count: a week, at one try a minute.
  attempts: 10_000,
  backoffMs: 500,
  timeoutMs: 60_000,
  async run({ deps, params, item }) {
    const thread = threadOf(item);
    const { override: id, visit } = params;
    const told = await inThread(deps, thread.itemId, async () => {
      // It may have been withdrawn while somebody else wrote into the thread.
      const now = await judge(deps, thread.itemId);
      const here = now?.state.item.visit === visit ? overridesOf(now.state.log) : [];
      const override = here.find((one) => one.id === id);
      if (!now || !override || override.until <= deps.now()) return false;
      const view = overrideMessage({ ...override, item: now.state.item });
      await postOnce(deps, thread, { key: `override-${thread.itemId}-${id}`, kind: 'override', subject: id }, view);
      return true;
    });
    return told ? done({ type: 'override_announced', visit, override: id }) : done(undefined, 'it is over');
  },
});
