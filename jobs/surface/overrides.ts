import type { Deps } from '../../src/deps.ts';
import type { Patience } from '../../src/integrations/slack-pace.ts';
import { overrideId } from '../../src/pipeline/overrides.ts';
import { postsOf, storePost } from '../../src/store/cards.ts';
import { type OverrideEntry, overrideEntries } from '../../src/store/overrides.ts';
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
