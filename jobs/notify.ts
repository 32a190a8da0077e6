import { z } from 'zod';
import type { Definition } from '../src/pipeline/types.ts';
import { type HistoryEntry, historyEntry } from '../src/store/cards.ts';
import type { LogLine } from '../views/data.ts';
import { logMessage } from '../views/log.ts';
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
    const line = entry && entry.type !== 'created' ? toLine(entry, definition, params.blocked) : null;
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

/** A row of history with the stages' labels. */
export function toLine(entry: HistoryEntry, definition: Definition, blocked: string | null): LogLine {
  const label = (id: string) => definition.stages.find((stage) => stage.id === id)?.label ?? id;
  return {
    type: entry.type,
    actor: { id: entry.actor_id, name: entry.actor_name },
    of: entry.of,
    job: entry.job,
    note: entry.note,
    at: entry.at,
    from: entry.from_stage === null ? null : label(entry.from_stage),
    to: label(entry.to_stage),
    reason: blocked ?? '',
    status: blocked === null ? 'active' : 'blocked',
  };
}
