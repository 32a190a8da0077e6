import type { HomeView, KnownBlock } from '@slack/types';
import { actions, button, context, divider, header, section } from './blocks.ts';
import type { BoardData, Counted, QueueData, ReviewRow, Row } from './data.ts';
import { atMost99, link, safe, since, when } from './text.ts';
import { pack } from './values.ts';
import { blockedBecause, waitingUntil } from './words.ts';

/** App Home: what waits on this person first. One button a row; the rest is in the item. */
export function queueHome(data: QueueData): HomeView {
  const nothing = data.waiting.count + data.reviews.count + data.inFlight.count + data.blocked.count === 0;
  return home([
    ...tabs('queue'),
    ...(nothing ? welcome() : []),
    ...list(
      'Waiting on you',
      data.waiting,
      20,
      'Nothing waits on you. Approvals and questions for your roles come here.',
    ),
    ...list('Pull requests to review', data.reviews, 15, 'No pull request waits for your review.', reviewRow),
    ...list(
      'Your items in flight',
      data.inFlight,
      20,
      data.waiting.count + data.blocked.count > 0
        ? 'Nothing else of yours is under way.'
        : 'You have nothing under way. Start something with New ticket.',
    ),
    ...list('Blocked', data.blocked, 15, 'Nothing of yours is blocked.'),
  ]);
}

/** The same items by column of the board. */
export function boardHome(data: BoardData): HomeView {
  const used = data.filter((column) => column.count > 0);
  const empty = data.filter((column) => column.count === 0).map((column) => safe(column.column, 40));
  const rows = used.flatMap((column) => [
    header(`${column.column} (${atMost99(column.count)})`),
    ...column.rows.slice(0, 8).map(itemRow),
    ...more(column.count, Math.min(column.rows.length, 8)),
  ]);
  return home([...tabs('board'), ...rows, ...(empty.length > 0 ? [context(`Empty: ${empty.join(', ')}`)] : [])]);
}

const home = (blocks: KnownBlock[]): HomeView => ({ type: 'home', callback_id: 'home', blocks: blocks.slice(0, 100) });

function tabs(active: 'queue' | 'board'): KnownBlock[] {
  const other =
    active === 'queue' ? { id: 'home_board', text: 'Show board' } : { id: 'home_queue', text: 'Show queue' };
  return actions([
    button({ id: 'new_ticket', text: 'New ticket', style: 'primary' }),
    button(other),
    button({ id: active === 'queue' ? 'home_queue_refresh' : 'home_board_refresh', text: 'Refresh' }),
  ]);
}

function welcome(): KnownBlock[] {
  return [
    section(
      [
        '*Lockstep takes a ticket to production, and asks people at every gate.*',
        'Type `/ticket` in any channel, or use New ticket above. The thread of an item is where everything about it happens.',
      ].join('\n'),
    ),
  ];
}

function list<R extends Row>(
  title: string,
  data: Counted<R>,
  max: number,
  empty: string,
  draw: (row: R) => KnownBlock = itemRow,
): KnownBlock[] {
  const rows = data.rows.slice(0, max);
  return [
    header(data.count > 0 ? `${title} (${atMost99(data.count)})` : title),
    ...(rows.length === 0 ? [context(empty)] : rows.map(draw)),
    ...more(data.count, rows.length),
    divider(),
  ];
}

const more = (count: number, shown: number): KnownBlock[] =>
  count > shown ? [context(`${atMost99(count - shown)} more. \`/ticket search\` finds the others.`)] : [];

/** One item: key, title, what it waits for, since when. */
export function itemRow(row: Row): KnownBlock {
  const needed = row.status === 'blocked' ? `Blocked: ${blockedBecause(row.reason)}` : waitingUntil(row.reason);
  const about = [
    row.reason === '' ? 'At work' : safe(needed, 140),
    ...(row.priority ? [row.priority] : []),
    since(row.since),
  ].join(' · ');
  return withOpen(row, `*${row.item.key}*  ${safe(row.item.title, 150)}\n${about}`);
}

function reviewRow(row: ReviewRow): KnownBlock {
  const about = [
    row.pr ? link(row.pr.url, `#${row.pr.number} ${row.pr.title}`) : 'pull request not seen yet',
    ...(row.previewUrl ? [link(row.previewUrl, 'preview')] : ['no preview']),
    safe(row.checks ?? 'checks not seen yet', 150),
    when(row.since, 'waits since {date_short_pretty} at {time}'),
  ].join(' · ');
  return withOpen(row, `*${row.item.key}*  ${safe(row.item.title, 150)}\n${about}`);
}

function withOpen(row: Row, text: string): KnownBlock {
  return {
    ...section(text),
    accessory: button({
      id: 'show_item',
      text: 'Open',
      label: `Open ${row.item.key}`,
      value: pack({ item: row.item.id, visit: row.item.visit }),
    }),
  };
}
