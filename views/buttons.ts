import type { ActionsBlock, KnownBlock } from '@slack/types';
import { button, option, plain } from './blocks.ts';
import type { Ask, CardData, ItemRef } from './data.ts';
import { shortSha } from './text.ts';
import { pack } from './values.ts';

type Elements = ActionsBlock['elements'];

const SUBJECTS = { prd: 'PRD', spec: 'spec', head: 'pull request', merge: 'release' } as const;

/** What the main button of a decision says, and which handler it belongs to. */
export function decisionButton(
  item: ItemRef,
  ask: Pick<Ask, 'verb' | 'of' | 'subject'>,
): { id: string; text: string; value: string } {
  const value = pack({ item: item.id, visit: item.visit, of: ask.of, subject: ask.subject, verb: ask.verb });
  if (ask.verb === 'delegate') return { id: 'delegate', text: 'Delegate…', value };
  if (ask.verb === 'deploy') return { id: 'deploy', text: 'Deploy…', value };
  return { id: 'approve', text: `Approve ${SUBJECTS[ask.of]}`, value };
}

/** Buttons of one decision: one primary, then the ways to disagree and to read on. */
export function askButtons(item: ItemRef, ask: Ask, primary = true): Elements {
  const main = decisionButton(item, ask);
  const label = ask.verb === 'approve' ? `${main.text} of ${item.key}` : `${main.text.replace('…', '')} ${item.key}`;
  const elements: Elements = [button({ ...main, label, ...(primary ? { style: 'primary' as const } : {}) })];
  if (ask.reject) elements.push(button({ id: 'request_changes', text: 'Request changes', value: main.value }));
  if (ask.of === 'prd' || ask.of === 'spec') {
    const value = pack({ item: item.id, visit: item.visit, document: ask.of, subject: ask.subject });
    const name = SUBJECTS[ask.of];
    if (ask.verb === 'approve') elements.push(button({ id: 'edit', text: `Edit ${name}`, value }));
    elements.push(button({ id: 'open_document', text: `Open full ${name}`, value }));
  }
  return elements;
}

/** What a stage allows on the item as a whole. The first decision has the only primary button. */
export function cardButtons(card: CardData): Elements {
  const { item, can } = card;
  const [first] = card.asks;
  const elements: Elements = first ? askButtons(item, first) : [];
  if (can.retry) {
    elements.push(button({ id: 'retry', text: 'Retry', value: pack({ item: item.id, visit: item.visit }) }));
  }
  if (can.takeOver) {
    const value = pack({ item: item.id, visit: item.visit });
    elements.push(button({ id: 'take_over', text: 'Take it over', value }));
  }
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
    style: 'danger',
    value: pack({ item: item.id, visit: item.visit, subject: rollback.from }),
    confirm: { title: `Roll back ${item.key}?`, text: target, confirm: 'Roll back' },
  });
}

/** Everything that is seldom needed. */
function menu(card: CardData): Elements[number] {
  const { item, documents, can } = card;
  const entry = (name: string) => pack({ item: item.id, visit: item.visit, entry: name });
  return {
    type: 'overflow',
    action_id: 'menu',
    options: [
      option('Show history', entry('history')),
      ...documents.map((one) => option(`Open ${one.label}`, entry(`open:${one.document}`))),
      option('Show what is known', entry('details')),
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
