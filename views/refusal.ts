import { actions, button, context, type MessageView, section } from './blocks.ts';
import type { CardData } from './data.ts';
import { need } from './need.ts';
import { dated, safe } from './text.ts';
import { pack } from './values.ts';

/** Seen by the person who clicked only: why nothing happened, who can do it or where the item is, and the way there. */
export function refusal(sentence: string, fresh: CardData | null): MessageView {
  const reason = safe(sentence, 500);
  return { text: reason, blocks: [section(`*${reason}*`), ...(fresh ? standing(fresh) : [])] };
}

function standing(fresh: CardData): MessageView['blocks'] {
  const { id, key, visit } = fresh.item;
  return [
    context(`${key} now: ${dated(safe(need(fresh), 300))}`),
    ...actions([
      button({ id: 'show_item', text: `Open ${key}`, label: `Open ${key}`, value: pack({ item: id, visit }) }),
    ]),
  ];
}

export const NOT_RECORDED = 'Lockstep could not reach its database. This was not recorded; please try again.';
export const UNKNOWN_CONTROL = 'Lockstep does not know this control any more. Open the item again with /ticket show.';

/** Slack did not show what was asked for. Nothing is lost by it: only looking was asked. `code` is Slack's own word. */
export function notShown(code: string): string {
  if (/rate_?limited/.test(code)) return 'Slack takes no more from Lockstep this minute. Please try again in a moment.';
  if (code === 'view_too_large') return 'This is too long for a window in Slack, so it could not be opened.';
  if (/trigger/.test(code)) return 'This took too long, so Slack did not open it. Please try again.';
  return 'Slack did not open this. Please try again.';
}
