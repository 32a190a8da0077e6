import type { Deps } from '../src/deps.ts';
import { type OpenGate, overdueGates } from '../src/store/cards.ts';
import { membersOf, personById } from '../src/store/people.ts';
import { reminderMessage } from '../views/log.ts';
import type { UpkeepJob } from './job.ts';
import { postOnce } from './surface/messages.ts';

/** Says once in each period that a decision is still open, in its thread, to those who are waited for. */
export const remind: UpkeepJob = {
  name: 'remind',
  queue: 'upkeep',
  everyMs: 10 * 60_000,
  timeoutMs: 5 * 60_000,
  async run(deps, _params, signal) {
    const period = deps.config.remind_after_hours * 3_600_000;
    const now = deps.now().getTime();
    for (const gate of await overdueGates(deps.db, new Date(now - period))) {
      if (signal.aborted) return;
      const nth = Math.floor((now - gate.since.getTime()) / period);
      await remindOf(deps, gate, nth).catch((error: Error) => {
        deps.log.warn({ item: gate.key, reason: error.message }, 'reminder left for the next round');
      });
    }
  },
};

async function remindOf(deps: Deps, gate: OpenGate, nth: number): Promise<void> {
  const roles = gate.who.filter((one) => one.startsWith('role:')).map((one) => one.slice(5));
  const users = gate.who.filter((one) => one.startsWith('user:')).map((one) => one.slice(5));
  const people = await membersOf(deps.db, roles);
  for (const id of users) {
    const person = await personById(deps.db, id);
    if (person && !person.deleted) people.push({ id, name: person.real_name });
  }
  const item = { id: gate.item_id, key: gate.key, title: gate.title, visit: gate.visit };
  const thread = { itemId: gate.item_id, key: gate.key, channel: gate.channel, ts: gate.thread_ts };
  const key = `reminder-${gate.item_id}-${gate.visit}-${gate.since.getTime()}-${nth}`;
  const view = reminderMessage(item, gate.reason, people, gate.since);
  await postOnce(deps, thread, { key, kind: 'reminder', patience: 'long' }, view);
}
