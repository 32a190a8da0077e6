import type { MessageView } from '../../views/blocks.ts';
import { card } from '../../views/card.ts';
import { describe } from '../../views/describe.ts';
import { boardMessage, didYouMean, help, MESSAGE_ROWS, myItems, searchResults, sentence } from '../../views/lists.ts';
import { metricsMessage } from '../../views/metrics.ts';
import { type IntakeData, intakeModal } from '../../views/modals.ts';
import { toCounted } from '../../views/rows.ts';
import { clip, escapeText, safe } from '../../views/text.ts';
import { MAX_TITLE, titleProblem } from '../commands/create-item.ts';
import { inFlight } from '../store/queue.ts';
import { itemByKey, searchItems } from '../store/search.ts';
import type { ActionCall, Call, Reply } from './call.ts';
import { type ActionHandler, type Context, opens } from './context.ts';
import { runIncident } from './incident.ts';
import { runMilestone } from './milestone.ts';
import { callsEverybody, plainFromSlack } from './plain-text.ts';
import { parseCommand, type Subcommand } from './subcommands.ts';

/** `/ticket …`: what was typed, as Slack sends it. */
export async function runCommand(context: Context<Call>, text: string): Promise<Reply> {
  const typed = plainFromSlack(text);
  const parsed = parseCommand(typed);
  if (parsed.kind === 'near') return answer(context, 'near miss', didYouMean(`/ticket ${typed}`, parsed.suggestion));
  if (parsed.kind === 'title') return startTicket(context, parsed.title);
  if (parsed.name === 'new') return startTicket(context, parsed.rest);
  if (parsed.name === 'incident') return runIncident(context, { rest: parsed.rest, typed: typed.trim() });
  if (parsed.name === 'milestone') return runMilestone(context, parsed.rest);
  const look = LOOKS[parsed.name];
  return answer(context, parsed.name, await look(context, { rest: parsed.rest, typed: typed.trim() }));
}

/** `rest` is what follows the subcommand. */
type Look = (context: Context<Call>, words: { rest: string; typed: string }) => Promise<MessageView>;

/** Subcommands that only show something. */
const LOOKS: Readonly<Record<Exclude<Subcommand, 'new' | 'incident' | 'milestone'>, Look>> = {
  async show({ input }, { rest }) {
    if (rest === '') return sentence('Which one? For example `/ticket show LS-12`.');
    const found = await itemByKey(input.db, rest);
    const judged = found && (await input.judge(found.id));
    if (!judged)
      return sentence(`There is no item “${safe(rest, 60)}”. \`/ticket search\` finds items by their words.`);
    return card(describe(judged));
  },
  async mine({ input, call }) {
    return myItems(toCounted(await inFlight(input.db, call.caller.id)), input.now());
  },
  async board({ input, call }) {
    return boardMessage(await input.readBoard(call.caller.id, MESSAGE_ROWS), input.now());
  },
  async metrics({ input }) {
    return metricsMessage(await input.readMetrics(30));
  },
  async search({ input }, { rest, typed }) {
    if (rest === '') return sentence('Search for what? For example `/ticket search csv export`.');
    return searchResults(rest, toCounted(await searchItems(input.db, rest)), typed, input.now());
  },
  async help() {
    return help();
  },
};

/** Answers in the acknowledgement itself. */
async function answer(context: Context<Call>, what: string, message: MessageView): Promise<Reply> {
  const { input, call } = context;
  await input.commands.receive({
    request: call.request,
    actorId: call.caller.id,
    outcome: 'opened',
    reason: what,
  });
  input.log.info({ request: call.request.id, actor: call.caller.id, what }, 'answered');
  return { ack: { response_type: 'ephemeral', ...message } };
}

/** The intake modal, with what was typed; a title that cannot be one is said at once, with the text to copy. */
async function startTicket(context: Context<Call>, title: string, description?: string): Promise<Reply> {
  const { input, call } = context;
  const problem = title === '' ? null : titleProblem(title);
  if (problem) {
    const { request, caller } = call;
    await input.commands.receive({ request, actorId: caller.id, outcome: 'refused', reason: problem });
    input.log.warn({ request: request.id, actor: caller.id, reason: problem }, 'refused');
    // A plain text answer holds 40,000 characters, so nothing that was typed is lost.
    const text = `${safe(problem, 400)}\nThis is what you wrote:\n${escapeText(clip(title, 12_000))}`;
    return { ack: { response_type: 'ephemeral', text } };
  }
  const notice = everybodyNotice(title);
  if (notice) input.log.info({ request: call.request.id, actor: call.caller.id, reason: notice }, 'kept as plain text');
  return opens(context, {
    title: 'New ticket',
    reason: 'new ticket',
    draw: async () =>
      intakeModal({
        title,
        description,
        services: input.catalog.services.map((service) => service.name),
        notice,
        origin: originOf(call, input.config.channel),
      }),
  });
}

/** Where the person is told that the ticket was made; nowhere when they look at the channel in which its card appears. */
function originOf({ place }: Call, home: string): IntakeData['origin'] {
  const elsewhere = place.kind === 'message' && place.channel !== home && place.channelName !== home;
  return { channel: elsewhere ? place.channel : '', source: '' };
}

function everybodyNotice(title: string): string | undefined {
  const words = callsEverybody(title);
  if (words.length === 0) return undefined;
  return `${words.join(' and ')} in the title stays plain text: nobody is notified by it.`;
}

/** "New Ticket" of Home and help, the global shortcut, and "No, make it a ticket". */
export const newTicket: ActionHandler = async (context) =>
  inPlace(context.call, await startTicket(context, (context.call.value ?? '').replace(/^\/ticket\s*/, '')));

export const newTicketShortcut = (context: Context<Call>): Promise<Reply> => startTicket(context, '');

/** The message shortcut: its first line is the title, the whole text the description. */
export function ticketFromMessage(context: Context<Call>, text: string): Promise<Reply> {
  const plain = plainFromSlack(text).trim();
  const [first = ''] = plain.split('\n');
  return startTicket(context, clip(first.trim(), MAX_TITLE), plain.slice(0, 3000));
}

/** "Yes, that is what I meant": the answer takes the place of the question. */
export const suggest: ActionHandler = async (context) =>
  inPlace(context.call, await runCommand(context, context.call.value ?? ''));

/** A click's acknowledgement has no body, so the answer to a command takes the place of the message with the button. */
function inPlace(call: ActionCall, reply: Reply): Reply {
  if (!reply.ack) return reply;
  const message = reply.ack as Record<string, unknown>;
  return { after: async () => void (await call.respond?.({ replace_original: true, ...message })) };
}
