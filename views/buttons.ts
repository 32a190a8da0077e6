import type { ActionsBlock, KnownBlock } from '@slack/types';
import { button, option, plain } from './blocks.ts';
import type { Ask, CardData, DocumentRef, ItemRef } from './data.ts';
import { overrideButton } from './override.ts';
import { shortSha } from './text.ts';
import { pack } from './values.ts';

type Elements = ActionsBlock['elements'];

/** As a button says it, and as a screen reader tells it within a sentence. */
const SUBJECTS = {
  prd: ['PRD', 'PRD'],
  spec: ['Spec', 'spec'],
  head: ['Pull Request', 'pull request'],
  merge: ['Release', 'release'],
} as const;

/** What the main button of a decision says, and which handler it belongs to. */
export function decisionButton(
  item: ItemRef,
  ask: Pick<Ask, 'verb' | 'of' | 'subject'>,
): { id: string; text: string; label: string; value: string } {
  const value = pack({ item: item.id, visit: item.visit, of: ask.of, subject: ask.subject, verb: ask.verb });
  if (ask.verb === 'delegate') return { id: 'delegate', text: 'Delegate…', label: `Delegate ${item.key}`, value };
  if (ask.verb === 'deploy') return { id: 'deploy', text: 'Deploy…', label: `Deploy ${item.key}`, value };
  const [text, words] = SUBJECTS[ask.of];
  return { id: 'approve', text: `Approve ${text}`, label: `Approve ${words} of ${item.key}`, value };
}

/** Buttons of one decision: one primary, then the ways to disagree, to read on and to change it. */
export function askButtons(item: ItemRef, ask: Ask, primary = true): Elements {
  const main = decisionButton(item, ask);
  const elements: Elements = [button({ ...main, ...(primary ? { style: 'primary' as const } : {}) })];
  if (ask.reject) {
    const label = `Request changes to ${item.key}`;
    elements.push(button({ id: 'request_changes', text: 'Request Changes', label, value: main.value }));
  }
  if (ask.of === 'prd' || ask.of === 'spec') {
    const value = pack({ item: item.id, visit: item.visit, document: ask.of, subject: ask.subject });
    const [text, words] = SUBJECTS[ask.of];
    const of = `${words} of ${item.key}`;
    elements.push(button({ id: 'open_document', text: `Open ${text}`, label: `Open ${of}`, value }));
    if (ask.verb === 'approve') elements.push(button({ id: 'edit', text: `Edit ${text}`, label: `Edit ${of}`, value }));
  }
  return elements;
}

/** The way to what changed between two revisions, by their numbers; unless said, since the one before. The first has none. */
export function compareButton(
  item: ItemRef,
  { document, label, revision }: DocumentRef,
  { from = revision - 1, to = revision, text = 'What Changed' }: { from?: number; to?: number; text?: string } = {},
): Elements {
  const value = pack({ item: item.id, visit: item.visit, document, from, to });
  return from > 0 ? [button({ id: 'compare', text, label: `${text}: ${label} of ${item.key}`, value })] : [];
}

/** What a stage allows on the item as a whole. The first decision has the only primary button. */
export function cardButtons(card: CardData): Elements {
  const { item, can } = card;
  const [first] = card.asks;
  // After a rollback nobody is led to deploy the same commit again. Edit is in the menu, so that the row stays one.
  const asked = first ? askButtons(item, first, card.news === null) : [];
  const elements = asked.filter((one) => !('action_id' in one) || one.action_id !== 'edit');
  const value = pack({ item: item.id, visit: item.visit });
  if (can.retry) elements.push(button({ id: 'retry', text: 'Retry', label: `Retry ${item.key}`, value }));
  if (can.takeOver) {
    elements.push(button({ id: 'take_over', text: 'Take It Over', label: `Take it over: ${item.key}`, value }));
  }
  // Whoever may not hears who may.
  if (can.retry && can.override?.length) elements.push(overrideButton(item));
  if (can.rollback) elements.push(rollbackButton(item, can.rollback));
  return [...elements, menu(card)];
}

function rollbackButton(item: ItemRef, rollback: NonNullable<CardData['can']['rollback']>): Elements[number] {
  const target = rollback.to
    ? `Production goes back from ${shortSha(rollback.from)} to ${shortSha(rollback.to)}, the last good deployment before it.`
    : 'There is no earlier deployment to go back to; Lockstep will say so and change nothing.';
  return button({
    id: 'rollback',
    text: 'Rollback…',
    label: `Rollback of ${item.key}`,
    style: 'danger',
    value: pack({ item: item.id, visit: item.visit, subject: rollback.from }),
    confirm: { title: `Roll back ${item.key}?`, text: target, confirm: 'Roll back' },
  });
}

/** Everything that is seldom needed, five entries at most; what has a button is left out. */
function menu(card: CardData): Elements[number] {
  const { item, documents, can } = card;
  const [first] = card.asks;
  const entry = (name: string) => pack({ item: item.id, visit: item.visit, entry: name });
  const others = documents.filter((one) => one.document !== first?.of);
  const edited = first?.verb === 'approve' ? documents.find((one) => one.document === first.of) : undefined;
  return {
    type: 'overflow',
    action_id: 'menu',
    options: [
      ...(edited ? [option(`Edit ${edited.label}`, entry(`edit:${edited.document}`))] : []),
      ...others.slice(0, 2).map((one) => option(`Open ${one.label}`, entry(`open:${one.document}`))),
      option('Show what is known', entry('details')),
      option('Show history', entry('history')),
      ...(can.cancel ? [option(`Cancel ${item.key}…`, entry('cancel'))] : []),
    ],
  };
}

/**
 * The select that answers an open question. At most 100 candidates are offered. What it is about stands in the block id,
 * because the value of an option is too short for it beside a long name.
 */
export function questionBlock(item: ItemRef, question: NonNullable<CardData['question']>): KnownBlock[] {
  const options = question.candidates.filter((candidate) => candidate.length <= 75).slice(0, 100);
  if (options.length === 0) return [];
  return [
    {
      type: 'actions',
      block_id: pack({ item: item.id, visit: item.visit }),
      elements: [
        {
          type: 'static_select',
          action_id: `answer_${question.fact}`,
          placeholder: plain('Choose a service', 150),
          options: options.map((candidate) => option(candidate, candidate)),
        },
      ],
    },
  ];
}
