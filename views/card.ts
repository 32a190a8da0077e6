import type { KnownBlock } from '@slack/types';
import type { RuleResult } from '../src/pipeline/types.ts';
import { actions, context, inert, type MessageView, section } from './blocks.ts';
import { cardButtons, questionBlock } from './buttons.ts';
import type { CardData } from './data.ts';
import { treeLines } from './gate-tree.ts';
import { atMost99, capital, clip, dated, dollars, oneLine, person, plural, safe, since, when } from './text.ts';
import { blockedBecause, waitingUntil } from './words.ts';

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
  if (status === 'blocked') return `Blocked: ${blockedBy(data)}`;
  if (data.question) return data.question.text;
  return data.reason === '' ? 'At work' : waitingUntil(data.reason);
}

/** The first reason; where there are several, the rules below have them all. */
function blockedBy({ gate, reason }: CardData): string {
  const [first, ...others] = hopeless(gate);
  if (!first || others.length === 0 || !reason.startsWith(first.name)) return blockedBecause(reason);
  return `${blockedBecause(`${first.name}: ${first.because}`)} (and ${plural(others.length, 'more reason')})`;
}

/** Rules that nothing under way can make true. */
function hopeless(rule: RuleResult): RuleResult[] {
  if (rule.status === 'met') return [];
  return rule.children ? rule.children.flatMap(hopeless) : rule.waits === null ? [rule] : [];
}

/** The card's blocks, for the thread, a modal or a reply that only one person sees. */
export function cardBlocks(data: CardData): KnownBlock[] {
  const { item, stage } = data;
  return [
    section(`*${dated(safe(need(data), 600))}*`),
    inert([{ text: `${item.key}  ${clip(oneLine(item.title), 300)}`, bold: true }]),
    context(`${safe(stage.label, 80)} · step ${stage.position} of ${stage.count} · ${since(stage.since)}`),
    ...gateBlocks(data),
    ...workBlocks(data),
    ...factBlocks(data),
    ...questionBlocks(data),
    ...actions(cardButtons(data)),
    context(footer(data)),
  ];
}

/** The rules with their reasons, where there are more of them than the first line has said already. */
function gateBlocks(data: CardData): KnownBlock[] {
  const { status } = data.item;
  if ((status !== 'active' && status !== 'blocked') || data.question) return [];
  const lines = treeLines(data.gate);
  return lines.length > 1 ? [section(`*To go on*\n${clipLines(lines, 2800)}`)] : [];
}

function workBlocks(data: CardData): KnownBlock[] {
  const documents = data.documents.map((one) => {
    const decided = data.asks.some((ask) => ask.of === one.document && ask.verb === 'approve');
    const open = one.placeholders > 0 ? `, ${plural(one.placeholders, 'place')} to fill in` : '';
    const more = decided ? ` by ${safe(one.author.name, 60)}${open}` : '';
    return `*${capital(one.label)}:* revision ${one.revision}${more}`;
  });
  const lines = [...(documents.length > 0 ? [documents.join(' · ')] : []), ...data.work];
  return lines.length > 0 ? [section(clipLines(lines, 2800))] : [];
}

const ON_CARD = ['Service', 'Team', 'Owner', 'Tier', 'Blast radius', 'Active incidents', 'Open pull requests'];

/** The most telling facts, then where they are from and how old; each with its own is behind "Show what is known". */
function factBlocks(data: CardData): KnownBlock[] {
  const team = data.facts.some((fact) => fact.label === 'Team');
  const telling = data.facts.filter(({ label }) => ON_CARD.includes(label) && !(team && label === 'Owner'));
  const shown = telling.slice(0, 6);
  if (shown.length === 0) return [];
  // "catalog (catalog/shop.yaml:11)": the place in the file is a detail.
  const sources = [...new Set(shown.map((fact) => safe(fact.source.replace(/ \(.*\)$/, ''), 60)))];
  const oldest = new Date(Math.min(...shown.map((fact) => fact.seenAt.getTime())));
  return [
    {
      type: 'section',
      fields: shown.map((fact) => ({
        type: 'mrkdwn',
        text: `*${fact.label}:* ${safe(fact.short ?? fact.value, 160)}`,
        verbatim: true,
      })),
    },
    context(
      `From ${sources.join(', ')} · ${when(oldest, 'looked up {date_short_pretty} at {time}')}`,
      ...(data.missing.length > 0 ? [`Not known: ${data.missing.join(', ').toLowerCase()}`] : []),
    ),
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
