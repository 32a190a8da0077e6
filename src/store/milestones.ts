import { type Kysely, sql } from 'kysely';
import type { Pool } from 'pg';
import type { ItemStatus, Priority } from '../pipeline/types.ts';
import type { Reader } from './reader.ts';
import type { Tables } from './tables.ts';

/** Milestones: what was read of them, and the items that are made of it. */

export interface IssueRef {
  id: string;
  identifier: string;
  title: string;
}

/** An issue as it was read, in the words of items. */
export interface OfferedIssue extends IssueRef {
  description: string;
  url: string;
  priority: Priority | null;
  service: string | null;
  blockers: IssueRef[];
}

export interface NewOffer {
  /** `linear:<project>` or `linear:<project>:<milestone>`. */
  origin: string;
  name: string;
  project: string;
  url: string;
  /** Blockers stand before what they block. */
  issues: readonly OfferedIssue[];
  hash: string;
  now: Date;
}

/** How the item of an issue is found, from whichever milestone it was made. */
export const originOf = (issueId: string): string => `linear:${issueId}`;

/** What was read last of a milestone takes the place of what was read before. Nothing begins. */
export async function storeOffer(db: Kysely<Tables>, offer: NewOffer): Promise<string> {
  const { origin, name, project, url, issues, hash, now } = offer;
  const read = { name, project, url, offer: JSON.stringify(issues), offer_hash: hash, read_at: now };
  const row = await db
    .insertInto('milestones')
    .values({ origin, ...read })
    .onConflict((conflict) => conflict.column('origin').doUpdateSet(read))
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

export interface IssueItem {
  origin: string;
  id: string;
  key: string;
  title: string;
  status: ItemStatus;
  column_name: string;
}

/** The item of each of these issues, by the issue's id: the one that was not cancelled, else the latest. */
export async function itemsOfIssues(db: Reader, issueIds: readonly string[]): Promise<Map<string, IssueItem>> {
  if (issueIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('items')
    .select(['origin', 'id', 'key', 'title', 'status', 'column_name'])
    .where('origin', 'like', 'linear:%')
    .where('origin', 'in', issueIds.map(originOf))
    .orderBy(sql`status = 'cancelled'`, 'desc')
    .orderBy('id')
    .execute();
  return new Map(rows.map((row) => [row.origin.slice(originOf('').length), row]));
}

interface Start {
  id: string;
  /** Of what the person saw. */
  hash: string;
  actor: { id: string; name: string };
  channel: string;
  request: { id: string; kind: string };
  now: Date;
}

/**
 * One statement: the request, and the issues that items are to be made of. An issue that has an item keeps it unless that
 * was cancelled; one that is not offered any more and has none is left out. False when something else is offered by now.
 * Throws `23505` when the request was recorded before.
 */
export async function commitStart(pool: Pool, start: Start): Promise<boolean> {
  const { id, hash, actor, channel, request, now } = start;
  const result = await pool.query({
    name: 'start_milestone',
    text: `
      WITH started AS (
        UPDATE milestones SET starts = starts + 1, started_at = coalesce(started_at, $5), finished_at = NULL,
          started_by = coalesce(started_by, $3), started_by_name = coalesce(started_by_name, $4),
          channel = coalesce(channel, $6)
        WHERE id = $1 AND offer_hash = $2 RETURNING id, offer
      ), inboxed AS (
        INSERT INTO inbox (id, kind, actor_id, outcome, reason)
        SELECT $7::text, $8::text, $3::text, CASE WHEN EXISTS (SELECT FROM started) THEN 'recorded' ELSE 'refused' END,
          'milestone ' || $1
      ), offered AS (
        SELECT started.id AS milestone_id, o.place::int, o.issue ->> 'id' AS issue_id, o.issue
        FROM started, jsonb_array_elements(started.offer) WITH ORDINALITY AS o(issue, place)
      ), gone AS (
        DELETE FROM milestone_issues x USING started WHERE x.milestone_id = started.id AND x.item_id IS NULL
          AND NOT EXISTS (SELECT FROM offered o WHERE o.issue_id = x.issue_id)
      ), kept AS (
        INSERT INTO milestone_issues (milestone_id, issue_id, identifier, title, description, url, priority, service,
          place, blockers, requester, requester_name, request_id, read_at)
        SELECT milestone_id, issue_id, issue ->> 'identifier', issue ->> 'title', issue ->> 'description',
          issue ->> 'url', issue ->> 'priority', issue ->> 'service', place, issue -> 'blockers', $3, $4, $7, $5
        FROM offered
        ON CONFLICT (milestone_id, issue_id) DO UPDATE SET identifier = excluded.identifier, title = excluded.title,
          description = excluded.description, url = excluded.url, priority = excluded.priority,
          service = excluded.service, place = excluded.place, blockers = excluded.blockers,
          requester = excluded.requester, requester_name = excluded.requester_name, request_id = excluded.request_id,
          read_at = excluded.read_at,
          item_id = (SELECT i.id FROM items i WHERE i.id = milestone_issues.item_id AND i.status <> 'cancelled')
      )
      SELECT id FROM started`,
    values: [id, hash, actor.id, actor.name, now, channel, request.id, request.kind],
  });
  return result.rowCount === 1;
}

export interface IssueToMake extends OfferedIssue {
  milestone_id: string;
  milestone: { name: string; url: string };
  channel: string;
  requester: { id: string; name: string };
  /** The start that asked for it. */
  request_id: string;
}

/** Issues of which an item is to be made now: so many that no more than `parallel` of a milestone are at work. */
export async function issuesToMake(db: Reader, parallel: number, limit: number): Promise<IssueToMake[]> {
  const query = sql<IssueToMake>`(
    SELECT x.milestone_id, x.issue_id AS id, x.identifier, x.title, x.description, x.url, x.priority, x.service,
      x.blockers, x.request_id, m.channel, x.nth, json_build_object('name', m.name, 'url', m.url) AS milestone,
      json_build_object('id', x.requester, 'name', x.requester_name) AS requester
    FROM (
      SELECT *, row_number() OVER (PARTITION BY milestone_id ORDER BY place, issue_id) AS nth
      FROM milestone_issues WHERE item_id IS NULL
    ) x JOIN milestones m ON m.id = x.milestone_id
    WHERE x.nth <= ${parallel} - (
      SELECT count(*) FROM milestone_issues y JOIN items i ON i.id = y.item_id
      WHERE y.milestone_id = x.milestone_id AND i.status = 'active' AND i.column_name <> 'Deployed')
    ORDER BY x.milestone_id, x.nth LIMIT ${limit})`;
  return db
    .selectFrom(query.as('found'))
    .selectAll()
    .orderBy('milestone_id')
    .orderBy('nth' as never)
    .execute();
}

export async function linkIssue(
  db: Kysely<Tables>,
  issue: { milestone_id: string; id: string },
  itemId: string,
): Promise<void> {
  await db
    .updateTable('milestone_issues')
    .set({ item_id: itemId })
    .where('milestone_id', '=', issue.milestone_id)
    .where('issue_id', '=', issue.id)
    .execute();
}

export interface WaitingIssue {
  item_id: string;
  key: string;
  blockers: IssueRef[];
  /** Value of the fact `blocked_by`, as the item has it. */
  known: unknown;
}

/** Open items whose issue is blocked by others, or that say so; as it was read last, whichever milestone that was for. */
export async function itemsWithBlockers(db: Reader): Promise<WaitingIssue[]> {
  const query = sql<WaitingIssue>`(
    SELECT DISTINCT ON (x.item_id) x.item_id, i.key, x.blockers, f.value AS known
    FROM milestone_issues x JOIN items i ON i.id = x.item_id
    LEFT JOIN facts f ON f.item_id = x.item_id AND f.name = 'blocked_by'
    WHERE i.status IN ('active','blocked') AND i.column_name <> 'Deployed'
    ORDER BY x.item_id, x.read_at DESC)`;
  const rows = await db.selectFrom(query.as('found')).selectAll().execute();
  const saysSo = (known: unknown) => ((known as { items?: unknown[] } | null)?.items?.length ?? 0) > 0;
  return rows.filter((row) => row.blockers.length > 0 || saysSo(row.known));
}
