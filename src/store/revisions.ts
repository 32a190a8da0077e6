import type { SubjectKind } from '../pipeline/types.ts';
import type { HistoryEntry } from './cards.ts';
import type { Reader } from './reader.ts';
import type { RevisionRow } from './tables.ts';

/** What people read of a document's past: its revisions, and what was decided about it. */

type Document = RevisionRow['document'];

export interface PastRevision {
  number: number;
  hash: string;
  author_id: string;
  author_name: string;
  author_kind: RevisionRow['author_kind'];
  created_at: Date;
  /** What the editor said about it; null of a draft. */
  note: string | null;
}

/** All revisions of a document that are in force or were, newest first. */
export async function revisionsOf(db: Reader, itemId: string, document: Document): Promise<PastRevision[]> {
  return db
    .selectFrom('revisions as r')
    .leftJoin('stage_history as h', 'h.request_id', 'r.order_key')
    .select(['r.number', 'r.hash', 'r.author_id', 'r.author_name', 'r.author_kind', 'r.created_at', 'h.note'])
    .where('r.item_id', '=', itemId)
    .where('r.document', '=', document)
    .orderBy('r.number', 'desc')
    .execute();
}

/** What stands in some of them, by number. */
export async function fieldsOf(
  db: Reader,
  itemId: string,
  document: Document,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Record<string, unknown>>> {
  const rows = await db
    .selectFrom('revisions')
    .select(['number', 'fields'])
    .where('item_id', '=', itemId)
    .where('document', '=', document)
    .where('number', 'in', numbers)
    .execute();
  return new Map(rows.map((row) => [row.number, row.fields]));
}

/** Every decision about one subject, or about all subjects of its kind, oldest first. */
export async function decisionsAbout(
  db: Reader,
  itemId: string,
  of: SubjectKind,
  subject?: string,
): Promise<HistoryEntry[]> {
  const query = db
    .selectFrom('stage_history')
    .select(['version', 'visit', 'type', 'from_stage', 'to_stage', 'actor_id', 'actor_name'])
    .select(['of', 'subject', 'job', 'note', 'at'])
    .where('item_id', '=', itemId)
    .where('of', '=', of)
    .where('type', 'in', ['approved', 'changes_requested']);
  const rows = await (subject === undefined ? query : query.where('subject', '=', subject))
    .orderBy('version')
    .execute();
  return rows as HistoryEntry[];
}
