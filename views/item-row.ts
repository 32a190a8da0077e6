import type { Button, KnownBlock } from '@slack/types';
import { button, section } from './blocks.ts';
import { decisionButton } from './buttons.ts';
import type { ItemRef, ReviewRow, Row, Waiting } from './data.ts';
import { capital, link, plural, safe } from './text.ts';
import { pack } from './values.ts';
import { atWork, firstReason, waitingUntil } from './words.ts';

/** One item in a list: key, title, what it waits for, since when, and the one button that it needs. */

/** How long ago, as short as it can be said: "12 min", "3 h", "6 days". Never broken into two lines. */
export function age(since: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - since.getTime()) / 60_000);
  if (minutes < 1) return 'just\u00a0now';
  if (minutes < 60) return `${minutes}\u00a0min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}\u00a0h` : `${Math.floor(hours / 24)}\u00a0days`;
}

/** A line on a phone ends with the dot and does not begin with it. */
export const DOT = '\u00a0· ';

export interface RowLook {
  now: Date;
  /** The reader's own list: whom it waits for need not be said. */
  own?: boolean;
  /** The one button of the view that is meant to be pressed first. */
  primary?: boolean;
}

export function itemRow(row: Row, look: RowLook): KnownBlock {
  return block(row, look, [said(row, look), ...(row.priority ? [row.priority] : []), age(row.since, look.now)]);
}

/** A pull request that waits for a review: what the reviewer looks at is one click away. */
export function reviewRow(row: ReviewRow, look: RowLook): KnownBlock {
  return block(row, look, [
    row.pr ? link(row.pr.url, `#${row.pr.number} ${row.pr.title}`) : 'pull request not seen yet',
    row.previewUrl ? link(row.previewUrl, 'preview') : 'no preview',
    safe(row.checks ?? 'checks not seen yet', 150),
    age(row.since, look.now),
  ]);
}

const block = (row: Row, look: RowLook, about: readonly string[]): KnownBlock => ({
  ...section(`*${row.item.key}*  ${safe(row.item.title, 150)}\n${about.join(DOT)}`),
  accessory: rowButton(row, look.primary ?? false),
});

/** What it waits for, or what keeps it. */
export function said({ status, reason, waiting }: Row, { own }: Pick<RowLook, 'own'>): string {
  if (status === 'blocked') return safe(own ? capital(firstReason(reason)) : `Blocked: ${firstReason(reason)}`, 140);
  if (!waiting) return safe(underWay(reason), 140);
  const what = asked(waiting);
  return own ? capital(what) : `${safe(waiting.who, 80)}${DOT}${what}`;
}

/** Work of Lockstep's own is told as what is being done; the agent's, and the world's, as what it leads to. */
function underWay(reason: string): string {
  const job = /^([a-z]+(?:-[a-z]+)*) has finished\b/.exec(reason)?.[1];
  if (job && job !== 'poll-agent') return capital(atWork(job).replace('Lockstep is ', ''));
  return reason === '' ? 'At work' : waitingUntil(reason);
}

const APPROVALS = { prd: 'PRD approval', spec: 'spec approval', head: 'review', merge: 'release approval' } as const;

/** The decision as a noun: "PRD approval", "delegation". */
function asked({ asked: what, others }: Waiting): string {
  const more = others > 0 ? ` and ${plural(others, 'more decision')}` : '';
  if (what === 'question') return `an answer${more}`;
  if (what.verb === 'approve') return `${APPROVALS[what.of]}${more}`;
  return `${what.verb === 'delegate' ? 'delegation' : 'deploy'}${more}`;
}

/** The decision itself where the reader may take it; it opens what is decided about. Otherwise the item. */
function rowButton({ item, waiting }: Row, primary: boolean): Button {
  const style = primary ? { style: 'primary' as const } : {};
  const value = pack({ item: item.id, visit: item.visit });
  if (waiting?.ask) return decisionOf(item, waiting.ask, style);
  if (waiting?.may && waiting.asked === 'question') {
    return button({ id: 'show_item', text: 'Answer…', label: `Answer about ${item.key}`, value, ...style });
  }
  return button({ id: 'show_item', text: 'Open', label: `Open ${item.key}`, value });
}

/** Approvals are given in a form that shows what is approved; the others have theirs already. */
function decisionOf(item: ItemRef, ask: NonNullable<Waiting['ask']>, style: { style?: 'primary' }): Button {
  const { id, text, value } = decisionButton(item, ask);
  const words = text.replace('…', '');
  const label = ask.verb === 'approve' ? `${words} of ${item.key}` : `${words} ${item.key}`;
  return button({ id: id === 'approve' ? 'review' : id, text: `${words}…`, label, value, ...style });
}

/** Is there something that this reader is asked to press? */
export const isAsked = ({ waiting }: Row): boolean =>
  Boolean(waiting?.ask) || (waiting?.may === true && waiting.asked === 'question');
