import { actions, button, context, inert, type MessageView, section } from './blocks.ts';
import { need } from './card.ts';
import type { CardData } from './data.ts';
import { clip, dated, oneLine, safe } from './text.ts';
import { pack } from './values.ts';

/** Seen by the person who clicked only: why nothing happened, where the item really stands, and the way to it. */
export function refusal(sentence: string, fresh: CardData | null): MessageView {
  const reason = safe(sentence, 800);
  return { text: reason, blocks: [section(`*${reason}*`), ...(fresh ? standing(fresh) : [])] };
}

function standing(fresh: CardData): MessageView['blocks'] {
  const { id, key, title, visit } = fresh.item;
  return [
    context('This is how it stands now:'),
    inert([{ text: `${key}  ${clip(oneLine(title), 300)}`, bold: true }]),
    section(dated(safe(need(fresh), 600))),
    ...actions([button({ id: 'show_item', text: `Open ${key}`, value: pack({ item: id, visit }) })]),
  ];
}

export const NOT_RECORDED = 'Lockstep could not reach its database. This was not recorded; please try again.';
export const UNKNOWN_CONTROL = 'Lockstep does not know this control any more. Open the item again with /ticket show.';
