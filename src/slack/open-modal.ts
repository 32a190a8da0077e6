import type { ModalView } from '@slack/types';
import { loadingModal, sentenceModal } from '../../views/modals.ts';
import { notShown } from '../../views/refusal.ts';
import type { Target } from '../../views/values.ts';
import { type Call, type Place, slackCode } from './call.ts';

/** Reading takes a millisecond; if it takes longer than this, the trigger must not run out meanwhile. */
const PATIENCE_MS = 700;

/** Modals that are pages of one: from one to the other the modal is drawn anew, and no stack grows of them. */
const PAGES = ['document', 'diff'];

/** Of a form: that it opens over the text of a document, which is drawn again when it was sent. */
export const over = (place: Place): Pick<Target, 'over'> =>
  place.kind === 'modal' && place.callbackId === 'document' ? { over: 'document' } : {};

/**
 * Opens a modal within the trigger's three seconds: at once if it can be drawn quickly, else as a loading view. When Slack
 * does not take it, the person hears that in one sentence, where the payload says how.
 */
export async function openModal(
  call: Call,
  title: string,
  draw: () => Promise<ModalView | string>,
  page = false,
): Promise<void> {
  try {
    await open(call, title, { draw, page });
  } catch (error) {
    await sayNotShown(call, error);
    throw error;
  }
}

async function open(
  call: Call,
  title: string,
  { draw, page }: { draw: () => Promise<ModalView | string>; page: boolean },
): Promise<void> {
  const { client, triggerId, place } = call;
  if (!triggerId) return;
  const drawn = draw().then(toView, (error: Error) => error);
  const first = await Promise.race([drawn, pause(PATIENCE_MS)]);
  const view = first === 'late' ? loadingModal(title) : first instanceof Error ? failed() : first;
  const opened =
    place.kind !== 'modal'
      ? await client.views.open({ trigger_id: triggerId, view })
      : page && PAGES.includes(place.callbackId)
        ? await client.views.update({ view_id: place.viewId, view })
        : await client.views.push({ trigger_id: triggerId, view });
  if (first instanceof Error) throw new Told(first);
  if (first !== 'late') return;
  const late = await drawn;
  const { id = '', hash } = opened.view ?? {};
  await client.views.update({ view_id: id, hash, view: late instanceof Error ? failed() : late });
  if (late instanceof Error) throw new Told(late);

  function toView(drawn: ModalView | string): ModalView {
    return typeof drawn === 'string' ? sentenceModal(title, drawn) : drawn;
  }
}

/** What was drawn could not be read, and the modal that is open says so. */
class Told extends Error {
  override name = 'Told';
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

async function sayNotShown(call: Call, error: unknown): Promise<void> {
  const code = slackCode(error);
  // Whoever closed the modal, or has something newer in it, misses nothing.
  if (error instanceof Told || code === 'not_found' || code === 'hash_conflict') return;
  await call.respond?.({ response_type: 'ephemeral', replace_original: false, text: notShown(code) });
}

const failed = (): ModalView => sentenceModal('Lockstep', 'This could not be read just now. Please try again.');

const pause = (ms: number): Promise<'late'> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, 'late').unref();
  });
