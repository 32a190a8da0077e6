import type { ModalView } from '@slack/types';
import { approveModal } from '../../views/approve.ts';
import type { CardData, SectionText } from '../../views/data.ts';
import type { Judged } from '../../views/describe.ts';
import { DOCUMENT_LABELS, describe, known } from '../../views/describe.ts';
import { editModal, readSectionInputs, sectionInputId, staleSentence } from '../../views/document.ts';
import { treeLines } from '../../views/gate-tree.ts';
import {
  cancelModal,
  delegateModal,
  deployModal,
  itemModal,
  requestChangesModal,
  sentenceModal,
} from '../../views/modals.ts';
import { UNKNOWN_CONTROL } from '../../views/refusal.ts';
import type { Target } from '../../views/values.ts';
import { packetLines } from '../../views/work.ts';
import type { Event, Priority } from '../pipeline/types.ts';
import { revisionOf } from '../store/cards.ts';
import { approveData } from './approve.ts';
import { GONE, retarget, sentBackTo } from './asks.ts';
import type { Reply, SubmitCall } from './call.ts';
import { type Context, refusalOf, type SubmitHandler } from './context.ts';
import { approvers, documentView } from './document-views.ts';
import { submitIncident } from './incident.ts';
import type { SlackInput } from './input.ts';
import { submitMilestone } from './milestone.ts';
import { submitOverride } from './override.ts';
import { freshCard } from './tell.ts';

const update = (view: ModalView): Reply => ({ ack: { response_action: 'update', view } });
const errors = (byBlock: Record<string, string>): Reply => ({ ack: { response_action: 'errors', errors: byBlock } });

const about =
  (run: (context: Context<SubmitCall>, target: Target) => Promise<Reply>): SubmitHandler =>
  async (context) =>
    context.call.target ? run(context, context.call.target) : update(sentenceModal('Lockstep', UNKNOWN_CONTROL));

/** The form again, with everything that was typed and the reason on top; sent again it is about what stands now. */
type Again = (now: {
  card: CardData;
  judged: Judged;
  target: Target;
  notice: string;
  open: boolean;
}) => ModalView | Promise<ModalView>;

/** Through the door. A refused submit loses nothing of what was typed. */
async function decideBySubmit(
  context: Context<SubmitCall>,
  target: Target,
  event: Event,
  again: Again,
): Promise<Reply> {
  const { input, call } = context;
  const result = await input.advance(target.item, event, { request: call.request });
  const notice = refusalOf(result);
  if (notice === null) return { after: () => redrawBelow(context, target.item) };
  const judged = await input.judge(target.item);
  if (!judged) return update(sentenceModal('Lockstep', GONE));
  const card = describe(judged);
  const next = retarget(card, target);
  return update(await again({ card, judged, target: next ?? target, notice, open: next !== null }));
}

/** What the modals below this one show is drawn again: the text of a document, or the item. */
async function redrawBelow({ input, call }: Context<SubmitCall>, itemId: string): Promise<void> {
  const { id, rootId, belowId } = call.view;
  if (rootId === id) return;
  const text = call.target?.over ? await textBelow(input, call.target, call.caller.id) : null;
  if (text) await call.client.views.update({ view_id: belowId ?? rootId, view: text });
  if (text && (belowId ?? rootId) === rootId) return;
  const card = await freshCard(input, itemId);
  if (card) await call.client.views.update({ view_id: rootId, view: itemModal(card) });
}

/** What was decided about is shown with the decision; what was edited, as it is now. */
async function textBelow(input: SlackInput, target: Target, reader: string): Promise<ModalView | null> {
  const { item, of, document, subject } = target;
  const shown = document ? { item, document } : ({ item, subject, document: of === 'spec' ? of : 'prd' } as const);
  const view = await documentView(input, shown, reader);
  return typeof view === 'string' ? null : view;
}

/** What was read is approved; when it has changed meanwhile, the form shows what stands there now. */
const approve = about(async (context, target) => {
  const { visit, of = 'prd', subject = '' } = target;
  const event: Event = { type: 'approved', actor: context.actor, visit, of, subject };
  return decideBySubmit(context, target, event, async ({ card, judged, target: next, notice, open }) => {
    const data = await approveData(context.input, card, judged, next);
    return approveModal(open ? data : { ...data, ask: null }, notice);
  });
});

const requestChanges = about(async (context, target) => {
  const reason = (context.call.values.reason ?? '').trim();
  if (reason === '') return errors({ reason: 'Say what has to change; the next draft answers to it.' });
  const { visit, of = 'prd', subject = '' } = target;
  const event: Event = { type: 'changes_requested', actor: context.actor, visit, of, subject, note: reason };
  return decideBySubmit(context, target, event, (now) =>
    requestChangesModal(now.card.item, now.target, sentBackTo(now.judged), {
      notice: now.notice,
      text: reason,
      open: now.open,
    }),
  );
});

const delegate = about(async (context, target) => {
  const { agent = '', note = '' } = context.call.values;
  if (!context.input.agents.some((one) => one.id === agent)) return errors({ agent: 'Choose one of the agents.' });
  const { visit, of = 'spec', subject = '' } = target;
  const event: Event = { type: 'approved', actor: context.actor, visit, of, subject, note: note.trim(), choice: agent };
  return decideBySubmit(context, target, event, (now) => {
    const { agents, config } = context.input;
    const data = {
      item: now.card.item,
      target: now.target,
      agents,
      preferred: config.default_agent,
      lines: treeLines(now.card.gate, { decisions: false }),
    };
    return delegateModal(data, { notice: now.notice, text: note, agent, open: now.open });
  });
});

const deploy = about(async (context, target) => {
  const { note = '' } = context.call.values;
  const { visit, of = 'merge', subject = '' } = target;
  const event: Event = { type: 'approved', actor: context.actor, visit, of, subject, note: note.trim() };
  return decideBySubmit(context, target, event, (now) => {
    const { facts } = now.judged.state;
    const notes = known(facts, 'release_notes')?.markdown ?? '';
    const data = { item: now.card.item, target: now.target, packet: packetLines(facts), notes };
    return deployModal(data, { notice: now.notice, text: note, open: now.open });
  });
});

const cancel = about(async (context, target) => {
  const reason = (context.call.values.reason ?? '').trim();
  if (reason === '') return errors({ reason: 'Say why, so that people understand it later.' });
  const event: Event = { type: 'cancelled', actor: context.actor, note: reason };
  return decideBySubmit(context, target, event, (now) =>
    cancelModal(now.card.item, { notice: now.notice, text: reason, open: false }),
  );
});

const editDocument = about(async (context, target) => {
  const { input, call, actor } = context;
  const document = target.document === 'spec' ? 'spec' : 'prd';
  const fields = readSectionInputs(call.values);
  const note = (call.values.note ?? '').trim();
  const { item: itemId, subject: baseHash = '' } = target;
  const result = await input.commands.revise({ itemId, document, fields, baseHash, actor, note }, call.request);
  if (result.kind === 'revised') return { after: () => redrawBelow(context, itemId) };
  if (result.kind === 'refused') {
    const ids = Object.keys(call.values);
    const block = result.field && sectionInputId(result.field, ids);
    return errors({ [block || ids[0] || 'note']: result.reason });
  }
  const { current } = result;
  const [judged, base] = await Promise.all([input.judge(itemId), revisionOf(input.db, itemId, document, baseHash)]);
  if (!judged) return update(sentenceModal('Lockstep', GONE));
  const before = new Map(base ? input.sectionsOf(document, base.fields).map((one) => [one.id, one.text]) : []);
  const merged = put(fields, { before, now: current.sections });
  const label = DOCUMENT_LABELS[document];
  const by = { id: current.authorId, name: current.authorName };
  const { hash, revision, at } = current;
  return update(
    editModal({
      item: describe(judged).item,
      document: { document, label, revision, hash, author: by, authorKind: 'person', summary: '', placeholders: 0 },
      sections: merged.sections,
      approvedBy: await approvers(input, judged, document, hash),
      note,
      stale: { sentence: staleSentence(label, { by, at, revision, conflict: merged.conflict }), others: merged.others },
      ...(target.over ? { over: target.over } : {}),
    }),
  );
});

/**
 * What was typed, put over a revision that came in between: sections that the person left as they were are the newer ones,
 * sections that only they changed are theirs, and where both did both are shown.
 */
function put(
  typed: Readonly<Record<string, string>>,
  { before, now }: { before: ReadonlyMap<string, string>; now: readonly SectionText[] },
): { sections: SectionText[]; others: Record<string, string>; conflict: boolean } {
  const same = (one = '', other = '') => one.replaceAll('\r\n', '\n').trim() === other.trim();
  const others: Record<string, string> = {};
  const sections = now.map((section) => {
    const { id, text } = section;
    const mine = typed[id];
    if (mine === undefined || same(mine, before.get(id)) || same(mine, text)) return section;
    if (!same(text, before.get(id))) others[id] = text;
    return { ...section, text: mine };
  });
  return { sections, others, conflict: Object.keys(others).length > 0 };
}

const intake: SubmitHandler = async ({ input, call, actor }) => {
  const { title = '', description = '', service = '', priority = '' } = call.values;
  const result = await input.commands.createItem(
    {
      title,
      description,
      service: service || null,
      priority: /^P[0-4]$/.test(priority) ? (priority as Priority) : null,
      requester: { id: actor.id, name: actor.name },
      channel: input.config.channel,
      origin: 'slack',
    },
    call.request,
  );
  if (result.kind === 'refused') {
    input.log.warn({ actor: actor.id, reason: result.reason }, 'refused');
    return errors({ [result.field in call.values ? result.field : 'title']: result.reason });
  }
  if (result.kind === 'duplicate') return {};
  return { after: () => sayCreated(call, result.key, input.config.channel) };
};

/** Told where the person was, because the card may be in another channel. */
async function sayCreated(call: SubmitCall, key: string, home: string): Promise<void> {
  const channel = channelOf(call.view.metadata);
  if (!channel) return;
  const text = `${key} is created. Its thread is in ${/^[CG][A-Z0-9]+$/.test(home) ? `<#${home}>` : `#${home}`}.`;
  await call.client.chat.postEphemeral({ channel, user: call.caller.id, text });
}

function channelOf(metadata: string): string | null {
  try {
    const { channel } = JSON.parse(metadata) as { channel?: unknown };
    return typeof channel === 'string' && channel !== '' ? channel : null;
  } catch {
    return null;
  }
}

/** Every form, by the callback id of its view. */
export const SUBMITS: Readonly<Record<string, SubmitHandler>> = {
  intake,
  incident: submitIncident,
  milestone: submitMilestone,
  override: submitOverride,
  approve,
  request_changes: requestChanges,
  edit_document: editDocument,
  delegate,
  deploy,
  cancel,
};
