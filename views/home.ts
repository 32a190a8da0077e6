import type { Button, HomeView, KnownBlock } from '@slack/types';
import { actions, button, context, header, section } from './blocks.ts';
import type { Counted, QueueData, Row } from './data.ts';
import { isAsked, itemRow, type RowLook, reviewRow } from './item-row.ts';
import { overrideRow } from './override.ts';
import { atMost99, capital, when } from './text.ts';
import { type HomeState, type HomeTab, packHome } from './values.ts';

/** App Home: a sentence that says what is needed, the tabs, and one of them. */
export function home(page: { first: string; state: HomeState; now: Date; blocks: readonly KnownBlock[] }): HomeView {
  const { first, state, now } = page;
  const top = [header(first), ...actions(tabs(state))];
  const end = [
    context(`${when(now, 'Updated {date_short_pretty} at {time}')} · \`/ticket help\` says what else there is`),
  ];
  const room = 100 - top.length - end.length;
  return { type: 'home', callback_id: 'home', blocks: [...top, ...page.blocks.slice(0, room), ...end] };
}

const TABS: Readonly<Record<HomeTab, string>> = { queue: 'Queue', board: 'Board', metrics: 'Metrics' };

/** The one that is shown is marked by a dot, and pressed again it is drawn anew. */
function tabs(state: HomeState): Button[] {
  const all = (Object.keys(TABS) as HomeTab[]).map((tab) => {
    const shown = tab === state.tab;
    return button({
      id: `home_${tab}`,
      text: shown ? `● ${TABS[tab]}` : TABS[tab],
      label: shown ? `${TABS[tab]}, shown now; press to refresh` : `Show ${TABS[tab].toLowerCase()}`,
      value: packHome(shown ? state : { tab }),
    });
  });
  return [...all, button({ id: 'new_ticket', text: 'New Ticket' })];
}

/** What waits on this person first, then what is theirs. */
export function queueHome(data: QueueData, now: Date): HomeView {
  const first = data.waiting.rows.find(isAsked) ?? data.reviews.rows.find(isAsked);
  const look = (row: Row): RowLook => ({ now, own: true, primary: row === first });
  const blocks = [
    ...list('', data.waiting, 20, (row) => itemRow(row, look(row))),
    ...list('Pull requests to review', data.reviews, 15, (row) => reviewRow(row, look(row))),
    ...list('Overridden rules', data.overrides ?? NONE, 10, overrideRow),
    ...list('Your items under way', data.inFlight, 20, (row) => itemRow(row, { now })),
    ...list('Blocked', data.blocked, 15, (row) => itemRow(row, { now, own: true })),
    ...rest(data),
  ];
  return home({ first: needed(data), state: { tab: 'queue' }, now, blocks });
}

function needed({ waiting, reviews }: QueueData): string {
  const counts = [count(waiting, 'decision'), count(reviews, 'review')].flat();
  if (counts.length === 0) return 'Nothing waits on you';
  return `${counts.join(' and ')} ${waiting.count + reviews.count === 1 ? 'waits' : 'wait'} on you`;
}

const count = (list: Counted<Row>, word: string): string[] =>
  list.count > 0 ? [`${atMost99(list.count)} ${word}${list.count === 1 ? '' : 's'}`] : [];

const NONE = { rows: [], count: 0 };

function list<R>(title: string, data: Counted<R>, max: number, draw: (row: R) => KnownBlock): KnownBlock[] {
  const rows = data.rows.slice(0, max);
  if (rows.length === 0) return [];
  const more = data.count - rows.length;
  return [
    ...(title ? [header(`${title} (${atMost99(data.count)})`)] : []),
    ...rows.map(draw),
    ...(more > 0 ? [context(`${atMost99(more)} more. \`/ticket search\` finds the others.`)] : []),
  ];
}

const WELCOME = [
  '*Lockstep takes a ticket to production, and asks people at every gate.*',
  'Press New Ticket, or type `/ticket` in any channel. Everything about an item happens in its thread; what waits on you stands here.',
].join('\n');

/** What is empty, in one line that says how it fills. */
function rest({ waiting, reviews, inFlight, blocked, overrides = NONE }: QueueData): KnownBlock[] {
  if (waiting.count + reviews.count + inFlight.count + blocked.count + overrides.count === 0) return [section(WELCOME)];
  const other = waiting.count + blocked.count > 0 ? 'else ' : '';
  const empty = [
    ...(reviews.count === 0 ? ['nothing to review'] : []),
    ...(inFlight.count === 0 ? [`nothing ${other}of yours under way`] : []),
    ...(blocked.count === 0 ? ['nothing blocked'] : []),
  ];
  const teach = waiting.count === 0 ? ' Approvals and questions for your roles come here.' : '';
  return empty.length > 0 ? [context(`${capital(empty.join(', '))}.${teach}`)] : [];
}
