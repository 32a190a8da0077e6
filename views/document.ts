import type { ModalView } from '@slack/types';
import {
  actions,
  alert,
  button,
  context,
  divider,
  inert,
  type ModalSpec,
  modal,
  note,
  section,
  textInput,
} from './blocks.ts';
import { askButtons, compareButton } from './buttons.ts';
import { clipLines } from './card.ts';
import type { Ask, DecisionLine, DocumentRef, ItemRef, PersonRef, SectionText } from './data.ts';
import { decided } from './gate.ts';
import { fromMarkdown, withoutTitle } from './markdown.ts';
import { capital, clean, clip, oneLine, plural, safe } from './text.ts';
import { pack } from './values.ts';
import { decisionWords } from './words.ts';

export interface DocumentData {
  item: ItemRef;
  document: DocumentRef;
  markdown: string;
  /** What this person is asked to decide about just this revision. */
  ask: Ask | null;
  /** "Needed from Priya Patel: approve the PRD", where others are asked. */
  needed: string | null;
  /** Who decided about it, and when. */
  decisions: readonly (DecisionLine & Pick<Ask, 'verb' | 'of'>)[];
  /** This person may change it; only what is in force is changed. */
  editable: boolean;
  /** What is in force instead. */
  newer: DocumentRef | null;
}

/** More decisions about one revision than this are not told. */
const MOST_DECISIONS = 10;

/**
 * The whole document to read, and to decide about for those who are asked: the buttons are about the revision that is
 * shown. Slack shows 250 KB at most; what does not fit is said.
 */
export function documentModal(data: DocumentData, notice?: string): ModalView {
  const { item, document, decisions } = data;
  const text = fromMarkdown(withoutTitle(data.markdown), { max: 60_000, maxBlocks: 80 });
  const lines = decisions.map((line) => decided(line, { ask: { verb: line.verb, of: line.of }, document }));
  return modal({
    id: 'document',
    title: titleFor('', document, item),
    metadata: pack({ item: item.id, visit: item.visit, document: document.document, subject: document.hash }),
    blocks: [
      ...(notice ? [alert(notice)] : []),
      ...first(data, notice !== undefined),
      inert([{ text: clip(oneLine(item.title), 200), bold: true }]),
      note(about(document)),
      ...text.blocks,
      ...(text.cut ? [context('The document is longer than Slack can show.')] : []),
      ...(lines.length > 0 ? [divider(), context(clipLines(lines.slice(-MOST_DECISIONS), 1900))] : []),
      ...actions(ways(data)),
    ],
  });
}

/** What is needed, of whom; or the way to the revision that counts. */
function first({ item, document, ask, needed, newer }: DocumentData, told: boolean): ModalSpec['blocks'] {
  if (newer) {
    const by = clip(oneLine(newer.author.name), 60);
    const value = pack({ item: item.id, visit: item.visit, document: newer.document, subject: newer.hash });
    const open = { id: 'open_document', text: `Open Revision ${newer.revision}`, value };
    return [
      ...(told ? [] : [alert(`This is revision ${document.revision}. Revision ${newer.revision} by ${by} is newer.`)]),
      ...actions([button({ ...open, label: `${open.text} of the ${newer.label} of ${item.key}` })]),
    ];
  }
  if (!ask) return needed ? [section(`*${safe(needed, 300)}*`)] : [];
  const count = ask.need > 1 ? ` (${ask.have} of ${ask.need} so far)` : '';
  return [section(`*Needed from you: ${decisionWords(ask)}${count}*`)];
}

function about({ revision, author, placeholders }: DocumentRef): string {
  const open = placeholders > 0 ? ` · ${plural(placeholders, 'place')} to fill in` : '';
  return `Revision ${revision} by ${clip(author.name, 60)}${open}`;
}

/** The same decision as in the thread, then the ways to change it and to what changed. */
function ways({ item, document, ask, editable, newer }: DocumentData): Parameters<typeof actions>[0] {
  const decide = ask ? askButtons(item, ask).filter(isDecision) : [];
  const change = editable ? [editButton(item, document)] : [];
  // Of an old one: what changed since.
  const since = newer ? { from: document.revision, to: newer.revision } : {};
  return [...decide, ...change, ...compareButton(item, document, { ...since, text: 'Revisions' })];
}

/** What is open is not opened, and editing does not belong to the decision. */
const isDecision = (element: ReturnType<typeof askButtons>[number]): boolean =>
  !('action_id' in element) || !['open_document', 'edit'].includes(element.action_id ?? '');

function editButton(item: ItemRef, { document, label, hash }: DocumentRef) {
  const value = pack({ item: item.id, visit: item.visit, document, subject: hash });
  return button({ id: 'edit', text: `Edit ${SHORT[document]}`, label: `Edit ${label} of ${item.key}`, value });
}

/** For titles, which hold 24 characters, and buttons. */
const SHORT = { prd: 'PRD', spec: 'Spec', release_notes: 'Release Notes' } as const;

/** "PRD of LS-12", "Edit spec of LS-12" */
function titleFor(
  verb: 'Edit' | '',
  { document, label }: Pick<DocumentRef, 'document' | 'label'>,
  item: ItemRef,
): string {
  const name = verb && document === 'spec' ? 'spec' : label;
  return capital(`${verb} ${name} of ${item.key}`.trim());
}

/** Why a submit was not taken, and what stands there now; what was typed stays in the form. */
export interface Stale {
  sentence: string;
  /** The other revision's text of the sections that differ from what was typed. */
  others: Readonly<Record<string, string>>;
}

export interface EditData {
  item: ItemRef;
  document: DocumentRef;
  sections: readonly SectionText[];
  /** Names of those who approved this revision: a new one takes that back. */
  approvedBy: readonly string[];
  stale?: Stale;
  note?: string;
  /** It stands over the text of the document. */
  over?: 'document';
}

const PART = 3000;
/** So much can be added to a section at the least. */
const SPARE = 1000;
/** What a form has room for beside its first lines and its note: Slack takes 100 blocks and 250 KB. */
const ROOM = { blocks: 95, bytes: 230_000 };

/**
 * One input a section; a long one is several inputs, because Slack takes 3,000 characters in one. A section is there
 * whole or not at all: one that is left out stays as it is when the form is saved.
 */
export function editModal(data: EditData): ModalView {
  const { item, document, stale, over } = data;
  const room = roomFor(ROOM);
  // Slack keeps what stands in an input of the same id, also where the newer text should.
  const edition = stale ? `:${document.revision}` : '';
  const drawn = data.sections.map((one) => ({ section: one, inputs: room.take(inputsOf(one, edition)) }));
  const leftOut = drawn.filter(({ inputs }) => inputs === null).map((one) => one.section.label);
  // The other revision is shown where there is still room: what was typed comes first.
  const sections = drawn.flatMap(({ section: { id }, inputs }) => {
    const other = inputs ? stale?.others[id] : undefined;
    return [...(inputs ?? []), ...(other === undefined ? [] : (room.take(otherText(other)) ?? []))];
  });
  const both = data.sections.filter(({ id }) => stale?.others[id] !== undefined).map(({ label }) => label);
  const by = `revision ${document.revision} by ${clip(document.author.name, 60)}`;
  return modal({
    id: 'edit_document',
    title: titleFor('Edit', document, item),
    submit: stale ? 'Save mine' : 'Save',
    metadata: pack({ item: item.id, visit: item.visit, document: document.document, subject: document.hash, over }),
    blocks: [
      ...(stale ? [alert(stale.sentence)] : []),
      section(safe(whatSavingDoes(data), 500)),
      note(`${clip(oneLine(item.title), 150)} · ${by}`),
      ...(both.length > 0 ? [note(`Changed by both of you: ${both.join(', ')}`)] : []),
      ...(leftOut.length > 0 ? [note(`Too long for this form, so left as it is: ${leftOut.join(', ')}.`)] : []),
      ...sections,
      textInput({ id: 'note', label: 'What did you change?', value: data.note, optional: true, max: 300 }),
    ],
  });
}

/** "Saving makes revision 3 and takes back the approval of revision 2 by Priya Patel." */
function whatSavingDoes({ document, approvedBy }: EditData): string {
  const { revision, label } = document;
  const makes = `Saving makes revision ${revision + 1} of the ${label}`;
  if (approvedBy.length === 0) return `${makes}. Nobody has approved revision ${revision} yet.`;
  const names = approvedBy.length <= 3 ? ` by ${approvedBy.join(' and ')}` : '';
  const what = approvedBy.length === 1 ? 'the approval' : `${approvedBy.length} approvals`;
  return `${makes} and takes back ${what} of revision ${revision}${names}.`;
}

function inputsOf(section: SectionText, edition: string): ModalSpec['blocks'] {
  const split = splitText(section.text);
  const full = split.at(-1)!.text.length > PART - SPARE;
  const pieces: Piece[] = full ? [...split, { text: '', join: 'n' }] : split;
  const missing = section.required && section.text === '';
  const hint = missing ? `Missing so far: ${section.hint}` : section.hint;
  return pieces.map((piece, index) =>
    textInput({
      id: partId(section.id, index, piece.join) + edition,
      label: `${section.label}${pieces.length > 1 ? ` (part ${index + 1} of ${pieces.length})` : ''}`,
      hint: index === 0 && hint ? capital(hint) : undefined,
      value: piece.text,
      lines: true,
      // What is missing may stay missing for now, and of a long section a part may go.
      optional: !section.required || missing || index > 0,
    }),
  );
}

/** Blocks that belong together, while they fit; null when they do not. */
function roomFor({ blocks, bytes }: typeof ROOM) {
  const left = { blocks, bytes };
  return {
    take(some: ModalSpec['blocks']): ModalSpec['blocks'] | null {
      const size = Buffer.byteLength(JSON.stringify(some));
      if (some.length > left.blocks || size > left.bytes) return null;
      left.blocks -= some.length;
      left.bytes -= size;
      return some;
    },
  };
}

const otherText = (text: string): ModalSpec['blocks'] => [
  context('The other revision says:'),
  inert([{ text: clip(clean(text), 3000) || '(nothing)' }]),
  divider(),
];

interface Piece {
  text: string;
  /** What stood between this piece and the one before: a line end, or nothing. */
  join: 'n' | 'x';
}

/** Pieces that put together again give the same text. */
export function splitText(text: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = text;
  let join: Piece['join'] = 'x';
  while (rest.length > PART) {
    const line = rest.lastIndexOf('\n', PART);
    const cut = line > 0 ? line : surrogateSafe(rest, PART);
    pieces.push({ text: rest.slice(0, cut), join });
    join = line > 0 ? 'n' : 'x';
    rest = rest.slice(line > 0 ? cut + 1 : cut);
  }
  return [...pieces, { text: rest, join }];
}

const surrogateSafe = (text: string, at: number): number => {
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
};

const partId = (section: string, index: number, join: Piece['join']): string => `section:${section}:${index}:${join}`;

/** The sections as they stand in a submitted form, put together again. */
export function readSectionInputs(values: Readonly<Record<string, string>>): Record<string, string> {
  const sections: Record<string, string> = {};
  const parts = Object.entries(values).flatMap(([id, text]) => {
    const [, section, index, join] = /^section:([a-z_]+):(\d+):([nx])(?::\d+)?$/.exec(id) ?? [];
    return section && index ? [{ section, index: Number(index), join, text }] : [];
  });
  for (const part of parts.sort((a, b) => a.index - b.index)) {
    const before = sections[part.section];
    if (before !== undefined && part.text === '') continue;
    sections[part.section] = before === undefined ? part.text : `${before}${part.join === 'n' ? '\n' : ''}${part.text}`;
  }
  return sections;
}

/** Block id of the first input of a section among those of a form, where Slack shows what is wrong with it. */
export const sectionInputId = (section: string, ids: readonly string[]): string | undefined =>
  ids.find((id) => id === partId(section, 0, 'x') || id.startsWith(`${partId(section, 0, 'x')}:`));

/** "Priya Patel changed this PRD at 10:42 UTC (revision 3). …" */
export function staleSentence(
  document: string,
  { by, at, revision, conflict }: { by: PersonRef; at: Date; revision: number; conflict: boolean },
): string {
  const time = `${at.toISOString().slice(11, 16)} UTC`;
  const todo = conflict
    ? 'Your text is kept, theirs stands below it: save to replace theirs.'
    : 'Their changes and yours are both here: save to keep both.';
  return `${clip(oneLine(by.name), 60)} changed this ${document} at ${time} (revision ${revision}). ${todo}`;
}
