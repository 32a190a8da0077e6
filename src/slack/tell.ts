import type { MessageView } from '../../views/blocks.ts';
import { card } from '../../views/card.ts';
import type { CardData } from '../../views/data.ts';
import { describe } from '../../views/describe.ts';
import { itemModal, sentenceModal } from '../../views/modals.ts';
import { refusal } from '../../views/refusal.ts';
import { unpack } from '../../views/values.ts';
import { type Call, type Place, slackCode } from './call.ts';
import { documentView } from './document-views.ts';
import type { SlackInput } from './input.ts';

/** Answers that only the person sees, wherever they are: a message, a modal or Home. The original stays as it is. */

/** A refusal or any other sentence, with the item as it really stands. */
export async function tell(input: SlackInput, call: Call, sentence: string, itemId?: string): Promise<void> {
  const fresh = itemId === undefined ? null : await freshCard(input, itemId);
  const { client, place, triggerId } = call;
  if (place.kind === 'message') return whisper(call, refusal(sentence, fresh));
  if (place.kind === 'modal' && isOwn(place) && fresh) {
    await redrawModal(input, call, { place, itemId: fresh.item.id, sentence });
  } else if (triggerId) {
    const view = fresh ? itemModal(fresh, sentence) : sentenceModal('Lockstep', sentence);
    if (place.kind === 'modal') await client.views.push({ trigger_id: triggerId, view });
    else await client.views.open({ trigger_id: triggerId, view });
  }
}

/** After something was done: what only this person looks at is redrawn. The thread and Home are drawn by jobs. */
export async function refresh(input: SlackInput, call: Call, itemId: string): Promise<void> {
  const { place } = call;
  if (place.kind === 'modal' && isOwn(place)) return redrawModal(input, call, { place, itemId });
  if (place.kind !== 'message' || !place.ephemeral) return;
  const fresh = await freshCard(input, itemId);
  if (fresh) await call.respond?.({ replace_original: true, response_type: 'ephemeral', ...card(fresh) });
}

type ModalPlace = Extract<Place, { kind: 'modal' }>;

/** What is decided in these is shown in them. */
const isOwn = ({ callbackId }: ModalPlace): boolean => callbackId === 'item' || callbackId === 'document';

/**
 * The modal of an item or of a document, drawn again over what was clicked on. When something else was drawn there
 * meanwhile, what is read now is newer than both.
 */
async function redrawModal(
  input: SlackInput,
  { client, caller }: Call,
  { place, itemId, sentence }: { place: ModalPlace; itemId: string; sentence?: string },
): Promise<void> {
  const { viewId: view_id, hash } = place;
  const draw = async () => {
    const shown = place.callbackId === 'document' ? unpack(place.metadata) : null;
    if (shown) return documentView(input, shown, caller.id, sentence);
    const fresh = await freshCard(input, itemId);
    return fresh && itemModal(fresh, sentence);
  };
  const view = await draw();
  if (view === null || typeof view === 'string') return;
  try {
    await client.views.update({ view_id, hash, view });
  } catch (error) {
    if (slackCode(error) !== 'hash_conflict') throw error;
    const newer = await draw();
    await client.views.update({ view_id, view: newer === null || typeof newer === 'string' ? view : newer });
  }
}

/** Said to one person where they are; when Slack takes no message, by the response URL, which it counts by itself. */
export async function whisper(call: Call, message: MessageView): Promise<void> {
  const { place, client, caller } = call;
  if (place.kind !== 'message') return;
  const respond = () => call.respond?.({ response_type: 'ephemeral', replace_original: false, ...message });
  // An ephemeral message has no thread of its own that we could name; its response URL knows where it is.
  if (place.ephemeral && call.respond) return void (await respond());
  try {
    await client.chat.postEphemeral({
      channel: place.channel,
      user: caller.id,
      text: message.text,
      blocks: message.blocks,
      parse: 'none',
      link_names: false,
      ...(place.threadTs ? { thread_ts: place.threadTs } : {}),
    });
  } catch (error) {
    if (!call.respond) throw error;
    await respond();
  }
}

export async function freshCard(input: SlackInput, itemId: string): Promise<CardData | null> {
  const judged = await input.judge(itemId);
  return judged && describe(judged);
}
