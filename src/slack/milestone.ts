import { sentence } from '../../views/lists.ts';
import {
  milestoneItemsModal,
  milestoneList,
  offerModal,
  SHOWN_MILESTONES,
  startedSentence,
} from '../../views/milestone.ts';
import { sentenceModal } from '../../views/modals.ts';
import { UNKNOWN_CONTROL } from '../../views/refusal.ts';
import { safe } from '../../views/text.ts';
import { listMilestones } from '../store/milestone-progress.ts';
import type { Call, Reply } from './call.ts';
import { type ActionHandler, type Context, opens, type SubmitHandler } from './context.ts';
import { tell } from './tell.ts';

/** `/ticket milestone`: alone the list; with the address of a Linear project what would be made of it, to be confirmed. */
export async function runMilestone(context: Context<Call>, address: string): Promise<Reply> {
  const { input, call } = context;
  const { request, caller } = call;
  const { milestones, receive } = input.commands;
  if (address === '') {
    const rows = await listMilestones(input.db, SHOWN_MILESTONES + 1);
    await receive({ request, actorId: caller.id, outcome: 'opened', reason: 'milestones' });
    input.log.info({ request: request.id, actor: caller.id, what: 'milestones' }, 'answered');
    return ephemeral(milestoneList(rows, milestones.offered));
  }
  const project = milestones.projectIn(address);
  if ('reason' in project) {
    const { reason } = project;
    input.log.warn({ request: request.id, actor: caller.id, reason }, 'refused');
    await receive({ request, actorId: caller.id, outcome: 'refused', reason });
    return ephemeral(sentence(safe(reason, 500)));
  }
  // Linear is asked after the acknowledgement, while the form says that it is being read.
  return opens(context, {
    title: 'Milestone',
    reason: 'milestone',
    draw: async () => {
      const offered = await milestones.offer(project.id);
      return offered.kind === 'refused' ? offered.reason : offerModal(offered.offer);
    },
  });
}

const ephemeral = (message: ReturnType<typeof sentence>): Reply => ({
  ack: { response_type: 'ephemeral', ...message },
});

/** Confirmed is what was read: something else by now is said, and nothing is made. */
export const submitMilestone: SubmitHandler = async ({ input, call, actor }) => {
  const offer = offerIn(call.view.metadata);
  if (!offer) return says(UNKNOWN_CONTROL);
  const started = await input.commands.milestones.start(offer, actor, call.request);
  if (started.kind === 'duplicate') return {};
  return says(started.kind === 'refused' ? started.reason : startedSentence(input.config.channel));
};

const says = (text: string): Reply => ({
  ack: { response_action: 'update', view: sentenceModal('Milestone', text) },
});

function offerIn(metadata: string): { id: string; hash: string } | null {
  try {
    const { id, hash } = JSON.parse(metadata) as { id?: unknown; hash?: unknown };
    return typeof id === 'string' && /^\d{1,18}$/.test(id) && typeof hash === 'string' ? { id, hash } : null;
  } catch {
    return null;
  }
}

/** "Show All" of the progress message and of the list. */
export const showMilestone: ActionHandler = async (context) => {
  const { input, call } = context;
  const id = call.value ?? '';
  if (!/^\d{1,18}$/.test(id)) return { after: () => tell(input, call, UNKNOWN_CONTROL) };
  return opens(context, {
    title: 'Milestone',
    reason: 'milestone items',
    draw: async () => {
      const data = await input.readMilestone(id);
      return data ? milestoneItemsModal(data) : 'Lockstep has no such milestone.';
    },
  });
};
