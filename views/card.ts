import type { KnownBlock } from '@slack/types';
import { actions, context, inert, type MessageView, section } from './blocks.ts';
import { cardButtons, questionBlock } from './buttons.ts';
import type { CardData } from './data.ts';
import { tree } from './gate-tree.ts';
import { atMost99, capital, clip, dated, dollars, oneLine, person, safe, when } from './text.ts';

/** The root message of an item: a projection of rows, drawn whole every time. */
export function card(data: CardData): MessageView {
  return { text: fallback(data), blocks: cardBlocks(data) };
}

const fallback = (data: CardData): string =>
  `${data.item.key} ${safe(data.item.title, 150)}: ${dated(safe(need(data), 300))}`;

/** What is needed now, and of whom: the first thing that is read. */
export function need(data: CardData): string {
  const { status } = data.item;
  if (status === 'cancelled') return `Cancelled${data.reason ? `: ${data.reason}` : ''}`;
  if (status === 'done') return 'Done. Nothing is waited for';
  if (status === 'blocked') return `Blocked: ${data.reason}`;
  if (data.question) return data.question.text;
  return data.reason === '' ? 'At work' : waitingUntil(data.reason);
}

/** A rule's name completes the sentence. */
export const waitingUntil = (rules: string): string => `Waiting until ${rules}`;

/** The card's blocks, for the thread, a modal or a reply that only one person sees. */
export function cardBlocks(data: CardData): KnownBlock[] {
  const { item, stage } = data;
  return [
    section(`*${safe(need(data), 600)}*`),
    inert([{ text: `${item.key}  ${clip(oneLine(item.title), 300)}`, bold: true }]),
    context(
      `${stage.label === stage.column ? '' : `${safe(stage.label, 80)} · `}${stage.column} · step ${stage.position} of ${stage.count} · since ${when(stage.since)}`,
    ),
    ...gateBlocks(data),
    ...workBlocks(data),
    ...factBlocks(data),
    ...questionBlocks(data),
    ...actions(cardButtons(data)),
    context(footer(data)),
  ];
}

function gateBlocks(data: CardData): KnownBlock[] {
  const shown = data.item.status === 'active' || data.item.status === 'blocked';
  if (!shown || (data.gate.children ?? []).length === 0) return [];
  return [section(`*To go on*\n${tree(data.gate)}`)];
}

function workBlocks(data: CardData): KnownBlock[] {
  const documents = data.documents.map(
    (one) =>
      `*${capital(one.label)}:* revision ${one.revision} by ${safe(one.author.name, 60)}${
        one.placeholders > 0 ? ` · ${one.placeholders} to fill in` : ''
      }`,
  );
  const lines = [...documents, ...data.work];
  return lines.length > 0 ? [section(clipLines(lines, 2800))] : [];
}

/** Facts with age and source. Ten are what a section holds; the rest is behind "Show what is known". */
function factBlocks(data: CardData): KnownBlock[] {
  const shown = data.facts.slice(0, 6);
  if (shown.length === 0) return [];
  return [
    {
      type: 'section',
      fields: shown.map((fact) => ({
        type: 'mrkdwn',
        text: `*${fact.label}:* ${safe(fact.value, 160)}\n${safe(fact.source, 60)}, ${when(fact.seenAt)}`,
        verbatim: true,
      })),
    },
    ...(data.missing.length > 0 ? [context(`Not known: ${data.missing.join(', ').toLowerCase()}`)] : []),
  ];
}

function questionBlocks(data: CardData): KnownBlock[] {
  if (!data.question) return [];
  return [context(safe(data.question.because, 500)), ...questionBlock(data.item, data.question)];
}

const LEVELS = { human: 'by people', ai_assisted: 'AI-assisted', ai_led: 'AI-led', autonomous: 'autonomous' } as const;

function footer(data: CardData): string {
  const { item, usd } = data;
  const spent = usd.drafts + usd.agents;
  return [
    `Asked for by ${person(item.requester.id, item.requester.name)}`,
    item.priority ? `priority ${item.priority}` : 'no priority yet',
    LEVELS[item.level],
    ...(spent > 0 ? [`${dollars(spent)} so far (drafts ${dollars(usd.drafts)}, agents ${dollars(usd.agents)})`] : []),
  ].join(' · ');
}

/** Whole lines only, so that a link is never cut in two. */
export function clipLines(lines: readonly string[], max: number): string {
  let text = '';
  for (const [index, line] of lines.entries()) {
    const more = `\n… ${atMost99(lines.length - index)} more`;
    if (text.length + line.length + more.length > max) return text === '' ? clip(line, max) : text + more;
    text += index === 0 ? line : `\n${line}`;
  }
  return text;
}
