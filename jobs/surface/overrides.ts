import type { Deps } from '../../src/deps.ts';
import type { Patience } from '../../src/integrations/slack-pace.ts';
import { overrideId } from '../../src/pipeline/overrides.ts';
import { postsOf, storePost } from '../../src/store/cards.ts';
import { type OverrideEntry, overrideEntries, overridesFor } from '../../src/store/overrides.ts';
import type { Counted, OverrideRow } from '../../views/data.ts';
import { describe, type Judged } from '../../views/describe.ts';
import { type OverrideEnd, overrideClosed } from '../../views/override.ts';
import type { Thread } from './messages.ts';

/** Announcements of overrides that are over lose their button and say how it ended. Most items have none. */
export async function refreshOverrides(deps: Deps, thread: Thread, judged: Judged, patience: Patience): Promise<void> {
  const posts = (await postsOf(deps.db, thread.itemId, 'override')).filter((post) => post.ts !== '');
  if (posts.length === 0) return;
  const entries = await overrideEntries(deps.db, thread.itemId);
  const { item } = describe(judged);
  for (const { effect_id, channel, ts, subject: id } of posts) {
    const same = entries.filter((entry) => overrideId(entry) === id);
    const made = same.find((entry) => entry.type === 'overridden');
    const end = made && endOf(same, { visit: item.visit, now: deps.now() });
    if (!end) continue;
    const { subject, actor_id, actor_name, role, note, until } = made;
    const by = { id: actor_id, name: actor_name };
    const view = overrideClosed({ item, id, subject, by, role: role ?? '', note, until }, end);
    await deps.slack.update({ channel, ts, ...view, item: thread.key, patience });
    await storePost(deps.db, effect_id, { kind: 'override_closed' });
  }
}

/** What Home lists: those that count, are about to, or have let an item pass. One that never counted is no news. */
export async function overridesOf(
  deps: Pick<Deps, 'db' | 'now'>,
  reader: { id: string; roles: readonly string[] },
): Promise<Counted<OverrideRow>> {
  const found = await overridesFor(deps.db, reader, { now: deps.now() });
  const rows = found.map((row): OverrideRow => {
    const { id, key, title, visit, subject, note, until } = row;
    const here = row.visit === row.now_visit;
    return {
      item: { id, key, title, visit },
      id: overrideId({ subject, until }),
      subject,
      by: { id: row.actor_id, name: row.actor_name },
      note,
      until,
      standing: !here ? 'left' : row.announced ? 'in_force' : 'announcing',
      withdraw: here && (row.actor_id === reader.id || reader.roles.includes(row.role ?? '')),
    };
  });
  return { rows, count: found[0]?.total ?? 0 };
}

/** How it ended; null while it holds. */
function endOf(entries: readonly OverrideEntry[], { visit, now }: { visit: number; now: Date }): OverrideEnd | null {
  const withdrawn = entries.find((entry) => entry.type === 'override_withdrawn');
  if (withdrawn) {
    const { actor_id, actor_name, at } = withdrawn;
    return { kind: 'withdrawn', by: { id: actor_id, name: actor_name }, at };
  }
  if (entries.some((entry) => entry.visit !== visit)) return { kind: 'left' };
  return entries.every((entry) => entry.until <= now) ? { kind: 'expired' } : null;
}
