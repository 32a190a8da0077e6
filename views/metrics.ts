import type { HomeView, KnownBlock, SectionBlock } from '@slack/types';
import { actions, context, type MessageView, option, section } from './blocks.ts';
import { type AnyBlock, chart, number, table, words } from './charts.ts';
import { home } from './home.ts';
import { atMost99, capital, plural, safe } from './text.ts';
import { type HomeState, PERIODS, type Period } from './values.ts';
import { shortReason } from './words.ts';

/** How long things take and what holds them up. `docs/metrics.md` says what each number means. Durations in seconds. */

export interface Spread {
  p50: number;
  p90: number;
}
export interface Lead {
  items: number;
  created: Spread;
  ready: Spread | null;
}

export interface MetricsData {
  days: Period;
  /** There were more items than are counted. */
  capped: boolean;
  lead: Lead;
  services: (Lead & { service: string | null })[];
  /** Pieces of the period in which something was deployed, oldest first. */
  trend: { days: number; pieces: (Lead & { from: Date })[] };
  /** Seconds an item, in the order of the board. */
  columns: { column: string; work: number; waiting: number }[];
  /** Seconds an item, longest first. */
  waits: { who: string; seconds: number }[];
  /** Decisions and interventions of people, an item. */
  decisions: { all: number; by: { who: string; count: number }[] };
  delegated: number;
  deployments: number;
  rollbacks: number;
  /** The first rule that failed, most often first. */
  blocks: { rule: string; count: number }[];
}

export interface MetricsLook {
  state: HomeState;
  now: Date;
  /** false where Slack takes no charts and tables: the same in words. */
  charts: boolean;
}

export function metricsHome(data: MetricsData, { state, now, charts }: MetricsLook): HomeView {
  const period = actions([periodSelect(data.days)]);
  const blocks =
    data.lead.items === 0
      ? [...period, section(nothingYet(data)), ...numbers(data)]
      : [
          ...period,
          section(sentences(data)),
          ...numbers(data),
          ...(charts ? [...trendChart(data), ...columnChart(data)] : []),
          section(whereItWent(data, !charts)),
          charts ? servicesTable(data) : section(servicesInWords(data)),
          context(counted(data)),
        ];
  return home({ first: headline(data), state, now, blocks: blocks as KnownBlock[] });
}

/** `/ticket metrics`: the same in short. */
export function metricsMessage(data: MetricsData): MessageView {
  const title = headline(data);
  const text = data.lead.items === 0 ? nothingYet(data) : `${sentences(data)}\n${whereItWent(data, false)}`;
  return {
    text: title,
    blocks: [
      section(`*${title}*\n${text}`),
      ...numbers(data),
      context('The Metrics tab in the Home of this app has charts, other periods and each service.'),
    ],
  };
}

const periodSelect = (days: Period) => {
  const options = PERIODS.map((one) => option(`Last ${one} days`, String(one)));
  const initial_option = options[PERIODS.indexOf(days)]!;
  return { type: 'static_select' as const, action_id: 'home_days', options, initial_option };
};

/** The number in a sentence. */
function headline({ lead, days }: MetricsData): string {
  if (lead.items === 0) return `Nothing was deployed in the last ${days} days`;
  const took = duration(lead.created.p50);
  return lead.items === 1
    ? `1 item reached production, in ${took}`
    : `Half of ${lead.items} items reached production within ${took}`;
}

const nothingYet = ({ days, deployments }: MetricsData): string =>
  [
    deployments > 0 ? 'What was deployed had been in production before. ' : '',
    'Lead time, waiting time and decisions are counted from items that reach production for the first time. ',
    days === 90
      ? 'The Board shows what is on its way.'
      : 'Choose a longer period, or see on the Board what is on its way.',
  ].join('');

function sentences({ lead, days }: MetricsData): string {
  const all = lead.items === 1 ? [] : [`9 of 10 took at most ${duration(lead.created.p90)}.`];
  const ready = lead.ready
    ? [
        lead.items === 1
          ? `It was ready for ${duration(lead.ready.p50)} of that.`
          : `From ready to production: half within ${duration(lead.ready.p50)}, 9 of 10 within ${duration(lead.ready.p90)}.`,
      ]
    : [];
  return [`From the ticket to production, in the last ${days} days.`, ...all, ...ready].join(' ');
}

function numbers(data: MetricsData): SectionBlock[] {
  const fields = [
    data.deployments > 0 ? ['Deployments', deployments(data)] : null,
    data.lead.items > 0 ? ['Left to agents', share(data.delegated, data.lead.items)] : null,
    data.lead.items > 0 ? ['Decisions by people', decisions(data)] : null,
    data.blocks.length > 0 ? ['Blocks most', blocksMost(data)] : null,
  ].filter((field) => field !== null);
  if (fields.length === 0) return [];
  return [
    {
      type: 'section',
      fields: fields.map(([label, text]) => ({ type: 'mrkdwn', text: `*${label}*\n${text}`, verbatim: true })),
    },
  ];
}

function deployments({ deployments: all, rollbacks }: MetricsData): string {
  const count = all > 999 ? '999+' : String(all);
  return rollbacks === 0
    ? `${count}, none rolled back`
    : `${count}, ${rollbacks} rolled back (${percent(rollbacks, all)})`;
}

const percent = (part: number, all: number): string => `${Math.round((100 * part) / all)} %`;
const share = (part: number, all: number): string => `${part} of ${plural(all, 'item')} (${percent(part, all)})`;
const tenth = (value: number): string => String(Math.round(value * 10) / 10);

function decisions({ decisions: { all, by } }: MetricsData): string {
  const [most] = by;
  return `${tenth(all)} an item${most ? `, most by ${safe(whoWords(most.who), 60)} (${tenth(most.count)})` : ''}`;
}

function blocksMost({ blocks }: MetricsData): string {
  const all = blocks.reduce((sum, one) => sum + one.count, 0);
  const [most] = blocks;
  return `${safe(capital(ruleWords(most!.rule)), 120)} (${most!.count} of ${plural(all, 'time')})`;
}

/** Jobs whose failure is a sentence of their own each time. */
const FAILED: Readonly<Record<string, string>> = {
  'poll-agent has finished': 'the agent failed',
  'watch-deploy has finished': 'the deploy failed',
  'rollback has finished': 'the rollback failed',
};

/** Work that failed is told as what it is; a rule is quoted as it stands in the pipeline. */
const ruleWords = (rule: string): string =>
  FAILED[rule] ?? (/ has finished$/.test(rule) ? shortReason(rule, '') : `“${rule}”`);

/** Who decides or answers, as a noun. */
const INTERVENTIONS: Readonly<Record<string, string>> = {
  answer: 'an answer',
  unblock: 'somebody to unblock it',
  edit: 'an edit',
  answered: 'answers',
  revised: 'edits',
  retried: 'retries',
  rollback_requested: 'rollbacks',
};
const whoWords = (who: string): string => INTERVENTIONS[who] ?? `${who.replaceAll('_', ' ')}s`;

function trendChart({ trend }: MetricsData): AnyBlock[] {
  const { pieces, days } = trend;
  if (pieces.length < 2) return [];
  const unit = unitOf(Math.max(...pieces.map((piece) => piece.created.p90)));
  const label = (date: Date) => date.toLocaleDateString('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' });
  return [
    chart({
      type: 'line',
      title: 'Lead time by when it was deployed',
      categories: pieces.map((piece) => label(piece.from)),
      series: [
        { name: 'Half within', values: pieces.map((piece) => inUnit(piece.created.p50, unit)) },
        { name: '9 of 10 within', values: pieces.map((piece) => inUnit(piece.created.p90, unit)) },
      ],
      x: days === 1 ? 'deployed in the day from' : `deployed in the ${days} days from`,
      y: `${unit.name} to production`,
    }),
  ];
}

function columnChart({ columns }: MetricsData): AnyBlock[] {
  if (columns.length === 0) return [];
  const unit = unitOf(Math.max(...columns.map((column) => Math.max(column.work, column.waiting))));
  return [
    chart({
      type: 'bar',
      title: 'Where the time goes',
      categories: columns.map((column) => column.column),
      series: [
        { name: 'Work', values: columns.map((column) => inUnit(column.work, unit)) },
        { name: 'Waiting for people', values: columns.map((column) => inUnit(column.waiting, unit)) },
      ],
      y: `${unit.name} an item`,
    }),
  ];
}

/** What the charts come to, and for whom it waited. */
function whereItWent({ columns, waits }: MetricsData, everyColumn: boolean): string {
  const [work, waiting] = [sum(columns.map((one) => one.work)), sum(columns.map((one) => one.waiting))];
  const longest = [...columns].sort((a, b) => b.work + b.waiting - (a.work + a.waiting))[0];
  const forWhom = waits.slice(0, 4).map((one) => `${duration(one.seconds)} for ${safe(whoWords(one.who), 60)}`);
  return [
    `*On average an item was ${duration(work)} at work and waited ${duration(waiting)} for people*`,
    ...(longest ? [`It was longest in ${safe(longest.column, 40)}: ${duration(longest.work + longest.waiting)}.`] : []),
    ...(forWhom.length > 0 ? [`It waited ${forWhom.join(', ')}.`] : []),
    ...(everyColumn
      ? columns.map((one) => `• ${safe(one.column, 40)}: ${duration(one.work)} work, ${duration(one.waiting)} waiting`)
      : []),
  ].join('\n');
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const NO_SERVICE = 'No service';

function servicesTable({ services, days }: MetricsData): AnyBlock {
  const time = (seconds: number | undefined) =>
    seconds === undefined ? words('–') : number(Math.round(seconds), duration(seconds));
  return table(`Lead time by service, last ${days} days, from the ticket and from ready`, [
    ['Service', 'Items', 'Half', '9 of 10', 'Half, ready', '9 of 10, ready'].map(words),
    ...services.map((one) => [
      words(one.service ?? NO_SERVICE),
      number(one.items, String(one.items)),
      time(one.created.p50),
      time(one.created.p90),
      time(one.ready?.p50),
      time(one.ready?.p90),
    ]),
  ]);
}

function servicesInWords({ services }: MetricsData): string {
  const lines = services.slice(0, 10).map((one) => {
    const name = safe(one.service ?? NO_SERVICE, 75);
    return `• ${name}: ${plural(one.items, 'item')}, half within ${duration(one.created.p50)}, 9 of 10 within ${duration(one.created.p90)}`;
  });
  const more = services.length - lines.length;
  return ['*Lead time by service*', ...lines, ...(more > 0 ? [`and ${atMost99(more)} more`] : [])].join('\n');
}

const counted = ({ capped, lead }: MetricsData): string =>
  [
    'Counted from history, once an item, when it first reached production.',
    ...(capped ? [`Only the latest ${lead.items} are counted.`] : []),
    'Time belongs to whoever ended it: up to a decision it waited for that role, up to a report it was at work.',
  ].join(' ');

interface Unit {
  name: 'minutes' | 'hours' | 'days';
  seconds: number;
}

/** One unit for a whole axis. */
function unitOf(longest: number): Unit {
  if (longest < 2 * 3600) return { name: 'minutes', seconds: 60 };
  return longest < 72 * 3600 ? { name: 'hours', seconds: 3600 } : { name: 'days', seconds: 86_400 };
}
const inUnit = (seconds: number, unit: Unit): number => Math.round((10 * seconds) / unit.seconds) / 10;

/** "40 s", "12 min", "3.5 hours", "30 hours", "6.2 days" */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 10 * 3600) return `${tenth(seconds / 3600)} hours`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} hours`;
  return `${tenth(seconds / 86_400)} days`;
}
