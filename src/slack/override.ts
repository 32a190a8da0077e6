import type { CardData } from '../../views/data.ts';
import { describe, type Judged } from '../../views/describe.ts';
import { sentenceModal } from '../../views/modals.ts';
import { type OpenRule, openTo, overridable, overrideModal } from '../../views/override.ts';
import { UNKNOWN_CONTROL } from '../../views/refusal.ts';
import { rolesOf } from '../store/people.ts';
import { GONE } from './asks.ts';
import { type ActionHandler, opens, refusalOf, type SubmitHandler } from './context.ts';
import type { SlackInput } from './input.ts';
import { tell } from './tell.ts';

/** The form that lets an item pass a rule. `advance` decides who may; the form says it before anybody types for nothing. */

export const openOverride: ActionHandler = async (context) => {
  const { input, call } = context;
  const { target } = call;
  if (!target) return { after: () => tell(input, call, UNKNOWN_CONTROL) };
  return opens(context, {
    title: 'Override a rule',
    itemId: target.item,
    reason: 'override',
    draw: async () => {
      const judged = await input.judge(target.item);
      if (!judged) return GONE;
      const { item } = judged.state;
      if (item.visit !== target.visit) return `${item.key} has left that gate.`;
      const rules = await rulesFor(input, judged, call.caller.id);
      return typeof rules === 'string' ? rules : overrideModal(item, rules);
    },
  });
};

/** Rules that this person may override now, or the sentence that says why there is none. */
export async function rulesFor(input: SlackInput, judged: Judged, userId: string): Promise<OpenRule[] | string> {
  return openTo({ id: userId, roles: await rolesOf(input.db, userId) }, overridable(judged.gate));
}

/** A card that one person looks at offers to override only what they may. */
export async function cardFor(input: SlackInput, judged: Judged, userId: string): Promise<CardData> {
  const card = describe(judged);
  const rules = await rulesFor(input, judged, userId);
  return typeof rules === 'string' ? { ...card, can: { ...card.can, override: [] } } : card;
}

export const submitOverride: SubmitHandler = async ({ input, call, actor }) => {
  const { target } = call;
  if (!target) return { ack: { response_action: 'update', view: sentenceModal('Lockstep', UNKNOWN_CONTROL) } };
  const { rule = '', reason = '', hours = '' } = call.values;
  if (reason.trim() === '') {
    return { ack: { response_action: 'errors', errors: { reason: 'Say why, so that people understand it later.' } } };
  }
  const { item, visit } = target;
  const event = { type: 'overridden', actor, visit, rule, hours: Number(hours), note: reason } as const;
  const notice = refusalOf(await input.advance(item, event, { request: call.request }));
  // What lies below showed the rule as it was.
  if (notice === null) return { ack: { response_action: 'clear' } };
  const judged = await input.judge(item);
  if (!judged) return { ack: { response_action: 'update', view: sentenceModal('Lockstep', GONE) } };
  const rules = await rulesFor(input, judged, actor.id);
  const open = typeof rules === 'string' ? [] : rules;
  const view = overrideModal(judged.state.item, open, { notice, rule, hours, reason });
  return { ack: { response_action: 'update', view } };
};
