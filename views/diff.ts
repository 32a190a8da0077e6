import type { KnownBlock, ModalView, RichTextBlock, StaticSelect } from '@slack/types';
import { actions, button, context, header, modal, note, option, section } from './blocks.ts';
import type { DocumentRef, ItemRef, RevisionRef, SectionDiff } from './data.ts';
import { capital, clean, clip, oneLine, plural, safe, when } from './text.ts';
import { pack } from './values.ts';

export interface DiffData {
  item: ItemRef;
  document: Pick<DocumentRef, 'document' | 'label'>;
  /** All of them, newest first. */
  revisions: readonly RevisionRef[];
  /** The two that are compared, the older one first. */
  from: RevisionRef;
  to: RevisionRef;
  /** Sections that differ. */
  sections: readonly SectionDiff[];
}

/** What changed between two revisions of a document, with both to choose. */
export function diffModal(data: DiffData): ModalView {
  const { item, document, from, to } = data;
  const value = pack({ item: item.id, visit: item.visit, document: document.document, subject: to.hash });
  const open = { id: 'open_document', text: `Open Revision ${to.number}`, value };
  return modal({
    id: 'diff',
    title: `What changed: ${item.key}`,
    metadata: pack({ item: item.id, visit: item.visit, document: document.document, from: from.number, to: to.number }),
    blocks: [
      section(`*${headline(data)}*`),
      note(clip(oneLine(item.title), 200)),
      chosen(data, 'from'),
      chosen(data, 'to'),
      ...changes(data),
      ...actions([button({ ...open, label: `${open.text} of the ${document.label} of ${item.key}` })]),
    ],
  });
}

/** "3 sections of the PRD changed: problem, goals and open points" */
function headline({ document, sections }: DiffData): string {
  if (sections.length === 0) return `Both revisions of the ${document.label} say the same`;
  const names = sections.map((one) => one.label.toLowerCase());
  return `${plural(sections.length, 'section')} of the ${document.label} changed: ${safe(names.join(', '), 400)}`;
}

/** One of the two, who wrote it and why, and the others that it can be instead. */
function chosen(data: DiffData, end: 'from' | 'to'): KnownBlock {
  const revision = data[end];
  const lines = [`*${capital(end)} revision ${revision.number}* · ${when(revision.at)}`, whyLine(revision)];
  const block = section(lines.join('\n'));
  const choice = choices(data, end);
  if (choice.length < 2) return block;
  const { item, document, from, to } = data;
  const target = { item: item.id, visit: item.visit, document: document.document, from: from.number, to: to.number };
  const options = choice.map(toOption);
  const select: StaticSelect = {
    type: 'static_select',
    action_id: 'compare',
    options,
    initial_option: options.find((one) => one.value === String(revision.number))!,
  };
  return { ...block, block_id: pack({ ...target, entry: end }), accessory: select };
}

/** Of the older end what is older than the newer one, and the other way round: any choice can be compared. */
function choices({ revisions, from, to }: DiffData, end: 'from' | 'to'): readonly RevisionRef[] {
  const fit = revisions.filter((one) => (end === 'from' ? one.number < to.number : one.number > from.number));
  const now = end === 'from' ? from : to;
  const shown = fit.slice(0, 100);
  return shown.includes(now) ? shown : [...shown.slice(0, 99), now];
}

const toOption = (revision: RevisionRef) => {
  const { number, at, author, why } = revision;
  const day = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return option(`Revision ${number}, ${why.kind} by ${author.name}`, String(number), day);
};

/** "By Lockstep · redrafted after Priya Patel requested changes: “Say which reports”" */
function whyLine({ why, author }: RevisionRef): string {
  const by = `By ${safe(author.name, 80)}`;
  switch (why.kind) {
    case 'drafted':
      return `${by} · drafted`;
    case 'edited':
      return `${by} · edited${quote(why.note)}`;
    case 'redrafted':
      return `${by} · redrafted after ${safe(why.by.name, 80)} requested changes${quote(why.reason)}`;
  }
}

const quote = (text: string): string => (oneLine(text) ? `: “${safe(text, 300)}”` : '');

/** Of all sections together; the rest is one click away. */
const MOST_LINES = 200;
const MOST_CHARACTERS = 20_000;

/** Each section with its changed lines and a little around them, as long as there is room. */
function changes({ sections, to }: DiffData): KnownBlock[] {
  const left = { lines: MOST_LINES, characters: MOST_CHARACTERS };
  const blocks: KnownBlock[] = [];
  let more = 0;
  for (const { label, lines } of sections) {
    const shown: Element[] = [];
    const changed = lines.some(isChange);
    if (!changed) shown.push(line([{ text: 'Only empty lines and spaces', style: { italic: true } }]));
    for (const entry of changed ? fold(lines) : []) {
      const element = draw(entry);
      const length = element.elements.reduce((sum, one) => sum + one.text.length, 0);
      if (more === 0 && left.lines > 0 && length <= left.characters) {
        shown.push(element);
        left.lines -= 1;
        left.characters -= length;
      } else if (isChange(entry)) more += 1;
    }
    if (shown.length > 0) blocks.push(header(label), ...richText(shown));
  }
  if (more === 0) return blocks;
  const where = `Open Revision ${to.number} shows the full text`;
  return [...blocks, context(`${plural(more, 'more line')} changed, and this window is full. ${where}.`)];
}

type Line = SectionDiff['lines'][number];
type Text = { type: 'text'; text: string; style?: { bold?: true; italic?: true } };
interface Element {
  type: 'rich_text_section';
  elements: Text[];
}

const isChange = (entry: Line | Line[]): boolean => !Array.isArray(entry) && entry.kind !== 'same';

/** Unchanged lines that stand next to no change are one entry together. */
function fold(lines: readonly Line[]): (Line | Line[])[] {
  const entries: (Line | Line[])[] = [];
  for (const [index, line] of lines.entries()) {
    const near = lines.slice(Math.max(0, index - 1), index + 2).some((one) => one.kind !== 'same');
    const last = entries.at(-1);
    if (near) entries.push(line);
    else if (Array.isArray(last)) last.push(line);
    else entries.push([line]);
  }
  // One line is as short as saying that it is there.
  return entries.map((entry) => (Array.isArray(entry) && entry.length === 1 ? entry[0]! : entry));
}

const MARKS = { same: '\u00a0\u00a0\u00a0', added: '+ ', removed: '− ' } as const;
/** An unchanged line only says where one is. */
const NEIGHBOUR = 160;
const LONGEST = 3000;

/** "+ " or "− " before the line, bold what is different in it: read without any colour. */
function draw(entry: Line | Line[]): Element {
  if (Array.isArray(entry))
    return line([{ text: `… ${plural(entry.length, 'unchanged line')}`, style: { italic: true } }]);
  const { kind, text, marked: [from, to] = [0, 0] } = entry;
  if (kind === 'same') return line([{ text: MARKS.same + clip(shownAs(text), NEIGHBOUR) }]);
  const mark = { text: MARKS[kind], style: { bold: true } } as const;
  if (from >= to) return line([mark, { text: clip(shownAs(text), LONGEST) }]);
  const [before, changed, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  return line([
    mark,
    { text: clipStart(shownAs(before), NEIGHBOUR) },
    { text: clip(clean(changed), LONGEST), style: { bold: true } },
    { text: clip(clean(after), NEIGHBOUR) },
  ]);
}

const line = (texts: readonly Omit<Text, 'type'>[]): Element => ({
  type: 'rich_text_section',
  elements: texts.filter((one) => one.text !== '').map((one) => ({ type: 'text', ...one })),
});

/** The mark of a change stands where the one of a list would. */
const shownAs = (text: string): string => clean(text).replace(/^- /, '');

/** The end of a long text. */
const clipStart = (text: string, max: number): string =>
  text.length <= max ? text : `…${text.slice(-max).toWellFormed().replace(/^\S*/, '')}`;

/** Slack folds long rich text; blocks of moderate size stay readable. */
function richText(elements: readonly Element[]): RichTextBlock[] {
  const blocks: RichTextBlock[] = [];
  for (let at = 0; at < elements.length; at += 12) {
    blocks.push({ type: 'rich_text', elements: elements.slice(at, at + 12) });
  }
  return blocks;
}
