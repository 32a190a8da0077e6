import type { ActionsBlock, HomeView, KnownBlock } from '@slack/types';
import type { Column } from '../src/pipeline/types.ts';
import { actions, button, context, header, option, plain, section } from './blocks.ts';
import type { BoardData, BoardPageData, Row } from './data.ts';
import { home } from './home.ts';
import { age, isAsked, itemRow } from './item-row.ts';
import { atMost99, safe } from './text.ts';
import { type HomeState, packHome } from './values.ts';

/** All open items by column, the oldest first: those are the ones that are stuck. */

/** Columns in the order of the board. */
export const BOARD_COLUMNS = [
  'Incoming',
  'Planning',
  'For review',
  'Ready to Delegate',
  'In Development',
  'Preview',
  'Deployed',
] as const satisfies readonly Column[];

/** Rows of a column on the overview, and on a page of its own: Slack shows a hundred blocks. */
export const OVERVIEW_ROWS = 8;
export const PAGE_ROWS = 80;

export interface BoardLook {
  state: HomeState;
  now: Date;
  /** Names of all services, for the filter. */
  services: readonly string[];
}

export function boardHome(data: BoardData, look: BoardLook): HomeView {
  const { state, now } = look;
  const used = data.columns.filter((column) => column.count > 0);
  const empty = data.columns.filter((column) => column.count === 0).map(({ column }) => safe(column, 40));
  const first = firstAsked(used.flatMap((column) => column.rows.slice(0, OVERVIEW_ROWS)));
  const columns = used.flatMap(({ column, count, rows }) => {
    const shown = rows.slice(0, OVERVIEW_ROWS);
    return [
      header(`${column} (${atMost99(count)})`),
      ...shown.map((row) => itemRow(row, { now, primary: row === first })),
      ...(count > shown.length ? actions([showAll(column, count, state)]) : []),
    ];
  });
  const blocks = [
    filters(look),
    ...columns,
    ...(used.length === 0 ? [section(nothing(state))] : []),
    ...(used.length > 0 && empty.length > 0 ? [context(`Empty: ${empty.join(', ')}`)] : []),
  ];
  return home({ first: summary(data, now), state, now, blocks });
}

/** "23 open · 3 blocked · oldest 6 days" */
export function summary({ columns }: BoardData, now: Date): string {
  const oldest = Math.min(...columns.flatMap((column) => column.rows.map((row) => row.since.getTime())));
  const open = added(columns.map((column) => column.count));
  if (open === '0') return 'Nothing is open';
  const blocked = added(columns.map((column) => column.blocked));
  return [
    `${open} open`,
    ...(blocked === '0' ? [] : [`${blocked} blocked`]),
    `oldest ${age(new Date(oldest), now)}`,
  ].join(' · ');
}

/** Counts end at 99+, so their sum is at least that. */
function added(counts: readonly number[]): string {
  const sum = counts.reduce((all, count) => all + Math.min(count, 99), 0);
  return counts.some((count) => count > 99) ? `${sum}+` : String(sum);
}

const isFiltered = ({ service, mine, blocked }: HomeState): boolean => Boolean(service || mine || blocked);

const nothing = (state: HomeState): string =>
  isFiltered(state)
    ? 'No open item fits these filters.'
    : 'No item is open. Press New Ticket, or type `/ticket` in any channel: it appears here, and moves by itself from column to column.';

const showAll = (column: string, count: number, state: HomeState) =>
  button({
    id: 'home_column',
    text: `Show All ${atMost99(count)}`,
    label: `Show all ${atMost99(count)} of ${column}`,
    value: packHome({ ...withoutPage(state), column }),
  });

/** What the select is about stands in the id of its block: the value of an option is only the service. */
function filters({ state, services }: BoardLook): KnownBlock {
  const { mine, blocked, service, ...other } = withoutPage(state, { keepColumn: true });
  const all = { ...other, ...(service ? { service } : {}) };
  const elements: ActionsBlock['elements'] = [
    serviceSelect(service, services),
    toggle(
      { id: 'home_mine', text: 'Mine', what: 'only what you asked for', on: mine },
      { ...all, ...(blocked ? { blocked } : {}), ...(mine ? {} : { mine: true }) },
    ),
    toggle(
      { id: 'home_only_blocked', text: 'Blocked', what: 'only what is blocked', on: blocked },
      { ...all, ...(mine ? { mine } : {}), ...(blocked ? {} : { blocked: true }) },
    ),
  ];
  if (isFiltered(state)) {
    const value = packHome(other);
    elements.push(button({ id: 'home_clear', text: 'Clear Filters', value }));
  }
  const about = packHome({ ...other, ...(mine ? { mine } : {}), ...(blocked ? { blocked } : {}) });
  return { type: 'actions', block_id: about, elements };
}

function withoutPage({ after, before, column, ...state }: HomeState, { keepColumn = false } = {}): HomeState {
  return keepColumn && column ? { ...state, column } : state;
}

interface Toggle {
  id: string;
  text: string;
  what: string;
  on: boolean | undefined;
}
const toggle = ({ id, text, what, on }: Toggle, next: HomeState) =>
  button({
    id,
    text: on ? `✓ ${text}` : text,
    label: `${text}: ${what}, ${on ? 'on' : 'off'}`,
    value: packHome(next),
  });

export const ALL_SERVICES = { text: 'All services', value: '*' } as const;

/** Up to 100 options are a plain list; more are searched. */
function serviceSelect(chosen: string | undefined, services: readonly string[]): ActionsBlock['elements'][number] {
  const names = services.filter((name) => name.length <= 75);
  const all = option(ALL_SERVICES.text, ALL_SERVICES.value);
  const now = chosen === undefined || chosen.length > 75 ? all : option(chosen, chosen);
  const common = { action_id: 'home_service', placeholder: plain('Service', 150) };
  if (names.length >= 100) {
    return { ...common, type: 'external_select', min_query_length: 0, initial_option: now };
  }
  const options = [all, ...names.map((name) => option(name, name))];
  const known = options.some((one) => one.value === now.value);
  // One that the catalog has no more is still what was asked for.
  return {
    ...common,
    type: 'static_select',
    options: known ? options : [...options, now].slice(0, 100),
    initial_option: now,
  };
}

/** One column, page by page. */
export function boardPageHome(data: BoardPageData, look: BoardLook): HomeView {
  const { state, now } = look;
  const { column, rows, count, blocked, before, after } = data;
  const first = firstAsked(rows);
  const turn = (id: string, text: string, page: Partial<HomeState>) =>
    button({ id, text, value: packHome({ ...withoutPage(state, { keepColumn: true }), ...page }) });
  const blocks = [
    filters(look),
    ...rows.slice(0, PAGE_ROWS).map((row) => itemRow(row, { now, primary: row === first })),
    ...(rows.length === 0 ? [section(before || after ? 'Nothing is left on this page.' : nothing(state))] : []),
    ...actions([
      ...(before ? [turn('home_previous', 'Previous', { before })] : []),
      ...(after ? [turn('home_next', 'Next', { after })] : []),
      button({ id: 'home_columns', text: 'All Columns', value: packHome(withoutPage(state)) }),
    ]),
  ];
  const parts = [
    `${column}: ${atMost99(count)} open`,
    ...(blocked > 0 ? [`${atMost99(blocked)} blocked`] : []),
    'oldest first',
  ];
  return home({ first: parts.join(' · '), state, now, blocks });
}

const firstAsked = (rows: readonly Row[]): Row | undefined => rows.find(isAsked);
