import { context, type MessageView, section } from './blocks.ts';
import { cardBlocks } from './card.ts';
import type { CardData } from './data.ts';
import { safe } from './text.ts';

/** Seen by the person who clicked only: why nothing happened, and how the item really stands, with working buttons. */
export function refusal(sentence: string, fresh: CardData | null): MessageView {
  const reason = safe(sentence, 800);
  return {
    text: reason,
    blocks: [section(reason), ...(fresh ? [context('This is how it stands now:'), ...cardBlocks(fresh)] : [])],
  };
}

export const NOT_RECORDED = 'Lockstep could not reach its database. This was not recorded; please try again.';
export const UNKNOWN_CONTROL = 'Lockstep does not know this control any more. Open the item again with `/ticket show`.';
