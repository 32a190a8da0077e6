import { type Kysely, sql } from 'kysely';
import type { EventType, ItemStatus, SubjectKind } from '../pipeline/types.ts';
import type { Reader } from './reader.ts';
import type { Tables } from './tables.ts';

/** What cards and threads are drawn from, beyond the item's state, and what was posted where. */

export async function spentOn(db: Reader, itemId: string): Promise<{ drafts: number; agents: number }> {
  const sums = sql<{ drafts: number; agents: number }>`(
    SELECT (SELECT coalesce(sum(usd), 0)::float8 FROM revisions WHERE item_id = ${itemId}) AS drafts,
      (SELECT coalesce(sum(usd), 0)::float8 FROM agent_runs WHERE item_id = ${itemId}) AS agents)`;
  return db.selectFrom(sums.as('sums')).selectAll().executeTakeFirstOrThrow();
}

export interface HistoryEntry {
  version: number;
  visit: number;
  type: EventType;
  from_stage: string | null;
  to_stage: string;
  actor_id: string;
  actor_name: string;
  of: SubjectKind | null;
  subject: string;
  job: string | null;
  note: string;
  at: Date;
  until?: Date | null;
}

const ENTRY = [
  'version',
  'visit',
  'type',
  'from_stage',
  'to_stage',
  'actor_id',
  'actor_name',
  'of',
  'subject',
  'job',
  'note',
  'at',
  'until',
] as const;

/** One row of history by its version, e.g. the change that an effect belongs to. */
export async function historyEntry(db: Reader, itemId: string, version: number): Promise<HistoryEntry | null> {
  const row = await db
    .selectFrom('stage_history')
    .select(ENTRY)
    .where('item_id', '=', itemId)
    .where('version', '=', version)
    .executeTakeFirst();
  return (row as HistoryEntry | undefined) ?? null;
}

/** The latest rows of history, oldest first. */
export async function latestHistory(db: Reader, itemId: string, limit: number): Promise<HistoryEntry[]> {
  const rows = await db
    .selectFrom('stage_history')
    .select(ENTRY)
    .where('item_id', '=', itemId)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return (rows as HistoryEntry[]).reverse();
}

/** Decisions of people in one visit, the one that ended it included. */
export async function decisionsIn(db: Reader, itemId: string, visit: number): Promise<HistoryEntry[]> {
  const rows = await db
    .selectFrom('stage_history')
    .select(ENTRY)
    .where('item_id', '=', itemId)
    .where('visit', '=', visit)
    .where('type', 'in', ['approved', 'changes_requested', 'answered', 'cancelled'])
    .orderBy('version')
    .execute();
  return rows as HistoryEntry[];
}

export interface Revision {
  number: number;
  hash: string;
  markdown: string;
  fields: Record<string, unknown>;
  author_id: string;
  author_name: string;
  created_at: Date;
}

export async function revisionOf(
  db: Reader,
  itemId: string,
  document: 'prd' | 'spec' | 'release_notes',
  hash?: string,
): Promise<Revision | null> {
  const query = db
    .selectFrom('revisions')
    .select(['number', 'hash', 'markdown', 'fields', 'author_id', 'author_name', 'created_at'])
    .where('item_id', '=', itemId)
    .where('document', '=', document);
  const row = await (hash === undefined ? query : query.where('hash', '=', hash))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

export interface Post {
  effect_id: string;
  channel: string;
  /** '' while it is being posted: a crash may have left the message there. */
  ts: string;
  kind: string;
  /** Hash of what was rendered last. */
  subject: string;
  posted_at: Date;
}

const POST = ['effect_id', 'channel', 'ts', 'kind', 'subject', 'posted_at'] as const;

export async function postOf(db: Reader, key: string): Promise<Post | null> {
  const row = await db.selectFrom('posts').select(POST).where('effect_id', '=', key).executeTakeFirst();
  return row ?? null;
}

export async function postsOf(db: Reader, itemId: string, kind: string): Promise<Post[]> {
  return db
    .selectFrom('posts')
    .select(POST)
    .where('item_id', '=', itemId)
    .where('kind', '=', kind)
    .orderBy('posted_at')
    .execute();
}

/**
 * Says that a message is about to be posted. Answers 'new' when nobody has tried before; 'tried' when somebody did and
 * may have died after Slack took it, so that it has to be looked for first.
 */
export async function claimPost(
  db: Kysely<Tables>,
  post: { key: string; itemId: string | null; channel: string; kind: string },
): Promise<'new' | 'tried'> {
  const result = await db
    .insertInto('posts')
    .values({ effect_id: post.key, item_id: post.itemId, channel: post.channel, ts: '', kind: post.kind })
    .onConflict((conflict) => conflict.column('effect_id').doNothing())
    .returning('effect_id')
    .executeTakeFirst();
  return result ? 'new' : 'tried';
}

export async function storePost(
  db: Kysely<Tables>,
  key: string,
  change: { channel?: string; ts?: string; subject?: string; kind?: string },
): Promise<void> {
  await db.updateTable('posts').set(change).where('effect_id', '=', key).execute();
}

/** Takes back what was claimed for messages that Slack has not taken: nobody needs to look for them. */
export async function releasePosts(db: Kysely<Tables>, effects: readonly string[]): Promise<void> {
  await db.deleteFrom('posts').where('effect_id', 'in', effects).where('ts', '=', '').execute();
}

/** Where the item's card is. Not part of where the item stands, so it needs no event. */
export async function setThread(db: Kysely<Tables>, itemId: string, channel: string, ts: string): Promise<void> {
  await db.updateTable('items').set({ channel, thread_ts: ts }).where('id', '=', itemId).execute();
}

export interface OpenGate {
  item_id: string;
  key: string;
  title: string;
  visit: number;
  channel: string;
  thread_ts: string;
  reason: string;
  who: string[];
  since: Date;
  status: ItemStatus;
}

/** Decisions and questions that have been open since before `before`, in items that have a thread. */
export async function overdueGates(db: Reader, before: Date, limit = 200): Promise<OpenGate[]> {
  const overdue = sql<OpenGate>`(
    SELECT i.id AS item_id, i.key, i.title, i.visit, i.channel, i.thread_ts, i.reason, i.status, overdue.who, overdue.since
    FROM (
      SELECT item_id, array_agg(who ORDER BY who) AS who, min(since) AS since FROM waits
      WHERE kind IN ('gate','question','review') AND since < ${before.toISOString()}::timestamptz
      GROUP BY item_id ORDER BY min(since) LIMIT ${limit}
    ) overdue JOIN items i ON i.id = overdue.item_id
    WHERE i.thread_ts IS NOT NULL AND i.status = 'active')`;
  return db.selectFrom(overdue.as('found')).selectAll().orderBy('since').execute();
}

/** What is on record about these messages. */
export async function postsById(db: Reader, ids: readonly string[]): Promise<Post[]> {
  return db.selectFrom('posts').select(POST).where('effect_id', 'in', ids).execute();
}

/** Says that one message with this key is about to be posted for all of these effects. */
export async function claimTogether(
  db: Kysely<Tables>,
  claim: { key: string; effects: readonly string[]; itemId: string; channel: string; kind: string },
): Promise<void> {
  const { key, effects, itemId, channel, kind } = claim;
  const rows = effects.map((effect_id) => ({ effect_id, item_id: itemId, channel, ts: '', kind, subject: key }));
  await db
    .insertInto('posts')
    .values(rows)
    .onConflict((conflict) => conflict.column('effect_id').doNothing())
    .execute();
}

/** The message with this key is there. */
export async function storeTogether(db: Kysely<Tables>, itemId: string, key: string, ts: string): Promise<void> {
  await db.updateTable('posts').set({ ts }).where('item_id', '=', itemId).where('subject', '=', key).execute();
}
