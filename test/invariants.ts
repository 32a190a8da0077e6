import { readFileSync } from 'node:fs';
import type { Pool, PoolClient, QueryArrayResult } from 'pg';
import { CHAIN_START, linkHash } from '../src/store/chain.ts';

/** One row that breaks an invariant of docs/reliability.md. */
export interface Violation {
  invariant: string;
  item: string | null;
  detail: string;
}

const SCRIPT = readFileSync(new URL('./invariants.sql', import.meta.url), 'utf8');

/** A pool, or one connection inside a transaction. */
type Database = Pick<Pool | PoolClient, 'query'>;

/**
 * Everything that is wrong with the tables, by `invariants.sql` and by computing every hash again. `quietSeconds`: how
 * long no fault has happened; what has been due for longer than that is stuck.
 */
export async function checkInvariants(db: Database, options: { quietSeconds: number }): Promise<Violation[]> {
  const text = `SET lockstep.quiet_seconds = '${Number(options.quietSeconds)}';\n${SCRIPT}`;
  // By place: only the first statement names its columns.
  const results = (await db.query({ text, rowMode: 'array' })) as unknown as QueryArrayResult[];
  return [...results.flatMap((result) => result.rows.map(toViolation)), ...(await brokenHashes(db))];
}

function toViolation([invariant, item, detail]: unknown[]): Violation {
  return { invariant: String(invariant), item: item === null ? null : String(item), detail: String(detail) };
}

interface Row {
  item_id: string;
  version: number;
  visit: number;
  type: string;
  from_stage: string | null;
  to_stage: string;
  column_name: string;
  mark: string | null;
  actor_id: string;
  actor_name: string;
  actor_roles: string[];
  of: string | null;
  subject: string;
  role: string | null;
  job: string | null;
  note: string;
  request_id: string | null;
  at: Date;
  until: Date | null;
  hash: string;
}

/** Rows whose content is not what was hashed when they were written. */
async function brokenHashes(db: Database): Promise<Violation[]> {
  const { rows } = await db.query<Row>('SELECT * FROM stage_history ORDER BY item_id, version');
  const broken: Violation[] = [];
  let item = '';
  let previous = CHAIN_START;
  for (const row of rows) {
    if (row.item_id !== item) previous = CHAIN_START;
    item = row.item_id;
    if (hashOf(row, previous) !== row.hash)
      broken.push({ invariant: 'I7', item, detail: `version ${row.version} is not what was written` });
    previous = row.hash;
  }
  return broken;
}

function hashOf(row: Row, previous: string): string {
  return linkHash(previous, {
    item: row.item_id,
    version: row.version,
    visit: row.visit,
    type: row.type,
    from: row.from_stage,
    to: row.to_stage,
    column: row.column_name,
    mark: row.mark,
    actor: row.actor_id,
    actorName: row.actor_name,
    roles: row.actor_roles,
    of: row.of,
    subject: row.subject,
    role: row.role,
    job: row.job,
    note: row.note,
    request: row.request_id,
    at: row.at.getTime(),
    until: row.until?.getTime() ?? null,
  });
}
