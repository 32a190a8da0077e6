import { z } from 'zod';
import { claimTogether, type HistoryEntry, historyEntry, postsById, storeTogether } from '../src/store/cards.ts';
import type { MessageView } from '../views/blocks.ts';
import { describe } from '../views/describe.ts';
import { logMessage, toLogLine } from '../views/log.ts';
import { clipMarkup } from '../views/text.ts';
import { done, type JobInput, job } from './job.ts';
import { openGates } from './surface/gates.ts';
import { judge, judgeLoaded } from './surface/judge.ts';
import { inThread, postClaimed, type Thread, threadOf } from './surface/messages.ts';
import { toldByGates } from './surface/told.ts';

const Params = z.looseObject({});
type Order = JobInput<unknown>['orders'][number];
type Told = Awaited<ReturnType<typeof toldByGates>>;

/** Lines of one message: more would be a wall. */
const MOST_LINES = 10;
/** And characters of its blocks: Slack refuses a message somewhere above 11,000. */
const MOST_CHARACTERS = 8_000;
/** Of its plain text, which is only read by notifications and screen readers. */
const MOST_FALLBACK = 3_900;

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
    const { deps, item, state, definition } = input;
    const thread = threadOf(item);
    const judged = await judgeLoaded(deps, item, state, definition);
    await inThread(deps, thread.itemId, async () => {
      const told = await toldByGates(input, describe(judged));
      for (const group of await groupsOf(input, thread, told)) await postGroup(input, thread, group);
      // Posting may have waited for Slack: what is over by now is not asked any more.
      const now = await judge(deps, thread.itemId);
      if (now) await openGates(deps, thread, now);
    });
    return done();
  },
});

interface Line {
  order: Order;
  message: MessageView;
}

interface Group {
  key: string;
  lines: Line[];
  /** When it was tried before: Slack may have it, though we do not know. */
  tried: { posted_at: Date } | null;
}

/** Lines that have no message yet. A group that was tried before stays the group that it was. */
async function groupsOf(input: JobInput<unknown>, thread: Thread, told: Told): Promise<Group[]> {
  const { deps, orders } = input;
  const ids = orders.map((order) => order.id);
  const posts = new Map((await postsById(deps.db, ids)).map((post) => [post.effect_id, post]));
  const open = orders.filter((order) => !posts.get(order.id)?.ts);
  const lines = await linesOf(input, thread, { orders: open, told });
  const tried = Map.groupBy(
    lines.filter(({ order }) => posts.has(order.id)),
    ({ order }) => posts.get(order.id)!.subject,
  );
  const groups: Group[] = [...tried].map(([key, list]) => ({
    key,
    lines: list,
    tried: posts.get(list[0]!.order.id)!,
  }));
  let last: Group | null = null;
  for (const line of lines.filter(({ order }) => !posts.has(order.id))) {
    if (last && fits(last, line)) last.lines.push(line);
    else {
      last = { key: line.order.id, lines: [line], tried: null };
      groups.push(last);
    }
  }
  return groups;
}

const fits = ({ lines }: Group, line: Line): boolean =>
  lines.length < MOST_LINES && [...lines, line].reduce((sum, one) => sum + sizeOf(one), 0) <= MOST_CHARACTERS;

const sizeOf = ({ message }: Line): number => JSON.stringify(message.blocks).length;

async function postGroup({ deps }: JobInput<unknown>, thread: Thread, group: Group): Promise<void> {
  const { itemId, channel } = thread;
  const { key, lines, tried } = group;
  const claims = lines.map(({ order }) => order.id);
  if (!tried) await claimTogether(deps.db, { key, effects: claims, itemId, channel, kind: 'log' });
  const message = {
    channel,
    threadTs: thread.ts,
    text: clipMarkup(lines.map((line) => line.message.text).join('\n'), MOST_FALLBACK),
    blocks: lines.flatMap((line) => line.message.blocks),
    key,
    item: thread.key,
  };
  const posted = await postClaimed(deps, message, { claims, tried });
  await storeTogether(deps.db, itemId, key, posted.ts);
}

/** What there is to say about each order; most of them say something. */
async function linesOf(
  input: JobInput<unknown>,
  thread: Thread,
  { orders, told }: { orders: readonly Order[]; told: Told },
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const order of orders) {
    // Without a line it only opens the decisions that can be made now.
    const entry = order.params.tell === false ? null : await historyEntry(input.deps.db, thread.itemId, order.version);
    const message = entry && entry.type !== 'created' ? messageOf(input, { entry, order, told }) : null;
    if (message) lines.push({ order, message });
  }
  return lines;
}

/** The line of one change, where no other message tells it; somebody who has to unblock the item is mentioned. */
function messageOf(
  { item, state, definition }: JobInput<unknown>,
  { entry, order, told }: { entry: HistoryEntry; order: Order; told: Told },
): MessageView | null {
  const blocked = typeof order.params.blocked === 'string' ? order.params.blocked : null;
  const mention = blocked ? { id: item.requester, name: item.requester_name } : null;
  const ref = { id: state.item.id, key: item.key, title: item.title, visit: entry.visit };
  return logMessage(ref, toLogLine(entry, definition.stages, blocked), { mention, told: told(entry, order) });
}
