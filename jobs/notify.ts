import { z } from 'zod';
import { historyEntry } from '../src/store/cards.ts';
import { logMessage, toLogLine } from '../views/log.ts';
import { done, job } from './job.ts';
import { openGates } from './surface/gates.ts';
import { judgeLoaded } from './surface/judge.ts';
import { inThread, postOnce, threadOf } from './surface/messages.ts';

const Params = z.looseObject({
  /** Why the item is blocked since this change. */
  blocked: z.string().nullable().default(null),
});

/** Tells the thread what happened, and asks there for the decisions that are open now. */
export const notify = job<z.infer<typeof Params>>({
  name: 'notify',
  queue: 'slack',
  params: Params,
  attempts: 20,
  backoffMs: 500,
  timeoutMs: 60_000,
  async run({ deps, params, item, state, definition, effect }) {
    const thread = threadOf(item);
    const entry = await historyEntry(deps.db, thread.itemId, effect.version);
    const line = entry && entry.type !== 'created' ? toLogLine(entry, definition.stages, params.blocked) : null;
    const judged = await judgeLoaded(deps, item, state, definition);
    const ref = { id: state.item.id, key: item.key, title: item.title, visit: state.item.visit };
    await inThread(deps, thread.itemId, async () => {
      const mention = params.blocked ? { id: item.requester, name: item.requester_name } : null;
      if (line) await postOnce(deps, thread, { key: effect.id, kind: 'log' }, logMessage(ref, line, mention));
      await openGates(deps, thread, judged);
    });
    return done();
  },
});
