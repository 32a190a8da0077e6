import { type ApproveData, approveModal } from '../../views/approve.ts';
import type { CardData } from '../../views/data.ts';
import type { Judged } from '../../views/describe.ts';
import { UNKNOWN_CONTROL } from '../../views/refusal.ts';
import type { Target } from '../../views/values.ts';
import { pullRequestLines } from '../../views/work.ts';
import { revisionOf } from '../store/cards.ts';
import { askFor, GONE, openAsk } from './asks.ts';
import { type ActionHandler, opens } from './context.ts';
import type { SlackInput } from './input.ts';
import { tell } from './tell.ts';

/** "Approve PRD…" of a list: shows exactly the revision or commit that the button was drawn for, and asks. */
export const review: ActionHandler = async (context) => {
  const { input, call } = context;
  const { target } = call;
  if (!target?.of || target.subject === undefined) return { after: () => tell(input, call, UNKNOWN_CONTROL) };
  return opens(context, {
    title: 'Approve',
    itemId: target.item,
    reason: 'review',
    draw: async () => {
      const open = await openAsk(input, target, call.caller.id);
      if (typeof open === 'string') return open;
      const judged = await input.judge(target.item);
      return judged ? approveModal(await approveData(input, open.card, judged, target)) : GONE;
    },
  });
};

/** What the target is about, as it was when that was current; `ask` is set while it can still be decided. */
export async function approveData(
  input: SlackInput,
  card: CardData,
  judged: Judged,
  target: Target,
): Promise<ApproveData> {
  const { of } = target;
  const isDocument = of === 'prd' || of === 'spec';
  const revision = isDocument ? await revisionOf(input.db, target.item, of, target.subject) : null;
  const ask = askFor(card, target);
  return {
    item: card.item,
    target,
    ask: ask && ask.subject === target.subject && card.item.visit === target.visit ? ask : null,
    document: card.documents.find((one) => one.document === of && one.hash === target.subject) ?? null,
    markdown: revision?.markdown ?? '',
    lines: isDocument ? [] : pullRequestLines(judged.state.facts),
  };
}
