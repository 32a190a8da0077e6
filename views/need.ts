import type { RuleResult } from '../src/pipeline/types.ts';
import type { CardData, OpenAsk } from './data.ts';
import { orList, plural, roleWords } from './text.ts';
import { brief, decisionWords, firstReason, shortReason, waitingUntil } from './words.ts';

/** More people than this are told as their role. */
const NAMED = 3;

/** Who can make a decision: by name while they are few, else by role. Plain text. */
export function deciderWords({ deciders, role }: OpenAsk): string {
  if (deciders.length === 0) return `${roleWords(role)}, and nobody is one yet`;
  return deciders.length <= NAMED ? orList(deciders.map((one) => one.name)) : roleWords(role);
}

/** "Needed from Priya Patel: approve the PRD" */
export function needed(ask: OpenAsk): string {
  const count = ask.need > 1 ? ` (${ask.have} of ${ask.need} so far)` : '';
  return `Needed from ${deciderWords(ask)}: ${decisionWords(ask)}${count}`;
}

/** What is needed now, and of whom: the first thing that is read. Plain text. */
export function need(data: CardData): string {
  const { status } = data.item;
  if (status === 'cancelled') return `Cancelled${data.reason ? `: ${data.reason}` : ''}`;
  if (status === 'done') return 'Done: nothing is needed any more';
  if (status === 'blocked') return `Blocked: ${blockedBy(data)}`;
  if (data.question) return `Needed from ${data.question.askedOf}: ${lower(data.question.text)}`;
  if (data.news) return data.news;
  const [ask, ...others] = data.asks;
  if (ask) return `${needed(ask)}${others.length > 0 ? ` (and ${plural(others.length, 'more decision')})` : ''}`;
  if (data.byHand) return `Needed from ${data.byHand}: open the pull request`;
  if (data.doing) return `At work: ${data.doing}`;
  return data.reason === '' ? 'At work' : waitingUntil(data.reason);
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The first reason; where there are several, the rules below have them all. */
function blockedBy({ gate, reason }: CardData): string {
  const [first, ...others] = hopeless(gate);
  // What was written down with the last change counts, not what happens to be true while this is drawn.
  if (!first || !reason.includes(first.because)) return brief(firstReason(reason));
  const more = others.length > 0 ? ` (and ${plural(others.length, 'more reason')})` : '';
  return `${shortReason(first.name, first.because)}${more}`;
}

/** Rules that nothing under way can make true. */
export function hopeless(rule: RuleResult): RuleResult[] {
  if (rule.status === 'met') return [];
  return rule.children ? rule.children.flatMap(hopeless) : rule.waits === null ? [rule] : [];
}
