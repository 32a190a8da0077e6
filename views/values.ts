import type { SubjectKind, Verb } from '../src/pipeline/types.ts';

/**
 * What a button or modal is about. It travels to Slack and back, so that a click says exactly what the person saw:
 * which visit, which revision or commit.
 */
export interface Target {
  item: string;
  visit: number;
  of?: SubjectKind;
  /** Hash or SHA that was on the screen. */
  subject?: string;
  verb?: Verb;
  document?: DocumentName;
  /** Numbers of two revisions that are compared, the older one first. */
  from?: number;
  to?: number;
  /** For a form: it stands over the text of the document that it is about. */
  over?: 'document';
  /** For the menu: which entry. */
  entry?: string;
  /** For search, boards and the like: a word. */
  word?: string;
}
export type DocumentName = 'prd' | 'spec' | 'release_notes';

const KEYS = {
  item: 'i',
  visit: 'v',
  of: 'o',
  subject: 's',
  verb: 'b',
  document: 'd',
  from: 'f',
  to: 't',
  over: 'p',
  entry: 'e',
  word: 'w',
} as const;

export function pack(target: Target): string {
  const short: Record<string, unknown> = {};
  for (const [key, letter] of Object.entries(KEYS)) {
    const value = target[key as keyof Target];
    if (value !== undefined) short[letter] = value;
  }
  return JSON.stringify(short);
}

/** null for anything that Lockstep did not write. */
export function unpack(text: string | undefined): Target | null {
  let short: Record<string, unknown>;
  try {
    short = JSON.parse(text ?? '') as Record<string, unknown>;
  } catch {
    return null;
  }
  if (typeof short !== 'object' || short === null) return null;
  if (typeof short.i !== 'string' || !/^\d+$/.test(short.i) || typeof short.v !== 'number') return null;
  const target: Record<string, unknown> = {};
  for (const [key, letter] of Object.entries(KEYS)) if (short[letter] !== undefined) target[key] = short[letter];
  return target as unknown as Target;
}

/**
 * What a person chose to see on Home. It is remembered in the database, and every control that changes it carries the
 * whole of what it leads to: a click says what was asked for, whatever was drawn meanwhile.
 */
export interface HomeState {
  tab: HomeTab;
  /** Board: only items about this service, asked for by this person, blocked. */
  service?: string;
  mine?: true;
  blocked?: true;
  /** Board: this column alone, page by page. */
  column?: string;
  /** The page begins after, or ends before, this place in the column. */
  after?: string;
  before?: string;
  /** Metrics: of how many days. */
  days?: Period;
}
export type HomeTab = (typeof HOME_TABS)[number];
export type Period = (typeof PERIODS)[number];

export const HOME_TABS = ['queue', 'board', 'metrics'] as const;
export const PERIODS = [7, 30, 90] as const;

/** Microseconds since 1970 and the id of an item: where it stands in a list that is sorted by time, then id. */
export const PLACE = /^\d{1,17}\.\d{1,19}$/;

/** Whatever was stored or sent, as a state: what is not understood is left out. */
export function readHomeState(given: unknown): HomeState {
  const has = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const text = (value: unknown, fits: RegExp) => (typeof value === 'string' && fits.test(value) ? value : undefined);
  const tab = HOME_TABS.find((one) => one === has.tab) ?? 'queue';
  if (tab === 'queue') return { tab };
  const days = PERIODS.find((one) => one === has.days);
  if (tab === 'metrics') return { tab, ...(days ? { days } : {}) };
  const service = text(has.service, /^.{1,200}$/u);
  const column = text(has.column, /^.{1,40}$/u);
  const after = column && text(has.after, PLACE);
  const before = column && text(has.before, PLACE);
  return {
    tab,
    ...(service ? { service } : {}),
    ...(has.mine === true ? { mine: true } : {}),
    ...(has.blocked === true ? { blocked: true } : {}),
    ...(column ? { column } : {}),
    ...(after ? { after } : before ? { before } : {}),
  };
}

export const packHome = (state: HomeState): string => JSON.stringify(state);

/** null for anything that is not the value of a control on Home. */
export function unpackHome(text: string | undefined): HomeState | null {
  try {
    const given = JSON.parse(text ?? '') as { tab?: unknown } | null;
    return HOME_TABS.some((one) => one === given?.tab) ? readHomeState(given) : null;
  } catch {
    return null;
  }
}
