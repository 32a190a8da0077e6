import type { Kysely } from 'kysely';
import type { Advance, Request } from '../advance.ts';
import { factsOfRevision } from '../documents/document-facts.ts';
import { EMPTY_PRD, EMPTY_SPEC, readFields } from '../documents/fields.ts';
import { countPlaceholders, hashFields, renderDocument } from '../documents/render.ts';
import { readSections, type SectionText, sectionsOf } from '../documents/sections.ts';
import type { Actor } from '../pipeline/types.ts';
import {
  insertRevisionAfter,
  latestRevision,
  type Revision,
  revisionByOrder,
  withdrawRevision,
} from '../store/documents.ts';
import type { Tables } from '../store/tables.ts';

export interface Revise {
  itemId: string;
  document: 'prd' | 'spec';
  /** Edited sections as text, by section id; those left out stay as they are. */
  fields: Readonly<Record<string, string>>;
  /** Hash of the revision that the person had in front of them; '' when there was none. */
  baseHash: string;
  actor: Actor;
  note: string;
}

export type Revised =
  | { kind: 'revised'; revision: number; hash: string }
  /** Somebody was faster: here is what stands there now, section by section. */
  | {
      kind: 'stale';
      current: {
        hash: string;
        revision: number;
        authorId: string;
        authorName: string;
        at: Date;
        sections: SectionText[];
      };
    }
  /** `field` is the section that cannot be read, if it is one. */
  | { kind: 'refused'; reason: string; field?: string };

export type ReviseDocument = (revise: Revise, request: Request) => Promise<Revised>;

/**
 * A person's new revision of a document. The row is written first and the move second; a crash in between is made good
 * by whoever comes next: the same request goes on with its row, another edit first brings the waiting row in force.
 */
export function createRevise(deps: { db: Kysely<Tables>; advance: Advance }): ReviseDocument {
  const { db } = deps;

  const bringInForce = async (revision: Revision, note: string, kind: string) => {
    const actor = { id: revision.author_id, name: revision.author_name, roles: [] };
    const event = { type: 'revised', actor, of: documentOf(revision), facts: factsOfRevision(revision), note } as const;
    const result = await deps.advance(revision.item_id, event, { request: { id: revision.order_key!, kind } });
    if (result.kind !== 'refused') return null;
    await withdrawRevision(db, revision.id);
    return result.reason;
  };

  const newest = async (itemId: string, document: 'prd' | 'spec'): Promise<Revision | null> => {
    const latest = await latestRevision(db, itemId, document);
    if (latest?.author_kind !== 'person') return latest;
    const inForce = await hashInForce(db, itemId, document);
    if (inForce === latest.hash) return latest;
    const refused = await bringInForce(latest, 'edited', 'revise');
    return refused === null ? latest : newest(itemId, document);
  };

  return async (order, request) => {
    const mine = await revisionByOrder(db, request.id);
    if (mine) return answer(mine, await bringInForce(mine, order.note, request.kind));
    const { itemId, document } = order;
    const latest = await newest(itemId, document);
    if ((latest?.hash ?? '') !== order.baseHash) return latest ? stale(latest) : nothingThere(document);
    const written = await write(db, order, latest, request.id);
    if ('kind' in written) return written;
    return answer(written, await bringInForce(written, order.note, request.kind));
  };
}

function answer(revision: Revision, refused: string | null): Revised {
  if (refused !== null) return { kind: 'refused', reason: refused };
  return { kind: 'revised', revision: revision.number, hash: revision.hash };
}

async function write(
  db: Kysely<Tables>,
  order: Revise,
  latest: Revision | null,
  orderKey: string,
): Promise<Revision | Revised> {
  const { itemId, document, actor } = order;
  const empty = document === 'prd' ? EMPTY_PRD : EMPTY_SPEC;
  const read = readSections(document, order.fields, latest ? readFields(document, latest.fields) : empty);
  if (!read.ok) {
    const [first] = read.problems;
    return { kind: 'refused', reason: read.problems.map((one) => one.sentence).join(' '), field: first?.section };
  }
  const { fields } = read;
  const hash = hashFields(document, fields);
  const head = { document, number: (latest?.number ?? 0) + 1, hash, fields, author_kind: 'person' as const };
  const author = { author_id: actor.id, author_name: actor.name };
  const problems = criteriaProblems({ ...head, ...author });
  if (problems) return { kind: 'refused', reason: problems, field: 'acceptance_criteria' };
  if (latest?.hash === hash) return { kind: 'refused', reason: 'Nothing was changed.' };
  if (countPlaceholders(document, fields) === countPlaceholders(document, empty)) {
    return { kind: 'refused', reason: 'The document would be empty.' };
  }
  const item = await db.selectFrom('items').select(['key', 'title']).where('id', '=', itemId).executeTakeFirst();
  if (!item) return { kind: 'refused', reason: 'There is no such item.' };
  const markdown = renderDocument({ document, ...item, authorKind: 'person' }, fields);
  const { author_kind } = head;
  const row = { item_id: itemId, document, hash, fields, markdown, author_kind, ...author, order_key: orderKey };
  const written = await insertRevisionAfter(db, latest?.number ?? 0, row);
  if (written) return written;
  const other = await latestRevision(db, itemId, document);
  return other ? stale(other) : nothingThere(document);
}

function criteriaProblems(revision: Parameters<typeof factsOfRevision>[0]): string | null {
  const criteria = factsOfRevision(revision).find((fact) => fact.name === 'criteria');
  const problems = (criteria?.value as { problems: string[] } | undefined)?.problems ?? [];
  return problems.length > 0 ? `Acceptance criteria: ${problems.join(' ')}` : null;
}

function stale(revision: Revision): Revised {
  return {
    kind: 'stale',
    current: {
      hash: revision.hash,
      revision: revision.number,
      authorId: revision.author_id,
      authorName: revision.author_name,
      at: revision.created_at,
      sections: sectionsOf(documentOf(revision), revision.fields),
    },
  };
}

function nothingThere(document: 'prd' | 'spec'): Revised {
  return { kind: 'refused', reason: `There is no ${document === 'prd' ? 'PRD' : 'tech spec'} to edit any more.` };
}

function documentOf(revision: Revision): 'prd' | 'spec' {
  if (revision.document === 'release_notes') throw new Error('release notes are not edited by hand');
  return revision.document;
}

async function hashInForce(db: Kysely<Tables>, itemId: string, document: string): Promise<string | null> {
  const row = await db
    .selectFrom('facts')
    .select('subject')
    .where('item_id', '=', itemId)
    .where('name', '=', document)
    .executeTakeFirst();
  return row?.subject ?? null;
}
