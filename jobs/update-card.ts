import { z } from 'zod';
import type { Deps } from '../src/deps.ts';
import type { Patience } from '../src/integrations/slack-pace.ts';
import { claimPost, postOf, setThread, storePost } from '../src/store/cards.ts';
import type { ItemRow } from '../src/store/tables.ts';
import type { MessageView } from '../views/blocks.ts';
import { card } from '../views/card.ts';
import { describe } from '../views/describe.ts';
import { done, job } from './job.ts';
import { refreshGates } from './surface/gates.ts';
import { judge, judgeLoaded } from './surface/judge.ts';
import { inThread, postClaimed, renderHash, type Thread } from './surface/messages.ts';
import { refreshOverrides } from './surface/overrides.ts';

/** Redraws the item's root message from rows, and the messages of its gates that are there already. */
export const updateCard = job({
  name: 'update-card',
  queue: 'slack',
  /** `progress`: ordered by a change that nobody waits to see. */
  params: z.object({ progress: z.boolean().optional() }),
  attempts: 20,
  backoffMs: 500,
  timeoutMs: 60_000,
  coalesce: true,
  async run({ deps, item, state, definition, orders }) {
    const judged = await judgeLoaded(deps, item, state, definition);
    // As soon as somebody waits for one of the redraws that this run answers, it is theirs.
    const patience = orders.every((order) => order.params.progress === true) ? 'progress' : 'short';
    const thread = await drawRoot(deps, item, state.item.id, { view: card(describe(judged)), patience });
    await inThread(deps, thread.itemId, async () => {
      // Drawing the card may have waited for Slack, and a gate may have opened meanwhile: it must not be closed again.
      const now = await judge(deps, thread.itemId);
      if (!now) return;
      await refreshGates(deps, thread, now, patience);
      await refreshOverrides(deps, thread, now, patience);
    });
    return done();
  },
});

/** Posts the card once and edits it from then on; an equal one is not sent again. */
async function drawRoot(
  deps: Deps,
  item: ItemRow,
  itemId: string,
  { view, patience }: { view: MessageView; patience: Patience },
): Promise<Thread> {
  const key = `card-${itemId}`;
  const hash = renderHash(view);
  const post = await postOf(deps.db, key);
  if (post?.ts) {
    const { channel, ts } = post;
    const edit = { channel, ts, ...view, item: item.key, patience };
    const there = post.subject === hash || (await deps.slack.update(edit)) === 'updated';
    if (there) {
      if (post.subject !== hash) await storePost(deps.db, key, { subject: hash });
      // A crash between posting and this leaves the item without its thread.
      if (item.thread_ts !== ts) await setThread(deps.db, itemId, channel, ts);
      return { itemId, key: item.key, channel, ts };
    }
    // Somebody deleted it: a new one takes its place, and the thread goes on there.
    await storePost(deps.db, key, { ts: '', subject: '' });
  }
  const channel = await deps.slack.channelId(item.channel);
  const claim = await claimPost(deps.db, { key, itemId, channel, kind: 'card' });
  const tried = claim === 'tried' ? (post ?? (await postOf(deps.db, key))) : null;
  const posted = await postClaimed(deps, { channel, ...view, key, item: item.key }, { claims: [key], tried });
  await storePost(deps.db, key, { channel: posted.channel, ts: posted.ts, subject: tried ? '' : hash });
  await setThread(deps.db, itemId, posted.channel, posted.ts);
  // What an earlier try left there shows what was true then.
  if (tried) await drawRoot(deps, item, itemId, { view, patience });
  return { itemId, key: item.key, channel: posted.channel, ts: posted.ts };
}
