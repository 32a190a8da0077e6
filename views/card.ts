import type { KnownBlock } from '@slack/types';
import { actions, context, heading, type MessageView, section, titled } from './blocks.ts';
import { cardButtons, questionBlock } from './buttons.ts';
import type { CardData, FactLine } from './data.ts';
import { treeLines } from './gate-tree.ts';
import { need } from './need.ts';
import { atMost99, capital, clipMarkup, dated, dollars, person, plural, safe, since, when } from './text.ts';

/** The root message of an item: a projection of rows, drawn whole every time. */
export function card(data: CardData): MessageView {
  return { text: fallback(data), blocks: cardBlocks(data) };
}

const fallback = (data: CardData): string =>
  `${data.item.key} ${safe(data.item.title, 150)}. ${dated(safe(need(data), 300))}`;

/** The card's blocks, for the thread, a modal or a reply that only one person sees. */
export function cardBlocks(data: CardData): KnownBlock[] {
  const { item, stage } = data;
  return [
    heading(need(data)),
    titled(item),
    context(
      `${safe(stage.label, 80)} · step ${stage.position} of ${stage.count} · ${since(stage.since)}`,
      ...(data.next ? [clipMarkup(`*Next:* ${safe(data.next, 400)}`, 1000)] : []),
    ),
    ...gateBlocks(data),
    ...workBlocks(data),
    ...factBlocks(data),
    ...questionBlocks(data),
    ...actions(cardButtons(data)),
    context(footer(data)),
  ];
}

/** Slack takes some 11,000 characters in all blocks of a message; the escapes of hostile text count too. */
const BUDGET = 1800;
/** More rules than this, and those that hold are counted: the rest is one click away. */
const MOST_RULES = 5;

/** The rules with their reasons, where there are more of them than the first line has said already. */
function gateBlocks(data: CardData): KnownBlock[] {
  const { status } = data.item;
  if ((status !== 'active' && status !== 'blocked') || data.question) return [];
  const said = safe(need(data), 600);
  // Work that failed is told by the first line, word for word.
  const lines = treeLines(data.gate, { most: MOST_RULES }).filter((line) => said !== `Blocked: ${line.slice(2)}`);
  return lines.length > 1 ? [section(`*What is left*\n${clipLines(lines, BUDGET)}`)] : [];
}

function workBlocks(data: CardData): KnownBlock[] {
  const documents = data.documents.map((one) => {
    const decided = data.asks.some((ask) => ask.of === one.document && ask.verb === 'approve');
    const open = one.placeholders > 0 ? `, ${plural(one.placeholders, 'place')} to fill in` : '';
    const more = decided ? ` by ${safe(one.author.name, 60)}${open}` : '';
    return `*${capital(one.label)}:* revision ${one.revision}${more}`;
  });
  const lines = [
    ...(documents.length > 0 ? [documents.join(' · ')] : []),
    ...data.work,
    ...trouble(data).map((fact) => `*${fact.label}:* ${safe(fact.short ?? fact.value, 250)}`),
  ];
  return lines.length > 0 ? [section(clipLines(lines, BUDGET))] : [];
}

/** What stands on every card, in one line; the rest is behind "Show what is known". */
const ALWAYS = ['Service', 'Team', 'Tier', 'Blast radius'];
/** What is told only where there is something to tell. */
const TROUBLE = ['Active incidents', 'Open pull requests'];

const trouble = ({ facts }: CardData): FactLine[] =>
  facts.filter((fact) => TROUBLE.includes(fact.label) && fact.value !== 'none').slice(0, TROUBLE.length);

/** The most telling facts, where they are from, and since when the oldest of them stands. */
function factBlocks(data: CardData): KnownBlock[] {
  const owner = data.facts.some((fact) => fact.label === 'Team') ? [] : ['Owner'];
  const shown = data.facts.filter((fact) => [...ALWAYS, ...owner].includes(fact.label)).slice(0, 4);
  const told = [...shown, ...trouble(data)];
  const missing = data.missing.length > 0 ? [`Not known: ${data.missing.join(', ').toLowerCase()}`] : [];
  if (told.length === 0) return missing.length > 0 ? [context(...missing)] : [];
  // "catalog (catalog/shop.yaml:11)": the place in the file is a detail.
  const sources = [...new Set(told.map((fact) => safe(fact.source.replace(/ \(.*\)$/, ''), 60)))];
  const oldest = new Date(Math.min(...told.map((fact) => fact.seenAt.getTime())));
  const values = shown.map(
    (fact) => (fact.label === 'Blast radius' ? 'blast radius ' : '') + safe(fact.short ?? fact.value, 60),
  );
  const from = `${when(oldest, 'looked up {date_short_pretty} at {time}')} from ${sources.join(', ')}`;
  return [context([...values, from].join(' · '), ...missing)];
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
    if (text.length + line.length + more.length > max) return text === '' ? clipMarkup(line, max) : text + more;
    text += index === 0 ? line : `\n${line}`;
  }
  return text;
}
