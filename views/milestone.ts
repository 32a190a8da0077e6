import type { KnownBlock, ModalView, SectionBlock } from '@slack/types';
import { actions, alert, button, context, fallback, heading, type MessageView, modal, section } from './blocks.ts';
import { BOARD_COLUMNS } from './board.ts';
import type { Row } from './data.ts';
import { DOT, said } from './item-row.ts';
import { clip, code, link, oneLine, person, plural, safe } from './text.ts';

/** Milestones: what would be made of one, how its items come along, and the list of all. */

export interface OfferData {
  id: string;
  hash: string;
  name: string;
  project: string;
  url: string;
  issues: readonly {
    identifier: string;
    title: string;
    url: string;
    /** Key of the item that there is already. */
    item: string | null;
    service: string | null;
    blockedBy: readonly string[];
    /** Why it is not refined; null when it is. */
    lacks: string | null;
  }[];
}

type OfferedIssue = OfferData['issues'][number];

/** Names of milestones and projects are as long as people make them. */
const named = (name: string): string => clip(oneLine(name), 60);

/** What is confirmed is what was read: the form names the offer, and its hash. */
export function offerModal(offer: OfferData): ModalView {
  const { id, hash, name, project, url, issues } = offer;
  const fresh = issues.filter((issue) => issue.item === null);
  const rough = fresh.filter((issue) => issue.lacks !== null);
  const fine = fresh.filter((issue) => issue.lacks === null);
  const there = issues.filter((issue) => issue.item !== null);
  const of = name === project ? `“${named(name)}”` : `“${named(name)}” of ${named(project)}`;
  const first =
    fresh.length > 0
      ? `${plural(fresh.length, 'item')} would be made of ${of}`
      : `All of ${of} is there already; what blocks what is read anew`;
  return modal({
    id: 'milestone',
    title: 'Milestone',
    submit: fresh.length > 0 ? `Make ${plural(fresh.length, 'item')}` : 'Read relations anew',
    metadata: JSON.stringify({ id, hash }),
    blocks: [
      heading(first),
      context(
        `${plural(issues.length, 'open issue')} in ${link(url, `${named(project)} in Linear`)}. Each item goes the usual way, with people at its gates.`,
      ),
      ...(rough.length > 0 ? [alert(roughSentence(rough.length), 'warning')] : []),
      ...group(`Not refined (${rough.length})`, rough.map(offeredLine)),
      ...group(`Refined (${fine.length})`, fine.map(offeredLine)),
      ...group(`There already (${there.length})`, there.map(thereLine)),
    ],
  });
}

const roughSentence = (count: number): string =>
  `${plural(count, 'issue is', 'issues are')} not refined: what is missing is left open in the PRD, and somebody has to fill it in.`;

function offeredLine({ identifier, title, url, service, blockedBy, lacks }: OfferedIssue): string {
  const blocked = blockedBy.length > 0 ? [`waits for ${safe(blockedBy.slice(0, 5).join(', '), 120)}`] : [];
  const about = [...(lacks ? [lacks] : []), ...blocked, safe(service ?? 'the service is asked', 80)];
  return `• ${link(url, identifier)} ${safe(title, 90)}${DOT}${about.join(DOT)}`;
}

const thereLine = ({ identifier, title, url, item }: OfferedIssue): string =>
  `• ${link(url, identifier)} ${safe(title, 90)}${DOT}${safe(item ?? '', 40)}`;

/** Where an item of a milestone stands, in the order in which it matters. */
export const STANDINGS = ['needs', 'blocked', 'works', 'waits', 'done', 'cancelled'] as const;
export type MilestoneStanding = (typeof STANDINGS)[number];

export interface MilestoneItem {
  identifier: string;
  /** Key of the item; null while it has not begun. */
  key: string | null;
  title: string;
  /** Its thread, else the issue. */
  url: string | null;
  standing: MilestoneStanding;
  /** As lists show it; null while it has not begun. */
  row: Row | null;
}

export interface MilestoneData {
  id: string;
  name: string;
  project: string;
  url: string;
  startedBy: { id: string; name: string };
  /** Items at work at the same time. */
  parallel: number;
  items: readonly MilestoneItem[];
}

const TITLES: Readonly<Record<MilestoneStanding, string>> = {
  needs: 'Needs somebody',
  blocked: 'Blocked',
  works: 'At work',
  waits: 'Not begun',
  done: 'Done',
  cancelled: 'Cancelled',
};

/** Lines of each group in the message; the rest is one click away. */
const SHOWN = 7;
/** At the end the list of what was done is what is read. */
const SHOWN_AT_THE_END = 40;
/** Slack takes some 10,000 characters in a message, and addresses count. */
const BUDGET = 6500;

export function progressMessage(data: MilestoneData): MessageView {
  const counts = countsOf(data);
  const budget = { left: BUDGET };
  const groups = STANDINGS.map((standing) => {
    const items = data.items.filter((item) => item.standing === standing);
    const most = isOver(data) ? SHOWN_AT_THE_END : standing === 'done' ? SHOWN - 2 : SHOWN;
    return { standing, items, shown: fitting(items.map(itemLine), most, budget) };
  });
  const all = groups.every(({ items, shown }) => shown.length === items.length);
  return {
    text: fallback(safe(`${headline(data)}. ${counts}`, 500)),
    blocks: [
      heading(headline(data)),
      section(`${bar(data)}\n${counts}`),
      ...groups.flatMap(({ standing, items, shown }) => {
        const more = items.length - shown.length;
        const lines = more > 0 ? [...shown, `and ${more} more`] : shown;
        return group(`${TITLES[standing]} (${items.length})`, lines);
      }),
      context(footer(data)),
      ...(all ? [] : actions([showAll(data)])),
    ],
  };
}

const showAll = ({ id, name }: Pick<MilestoneData, 'id' | 'name'>) =>
  button({ id: 'milestone_items', text: 'Show All', label: `Show all items of ${named(name)}`, value: id });

const isOver = ({ items }: MilestoneData): boolean =>
  items.every(({ standing }) => standing === 'done' || standing === 'cancelled');

function headline(data: MilestoneData): string {
  const { items } = data;
  const name = named(data.name);
  const done = items.filter((item) => item.standing === 'done').length;
  if (!isOver(data)) return `${name}: ${done} of ${items.length} done`;
  return done === 0 ? `${name}: all was cancelled` : `${name} is done: ${plural(done, 'item')} in production`;
}

/** One mark for each item, or for each share of them; the words beside it say the same. */
const MARKS = 24;

function bar({ items }: MilestoneData): string {
  const marks = Math.min(items.length, MARKS);
  const share = (standing: MilestoneStanding) => items.filter((item) => item.standing === standing).length;
  const done = Math.floor((share('done') / Math.max(items.length, 1)) * marks);
  return `${'■'.repeat(done)}${'□'.repeat(marks - done)}`;
}

/** "For review 3 · In Development 1 · not begun 2" */
function countsOf({ items }: MilestoneData): string {
  const open = items.filter((item) => item.standing !== 'cancelled');
  const columns = BOARD_COLUMNS.map(
    (column) => [column, open.filter((item) => item.row?.column === column).length] as const,
  );
  const rest = [
    ['not begun', items.filter((item) => item.standing === 'waits').length],
    ['cancelled', items.length - open.length],
  ] as const;
  const used = [...columns, ...rest].filter(([, count]) => count > 0);
  return used.map(([what, count]) => `${what} ${count}`).join(DOT);
}

const label = ({ key, identifier }: MilestoneItem): string => key ?? identifier;

function itemLine(item: MilestoneItem): string {
  const { row, standing, url, title } = item;
  const over = standing === 'done' || standing === 'cancelled';
  const says = row && !over ? `${DOT}${said(row, { own: standing === 'blocked' })}` : '';
  return `• ${link(url, label(item))} ${safe(title, 70)}${says}`;
}

function fitting(lines: readonly string[], most: number, budget: { left: number }): string[] {
  return lines.slice(0, most).filter((line) => {
    budget.left -= line.length;
    return budget.left > 0;
  });
}

function footer({ startedBy, url, project, parallel, items }: MilestoneData): string {
  const waiting = items.some((item) => item.standing === 'waits');
  const pace = waiting ? `${DOT}at most ${parallel} at work at the same time` : '';
  return `Started by ${person(startedBy.id, startedBy.name)}${DOT}${link(url, `${named(project)} in Linear`)}${pace}`;
}

/** Every item, however many. */
export function milestoneItemsModal(data: MilestoneData): ModalView {
  const groups = STANDINGS.flatMap((standing) => {
    const items = data.items.filter((item) => item.standing === standing);
    return group(`${TITLES[standing]} (${items.length})`, items.map(itemLine));
  });
  return modal({
    id: 'milestone_items',
    title: 'Milestone',
    blocks: [heading(headline(data)), section(countsOf(data)), ...groups, context(footer(data))],
  });
}

/** Sections of as many lines as one may hold. Nothing for an empty group. */
const SECTION = 2700;

function group(title: string, lines: readonly string[]): SectionBlock[] {
  if (lines.length === 0) return [];
  const parts: string[] = [`*${title}*`];
  for (const line of lines) {
    const last = parts.length - 1;
    if (parts[last]!.length + line.length + 1 > SECTION) parts.push(line);
    else parts[last] = `${parts[last]}\n${line}`;
  }
  return parts.map(section);
}

export interface MilestoneRow {
  id: string;
  name: string;
  project: string;
  url: string;
  total: number;
  done: number;
  blocked: number;
  finished: boolean;
}

export const SHOWN_MILESTONES = 15;

/** The answer to `/ticket milestone` alone. */
export function milestoneList(rows: readonly MilestoneRow[], offered: boolean): MessageView {
  const how = offered
    ? `${code('/ticket milestone <address of a Linear project>')} starts one.`
    : 'They are read from Linear, and LINEAR_API_KEY is not set (docs/configuration.md).';
  if (rows.length === 0) {
    const text = `No milestone was started yet. ${how}`;
    return { text, blocks: [section(text)] };
  }
  const budget = { left: BUDGET };
  const shown = rows.slice(0, SHOWN_MILESTONES).filter((row) => {
    budget.left -= rowLine(row).length;
    return budget.left > 0;
  });
  const more = rows.length > shown.length ? 'Older ones are not shown. ' : '';
  const blocks: KnownBlock[] = [
    section('*Milestones*'),
    ...shown.map((row) => ({ ...section(rowLine(row)), accessory: showAll(row) })),
    context(`${more}${how}`),
  ];
  return { text: fallback(`Milestones: ${shown.map((row) => safe(row.name, 60)).join(', ')}`), blocks };
}

function rowLine({ name, project, url, total, done, blocked, finished }: MilestoneRow): string {
  const where = name === project ? link(url, 'in Linear') : link(url, `${named(project)} in Linear`);
  const how = finished ? 'done' : `${done} of ${total} done${blocked > 0 ? `, ${blocked} blocked` : ''}`;
  return `*${safe(name, 60)}*${DOT}${where}\n${how}`;
}

/** What follows when a milestone is started. Plain text. */
export const startedSentence = (channel: string): string =>
  `It is started. How its items come along is one message in ${/^[CG][A-Z0-9]{7,}$/.test(channel) ? 'the channel of the cards' : `#${channel.replace(/^#/, '')}`}.`;
