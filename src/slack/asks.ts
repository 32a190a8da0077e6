import type { Ask, CardData } from '../../views/data.ts';
import { describe, type Judged } from '../../views/describe.ts';
import { roleWords } from '../../views/text.ts';
import type { Target } from '../../views/values.ts';
import { rolesOf } from '../store/people.ts';
import type { SlackInput } from './input.ts';

/** A decision that is open now, as a modal is about it; or the sentence that says why it is not. */
export async function openAsk(
  input: SlackInput,
  target: Target,
  userId: string,
): Promise<{ card: CardData; judged: Judged; ask: Ask } | string> {
  const judged = await input.judge(target.item);
  if (!judged) return GONE;
  const card = describe(judged);
  const ask = askFor(card, target);
  if (!ask || card.item.visit !== target.visit) {
    return `This is not open any more: ${card.item.key} is in “${card.stage.label}” now.`;
  }
  if (ask.subject !== target.subject) return 'What you saw has changed since; use the buttons of the newest message.';
  // Said before anybody types for nothing; `advance` checks again when it is submitted.
  if (!(await rolesOf(input.db, userId)).includes(ask.role)) return `Only ${roleWords(ask.role)} can do this.`;
  return { card, judged, ask };
}

/** Label of the stage that an item returns to when changes are requested. */
export function sentBackTo({ state, definition: { stages } }: Judged): string | null {
  const reject = stages.find((stage) => stage.id === state.item.stage)?.reject;
  return stages.find((stage) => stage.id === reject)?.label ?? null;
}

export const askFor = (card: CardData, target: Target): Ask | undefined =>
  card.asks.find((ask) => ask.of === target.of && ask.verb === (target.verb ?? 'approve'));

/**
 * What a refused submit may be sent for again: the same decision as it stands now. null when that would change nothing
 * (it is over, or the person may not decide it).
 */
export function retarget(card: CardData, target: Target): Target | null {
  const ask = askFor(card, target);
  if (!ask || (ask.subject === target.subject && card.item.visit === target.visit)) return null;
  return { ...target, visit: card.item.visit, subject: ask.subject };
}

export const GONE = 'Lockstep has no such item any more.';
