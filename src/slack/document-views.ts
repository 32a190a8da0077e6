import type { ModalView } from '@slack/types';
import type { Ask, CardData, DocumentRef, RevisionRef } from '../../views/data.ts';
import { DOCUMENT_LABELS, describe, type Judged, known } from '../../views/describe.ts';
import { diffModal } from '../../views/diff.ts';
import { type DocumentData, documentModal, editModal } from '../../views/document.ts';
import { toLogLine } from '../../views/log.ts';
import { needed } from '../../views/need.ts';
import type { DocumentName, Target } from '../../views/values.ts';
import { type HistoryEntry, type Revision, revisionOf } from '../store/cards.ts';
import { decisionsAbout, fieldsOf, type PastRevision, revisionsOf } from '../store/revisions.ts';
import type { SlackInput } from './input.ts';

/** The modals of a document as rows have it now; a sentence where there is nothing to show, null for no such item. */
type Drawn = ModalView | string | null;

/** One revision, or the newest; a notice says what became of a click in it. */
export async function documentView(
  input: SlackInput,
  target: Pick<Target, 'item' | 'document' | 'subject'>,
  reader: string,
  notice?: string,
): Promise<Drawn> {
  const { item, document = 'prd', subject } = target;
  const [judged, revision] = await Promise.all([input.judge(item), revisionOf(input.db, item, document, subject)]);
  if (!judged) return null;
  const card = describe(judged);
  if (!revision) return noRevision(card, document);
  const asks = card.asks.filter((one) => one.of === document && one.subject === revision.hash);
  const mine = asks.find((one) => one.deciders.some((decider) => decider.id === reader)) ?? null;
  const inForce = card.documents.find((one) => one.document === document);
  return documentModal(
    {
      item: card.item,
      document: refOf(document, revision, card),
      markdown: revision.markdown,
      ask: mine,
      needed: mine || !asks[0] ? null : needed(asks[0]),
      decisions: (await decisionsOn(input, document, item, revision.hash)).map((entry) => toDecision(entry, judged)),
      editable: inForce?.hash === revision.hash && mayChange(judged, card),
      newer: inForce && inForce.revision > revision.number && inForce.hash !== revision.hash ? inForce : null,
    },
    notice,
  );
}

const noRevision = ({ item }: CardData, document: DocumentName): string =>
  `${item.key} has no such revision of its ${DOCUMENT_LABELS[document] ?? 'documents'}.`;

/** Once the change is merged, documents stay as they were approved. */
const mayChange = ({ state }: Judged, card: CardData): boolean => card.can.cancel && !known(state.facts, 'merge');

const decisionsOn = (input: SlackInput, document: DocumentName, itemId: string, hash?: string) =>
  document === 'release_notes' ? [] : decisionsAbout(input.db, itemId, document, hash);

function toDecision(entry: HistoryEntry, { definition }: Judged): DocumentData['decisions'][number] {
  const { type, actor, at, note, from, to, verb, of } = toLogLine(entry, definition.stages);
  return {
    type: type as DocumentData['decisions'][number]['type'],
    by: actor,
    at,
    note,
    to: from === to ? null : to,
    verb: verb ?? 'approve',
    of: of as Ask['of'],
  };
}

/** A revision as views name it. Who drafted it is known of the one that is in force. */
function refOf(document: DocumentName, revision: Revision, card: CardData): DocumentRef {
  const current = card.documents.find((one) => one.document === document && one.hash === revision.hash);
  return (
    current ?? {
      document,
      label: DOCUMENT_LABELS[document],
      revision: revision.number,
      hash: revision.hash,
      author: { id: revision.author_id, name: revision.author_name },
      authorKind: 'person',
      summary: '',
      placeholders: 0,
    }
  );
}

/** What changed between two revisions, by their numbers. */
export async function diffView(input: SlackInput, target: Target): Promise<Drawn> {
  const { item, document = 'prd' } = target;
  const numbers = [Number(target.from), Number(target.to)].sort((a, b) => a - b);
  const [judged, past, decisions] = await Promise.all([
    input.judge(item),
    revisionsOf(input.db, item, document),
    decisionsOn(input, document, item),
  ]);
  if (!judged) return null;
  const card = describe(judged);
  const revisions = past.map((_, index) => toRevision(past, index, decisions));
  const [from, to] = numbers.map((number) => revisions.find((one) => one.number === number));
  if (!from || !to || from === to) return noRevision(card, document);
  const fields = await fieldsOf(input.db, item, document, [from.number, to.number]);
  return diffModal({
    item: card.item,
    document: { document, label: DOCUMENT_LABELS[document] },
    revisions,
    from,
    to,
    sections: input.diffSections(document, fields.get(from.number), fields.get(to.number)),
  });
}

/** `past` is newest first: what was asked of an earlier one is why this one was drafted. */
function toRevision(past: readonly PastRevision[], index: number, decisions: readonly HistoryEntry[]): RevisionRef {
  const { number, hash, author_id, author_name, author_kind, created_at, note } = past[index]!;
  const revision = { number, hash, author: { id: author_id, name: author_name }, at: created_at };
  if (author_kind === 'person') return { ...revision, why: { kind: 'edited', note: note ?? '' } };
  for (const earlier of past.slice(index + 1)) {
    const asked = decisions.findLast((one) => one.type === 'changes_requested' && one.subject === earlier.hash);
    if (asked) {
      const by = { id: asked.actor_id, name: asked.actor_name };
      return { ...revision, why: { kind: 'redrafted', by, reason: asked.note } };
    }
    // A draft in between has answered what was asked before it.
    if (earlier.author_kind !== 'person') break;
  }
  return { ...revision, why: { kind: 'drafted' } };
}

/** The newest revision as a form. */
export async function editView(input: SlackInput, target: Target, over: Pick<Target, 'over'>): Promise<Drawn> {
  const { item } = target;
  const document = target.document === 'spec' ? 'spec' : 'prd';
  const [judged, revision] = await Promise.all([input.judge(item), revisionOf(input.db, item, document)]);
  if (!judged) return null;
  const card = describe(judged);
  if (!revision) return noRevision(card, document);
  // Said before anybody types for nothing; `advance` checks again when it is submitted.
  if (!mayChange(judged, card)) return `The ${DOCUMENT_LABELS[document]} of ${card.item.key} stays as it is now.`;
  return editModal({
    item: card.item,
    document: refOf(document, revision, card),
    sections: input.sectionsOf(document, revision.fields),
    approvedBy: await approvers(input, judged, document, revision.hash),
    ...over,
  });
}

/** Whose approvals of this revision stand, and end with the next one. */
export async function approvers(
  input: SlackInput,
  judged: Judged,
  document: 'prd' | 'spec',
  hash: string,
): Promise<string[]> {
  const card = describe(judged);
  const decisions = await decisionsAbout(input.db, card.item.id, document, hash);
  if (decisions.at(-1)?.type === 'changes_requested') return [];
  const approvals = decisions.filter((entry) => toDecision(entry, judged).verb === 'approve');
  const open = card.asks.some((ask) => ask.of === document && ask.verb === 'approve' && ask.subject === hash);
  const visit = open ? card.item.visit : Math.max(...approvals.map((entry) => entry.visit));
  return approvals.filter((entry) => entry.visit === visit).map((entry) => entry.actor_name);
}
