import type { ModalView } from '@slack/types';
import { actions, alert, button, context, divider, inert, type ModalSpec, modal, textInput } from './blocks.ts';
import type { DocumentRef, ItemRef, PersonRef, SectionText } from './data.ts';
import { fromMarkdown } from './markdown.ts';
import { capital, clean, clip, person, safe } from './text.ts';
import { pack } from './values.ts';

/**
 * The whole document to read. Slack shows 250 KB at most; what does not fit is said. The revision in force may be
 * edited from here at any time, also after its gate.
 */
export function documentModal(
  item: ItemRef,
  document: DocumentRef,
  markdown: string,
  editable: 'prd' | 'spec' | null = null,
): ModalView {
  const text = fromMarkdown(markdown, { max: 60_000, maxBlocks: 90 });
  return modal({
    id: 'document',
    title: `${capital(document.label)} of ${item.key}`,
    blocks: [
      context(
        `Revision ${document.revision} by ${person(document.author.id, document.author.name)} · ${safe(item.title, 150)}`,
      ),
      ...text.blocks,
      ...(text.cut ? [context('The document is longer than Slack can show.')] : []),
      ...(editable ? actions([editButton(item, document, editable)]) : []),
    ],
  });
}

function editButton(item: ItemRef, document: DocumentRef, name: 'prd' | 'spec') {
  const value = pack({ item: item.id, visit: item.visit, document: name, subject: document.hash });
  return button({ id: 'edit', text: `Edit ${document.label}`, value });
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
  stale?: Stale;
  note?: string;
}

const PART = 3000;
/** What a form has room for beside its first lines and its note: Slack takes 100 blocks and 250 KB. */
const ROOM = { blocks: 95, bytes: 230_000 };

/**
 * One input a section; a long one is several inputs, because Slack takes 3,000 characters in one. A section is there
 * whole or not at all: one that is left out stays as it is when the form is saved.
 */
export function editModal(data: EditData): ModalView {
  const { item, document, stale } = data;
  const room = roomFor(ROOM);
  const drawn = data.sections.map((section) => ({ section, inputs: room.take(inputsOf(section)) }));
  const leftOut = drawn.filter(({ inputs }) => inputs === null).map(({ section }) => section.label);
  // The other revision is shown where there is still room: what was typed comes first.
  const sections = drawn.flatMap(({ section, inputs }) => {
    const other = inputs ? stale?.others[section.id] : undefined;
    return [...(inputs ?? []), ...(other === undefined ? [] : (room.take(otherText(other)) ?? []))];
  });
  const by = `revision ${document.revision} by ${safe(document.author.name, 60)}`;
  const blocks = [
    ...(stale ? [alert(stale.sentence)] : []),
    context(`${safe(item.title, 150)} · ${by}`),
    ...(leftOut.length > 0 ? [context(`Too long for this form, so left as it is: ${leftOut.join(', ')}.`)] : []),
    ...sections,
    textInput({ id: 'note', label: 'What did you change?', value: data.note, optional: true, max: 300 }),
  ];
  return modal({
    id: 'edit_document',
    title: `Edit ${document.label}`,
    submit: stale ? 'Save mine' : 'Save',
    metadata: pack({ item: item.id, visit: item.visit, document: document.document, subject: document.hash }),
    blocks,
  });
}

function inputsOf(section: SectionText): ModalSpec['blocks'] {
  const pieces = splitText(section.text);
  return pieces.map((piece, index) =>
    textInput({
      id: partId(section.id, index, piece.join),
      label: `${section.label}${pieces.length > 1 ? ` (part ${index + 1} of ${pieces.length})` : ''}`,
      hint: index === 0 && section.hint ? capital(section.hint) : undefined,
      value: piece.text,
      lines: true,
      optional: true,
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
  inert([{ text: clip(clean(text), 2000) || '(nothing)' }]),
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
    const [, section, index, join] = /^section:([a-z_]+):(\d+):([nx])$/.exec(id) ?? [];
    return section && index ? [{ section, index: Number(index), join, text }] : [];
  });
  for (const part of parts.sort((a, b) => a.index - b.index)) {
    const before = sections[part.section];
    sections[part.section] = before === undefined ? part.text : `${before}${part.join === 'n' ? '\n' : ''}${part.text}`;
  }
  return sections;
}

/** Block id of the first input of a section, where Slack shows what is wrong with it. */
export const sectionInputId = (section: string): string => partId(section, 0, 'x');

/** "Priya Patel changed this PRD at 10:42 (revision 3)." */
export function staleSentence(document: string, by: PersonRef, at: Date, revision: number): string {
  const time = `${at.toISOString().slice(11, 16)} UTC`;
  return clip(
    `${by.name} changed this ${document} at ${time} (revision ${revision}). Your text is kept: save again to replace theirs.`,
    200,
  );
}
