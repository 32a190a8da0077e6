import { createHash } from 'node:crypto';

/** The columns of a history row that its hash covers, in this order. */
export interface Link {
  item: string;
  version: number;
  visit: number;
  type: string;
  from: string | null;
  to: string;
  column: string;
  mark: string | null;
  actor: string;
  actorName: string;
  roles: readonly string[];
  of: string | null;
  subject: string;
  role: string | null;
  job: string | null;
  note: string;
  request: string | null;
  /** Milliseconds since 1970: what the database keeps of a time is no finer than our clock. */
  at: number;
  /** The same; null where nothing ends by itself. */
  until: number | null;
}

/** The hash that starts every item's chain. */
export const CHAIN_START = '0'.repeat(64);

/** SHA-256 over the hash before and the row: whoever changes a row has to change every later one of that item. */
export function linkHash(previous: string, link: Link): string {
  const row = [
    link.item,
    link.version,
    link.visit,
    link.type,
    link.from,
    link.to,
    link.column,
    link.mark,
    link.actor,
    link.actorName,
    link.roles,
    link.of,
    link.subject,
    link.role,
    link.job,
    link.note,
    link.request,
    link.at,
    // Rows from before there was such a thing hash as they did.
    ...(link.until === null ? [] : [link.until]),
  ];
  return createHash('sha256').update(previous).update(JSON.stringify(row)).digest('hex');
}
