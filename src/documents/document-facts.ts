import type { FactValues } from '../pipeline/facts.ts';
import type { NewFact } from '../pipeline/types.ts';
import { parseCriteria } from './criteria.ts';
import { readFields } from './fields.ts';
import { countPlaceholders, summarise } from './render.ts';

interface RevisionOfDocument {
  document: 'prd' | 'spec' | 'release_notes';
  number: number;
  hash: string;
  fields: unknown;
  author_id: string;
  author_name: string;
  author_kind: 'person' | 'model' | 'offline';
}

/** What follows from a revision: the document's own fact and, for a PRD, what its acceptance criteria say. */
export function factsOfRevision(revision: RevisionOfDocument): NewFact[] {
  if (revision.document === 'release_notes') throw new Error('release notes are a fact by themselves');
  const value: FactValues['prd'] = {
    revision: revision.number,
    hash: revision.hash,
    authorId: revision.author_id,
    authorName: revision.author_name,
    authorKind: revision.author_kind,
    summary: summarise(revision.document, revision.fields),
    placeholders: countPlaceholders(revision.document, revision.fields),
  };
  const source = revision.author_name;
  const own: NewFact = { name: revision.document, value, source, subject: revision.hash };
  return revision.document === 'prd' ? [own, criteriaFact(revision)] : [own];
}

/** The criteria of a PRD revision as the scorecard reads them; their subject is the PRD's hash. */
export function criteriaFact(prd: Pick<RevisionOfDocument, 'fields' | 'hash' | 'number'>): NewFact {
  const { criteria, problems } = parseCriteria(readFields('prd', prd.fields).acceptance_criteria);
  const value: FactValues['criteria'] = {
    count: criteria.length,
    problems,
    titles: criteria.map(({ id, title }) => `${id} ${title}`),
  };
  return { name: 'criteria', value, source: `PRD revision ${prd.number}`, subject: prd.hash };
}
