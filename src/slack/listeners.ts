import { type App, ErrorCode } from '@slack/bolt';
import { option } from '../../views/blocks.ts';
import { ALL_SERVICES } from '../../views/board.ts';
import { sentenceModal } from '../../views/modals.ts';
import { NOT_RECORDED, UNKNOWN_CONTROL } from '../../views/refusal.ts';
import type { Actor } from '../pipeline/types.ts';
import { ACTIONS } from './actions.ts';
import { fixFromMessage } from './alert.ts';
import { GONE } from './asks.ts';
import type { Call, Reply, SubmitCall } from './call.ts';
import { newTicketShortcut, runCommand, ticketFromMessage } from './commands.ts';
import type { Context, Handler } from './context.ts';
import {
  actionCall,
  type CommandBody,
  commandCall,
  type InteractionBody,
  shortcutCall,
  submitCall,
  type Transport,
  type ViewBody,
} from './decode.ts';
import { registerEvents } from './events.ts';
import { createFollowUps, inTime } from './follow-ups.ts';
import { createGuard } from './guard.ts';
import type { SlackInput } from './input.ts';
import { openModal } from './open-modal.ts';
import { refuseFutureTimestamps } from './options.ts';
import { SUBMITS } from './submits.ts';
import { tell } from './tell.ts';

/** People are told within 2.5 s, network included. */
const DEADLINE_MS = 2000;

export interface SlackListeners {
  /** Waits for answers that are still on their way to people. */
  settled(): Promise<void>;
}

/**
 * Every kind of payload goes through one listener and one visible table. What a person did is committed, then
 * acknowledged, and nothing stands in between; what follows may fail without harm.
 */
export function createSlackListeners(app: App, input: SlackInput): SlackListeners {
  const followUps = createFollowUps(input.log);
  const guard = createGuard(input);

  /** Runs a handler to its commit. Whatever goes wrong before that, the person hears that nothing was recorded. */
  async function handle<C extends Call>(call: C, what: string, run: Handler<C>, say: Say): Promise<Reply> {
    const log = input.log.child({ request: call.request.id, actor: call.caller.id, what });
    try {
      return await inTime(
        (async () => {
          const known = await guard(call.caller);
          if (known.refusal !== null) {
            log.warn({ reason: known.refusal }, 'refused');
            const { request, caller } = call;
            await input.commands.receive({ request, actorId: caller.id, outcome: 'refused', reason: known.refusal });
            return say(known.refusal);
          }
          const actor: Actor = { id: call.caller.id, name: known.name, roles: [] };
          return run({ input, call, actor } satisfies Context<C>);
        })(),
        DEADLINE_MS,
      );
    } catch (error) {
      log.error({ err: error }, 'not recorded');
      const lost = error instanceof Error && /there is no item/.test(error.message);
      return say(lost ? GONE : NOT_RECORDED);
    }
  }

  async function finish(what: string, reply: Reply, ack: (body?: unknown) => Promise<void>): Promise<void> {
    input.failpoint('before_ack', what);
    await (reply.ack === undefined ? ack() : ack(reply.ack));
    followUps.run(what, reply.after);
  }

  const unknown = (kind: string, id: string, say: Say): Reply => {
    input.log.warn({ kind, id }, 'unknown control');
    return say(UNKNOWN_CONTROL);
  };

  app.action(/.*/, async ({ body, client, ack, ...args }) => {
    const call = actionCall(body as unknown as InteractionBody, { client, respond: respondOf(args) });
    if (!call) return ack();
    const say: Say = (sentence) => ({ after: () => tell(input, call, sentence) });
    const handler = ACTIONS[call.id];
    const reply = handler ? await handle(call, call.id, handler, say) : unknown('action', call.id, say);
    await finish(call.id, reply, ack as Ack);
  });

  app.view({ type: 'view_submission', callback_id: /.*/ }, async ({ body, client, ack }) => {
    const call = submitCall(body as unknown as InteractionBody & { view: ViewBody }, { client, respond: null });
    const say: Say = (sentence) => keepForm(call, sentence);
    const handler = SUBMITS[call.id];
    const reply = handler ? await handle(call, call.id, handler, say) : unknown('view', call.id, say);
    await finish(call.id, reply, ack as Ack);
  });
  app.view({ type: 'view_closed', callback_id: /.*/ }, async ({ ack }) => ack());

  app.command(/.*/, async ({ body, client, ack, respond }) => {
    const command = body as unknown as CommandBody;
    const call = commandCall(command, { client, respond: respond as unknown as Transport['respond'] });
    const say: Say = (text) => ({ ack: { response_type: 'ephemeral', text } });
    const known = command.command === '/ticket';
    const run = (context: Context<Call>) => runCommand(context, command.text ?? '');
    const reply = known ? await handle(call, 'ticket', run, say) : unknown('command', command.command, say);
    await finish('ticket', reply, ack as Ack);
  });

  app.shortcut(/.*/, async ({ body, client, ack, ...args }) => {
    const shortcut = body as unknown as InteractionBody;
    const call = shortcutCall(shortcut, { client, respond: respondOf(args) });
    const id = shortcut.callback_id ?? '';
    const say: Say = (sentence) => ({ after: () => openModal(call, 'Lockstep', async () => sentence) });
    const handler = SHORTCUTS[id];
    const run = (context: Context<Call>) => handler!(context, shortcut);
    const reply = handler ? await handle(call, id, run, say) : unknown('shortcut', id, say);
    await finish(id, reply, ack as Ack);
  });

  app.options(/.*/, async ({ body, ack }) => {
    const { action_id, value = '' } = body as { action_id?: string; value?: string };
    const words = value.toLowerCase();
    const names = input.catalog.services.map((service) => service.name);
    const asked = action_id === 'service' || action_id === 'home_service';
    const found = asked ? names.filter((name) => name.length <= 75 && name.toLowerCase().includes(words)) : [];
    const all = action_id === 'home_service' && words === '' ? [option(ALL_SERVICES.text, ALL_SERVICES.value)] : [];
    await ack({ options: [...all, ...found.map((name) => option(name, name))].slice(0, 100) });
  });

  registerEvents(app, { input, followUps, guard });
  refuseFutureTimestamps(app, input.now);
  app.error(async (error) => {
    if (error.code === ErrorCode.AuthorizationError) input.log.warn({ reason: error.message }, 'refused');
    else input.log.error({ err: error }, 'slack listener failed');
    // Thrown on, so that Slack gets no 200 for an event that was not recorded, and sends it again.
    throw error;
  });
  return { settled: () => followUps.settled() };
}

/** Bolt adds it where the payload has a response URL; a shortcut from nowhere has none. */
const respondOf = (args: object): Transport['respond'] =>
  'respond' in args ? (args.respond as unknown as Transport['respond']) : null;

type Ack = (body?: unknown) => Promise<void>;
/** Tells the person one sentence, in the way of the payload. */
type Say = (sentence: string) => Reply;

/** A form that could not be taken stays open with what was typed. */
function keepForm(call: SubmitCall, sentence: string): Reply {
  const [first] = Object.keys(call.values);
  if (first !== undefined) return { ack: { response_action: 'errors', errors: { [first]: sentence } } };
  return { ack: { response_action: 'update', view: sentenceModal('Lockstep', sentence) } };
}

/** Shortcuts by their callback id in the manifest. */
export const SHORTCUTS: Readonly<Record<string, (context: Context<Call>, body: InteractionBody) => Promise<Reply>>> = {
  ticket_new: newTicketShortcut,
  ticket_from_message: (context, body) => ticketFromMessage(context, body.message?.text ?? ''),
  fix_this: fixFromMessage,
};
