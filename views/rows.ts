import type { FactValues } from '../src/pipeline/facts.ts';
import type { Facts, ItemStatus, Priority } from '../src/pipeline/types.ts';
import type { BoardData, Counted, QueueData, ReviewRow, Row, Waiting } from './data.ts';
import { known } from './describe.ts';
import { checksSentence } from './work.ts';

/** Rows as they are read, put in the order in which people look at them. */

export interface ReadRow {
  id: string;
  key: string;
  title: string;
  visit: number;
  column_name: string;
  status: ItemStatus;
  priority: Priority | null;
  reason: string;
  since: Date;
}
type CountedRow = ReadRow & { total: number };

/** What each item waits for, by its id; what was not looked up is left out of the row. */
export type Waitings = ReadonlyMap<string, Waiting | null>;

export const toRow = (row: ReadRow, waiting?: Waitings): Row => ({
  item: { id: row.id, key: row.key, title: row.title, visit: row.visit },
  column: row.column_name,
  status: row.status,
  priority: row.priority,
  reason: row.reason,
  since: row.since,
  ...(waiting ? { waiting: waiting.get(row.id) ?? null } : {}),
});

export const toCounted = (rows: readonly CountedRow[], waiting?: Waitings): Counted<Row> => ({
  rows: rows.map((row) => toRow(row, waiting)),
  count: rows[0]?.total ?? 0,
});

export function toQueue(
  read: {
    waiting: readonly (CountedRow & { kind: string })[];
    inFlight: readonly CountedRow[];
    facts: ReadonlyMap<string, Facts>;
  },
  waitings?: Waitings,
): QueueData {
  const of = (...kinds: string[]) => read.waiting.filter((row) => kinds.includes(row.kind));
  const [gates, reviews, blocked] = [of('gate', 'question'), of('review'), of('blocked')];
  const waiting = mayBeDecided(toCounted(gates, waitings));
  const told = new Set([...waiting.rows.map((row) => row.item.id), ...blocked.map((row) => row.id)]);
  return {
    waiting,
    reviews: mayBeDecided({
      rows: reviews.map((row) => reviewRow(row, read.facts.get(row.id) ?? {}, waitings)),
      count: reviews[0]?.total ?? 0,
    }),
    inFlight: without(toCounted(read.inFlight, waitings), (row) => told.has(row.item.id)),
    blocked: toCounted(blocked, waitings),
  };
}

/** A role is asked, and this person holds it, but may not decide just this: it waits on the others. */
const mayBeDecided = <R extends Row>(all: Counted<R>): Counted<R> =>
  without(all, (row) => row.waiting != null && !row.waiting.may);

/** Each item stands once: what waits on this person or is blocked is not told again as theirs. */
function without<R extends Row>(all: Counted<R>, leaveOut: (row: R) => boolean): Counted<R> {
  const rows = all.rows.filter((row) => !leaveOut(row));
  return { rows, count: all.count - (all.rows.length - rows.length) };
}

/** What was said about another commit than the head is not shown. */
function reviewRow(row: ReadRow, facts: Facts, waitings: Waitings | undefined): ReviewRow {
  const pr = known(facts, 'pr');
  const about = <N extends 'checks' | 'preview'>(name: N): FactValues[N] | undefined =>
    pr && facts[name]?.subject === pr.headSha ? known(facts, name) : undefined;
  const checks = about('checks');
  const preview = about('preview');
  return {
    ...toRow(row, waitings),
    pr: pr ? { number: pr.number, url: pr.url, title: pr.title } : null,
    previewUrl: preview?.state === 'ready' ? preview.url : null,
    checks: checks ? checksSentence(checks) : null,
  };
}

export const toBoard = (
  read: { columns: ReadonlyMap<string, readonly CountedRow[]>; blocked: ReadonlyMap<string, number> },
  waitings?: Waitings,
): BoardData => ({
  columns: [...read.columns].map(([column, rows]) => ({
    column,
    ...toCounted(rows, waitings),
    blocked: read.blocked.get(column) ?? 0,
  })),
});
