import type { KnownBlock } from '@slack/types';
import { actions, context, inert, type MessageView, section } from './blocks.ts';
import { askButtons, questionBlock } from './buttons.ts';
import { clipLines } from './card.ts';
import type { Ask, DecisionLine, DocumentRef, GateData, GateEnd, ItemRef, PersonRef, Question } from './data.ts';
import { fromMarkdown } from './markdown.ts';
import { capital, clip, oneLine, person, plural, safe, when } from './text.ts';
import { waitingUntil } from './words.ts';

/** More people than this are not mentioned one by one: a gate is not an announcement. */
const MENTIONED = 5;
/** About a screen; the full text is one click away. */
const DOCUMENT_BUDGET = 2400;

/** One decision in the thread: what is decided, on what, by whom, and the buttons for it. */
export function gateMessage(data: GateData): MessageView {
  const { item, ask } = data;
  return {
    text: `${item.key}: ${safe(waitingUntil(ask.name))}`,
    blocks: [
      section(`*${safe(waitingUntil(ask.name))}*\n${mentions(data.deciders)}`),
      ...about(data),
      ...actions(askButtons(item, ask)),
      ...progress(data),
    ],
  };
}

/** The same message when it is over: no buttons, but who and when. */
export function gateClosed(data: GateData, end: GateEnd): MessageView {
  const lines = data.decisions.map((line) => decided(line, data.ask));
  if (end.kind === 'superseded') lines.push(safe(end.because, 400));
  if (lines.length === 0) lines.push('This is over.');
  return {
    text: `${data.item.key}: ${safe(data.ask.name)}: ${plainDecision(data, end)}`,
    blocks: [section(`*${ending(data, end)}*`), context(clipLines([...decidedOn(data), ...lines], 1900))],
  };
}

/** What was decided on; what it looked like is in the documents and the pull request. */
function decidedOn({ ask, document, lines }: GateData): string[] {
  if (ask.of === 'head') return lines.slice(0, 1);
  return document && ask.verb === 'approve' ? [revisionLine(document)] : [];
}

const NAMES = { prd: 'PRD', spec: 'Tech spec', head: 'Pull request', merge: 'Release' } as const;

/** How it came out, as the first thing that is read. */
function ending({ ask, decisions }: GateData, end: GateEnd): string {
  if (end.kind === 'superseded') return `No longer asked: ${safe(ask.name)}`;
  if (decisions.at(-1)?.type === 'changes_requested') return `${NAMES[ask.of]}: changes requested`;
  if (ask.verb === 'delegate') return 'Delegated';
  return ask.verb === 'deploy' ? 'Deploy to production started' : `${NAMES[ask.of]} approved`;
}

function plainDecision(data: GateData, end: GateEnd): string {
  const last = data.decisions.at(-1);
  if (end.kind === 'superseded' || !last) return end.kind === 'superseded' ? safe(end.because, 200) : 'over';
  return `${last.type === 'approved' ? 'decided' : 'changes requested'} by ${safe(last.by.name, 80)}`;
}

const mentions = (people: readonly PersonRef[]): string => {
  if (people.length === 0) return 'Nobody holds this role yet; run `npm run doctor` to see what is missing.';
  if (people.length > MENTIONED) return `Any of ${people.length} people can decide.`;
  return people.map((one) => person(one.id, one.name)).join(' ');
};

const DID: Record<Ask['verb'], string> = { approve: 'Approved', delegate: 'Delegated', deploy: 'Started' };

function decided(line: DecisionLine, ask: Ask): string {
  const who = person(line.by.id, line.by.name);
  const note = line.note ? `: ${safe(line.note, 600)}` : '';
  return line.type === 'approved'
    ? `✓ ${DID[ask.verb]} by ${who} · ${when(line.at)}${note}`
    : `✗ Changes requested by ${who} · ${when(line.at)}${note}`;
}

function about(data: GateData): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  const { document } = data;
  if (document) {
    // The text itself begins with what the summary says.
    if (!data.markdown) blocks.push(inert([{ text: clip(oneLine(document.summary || data.item.title), 400) }]));
    const open = document.placeholders > 0 ? ` · ${plural(document.placeholders, 'place')} to fill in` : '';
    blocks.push(context(`${revisionLine(document)}${drafted(document.authorKind)}${open}`));
  }
  if (data.markdown) {
    const text = fromMarkdown(preview(data.markdown), {
      max: DOCUMENT_BUDGET,
      maxBlocks: 20,
      small: true,
    });
    blocks.push(...text.blocks);
    if (text.cut) blocks.push(context('The text goes on: open the full one for the rest.'));
  }
  if (data.lines.length > 0) blocks.push(section(clipLines(data.lines, 2800)));
  return blocks;
}

const revisionLine = (document: DocumentRef): string =>
  `${capital(document.label)}, revision ${document.revision} by ${safe(document.author.name, 60)}`;

/** The title repeats the item's, and addresses are for the full text. */
const preview = (markdown: string): string => markdown.replace(/^# .*\n+/, '').replace(/ \(https?:\/\/[^\s()]+\)/g, '');

const drafted = (kind: 'person' | 'model' | 'offline'): string => (kind === 'model' ? ' (drafted by a model)' : '');

function progress(data: GateData): KnownBlock[] {
  if (data.ask.need < 2) return [];
  const lines = data.decisions.map((line) => decided(line, data.ask));
  return [context(clipLines([`${data.ask.have} of ${data.ask.need} approvals`, ...lines], 1900))];
}

/** A question that only people can answer, with its choices. */
export function questionMessage(item: ItemRef, question: Question, asked: PersonRef): MessageView {
  return {
    text: `${item.key}: ${safe(question.text)}`,
    blocks: [
      section(`*${safe(question.text, 600)}*\n${person(asked.id, asked.name)}`),
      context(safe(question.because, 600) || 'Lockstep does not guess.'),
      ...questionBlock(item, question),
    ],
  };
}

export function questionClosed(item: ItemRef, question: Question, answer: string): MessageView {
  return {
    text: `${item.key}: ${safe(question.text)} ${safe(answer)}`,
    blocks: [section(`*${safe(question.text, 600)}*`), context(`✓ ${safe(answer, 400)}`)],
  };
}
