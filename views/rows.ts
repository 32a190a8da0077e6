import type { FactValues } from '../src/pipeline/facts.ts';
import type { Facts, ItemStatus, Priority } from '../src/pipeline/types.ts';
import type { BoardData, Counted, QueueData, ReviewRow, Row } from './data.ts';
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
  total: number;
}

export const toRow = (row: ReadRow): Row => ({
  item: { id: row.id, key: row.key, title: row.title, visit: row.visit },
  column: row.column_name,
  status: row.status,
  priority: row.priority,
  reason: row.reason,
  since: row.since,
});

export const toCounted = (rows: readonly ReadRow[]): Counted<Row> => ({
  rows: rows.map(toRow),
  count: rows[0]?.total ?? 0,
});

export function toQueue(read: {
  waiting: readonly (ReadRow & { kind: string })[];
  inFlight: readonly ReadRow[];
  facts: ReadonlyMap<string, Facts>;
}): QueueData {
  const reviews = read.waiting.filter((row) => row.kind === 'review');
  const blocked = read.waiting.filter((row) => row.kind === 'blocked');
  const waiting = read.waiting.filter((row) => row.kind === 'gate' || row.kind === 'question');
  return {
    waiting: toCounted(waiting),
    reviews: {
      rows: reviews.map((row) => reviewRow(row, read.facts.get(row.id) ?? {})),
      count: reviews[0]?.total ?? 0,
    },
    inFlight: without(toCounted(read.inFlight), [...waiting, ...blocked]),
    blocked: toCounted(blocked),
  };
}

/** Each item stands once: what waits on this person or is blocked is not told again as theirs. */
function without(all: Counted<Row>, others: readonly ReadRow[]): Counted<Row> {
  const ids = new Set(others.map((row) => row.id));
  const rows = all.rows.filter((row) => !ids.has(row.item.id));
  return { rows, count: all.count - (all.rows.length - rows.length) };
}

/** What was said about another commit than the head is not shown. */
function reviewRow(row: ReadRow, facts: Facts): ReviewRow {
  const pr = known(facts, 'pr');
  const about = <N extends 'checks' | 'preview'>(name: N): FactValues[N] | undefined =>
    pr && facts[name]?.subject === pr.headSha ? known(facts, name) : undefined;
  const checks = about('checks');
  const preview = about('preview');
  return {
    ...toRow(row),
    pr: pr ? { number: pr.number, url: pr.url, title: pr.title } : null,
    previewUrl: preview?.state === 'ready' ? preview.url : null,
    checks: checks ? checksSentence(checks) : null,
  };
}

export const toBoard = (read: ReadonlyMap<string, readonly ReadRow[]>): BoardData =>
  [...read].map(([column, rows]) => ({ column, rows: rows.map(toRow), count: rows[0]?.total ?? 0 }));
