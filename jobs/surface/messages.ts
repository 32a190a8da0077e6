import { createHash } from 'node:crypto';
import type { Deps } from '../../src/deps.ts';
import { Refused, RetryLater } from '../../src/integrations/errors.ts';
import type { NewMessage } from '../../src/integrations/slack.ts';
import type { Patience } from '../../src/integrations/slack-pace.ts';
import { claimPost, postOf, releasePosts, storePost } from '../../src/store/cards.ts';
import type { ItemRow } from '../../src/store/tables.ts';
import type { MessageView } from '../../views/blocks.ts';

/** Where an item's thread is. */
export interface Thread {
  itemId: string;
  key: string;
  channel: string;
  ts: string;
}

const CARD_MS = 150;

/** The thread of an item; the card opens it, so others wait until it is there. */
export function threadOf(item: ItemRow): Thread {
  const { key, channel, thread_ts } = item;
  if (thread_ts === null) throw new RetryLater(`${key} has no thread yet`, CARD_MS);
  return { itemId: String(item.id), key, channel, ts: thread_ts };
}

export const renderHash = (view: unknown): string => createHash('sha256').update(JSON.stringify(view)).digest('hex');

/**
 * Posts into the thread once for each key, however often it is asked: the row says that it was tried, and the message
 * itself carries the key.
 */
export async function postOnce(
  deps: Deps,
  thread: Thread,
  post: { key: string; kind: string; subject?: string; patience?: Patience },
  view: MessageView,
): Promise<void> {
  const { itemId, channel } = thread;
  const claim = await claimPost(deps.db, { key: post.key, itemId, channel, kind: post.kind });
  const tried = claim === 'tried' ? await postOf(deps.db, post.key) : null;
  if (tried?.ts) return;
  const { patience } = post;
  const message = { channel, threadTs: thread.ts, ...view, key: post.key, item: thread.key, patience };
  const posted = await postClaimed(deps, message, { claims: [post.key], tried });
  await storePost(deps.db, post.key, { channel: posted.channel, ts: posted.ts, subject: post.subject ?? '' });
}

/**
 * Posts what was claimed. A message that an earlier try claimed is looked for first. When Slack did not take one that was
 * claimed by this try, the claim is taken back: nothing can be there, and looking for it would cost calls.
 */
export async function postClaimed(
  deps: Deps,
  message: NewMessage,
  { claims, tried }: { claims: readonly string[]; tried: { posted_at: Date } | null },
): Promise<{ channel: string; ts: string }> {
  if (tried) return deps.slack.post({ ...message, mayHavePosted: true, since: tried.posted_at });
  try {
    return await deps.slack.post(message);
  } catch (error) {
    if (error instanceof RetryLater || error instanceof Refused) await releasePosts(deps.db, claims);
    throw error;
  }
}

/** One at a time writes into a thread, so that nothing is posted after it was closed. */
export async function inThread<T>(deps: Deps, itemId: string, run: () => Promise<T>): Promise<T> {
  const locked = await deps.locks.run(`thread ${itemId}`, run);
  if (!locked.held) throw new RetryLater('somebody else writes into this thread', 200);
  return locked.value;
}
