import { isDeepStrictEqual } from 'node:util';
import { type CreateItem, cleanTitle, MAX_DESCRIPTION, MAX_TITLE } from '../../src/commands/create-item.ts';
import type { FactValues } from '../../src/pipeline/facts.ts';
import type { NewFact } from '../../src/pipeline/types.ts';
import { isDuplicate } from '../../src/store/errors.ts';
import {
  type IssueItem,
  type IssueRef,
  type IssueToMake,
  issuesToMake,
  itemsOfIssues,
  itemsWithBlockers,
  linkIssue,
  originOf,
} from '../../src/store/milestones.ts';
import type { JobInput } from '../job.ts';

/** What a milestone does by itself: makes its items, as many as may be at work, and tells them what blocks them. */

type Deps = JobInput<unknown>['deps'];

const TRACKER = 'Linear';
const AT_ONCE = 50;
const NEW = { status: 'active', column_name: 'Incoming' } as const;

/** One item for each issue that was started. Safe to run twice: the issue's item is looked up, and its request is its own. */
export async function makeItems(deps: Deps, createItem: CreateItem): Promise<void> {
  const issues = await issuesToMake(deps.db, deps.config.milestone.parallel, AT_ONCE);
  if (issues.length === 0) return;
  const known = await itemsOfIssues(deps.db, [
    ...new Set(issues.flatMap((issue) => [issue.id, ...issue.blockers.map((one) => one.id)])),
  ]);
  for (const issue of issues) {
    const there = known.get(issue.id);
    const item = there && there.status !== 'cancelled' ? there : await make(deps, createItem, issue, known);
    if (!item) continue;
    await linkIssue(deps.db, issue, item.id);
    // What it blocks may be the next one.
    if (item !== there) known.set(issue.id, { ...item, ...NEW, origin: originOf(issue.id), title: issue.title });
    deps.log.info({ item: item.key, milestone: issue.milestone_id, issue: issue.identifier }, 'item of a milestone');
  }
}

async function make(
  deps: Deps,
  createItem: CreateItem,
  issue: IssueToMake,
  known: ReadonlyMap<string, IssueItem>,
): Promise<{ id: string; key: string } | null> {
  const { service, priority, requester, channel } = issue;
  const { services } = deps.catalog;
  const ticket = {
    title: cleanTitle(issue.title).slice(0, MAX_TITLE).trim() || issue.identifier,
    description: fitting(issue),
    // The catalog may have changed since the issue was read.
    service: services.some((one) => one.name === service) ? service : null,
    priority,
    requester,
    channel,
    origin: originOf(issue.id),
    facts: factsOf(issue, known),
  };
  try {
    const made = await createItem(ticket, { id: `${issue.request_id}:${issue.id}`, kind: 'milestone' });
    if (made.kind !== 'refused') return made;
    deps.log.error({ issue: issue.identifier, reason: made.reason }, 'no item was made');
  } catch (error) {
    // Somebody else has made one of the same issue at this moment: it is found next time.
    if (!isDuplicate(error)) throw error;
  }
  return null;
}

/** A title that was cut is in the description whole, and so is the way to what was cut off that. */
function fitting({ title, description, url }: IssueToMake): string {
  const whole = cleanTitle(title).length > MAX_TITLE ? `${cleanTitle(title)}\n\n${description}` : description;
  const rest = `…\n\nThe rest is in Linear: ${url}`;
  return whole.length > MAX_DESCRIPTION
    ? `${whole.slice(0, MAX_DESCRIPTION - rest.length).toWellFormed()}${rest}`
    : whole;
}

function factsOf(issue: IssueToMake, known: ReadonlyMap<string, IssueItem>): NewFact[] {
  const { identifier: key, url, milestone_id: id, milestone } = issue;
  return [
    { name: 'origin', value: { tracker: TRACKER, key, url } satisfies FactValues['origin'], source: TRACKER },
    { name: 'milestone', value: { id, ...milestone } satisfies FactValues['milestone'], source: TRACKER },
    blockedBy(issue.blockers, known),
  ];
}

function blockedBy(blockers: readonly IssueRef[], known: ReadonlyMap<string, IssueItem>): NewFact {
  const items = blockers.map(({ id, identifier }) => {
    const item = known.get(id);
    return { key: item?.key ?? identifier, state: stateOf(item) };
  });
  return { name: 'blocked_by', value: { items } satisfies FactValues['blocked_by'], source: TRACKER };
}

/** What is in production is done, although it is still watched there. */
function stateOf(item: IssueItem | undefined): FactValues['blocked_by']['items'][number]['state'] {
  if (!item) return 'unknown';
  if (item.status === 'cancelled') return 'cancelled';
  return item.status === 'done' || item.column_name === 'Deployed' ? 'done' : 'open';
}

/** Items whose blockers stand otherwise than they know: they look again, and stop or go on by themselves. */
export async function tellBlocked(deps: Deps): Promise<void> {
  const waiting = await itemsWithBlockers(deps.db);
  if (waiting.length === 0) return;
  const ids = new Set(waiting.flatMap((one) => one.blockers.map((blocker) => blocker.id)));
  const known = await itemsOfIssues(deps.db, [...ids]);
  for (const { item_id, key, blockers, known: value } of waiting) {
    const fact = blockedBy(blockers, known);
    if (isDeepStrictEqual(fact.value, value)) continue;
    try {
      await deps.advance(item_id, { type: 'observed', facts: [fact], note: noteOf(fact.value as never) });
    } catch (error) {
      // One item that cannot be told must not keep the others from hearing it.
      deps.log.error({ item: key, err: error }, 'blocked by');
    }
  }
}

function noteOf({ items }: FactValues['blocked_by']): string {
  const open = items.filter((one) => one.state !== 'done').map((one) => one.key);
  return open.length > 0 ? `it waits for ${open.join(', ')}` : 'nothing blocks it any more';
}
