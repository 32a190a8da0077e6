import type { ModalView } from '@slack/types';
import type { Ask, CardData, DocumentRef, RevisionRef } from '../../views/data.ts';
import { DOCUMENT_LABELS, describe, type Judged, known } from '../../views/describe.ts';
import { diffModal } from '../../views/diff.ts';
import { type DocumentData, documentModal, editModal } from '../../views/document.ts';
import { toLogLine } from '../../views/log.ts';
import { needed } from '../../views/need.ts';
import { orList, roleWords } from '../../views/text.ts';
import type { DocumentName, Target } from '../../views/values.ts';
import type { GateNode, SubjectKind } from '../pipeline/types.ts';
import { type HistoryEntry, type Revision, revisionOf } from '../store/cards.ts';
import { rolesOf } from '../store/people.ts';
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
      editable:
        document !== 'release_notes' &&
        inForce?.hash === revision.hash &&
        (await whyNotChanged(input, judged, document, reader)) === null,
      newer: inForce && inForce.revision > revision.number && inForce.hash !== revision.hash ? inForce : null,
    },
    notice,
  );
}

const noRevision = ({ item }: CardData, document: DocumentName): string =>
  `${item.key} has no such revision of its ${DOCUMENT_LABELS[document] ?? 'documents'}.`;

/** Why this person cannot change the document now, or null; `advance` checks again when it is changed. */
async function whyNotChanged(
  input: SlackInput,
  { item, state, definition }: Judged,
  document: 'prd' | 'spec',
  reader: string,
): Promise<string | null> {
  const open = state.item.status === 'active' || state.item.status === 'blocked';
  // Once the change is merged, documents stay as they were approved.
  if (!open || known(state.facts, 'merge'))
    return `The ${DOCUMENT_LABELS[document]} of ${item.key} stays as it is now.`;
  if (reader === item.requester) return null;
  const editors = [...new Set(definition.stages.flatMap((stage) => rolesThatDecide(stage.gate, document)))];
  const held = await rolesOf(input.db, reader);
  if (editors.some((role) => held.includes(role))) return null;
  return `Only ${orList(['the requester', ...editors.map(roleWords)])} can change this.`;
}

/** Roles whose decision about a document a gate asks for. */
function rolesThatDecide(node: GateNode, of: SubjectKind): string[] {
  if (node.kind === 'not') return [];
  if (node.kind !== 'rule') return node.nodes.flatMap((one) => rolesThatDecide(one, of));
  return node.rule === 'approved_by' && node.params.of === of ? [String(node.params.role)] : [];
}

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
export async function editView(
  input: SlackInput,
  target: Target,
  { reader, over }: { reader: string; over: Pick<Target, 'over'> },
): Promise<Drawn> {
  const { item } = target;
  const document = target.document === 'spec' ? 'spec' : 'prd';
  const [judged, revision] = await Promise.all([input.judge(item), revisionOf(input.db, item, document)]);
  if (!judged) return null;
  const card = describe(judged);
  if (!revision) return noRevision(card, document);
  // Said before anybody types for nothing.
  const refused = await whyNotChanged(input, judged, document, reader);
  if (refused !== null) return refused;
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
