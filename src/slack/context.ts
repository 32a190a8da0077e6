import type { ModalView } from '@slack/types';
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
  what: { title: string; itemId?: string; reason: string; draw: () => Promise<ModalView | string> },
): Promise<Reply> {
  const seen = await input.commands.receive({
    request: call.request,
    actorId: call.caller.id,
    itemId: what.itemId ?? null,
    outcome: 'opened',
    reason: what.reason,
  });
  return seen === 'duplicate' ? {} : { after: () => openModal(call, what.title, what.draw) };
}
