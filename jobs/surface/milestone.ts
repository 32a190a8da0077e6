import type { Deps } from '../../src/deps.ts';
import { Refused } from '../../src/integrations/errors.ts';
import { claimPost, postOf, storePost } from '../../src/store/cards.ts';
import {
  issuesOfMilestone,
  type MilestoneIssue,
  type MilestoneRow,
  markMilestoneDrawn,
  milestoneById,
  storePermalink,
} from '../../src/store/milestone-progress.ts';
import type { MessageView } from '../../views/blocks.ts';
import type { Waiting } from '../../views/data.ts';
import { type MilestoneData, type MilestoneItem, progressMessage } from '../../views/milestone.ts';
import { toRow } from '../../views/rows.ts';
import { postClaimed, renderHash } from './messages.ts';
import { waitingOf } from './waiting.ts';

/** The one message of a milestone, from rows. */

type Reads = Pick<Deps, 'db' | 'pipelines' | 'config'>;

/** null = there is no such milestone, or nobody has started it. */
export async function milestoneOf(deps: Reads, id: string): Promise<MilestoneData | null> {
  const milestone = await milestoneById(deps.db, id);
  return milestone?.started_at ? toData(deps, milestone, await issuesOfMilestone(deps.db, id)) : null;
}

/** Everybody reads it, so nothing is said of what one reader may decide. */
const NOBODY = { id: '', roles: [] };

async function toData(deps: Reads, milestone: MilestoneRow, issues: readonly MilestoneIssue[]): Promise<MilestoneData> {
  const items = issues.flatMap(({ item }) => (item ? [item] : []));
  const waiting = await waitingOf(deps, items, NOBODY);
  const { id, name, project, url } = milestone;
  return {
    id,
    name,
    project,
    url,
    startedBy: { id: milestone.started_by ?? '', name: milestone.started_by_name ?? '' },
    parallel: deps.config.milestone.parallel,
    items: issues.map((issue) => toItem(issue, waiting)),
  };
}

function toItem(issue: MilestoneIssue, waiting: ReadonlyMap<string, Waiting | null>): MilestoneItem {
  const { identifier, item } = issue;
  if (!item) {
    const { title, url } = issue;
    return { identifier, key: null, title, url, standing: 'waits', row: null };
  }
  const row = toRow(item, waiting);
  const standing = standingOf(item, row.waiting ?? null);
  return { identifier, key: item.key, title: item.title, url: issue.permalink ?? issue.url, standing, row };
}

function standingOf(item: NonNullable<MilestoneIssue['item']>, waiting: Waiting | null): MilestoneItem['standing'] {
  if (item.status === 'cancelled' || item.status === 'blocked') return item.status;
  if (item.status === 'done' || item.column_name === 'Deployed') return 'done';
  return waiting ? 'needs' : 'works';
}

/** Draws it again as it is now; `stamp` was read before. Throws RetryLater while Slack is busy with what people wait for. */
export async function drawMilestone(deps: Deps, { id, stamp }: { id: string; stamp: string }): Promise<void> {
  const milestone = await milestoneById(deps.db, id);
  if (!milestone?.channel) return;
  const issues = await withPermalinks(deps, id, await issuesOfMilestone(deps.db, id));
  const data = await toData(deps, milestone, issues);
  await drawRoot(deps, milestone.channel, `milestone-${id}`, progressMessage(data));
  const over = issues.every(({ item }) => item?.status === 'done' || item?.status === 'cancelled');
  await markMilestoneDrawn(deps.db, id, { stamp, finishedAt: over ? (milestone.finished_at ?? deps.now()) : null });
}

/** Slack tells where a thread is once; without that the issue is linked. */
async function withPermalinks(deps: Deps, id: string, issues: MilestoneIssue[]): Promise<MilestoneIssue[]> {
  const asked: MilestoneIssue[] = [];
  for (const issue of issues) {
    const { item, permalink } = issue;
    if (permalink || !item?.thread_ts) {
      asked.push(issue);
      continue;
    }
    try {
      const found = await deps.slack.permalink({ channel: item.channel, ts: item.thread_ts });
      await storePermalink(deps.db, { milestone: id, issue: issue.issue_id }, found);
      asked.push({ ...issue, permalink: found });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      asked.push(issue);
    }
  }
  return asked;
}

/** Posted once and edited from then on, when nobody waits for Slack; an equal one is not sent again. */
async function drawRoot(deps: Deps, channelName: string, key: string, view: MessageView): Promise<void> {
  const hash = renderHash(view);
  const post = await postOf(deps.db, key);
  if (post?.ts) {
    if (post.subject === hash) return;
    const edited = await deps.slack.update({ channel: post.channel, ts: post.ts, ...view, patience: 'progress' });
    if (edited === 'updated') return storePost(deps.db, key, { subject: hash });
    // Somebody deleted it: a new one takes its place.
    await storePost(deps.db, key, { ts: '', subject: '' });
  }
  const channel = await deps.slack.channelId(channelName);
  const claim = await claimPost(deps.db, { key, itemId: null, channel, kind: 'milestone' });
  const tried = claim === 'tried' ? await postOf(deps.db, key) : null;
  const posted = await postClaimed(deps, { channel, ...view, key }, { claims: [key], tried });
  await storePost(deps.db, key, { channel: posted.channel, ts: posted.ts, subject: hash });
}
