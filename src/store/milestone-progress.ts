import { type Kysely, sql } from 'kysely';
import type { StandingRow } from './queue.ts';
import type { Reader } from './reader.ts';
import type { Tables } from './tables.ts';

/** How milestones come along: which have something new to show, and how their items stand. */

/** Long finished ones are not looked at any more. */
const LOOKED_AT = '30 days';

const isLookedAt = (now: Date) => sql<boolean>`m.started_at IS NOT NULL
  AND (m.finished_at IS NULL OR m.finished_at > ${now.toISOString()}::timestamptz - ${LOOKED_AT}::interval)`;

/** Is there any that has to be looked after? Most of the time there is none. */
export async function isAnyUnderWay(db: Reader, now: Date): Promise<boolean> {
  const row = await db.selectFrom('milestones as m').select('m.id').where(isLookedAt(now)).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Started milestones that show something else than their items are at. `stamp` tells what is to be seen now. */
export async function milestonesToDraw(db: Reader, now: Date): Promise<{ id: string; stamp: string }[]> {
  const query = sql<{ id: string; stamp: string }>`(
    SELECT m.id, concat_ws('.', m.starts, s.stamp) AS stamp, m.drawn
    FROM milestones m CROSS JOIN LATERAL (
      SELECT concat_ws('.', count(*), count(i.id), count(i.thread_ts), coalesce(sum(i.version), 0)) AS stamp
      FROM milestone_issues x LEFT JOIN items i ON i.id = x.item_id WHERE x.milestone_id = m.id
    ) s
    WHERE ${isLookedAt(now)})`;
  return db
    .selectFrom(query.as('found'))
    .select(['id', 'stamp'])
    .whereRef('stamp', '<>', 'drawn' as never)
    .orderBy('id')
    .execute();
}

export async function markMilestoneDrawn(
  db: Kysely<Tables>,
  id: string,
  drawn: { stamp: string; finishedAt: Date | null },
): Promise<void> {
  await db
    .updateTable('milestones')
    .set({ drawn: drawn.stamp, finished_at: drawn.finishedAt })
    .where('id', '=', id)
    .execute();
}

export interface MilestoneRow {
  id: string;
  name: string;
  project: string;
  url: string;
  channel: string | null;
  started_by: string | null;
  started_by_name: string | null;
  started_at: Date | null;
  finished_at: Date | null;
}

export async function milestoneById(db: Reader, id: string): Promise<MilestoneRow | null> {
  const row = await db
    .selectFrom('milestones')
    .select(['id', 'name', 'project', 'url', 'channel', 'started_by', 'started_by_name', 'started_at', 'finished_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** An issue with its item, as the progress message shows it. */
export interface MilestoneIssue {
  issue_id: string;
  identifier: string;
  title: string;
  url: string;
  permalink: string | null;
  item: (StandingRow & { channel: string; thread_ts: string | null }) | null;
}

export async function issuesOfMilestone(db: Reader, id: string): Promise<MilestoneIssue[]> {
  const rows = await db
    .selectFrom('milestone_issues as x')
    .leftJoin('items as i', 'i.id', 'x.item_id')
    .select(['x.issue_id', 'x.identifier', 'x.title as issue_title', 'x.url', 'x.permalink', 'x.item_id'])
    .select(['i.key', 'i.title', 'i.visit', 'i.column_name', 'i.status', 'i.priority', 'i.reason', 'i.stage'])
    .select(['i.pipeline_hash', 'i.requester', 'i.stage_since', 'i.channel', 'i.thread_ts'])
    .where('x.milestone_id', '=', id)
    .orderBy('x.place')
    .orderBy('x.issue_id')
    .execute();
  return rows.map(({ issue_id, identifier, issue_title, url, permalink, item_id, stage_since, ...row }) => {
    const { key, title, visit, column_name, status, reason, stage, pipeline_hash, requester, channel } = row;
    const item =
      item_id === null
        ? null
        : {
            id: item_id,
            key: key!,
            title: title!,
            visit: visit!,
            column_name: column_name!,
            status: status!,
            priority: row.priority,
            reason: reason!,
            since: stage_since!,
            stage: stage!,
            pipeline_hash: pipeline_hash!,
            requester: requester!,
            channel: channel!,
            thread_ts: row.thread_ts,
          };
    return { issue_id, identifier, title: issue_title, url, permalink, item };
  });
}

/** Where the thread of an item is, once Slack has told it. */
export async function storePermalink(
  db: Kysely<Tables>,
  issue: { milestone: string; issue: string },
  permalink: string,
): Promise<void> {
  await db
    .updateTable('milestone_issues')
    .set({ permalink })
    .where('milestone_id', '=', issue.milestone)
    .where('issue_id', '=', issue.issue)
    .execute();
}

export interface MilestoneSummary {
  id: string;
  name: string;
  project: string;
  url: string;
  total: number;
  done: number;
  blocked: number;
  finished: boolean;
}

/** Those that were started, unfinished ones first, then the newest. */
export async function listMilestones(db: Reader, limit: number): Promise<MilestoneSummary[]> {
  const query = sql<MilestoneSummary & { started_at: Date }>`(
    SELECT m.id, m.name, m.project, m.url, m.started_at, m.finished_at IS NOT NULL AS finished, count(*)::int AS total,
      count(*) FILTER (WHERE i.status = 'done' OR i.column_name = 'Deployed')::int AS done,
      count(*) FILTER (WHERE i.status = 'blocked')::int AS blocked
    FROM milestones m JOIN milestone_issues x ON x.milestone_id = m.id LEFT JOIN items i ON i.id = x.item_id
    WHERE m.started_at IS NOT NULL GROUP BY m.id)`;
  return db
    .selectFrom(query.as('found'))
    .selectAll()
    .orderBy('finished')
    .orderBy('started_at', 'desc')
    .limit(limit)
    .execute();
}
