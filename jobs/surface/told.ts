import { askKey } from '../../src/pipeline/effects.ts';
import { type HistoryEntry, postsOf } from '../../src/store/cards.ts';
import type { CardData } from '../../views/data.ts';
import type { JobInput } from '../job.ts';
import { type Kept, keptOf, openOnes } from './gates.ts';

type Order = JobInput<unknown>['orders'][number];

/**
 * What the thread is told by the message of a decision or a question needs no line beside it: who decided and where the
 * item went stands in that message when it closes, what is to be decided on when it opens.
 */
export async function toldByGates(
  { deps }: JobInput<unknown>,
  card: CardData,
): Promise<(entry: HistoryEntry, order: Order) => boolean> {
  const { id, visit } = card.item;
  const posts = await Promise.all(['gate', 'gate_closed'].map((kind) => postsOf(deps.db, id, kind)));
  // Those that are open now and have no message yet get it right after the lines.
  const coming = openOnes(card).map((about): Kept => ({ ...about, visit, hash: '' }));
  const shown = [...posts.flat().flatMap((post) => keptOf(post) ?? []), ...coming];
  return (entry, order) => {
    // A change of the last visit that opened something: it is open in this visit or in the one after.
    const opened = (about: Kept) => about.visit === entry.visit || about.visit === entry.visit + 1;
    switch (entry.type) {
      case 'approved':
      case 'changes_requested':
        return shown.some(
          (about) =>
            about.kind === 'ask' &&
            about.visit === entry.visit &&
            about.ask.of === entry.of &&
            about.ask.subject === entry.subject,
        );
      // Its announcement says how it ended; what is blocked by that is a line of its own.
      case 'override_withdrawn':
      case 'override_expired':
        return true;
      case 'answered':
        return shown.some((about) => about.kind === 'question' && about.visit === entry.visit);
      case 'finished': {
        const asks = (order.params.asks ?? []) as Parameters<typeof askKey>[0][];
        const keys = new Set(
          shown.filter(opened).flatMap((about) => (about.kind === 'ask' ? [askKey(about.ask)] : [])),
        );
        const asking = shown.some((about) => about.kind === 'question' && about.visit === entry.visit + 1);
        return asks.length > 0 ? asks.every((ask) => keys.has(askKey(ask))) : asking;
      }
      default:
        return false;
    }
  };
}
