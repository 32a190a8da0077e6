import type { ModalView, PlainTextOption } from '@slack/types';
import { alert, context, inert, type ModalSpec, modal, option, plain, section, textInput, titled } from './blocks.ts';
import { cardBlocks, clipLines } from './card.ts';
import type { CardData, ItemRef, LogLine } from './data.ts';
import { logLine } from './log.ts';
import { digest, fromMarkdown } from './markdown.ts';
import { type OpenRule, overrideBlocks } from './override.ts';
import { clean, clip, oneLine, safe, upTo, when } from './text.ts';
import { pack, type Target } from './values.ts';
import { SUBJECTS } from './words.ts';

/** What was typed stays, and a sentence on top says why it was not taken. */
export interface Kept {
  notice?: string;
  text?: string;
  /** false = nothing can be decided here any more; the text can still be copied. */
  open?: boolean;
}

const notices = (notice: string | undefined): ModalSpec['blocks'] => (notice ? [alert(notice)] : []);
const about = (item: ItemRef): ModalSpec['blocks'] => [titled(item, 200)];

export function loadingModal(title: string): ModalView {
  return modal({ id: 'loading', title, blocks: [context('One moment…')] });
}

/** An input while the decision is open; afterwards what was typed is only shown, so that it can be copied. */
const typedText = (kept: Kept, input: Parameters<typeof textInput>[0]): ModalSpec['blocks'] => {
  if (kept.open !== false) return [textInput({ ...input, value: kept.text })];
  return kept.text ? [context('This is what you wrote:'), inert([{ text: upTo(clean(kept.text), 12_000) }])] : [];
};

/** One sentence, where there is no message to answer to. */
export function sentenceModal(title: string, sentence: string): ModalView {
  return modal({ id: 'sentence', title, blocks: [inert([{ text: clip(oneLine(sentence), 2000) }])] });
}

export interface IntakeData {
  title?: string;
  description?: string;
  service?: string;
  services: readonly string[];
  priority?: string;
  notice?: string;
  /** Channel where the person was, and the message that it came from. */
  origin: { channel: string; source: string };
}

const PRIORITY_WORDS = {
  P0: 'P0: everything stops',
  P1: 'P1: urgent',
  P2: 'P2: soon',
  P3: 'P3: normal',
  P4: 'P4: whenever',
} as const;

/** What `createItem` takes. */
export const TITLE_MAX = 250;

export function intakeModal(data: IntakeData): ModalView {
  const services = data.services.filter((name) => name.length <= 75);
  const chosen = services.find((name) => name === data.service);
  const priority = Object.entries(PRIORITY_WORDS).map(([value, words]) => option(words, value));
  return modal({
    id: 'intake',
    title: 'New ticket',
    submit: 'Create ticket',
    metadata: JSON.stringify({ channel: data.origin.channel, source: upTo(data.origin.source, 500) }),
    blocks: [
      ...notices(data.notice),
      textInput({
        id: 'title',
        label: 'Title',
        value: data.title,
        max: TITLE_MAX,
        focus: true,
        hint: 'What should be different, in one line',
      }),
      textInput({
        id: 'description',
        label: 'Description',
        value: data.description,
        lines: true,
        optional: true,
        hint: 'Two lines are enough. Write Given / When / Then if you know when it is done.',
      }),
      ...serviceInput(services, chosen),
      {
        type: 'input',
        block_id: 'priority',
        optional: true,
        label: plain('Priority', 100),
        element: {
          type: 'static_select',
          action_id: 'priority',
          placeholder: plain('Let Lockstep suggest one', 150),
          options: priority,
          ...(priority.some((one) => one.value === data.priority)
            ? { initial_option: priority.find((one) => one.value === data.priority)! }
            : {}),
        },
      },
    ],
  });
}

/** Up to 100 services are a plain list; more are searched. */
function serviceInput(services: readonly string[], chosen: string | undefined): ModalSpec['blocks'] {
  if (services.length === 0) return [];
  const placeholder = plain('Find it out from the text', 150);
  const initial = chosen ? { initial_option: option(chosen, chosen) } : {};
  return [
    {
      type: 'input',
      block_id: 'service',
      optional: true,
      label: plain('Service', 100),
      hint: plain('Leave it open if you are not sure; Lockstep asks and never guesses', 200),
      element:
        services.length <= 100
          ? {
              type: 'static_select',
              action_id: 'service',
              placeholder,
              options: services.map((name) => option(name, name)),
              ...initial,
            }
          : { type: 'external_select', action_id: 'service', placeholder, min_query_length: 0, ...initial },
    },
  ];
}

/** `back` is the label of the stage that it goes back to. */
export function requestChangesModal(item: ItemRef, target: Target, back: string | null, kept: Kept = {}): ModalView {
  return modal({
    id: 'request_changes',
    title: 'Request changes',
    ...(kept.open === false ? {} : { submit: 'Send back' }),
    metadata: pack(target),
    blocks: [
      ...notices(kept.notice),
      ...(kept.open === false ? [] : [section(whatReasonDoes(item, target, back))]),
      ...about(item),
      ...typedText(kept, {
        id: 'reason',
        label: 'What has to change?',
        hint: 'Be specific: each point is answered',
        lines: true,
        focus: true,
      }),
    ],
  });
}

/** Who reads the reason, and where the item goes with it. */
function whatReasonDoes(item: ItemRef, { of = 'prd' }: Target, back: string | null): string {
  const goes = back ? `${item.key} goes back to “${safe(back, 80)}”. ` : '';
  if (of === 'prd' || of === 'spec') {
    return `${goes}Lockstep drafts ${SUBJECTS[of]} again with your reason, and says how each point was handled.`;
  }
  return `${goes}Whoever writes the code gets your reason, and goes on with the same pull request.`;
}

export interface DelegateData {
  item: ItemRef;
  target: Target;
  agents: readonly { id: string; label: string }[];
  preferred: string;
  lines: readonly string[];
}

export function delegateModal(data: DelegateData, kept: Kept & { agent?: string } = {}): ModalView {
  const options = data.agents.slice(0, 100).map((agent) => option(agent.label, agent.id));
  const initial = options.find((one) => one.value === (kept.agent ?? data.preferred)) ?? options[0];
  const open = kept.open !== false && initial !== undefined;
  return modal({
    id: 'delegate',
    title: 'Delegate',
    ...(open ? { submit: 'Delegate' } : {}),
    metadata: pack(data.target),
    blocks: [
      ...notices(kept.notice),
      ...about(data.item),
      ...(data.lines.length > 0 ? [section(clipLines(data.lines, 2800))] : []),
      ...(initial
        ? open
          ? [agentInput(options, initial)]
          : []
        : [alert('No agent is set up; see docs/configuration.md')]),
      ...typedText({ ...kept, open }, { id: 'note', label: 'Note for the agent', lines: true, optional: true }),
    ],
  });
}

const agentInput = (options: PlainTextOption[], initial: PlainTextOption): ModalSpec['blocks'][number] => ({
  type: 'input',
  block_id: 'agent',
  label: plain('Agent', 100),
  hint: plain('No agent can merge, deploy or approve, whichever you choose', 200),
  element: { type: 'static_select', action_id: 'agent', options, initial_option: initial },
});

/** The decision packet is what a person approves: what was asked, the notes, the risk, and the way back. */
export function deployModal(
  data: { item: ItemRef; target: Target; packet: readonly string[]; notes: string },
  kept: Kept = {},
): ModalView {
  return modal({
    id: 'deploy',
    title: 'Deploy to production',
    ...(kept.open === false ? {} : { submit: 'Deploy' }),
    metadata: pack(data.target),
    blocks: [
      ...notices(kept.notice),
      ...packet(data),
      ...typedText(kept, { id: 'note', label: 'Note', lines: true, optional: true, max: 1000 }),
    ],
  });
}

/** What is deployed first, then a section for each topic, and what people will notice. */
function packet(data: { item: ItemRef; packet: readonly string[]; notes: string }): ModalSpec['blocks'] {
  const [first, ...topics] = data.packet;
  const { text } = digest(data.notes);
  return [
    ...(first ? [section(first)] : []),
    ...about(data.item),
    ...topics.slice(0, 20).map(section),
    ...(text
      ? [section('*Release notes*'), ...fromMarkdown(text, { max: 2500, maxBlocks: 20, small: true }).blocks]
      : []),
  ];
}

export function cancelModal(item: ItemRef, kept: Kept = {}): ModalView {
  return modal({
    id: 'cancel',
    title: `Cancel ${item.key}`,
    ...(kept.open === false ? {} : { submit: 'Cancel the item' }),
    close: 'Keep it',
    metadata: pack({ item: item.id, visit: item.visit }),
    blocks: [
      ...notices(kept.notice),
      ...about(item),
      context('It cannot be taken up again. Its history, documents and pull request stay.'),
      ...typedText(kept, { id: 'reason', label: 'Why?', lines: true, max: 1000, focus: true }),
    ],
  });
}

/** The card in a modal, for people who are not in its thread. */
export function itemModal(data: CardData, notice?: string): ModalView {
  return modal({
    id: 'item',
    title: data.item.key,
    metadata: pack({ item: data.item.id, visit: data.item.visit }),
    blocks: [...notices(notice), ...cardBlocks(data)],
  });
}

/** Everything that is known, with source and age; what is missing is said. */
export function detailsModal(data: CardData, mayOverride: readonly OpenRule[] = []): ModalView {
  const lines = data.facts.map(
    (fact) => `*${fact.label}:* ${safe(fact.value, 600)}\n${safe(fact.source, 80)}, ${when(fact.seenAt)}`,
  );
  return modal({
    id: 'details',
    title: `What is known: ${data.item.key}`.slice(0, 24),
    blocks: [
      ...about(data.item),
      ...(mayOverride.length > 0 ? overrideBlocks(data.item, mayOverride) : []),
      ...(data.item.description ? [inert([{ text: clip(data.item.description, 2500) }])] : []),
      ...(lines.length > 0 ? lines.map(section) : [context('Nothing yet. Facts arrive when the item is enriched.')]),
      ...(data.missing.length > 0 ? [context(`Not known: ${data.missing.join(', ').toLowerCase()}`)] : []),
    ],
  });
}

export function historyModal(item: ItemRef, lines: readonly LogLine[], more: boolean): ModalView {
  return modal({
    id: 'history',
    title: `History of ${item.key}`.slice(0, 24),
    blocks: [
      ...about(item),
      ...lines.slice(-80).map((line) => context(`${when(line.at)} · ${logLine(line)}`)),
      ...(more ? [context('Earlier entries are not shown.')] : []),
    ],
  });
}
