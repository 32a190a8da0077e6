import type { ModalView } from '@slack/types';
import { UNKNOWN_CONTROL } from '../../views/refusal.ts';
import type { Target } from '../../views/values.ts';
import type { Result } from '../advance.ts';
import type { Actor, Event } from '../pipeline/types.ts';
import type { ActionCall, Call, Reply, SubmitCall } from './call.ts';
import type { SlackInput } from './input.ts';
import { openModal } from './open-modal.ts';
import { refresh, tell } from './tell.ts';

/** What a handler gets: the payload as a call, and the person as an actor whose roles `advance` reads itself. */
export interface Context<C extends Call> {
  input: SlackInput;
  call: C;
  actor: Actor;
}
export type Handler<C extends Call> = (context: Context<C>) => Promise<Reply>;
export type ActionHandler = Handler<ActionCall>;
export type SubmitHandler = Handler<SubmitCall>;

/** A handler of a button about one item; a value that we did not write is not acted upon. */
export const about =
  (run: (context: Context<ActionCall>, target: Target) => Promise<Reply>): ActionHandler =>
  async (context) => {
    const { input, call } = context;
    return call.target ? run(context, call.target) : { after: () => tell(input, call, UNKNOWN_CONTROL) };
  };

/** Something that a person did to an item by one click: through the door, then told if it was refused. */
export async function decideByClick(context: Context<ActionCall>, itemId: string, event: Event): Promise<Reply> {
  const { input, call } = context;
  const result = await input.advance(itemId, event, { request: call.request });
  const reason = refusalOf(result);
  if (reason !== null) return { after: () => tell(input, call, reason, itemId) };
  return { after: () => refresh(input, call, itemId) };
}

/** Why nothing happened, or null. A repeated delivery of a refused request was refused for the same reason. */
export function refusalOf(result: Result): string | null {
  if (result.kind === 'refused' || result.kind === 'ignored') return result.reason;
  return result.kind === 'duplicate' && result.reason !== '' ? result.reason : null;
}

/** Puts on record that a modal was asked for, then opens it. A repeated delivery opens nothing. */
export async function opens(
  { input, call }: Context<Call>,
  what: { title: string; itemId?: string; reason: string; draw: () => Promise<ModalView | string>; page?: boolean },
): Promise<Reply> {
  const seen = await input.commands.receive({
    request: call.request,
    actorId: call.caller.id,
    itemId: what.itemId ?? null,
    outcome: 'opened',
    reason: what.reason,
  });
  return seen === 'duplicate' ? {} : { after: () => openModal(call, what.title, what.draw, what.page) };
}
