import type { Insertable, Kysely, Selectable } from 'kysely';
import type { RevisionRow, Tables } from './tables.ts';

export type Revision = Selectable<RevisionRow>;
type Document = RevisionRow['document'];

/** A revision as it is handed in: number and time are given by the table. */
export type NewRevision = Omit<Insertable<RevisionRow>, 'id' | 'number' | 'created_at' | 'order_key' | 'fields'> & {
  order_key: string;
  fields: unknown;
};

export async function latestRevision(db: Kysely<Tables>, itemId: string, document: Document): Promise<Revision | null> {
  const row = await db
    .selectFrom('revisions')
    .selectAll()
    .where('item_id', '=', itemId)
    .where('document', '=', document)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** The newest revision with this content: what an approval of that hash speaks about. */
export async function revisionByHash(
  db: Kysely<Tables>,
  of: { itemId: string; document: Document; hash: string },
): Promise<Revision | null> {
  const row = await db
    .selectFrom('revisions')
    .selectAll()
    .where('item_id', '=', of.itemId)
    .where('document', '=', of.document)
    .where('hash', '=', of.hash)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** The revision that an effect or request has written already, if it came so far. */
export async function revisionByOrder(db: Kysely<Tables>, orderKey: string): Promise<Revision | null> {
  const row = await db.selectFrom('revisions').selectAll().where('order_key', '=', orderKey).executeTakeFirst();
  return row ?? null;
}

/**
 * Writes the revision after `after` (0 for the first). Null when somebody else wrote that number first; the same order
 * twice gives the same row.
 */
export async function insertRevisionAfter(
  db: Kysely<Tables>,
  after: number,
  revision: NewRevision,
): Promise<Revision | null> {
  const row = await db
    .insertInto('revisions')
    .values({ ...revision, number: after + 1, fields: JSON.stringify(revision.fields) })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? (await revisionByOrder(db, revision.order_key));
}

/** Writes the next revision, whatever its number turns out to be. The same order twice gives the same row. */
export async function insertRevision(db: Kysely<Tables>, revision: NewRevision): Promise<Revision> {
  for (;;) {
    const latest = await latestRevision(db, String(revision.item_id), revision.document);
    const row = await insertRevisionAfter(db, latest?.number ?? 0, revision);
    if (row) return row;
  }
}

/** Takes back a revision that the door refused: it never was in force. */
export async function withdrawRevision(db: Kysely<Tables>, id: string): Promise<void> {
  await db.deleteFrom('revisions').where('id', '=', id).execute();
}

/** Dollars that models have cost for an item so far, by the stored estimates. */
export async function spentOnDrafts(db: Kysely<Tables>, itemId: string): Promise<number> {
  const row = await db
    .selectFrom('revisions')
    .select((eb) => eb.fn.sum('usd').as('usd'))
    .where('item_id', '=', itemId)
    .executeTakeFirst();
  return Number(row?.usd ?? 0);
}
