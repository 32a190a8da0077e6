import type { ModalView } from '@slack/types';
import type { MessageView } from '../../views/blocks.ts';
import {
  declaredSentence,
  endedSentence,
  type IncidentFormData,
  incidentDeclared,
  incidentModal,
  SHOWN_INCIDENTS,
  unknownService,
} from '../../views/incident.ts';
import { sentence } from '../../views/lists.ts';
import { sentenceModal } from '../../views/modals.ts';
import { refusal, UNKNOWN_CONTROL } from '../../views/refusal.ts';
import { safe } from '../../views/text.ts';
import type { Ended } from '../commands/incident.ts';
import { openIncidents } from '../store/incidents.ts';
import type { ActionCall, Call, Reply } from './call.ts';
import { type ActionHandler, type Context, opens, type SubmitHandler } from './context.ts';
import type { SlackInput } from './input.ts';
import { distance } from './subcommands.ts';
import { tell } from './tell.ts';

/**
 * `/ticket incident`: alone the form and what is open; with a service and a sentence it declares one; `resolve` and a
 * service ends those of the service.
 */
export async function runIncident(
  context: Context<Call>,
  { rest, typed }: { rest: string; typed: string },
): Promise<Reply> {
  const { input, call, actor } = context;
  const [first, then] = firstWord(rest);
  const resolves = first.toLowerCase() === 'resolve';
  const [word, title] = resolves ? firstWord(then) : [first, then];
  if (word === '') return openForm(context, undefined);
  const service = serviceNamed(input, word);
  if (!service) return notAService(context, { word, typed, tail: title, lead: resolves ? 'resolve ' : '' });
  if (resolves) return says(context, await endAll(context, service));
  if (title === '') return openForm(context, service);
  const declared = await input.commands.incidents.declare({ service, title }, actor, call.request);
  if (declared.kind === 'duplicate') return {};
  if (declared.kind === 'refused') {
    // Nothing that was typed is lost.
    const message = sentence(`${safe(declared.reason)}\nThis is what you wrote:\n${safe(title, 2000)}`);
    return refuses(context, message, declared.reason);
  }
  return ephemeral(incidentDeclared(declaredSentence(declared, declared.heldUp), declared));
}

function firstWord(text: string): [word: string, rest: string] {
  const [word = ''] = text.trim().split(/\s+/, 1);
  return [word, text.trim().slice(word.length).trim()];
}

const serviceNamed = ({ catalog }: SlackInput, word: string): string | undefined =>
  catalog.services.find((one) => one.name.toLowerCase() === word.toLowerCase())?.name;

const ephemeral = (message: MessageView): Reply => ({ ack: { response_type: 'ephemeral', ...message } });

/** Puts on record what was not done, and says why. */
async function refuses(context: Context<Call>, message: MessageView, reason: string): Promise<Reply> {
  const { input, call } = context;
  const { request, caller } = call;
  input.log.warn({ request: request.id, actor: caller.id, reason }, 'refused');
  await input.commands.receive({ request, actorId: caller.id, outcome: 'refused', reason });
  return ephemeral(message);
}

/** Names of services that a mistyped word may mean, the nearest first. */
const MOST_NEAR = 3;

function notAService(
  context: Context<Call>,
  said: { word: string; typed: string; tail: string; lead: string },
): Promise<Reply> {
  const { word, typed, tail, lead } = said;
  const near = nearServices(
    context.input.catalog.services.map((one) => one.name),
    word,
  ).map((name) => ({ name, typed: `incident ${lead}${name}${tail ? ` ${tail}` : ''}` }));
  const message = unknownService(word, typed, near);
  return refuses(context, message, `${word} is not a service of the catalog`);
}

export function nearServices(names: readonly string[], word: string): string[] {
  const typed = word.toLowerCase();
  const part = (name: string) => typed.length >= 3 && (name.includes(typed) || typed.includes(name));
  return names
    .map((name) => ({ name, far: part(name.toLowerCase()) ? 1 : distance(name.toLowerCase(), typed) }))
    .filter(({ far }) => far <= 2)
    .sort((one, other) => one.far - other.far)
    .slice(0, MOST_NEAR)
    .map(({ name }) => name);
}

function openForm(context: Context<Call>, service: string | undefined): Promise<Reply> {
  return opens(context, {
    title: 'Incident',
    reason: 'incident',
    draw: () => drawForm(context.input, service === undefined ? {} : { service }),
  });
}

async function drawForm(input: SlackInput, more: Pick<IncidentFormData, 'service' | 'notice'>): Promise<ModalView> {
  const open = await openIncidents(input.db, SHOWN_INCIDENTS + 1);
  return incidentModal({
    services: input.catalog.services.map((one) => one.name),
    open: open.map(({ id, service, title, opened_by_name, opened_at }) => ({
      id,
      service,
      title,
      by: opened_by_name,
      since: opened_at,
    })),
    ...more,
  });
}

/** The form: what follows takes its place, because there is no message to answer to. */
export const submitIncident: SubmitHandler = async ({ input, call, actor }) => {
  const { service = '', title = '' } = call.values;
  const declared = await input.commands.incidents.declare({ service, title }, actor, call.request);
  if (declared.kind === 'duplicate') return {};
  if (declared.kind === 'refused') {
    const { field, reason } = declared;
    input.log.warn({ request: call.request.id, actor: actor.id, reason }, 'refused');
    return { ack: { response_action: 'errors', errors: { [field]: reason } } };
  }
  const view = sentenceModal('Incident', declaredSentence(declared, declared.heldUp));
  return { ack: { response_action: 'update', view } };
};

const endAll = ({ input, call, actor }: Context<Call>, service: string): Promise<Ended> =>
  input.commands.incidents.end({ service }, actor, call.request);

/** The answer to `/ticket incident resolve`. */
function says({ input, call }: Context<Call>, ended: Ended): Reply {
  if (ended.kind === 'duplicate') return {};
  if (ended.kind === 'ended') return ephemeral(sentence(safe(endedSentence(ended), 900)));
  input.log.warn({ request: call.request.id, actor: call.caller.id, reason: ended.reason }, 'refused');
  return ephemeral(sentence(safe(ended.reason)));
}

/** The button beside an open incident, in the form or under the answer that declared it. */
export const resolveIncident: ActionHandler = async (context) => {
  const { input, call, actor } = context;
  const id = call.value ?? '';
  if (!/^\d{1,18}$/.test(id)) return { after: () => tell(input, call, UNKNOWN_CONTROL) };
  const ended = await input.commands.incidents.end({ id }, actor, call.request);
  if (ended.kind === 'duplicate') return {};
  if (ended.kind === 'refused') {
    input.log.warn({ request: call.request.id, actor: actor.id, reason: ended.reason }, 'refused');
  }
  return { after: () => redraw(input, call, ended) };
};

/** What was clicked shows how it stands now. */
async function redraw(
  input: SlackInput,
  call: ActionCall,
  ended: Exclude<Ended, { kind: 'duplicate' }>,
): Promise<void> {
  const { place, client } = call;
  const text = ended.kind === 'ended' ? endedSentence(ended) : ended.reason;
  if (place.kind === 'modal') {
    const level = ended.kind === 'ended' ? 'info' : 'warning';
    await client.views.update({ view_id: place.viewId, view: await drawForm(input, { notice: { text, level } }) });
    return;
  }
  await call.respond?.({ replace_original: true, response_type: 'ephemeral', ...refusal(text, null) });
}
