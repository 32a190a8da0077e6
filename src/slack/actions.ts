import type { CardData } from '../../views/data.ts';
import { describe, type Judged, known } from '../../views/describe.ts';
import { treeLines } from '../../views/gate-tree.ts';
import { toLogLine } from '../../views/log.ts';
import {
  cancelModal,
  delegateModal,
  deployModal,
  detailsModal,
  historyModal,
  itemModal,
  requestChangesModal,
} from '../../views/modals.ts';
import { UNKNOWN_CONTROL } from '../../views/refusal.ts';
import type { DocumentName, Target } from '../../views/values.ts';
import { packetLines } from '../../views/work.ts';
import type { Event } from '../pipeline/types.ts';
import { latestHistory } from '../store/cards.ts';
import { fixThis, noise, notNoise } from './alert.ts';
import { review } from './approve.ts';
import { GONE, openAsk, sentBackTo } from './asks.ts';
import type { ActionCall } from './call.ts';
import { newTicket, suggest } from './commands.ts';
import { type ActionHandler, about, type Context, decideByClick, opens } from './context.ts';
import { compare, edit, editDocument, openDocument, readDocument } from './documents.ts';
import { homeActions } from './home.ts';
import { resolveIncident } from './incident.ts';
import { showMilestone } from './milestone.ts';
import { over } from './open-modal.ts';
import { cardFor, openOverride, rulesFor } from './override.ts';
import { tell } from './tell.ts';

/** A click that is itself the decision. */
const decides = (toEvent: (context: Context<ActionCall>, target: Target) => Event | null): ActionHandler =>
  about(async (context, target) => {
    const event = toEvent(context, target);
    if (!event) return { after: () => tell(context.input, context.call, UNKNOWN_CONTROL) };
    return decideByClick(context, target.item, event);
  });

const approve = decides(({ actor }, { visit, of, subject }) =>
  of && subject !== undefined ? { type: 'approved', actor, visit, of, subject } : null,
);
const retry = decides(({ actor }, { visit }) => ({ type: 'retried', actor, visit }));
const takeOver = decides(({ actor }, { visit }) => ({ type: 'retried', actor, visit, takeOver: true }));
const rollback = decides(({ actor }, { visit }) => ({ type: 'rollback_requested', actor, visit, note: '' }));
const withdrawOverride = decides(({ actor }, { visit, subject }) =>
  subject ? { type: 'override_withdrawn', actor, visit, override: subject } : null,
);
const answerService = decides(({ actor }, { visit, word }) =>
  word ? { type: 'answered', actor, visit, fact: 'service', value: word } : null,
);

const requestChanges = about((context, target) =>
  opens(context, {
    title: 'Request changes',
    itemId: target.item,
    reason: 'request changes',
    draw: async () => {
      const { input, call } = context;
      const open = await openAsk(input, target, call.caller.id);
      if (typeof open === 'string') return open;
      return requestChangesModal(open.card.item, { ...target, ...over(call.place) }, sentBackTo(open.judged));
    },
  }),
);

const delegate = about((context, target) =>
  opens(context, {
    title: 'Delegate',
    itemId: target.item,
    reason: 'delegate',
    draw: async () => {
      const { input, call } = context;
      const open = await openAsk(input, target, call.caller.id);
      if (typeof open === 'string') return open;
      const { agents, config } = input;
      const lines = treeLines(open.card.gate, { decisions: false });
      const form = { item: open.card.item, target: { ...target, ...over(call.place) }, agents, lines };
      return delegateModal({ ...form, preferred: config.default_agent });
    },
  }),
);

const deploy = about((context, target) =>
  opens(context, {
    title: 'Deploy to production',
    itemId: target.item,
    reason: 'deploy',
    draw: async () => {
      const { input, call } = context;
      const open = await openAsk(input, target, call.caller.id);
      if (typeof open === 'string') return open;
      const judged = await input.judge(target.item);
      const facts = judged?.state.facts ?? {};
      const notes = known(facts, 'release_notes')?.markdown ?? '';
      return deployModal({ item: open.card.item, target, packet: packetLines(facts), notes });
    },
  }),
);

const HISTORY_SHOWN = 80;

/** Everything that is seldom needed stands in one menu. */
const menu = about(async (context, target) => {
  const { input } = context;
  const entry = target.entry ?? '';
  const [verb, document] = entry.split(':') as [string, DocumentName?];
  if (verb === 'open') return readDocument(context, { ...target, document });
  if (verb === 'edit') return editDocument(context, { ...target, document });
  const show = (title: string, draw: (card: CardData, judged: Judged) => Promise<ReturnType<typeof itemModal>>) =>
    opens(context, {
      title,
      itemId: target.item,
      reason: entry,
      draw: async () => {
        const judged = await input.judge(target.item);
        return judged ? draw(describe(judged), judged) : GONE;
      },
    });
  switch (entry) {
    case 'details':
      return show('What is known', async (card, judged) => {
        const rules = await rulesFor(input, judged, context.call.caller.id);
        return detailsModal(card, typeof rules === 'string' ? [] : rules);
      });
    case 'cancel':
      return show('Cancel', async (card) => cancelModal(card.item));
    case 'history':
      return show('History', async (card, { definition }) => {
        const rows = await latestHistory(input.db, target.item, HISTORY_SHOWN + 1);
        const lines = rows.slice(-HISTORY_SHOWN).map((row) => toLogLine(row, definition.stages));
        return historyModal(card.item, lines, rows.length > HISTORY_SHOWN);
      });
    default:
      return { after: () => tell(input, context.call, UNKNOWN_CONTROL) };
  }
});

const showItem = about((context, target) =>
  opens(context, {
    title: 'Item',
    itemId: target.item,
    reason: 'show',
    draw: async () => {
      const judged = await context.input.judge(target.item);
      return judged ? itemModal(await cardFor(context.input, judged, context.call.caller.id)) : GONE;
    },
  }),
);

/** Every control of every message, modal and Home, by its action id. */
export const ACTIONS: Readonly<Record<string, ActionHandler>> = {
  approve,
  review,
  request_changes: requestChanges,
  edit,
  open_document: openDocument,
  compare,
  delegate,
  deploy,
  rollback,
  retry,
  take_over: takeOver,
  override: openOverride,
  withdraw_override: withdrawOverride,
  answer_service: answerService,
  menu,
  show_item: showItem,
  new_ticket: newTicket,
  suggest,
  resolve_incident: resolveIncident,
  milestone_items: showMilestone,
  fix_this: fixThis,
  noise,
  not_noise: notNoise,
  ...homeActions,
};
