import type { CardData, DocumentRef } from '../../views/data.ts';
import { DOCUMENT_LABELS, describe, type Judged, known } from '../../views/describe.ts';
import { documentModal, editModal } from '../../views/document.ts';
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
import { latestHistory, type Revision, revisionOf } from '../store/cards.ts';
import { fixThis, noise, notNoise } from './alert.ts';
import { review } from './approve.ts';
import { GONE, openAsk } from './asks.ts';
import type { ActionCall, Reply } from './call.ts';
import { newTicket, suggest } from './commands.ts';
import { type ActionHandler, type Context, decideByClick, opens } from './context.ts';
import { homeActions } from './home.ts';
import { resolveIncident } from './incident.ts';
import { cardFor, openOverride, rulesFor } from './override.ts';
import { freshCard, tell } from './tell.ts';

/** A handler of a button about one item; a value that we did not write is not acted upon. */
const about =
  (run: (context: Context<ActionCall>, target: Target) => Promise<Reply>): ActionHandler =>
  async (context) => {
    const { input, call } = context;
    return call.target ? run(context, call.target) : { after: () => tell(input, call, UNKNOWN_CONTROL) };
  };

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
      const open = await openAsk(context.input, target, context.call.caller.id);
      return typeof open === 'string' ? open : requestChangesModal(open.card.item, target);
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
      return delegateModal({ item: open.card.item, target, agents, preferred: config.default_agent, lines });
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

const edit = about((context, target) => editDocument(context, target, target.document === 'spec' ? 'spec' : 'prd'));

function editDocument(context: Context<ActionCall>, target: Target, document: 'prd' | 'spec'): Promise<Reply> {
  return opens(context, {
    title: 'Edit',
    itemId: target.item,
    reason: 'edit',
    draw: async () => {
      const { input } = context;
      const [card, revision] = await Promise.all([
        freshCard(input, target.item),
        revisionOf(input.db, target.item, document),
      ]);
      if (!card || !revision) return GONE;
      const sections = input.sectionsOf(document, revision.fields);
      return editModal({ item: card.item, document: refOf(document, revision, card), sections });
    },
  });
}

/** The revision that was on the screen, or the newest. */
const openDocument = about((context, target) =>
  readDocument(context, target, target.document ?? 'prd', target.subject),
);

function readDocument(
  context: Context<ActionCall>,
  target: Target,
  document: DocumentName,
  hash?: string,
): Promise<Reply> {
  return opens(context, {
    title: 'Document',
    itemId: target.item,
    reason: `open ${document}`,
    draw: async () => {
      const { input } = context;
      const [card, revision] = await Promise.all([
        freshCard(input, target.item),
        revisionOf(input.db, target.item, document, hash),
      ]);
      if (!card || !revision) return GONE;
      const current = card.documents.find((one) => one.document === document && one.hash === revision.hash);
      const editable = current && card.can.cancel && document !== 'release_notes' ? document : null;
      return documentModal(card.item, refOf(document, revision, card), revision.markdown, editable);
    },
  });
}

/** A revision as views name it. Who drafted it is known of the one that is in force. */
export function refOf(document: DocumentName, revision: Revision, card: CardData): DocumentRef {
  const current = card.documents.find((one) => one.document === document && one.hash === revision.hash);
  return (
    current ?? {
      document,
      label: DOCUMENT_LABELS[document],
      revision: revision.number,
      hash: revision.hash,
      author: { id: revision.author_id, name: revision.author_name },
      authorKind: 'person',
      summary: '',
      placeholders: 0,
    }
  );
}

const HISTORY_SHOWN = 80;

/** Everything that is seldom needed stands in one menu. */
const menu = about(async (context, target) => {
  const { input } = context;
  const entry = target.entry ?? '';
  if (entry.startsWith('open:')) return readDocument(context, target, entry.slice(5) as DocumentName);
  if (entry === 'edit:prd' || entry === 'edit:spec') {
    return editDocument(context, target, entry === 'edit:prd' ? 'prd' : 'spec');
  }
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
  fix_this: fixThis,
  noise,
  not_noise: notNoise,
  ...homeActions,
};
