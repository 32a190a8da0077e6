import { z } from 'zod';
import type { Definition } from '../src/pipeline/types.ts';
import { claimTogether, historyEntry, postsById, storeTogether } from '../src/store/cards.ts';
import type { MessageView } from '../views/blocks.ts';
import { logMessage, toLogLine } from '../views/log.ts';
import { done, type JobInput, job } from './job.ts';
import { openGates } from './surface/gates.ts';
import { judgeLoaded } from './surface/judge.ts';
import { inThread, type Thread, threadOf } from './surface/messages.ts';

const Params = z.looseObject({});
type Order = JobInput<unknown>['orders'][number];

/** Lines of one message: more would be a wall. */
const MOST_LINES = 10;

/**
 * Tells the thread what happened, in the order in which it happened, and asks there for the decisions that are open
 * now. What piled up meanwhile is one message.
 */
export const notify = job<z.infer<typeof Params>>({
  name: 'notify',
  queue: 'slack',
  params: Params,
  attempts: 20,
  backoffMs: 500,
  timeoutMs: 60_000,
  coalesce: true,
  async run(input) {
    const { deps, item, state, definition, orders } = input;
    const thread = threadOf(item);
    const judged = await judgeLoaded(deps, item, state, definition);
    await inThread(deps, thread.itemId, async () => {
      for (const group of await groupsOf(input, orders)) await postGroup(input, thread, group);
      await openGates(deps, thread, judged);
    });
    return done();
  },
});

interface Group {
  key: string;
  orders: readonly Order[];
  /** When it was tried before: Slack may have it, though we do not know. */
  triedAt: Date | null;
}

/** Orders that have no message yet. A group that was tried before stays the group that it was. */
async function groupsOf({ deps }: JobInput<unknown>, orders: readonly Order[]): Promise<Group[]> {
  const posts = new Map(
    (
      await postsById(
        deps.db,
        orders.map((order) => order.id),
      )
    ).map((post) => [post.effect_id, post]),
  );
  const tried = Map.groupBy(
    orders.filter((order) => posts.get(order.id)?.ts === ''),
    (order) => posts.get(order.id)!.subject,
  );
  const groups: Group[] = [...tried].map(([key, list]) => ({
    key,
    orders: list,
    triedAt: posts.get(list[0]!.id)!.posted_at,
  }));
  const fresh = orders.filter((order) => !posts.has(order.id));
  for (let start = 0; start < fresh.length; start += MOST_LINES) {
    const list = fresh.slice(start, start + MOST_LINES);
    groups.push({ key: list[0]!.id, orders: list, triedAt: null });
  }
  return groups;
}

async function postGroup({ deps, item, definition }: JobInput<unknown>, thread: Thread, group: Group): Promise<void> {
  const { itemId, channel } = thread;
  const { key, orders, triedAt } = group;
  const messages: MessageView[] = [];
  for (const order of orders) {
    const message = await messageOf(deps.db, { thread, item, definition }, order);
    if (message) messages.push(message);
  }
  const [first] = messages;
  if (!first) return;
  if (!triedAt) {
    const effects = orders.map((order) => order.id);
    await claimTogether(deps.db, { key, effects, itemId, channel, kind: 'log' });
  }
  const posted = await deps.slack.post({
    channel,
    threadTs: thread.ts,
    text: messages.map((message) => message.text).join('\n'),
    blocks: messages.flatMap((message) => message.blocks),
    key,
    mayHavePosted: triedAt !== null,
    since: triedAt ?? undefined,
    item: thread.key,
  });
  await storeTogether(deps.db, itemId, key, posted.ts);
}

/** The line of one change; somebody who has to unblock the item is mentioned. */
async function messageOf(
  db: JobInput<unknown>['deps']['db'],
  about: { thread: Thread; item: JobInput<unknown>['item']; definition: Definition },
  order: Order,
): Promise<MessageView | null> {
  const { thread, item, definition } = about;
  // Without a line it only opens the decisions that can be made now.
  if (order.params.tell === false) return null;
  const entry = await historyEntry(db, thread.itemId, order.version);
  if (!entry || entry.type === 'created') return null;
  const blocked = typeof order.params.blocked === 'string' ? order.params.blocked : null;
  const mention = blocked ? { id: item.requester, name: item.requester_name } : null;
  const ref = { id: thread.itemId, key: item.key, title: item.title, visit: entry.visit };
  return logMessage(ref, toLogLine(entry, definition.stages, blocked), mention);
}
