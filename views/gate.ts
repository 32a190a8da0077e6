import type { KnownBlock } from '@slack/types';
import { actions, context, fallback, inert, type MessageView, note, section } from './blocks.ts';
import { askButtons, compareButton, questionBlock } from './buttons.ts';
import { clipLines } from './card.ts';
import type { Ask, DecisionLine, DocumentRef, GateData, GateEnd, ItemRef, PersonRef, Question } from './data.ts';
import { digest, fromMarkdown } from './markdown.ts';
import { needed } from './need.ts';
import { capital, clip, oneLine, orList, person, plural, roleWords, safe, when } from './text.ts';
import { decisionWords } from './words.ts';

/** More people than this are not mentioned one by one: a gate is not an announcement. */
const MENTIONED = 5;
/** So that the buttons are on the same screen; the full text is one click away. */
const DOCUMENT_BUDGET = 900;

/** One decision in the thread: what is decided, on what, by whom, and the buttons for it. */
export function gateMessage(data: GateData): MessageView {
  const { item, ask, news, deciders } = data;
  const told = news ? `${news}. ` : '';
  return {
    text: `${item.key}: ${safe(`${told}${needed({ ...ask, deciders })}`, 500)}`,
    blocks: [section(first(data)), ...about(data), ...actions(ways(data)), ...progress(data)],
  };
}

/** Whoever saw the revision before can look at what is new alone. */
function ways({ item, ask, news, document }: GateData): ReturnType<typeof askButtons> {
  const buttons = askButtons(item, ask, news === null);
  const open = buttons.findIndex((one) => 'action_id' in one && one.action_id === 'open_document');
  return document && ask.verb === 'approve' ? buttons.toSpliced(open, 0, ...compareButton(item, document)) : buttons;
}

/** "Needed from @Priya Patel: approve the PRD" */
function first({ ask, deciders, news }: GateData): string {
  const few = deciders.length > 0 && deciders.length <= MENTIONED;
  const who = few ? orList(deciders.map((one) => person(one.id, one.name))) : safe(roleWords(ask.role), 80);
  const lines = [`*Needed from ${who}: ${decisionWords(ask)}${news ? ' again, if it should be there' : ''}*`];
  if (news) lines.unshift(`*${safe(news, 300)}*`);
  if (deciders.length > MENTIONED) lines.push(`Any of ${deciders.length} people can decide.`);
  if (deciders.length === 0) lines.push('Nobody holds this role yet; run `npm run doctor` to see what is missing.');
  return lines.join('\n');
}

/** The same message when it is over: one small line that says how, by whom, when, and where the item went. */
export function gateClosed(data: GateData, end: GateEnd): MessageView {
  const lines = data.decisions.map((line) => decided(line, data));
  if (end.kind === 'superseded')
    lines.push(`*No longer asked:* ${safe(data.ask.name, 200)}. ${safe(end.because, 300)}`);
  if (lines.length === 0) lines.push('This is over.');
  return { text: `${data.item.key}: ${plainEnd(data, end)}`, blocks: [context(clipLines(lines, 1900))] };
}

const NAMES = { prd: 'PRD', spec: 'Tech spec', head: 'Pull request', merge: 'Release' } as const;

/** What somebody did, as the first words of a line. */
function did(type: DecisionLine['type'], ask: Pick<Ask, 'verb' | 'of'>): string {
  if (type === 'changes_requested') return `${NAMES[ask.of]}: changes requested`;
  if (ask.verb === 'delegate') return 'Delegated';
  return ask.verb === 'deploy' ? 'Deploy to production started' : `${NAMES[ask.of]} approved`;
}

function plainEnd({ ask, decisions }: GateData, end: GateEnd): string {
  const last = decisions.at(-1);
  if (end.kind === 'superseded' || !last) {
    return `No longer asked: ${safe(ask.name, 200)}${end.kind === 'superseded' ? `. ${safe(end.because, 200)}` : ''}`;
  }
  return `${did(last.type, ask)} by ${safe(last.by.name, 80)}`;
}

/** "✓ PRD approved by @Priya Patel · revision 2 · today at 10:42 · now in “Spec draft”", then what was said with it. */
export function decided(
  line: DecisionLine,
  { ask, document }: { ask: Pick<Ask, 'verb' | 'of'>; document: Pick<DocumentRef, 'revision'> | null },
): string {
  const { type, by, at, note, to } = line;
  // Whom a delegation is to is the beginning of its note.
  const [whom, said] = ask.verb === 'delegate' && type === 'approved' ? [` ${safe(note, 600)}`, ''] : ['', note];
  const parts = [
    `${type === 'approved' ? '✓' : '✗'} *${did(type, ask)}*${whom} by ${person(by.id, by.name)}`,
    ...(document && ask.verb === 'approve' ? [`revision ${document.revision}`] : []),
    when(at),
    ...(to ? [`now in “${safe(to, 80)}”`] : []),
  ];
  return `${parts.join(' · ')}${said ? `\n“${safe(said, 600)}”` : ''}`;
}

function about(data: GateData): KnownBlock[] {
  const { document, item } = data;
  const blocks: KnownBlock[] = [];
  const { text, open } = digest(data.markdown);
  if (document) {
    blocks.push(note(`${revisionLine(document)}${drafted(document.authorKind)}${toFillIn(document, open)}`));
    if (!text) blocks.push(inert([{ text: clip(oneLine(document.summary || item.title), 400) }]));
  }
  if (text) {
    const shown = fromMarkdown(text, { max: DOCUMENT_BUDGET, maxBlocks: 20, small: true });
    blocks.push(...shown.blocks);
    if (shown.cut) blocks.push(context('The text goes on; the whole of it opens below.'));
  }
  if (data.lines.length > 0) blocks.push(section(clipLines(data.lines, 2800)));
  return blocks;
}

const revisionLine = (document: DocumentRef): string =>
  `${capital(document.label)} revision ${document.revision} by ${clip(document.author.name, 60)}`;

/** "2 places to fill in: goals, non-goals" */
function toFillIn({ placeholders }: DocumentRef, open: readonly string[]): string {
  if (placeholders === 0) return '';
  const names = open.length > 0 ? `: ${clip(open.join(', ').toLowerCase(), 200)}` : '';
  return ` · ${plural(placeholders, 'place')} to fill in${names}`;
}

const drafted = (kind: 'person' | 'model' | 'offline'): string => (kind === 'model' ? ' (drafted by a model)' : '');

function progress(data: GateData): KnownBlock[] {
  if (data.ask.need < 2) return [];
  const lines = data.decisions.map((line) => decided(line, data));
  return [context(clipLines([`${data.ask.have} of ${data.ask.need} approvals`, ...lines], 1900))];
}

/** A question that only people can answer, with its choices. */
export function questionMessage(item: ItemRef, question: Question, asked: PersonRef | null): MessageView {
  const who = asked ? person(asked.id, asked.name) : safe(question.askedOf, 120);
  return {
    text: `${item.key}: ${safe(question.text)} Needed from ${safe(question.askedOf, 120)}`,
    blocks: [
      section(`*${safe(question.text, 500)}*\nNeeded from ${who}`),
      context(safe(question.because, 600) || 'Lockstep does not guess.'),
      ...questionBlock(item, question),
    ],
  };
}

/** `answer` is who said what, or why nobody needs to any more; composed of parts that are safe. */
export function questionClosed(item: ItemRef, question: Question, answer: string): MessageView {
  const line = `*${safe(question.text, 500)}* ${answer}`;
  return { text: fallback(`${item.key}: ${safe(question.text)} ${answer}`), blocks: [context(line)] };
}
