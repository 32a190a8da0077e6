import type { ModalView } from '@slack/types';
import { loadingModal, sentenceModal } from '../../views/modals.ts';
import type { Call } from './call.ts';

/** Reading takes a millisecond; if it takes longer than this, the trigger must not run out meanwhile. */
const PATIENCE_MS = 700;

/** Opens a modal within the trigger's three seconds: at once if it can be drawn quickly, else as a loading view. */
export async function openModal(call: Call, title: string, draw: () => Promise<ModalView | string>): Promise<void> {
  const { client, triggerId, place } = call;
  if (!triggerId) return;
  const drawn = draw().then(toView, (error: Error) => error);
  const first = await Promise.race([drawn, pause(PATIENCE_MS)]);
  const view = first === 'late' ? loadingModal(title) : first instanceof Error ? failed() : first;
  const opened =
    place.kind === 'modal'
      ? await client.views.push({ trigger_id: triggerId, view })
      : await client.views.open({ trigger_id: triggerId, view });
  if (first instanceof Error) throw first;
  if (first !== 'late') return;
  const late = await drawn;
  await client.views.update({ view_id: opened.view?.id ?? '', view: late instanceof Error ? failed() : late });
  if (late instanceof Error) throw late;

  function toView(drawn: ModalView | string): ModalView {
    return typeof drawn === 'string' ? sentenceModal(title, drawn) : drawn;
  }
}

const failed = (): ModalView => sentenceModal('Lockstep', 'This could not be read just now. Please try again.');

const pause = (ms: number): Promise<'late'> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, 'late').unref();
  });
