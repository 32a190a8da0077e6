import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import {
  actions,
  alert,
  button,
  context,
  divider,
  fallback,
  type MessageView,
  modal,
  option,
  plain,
  section,
  textInput,
} from './blocks.ts';
import { clip, code, plural, safe, since, upTo } from './text.ts';

/** Incidents: the form that declares one, those that are open, and what follows when one begins or ends. */

export interface OpenIncident {
  id: string;
  service: string;
  title: string;
  /** Who declared it; '' where nobody knows. */
  by: string;
  since: Date;
}

/** What an incident holds up, by the items that are open now. */
export interface HeldUp {
  here: number;
  there: number;
  dependants: readonly string[];
}

export interface IncidentFormData {
  services: readonly string[];
  service?: string;
  title?: string;
  /** Newest first. */
  open: readonly OpenIncident[];
  notice?: { text: string; level: 'info' | 'warning' };
}

/** What `declare` takes. */
export const INCIDENT_TITLE_MAX = 250;
/** Each is one block, and a modal holds a hundred. */
export const SHOWN_INCIDENTS = 40;

export function incidentModal(data: IncidentFormData): ModalView {
  return modal({
    id: 'incident',
    title: 'Incident',
    submit: 'Declare',
    close: 'Close',
    blocks: [
      ...(data.notice ? [alert(data.notice.text, data.notice.level)] : []),
      serviceInput(data.services, data.service),
      textInput({
        id: 'title',
        label: 'What happens',
        hint: 'One line. Items on the service wait before delegation and production until it is resolved.',
        value: data.title,
        max: INCIDENT_TITLE_MAX,
      }),
      divider(),
      ...openOnes(data.open),
    ],
  });
}

/** Up to 100 services are a plain list; more are searched. */
function serviceInput(all: readonly string[], chosen: string | undefined): InputBlock {
  const services = all.filter((name) => name.length <= 75);
  const initial = chosen && services.includes(chosen) ? { initial_option: option(chosen, chosen) } : {};
  const select = { action_id: 'service', placeholder: plain('Choose a service', 150), ...initial };
  const few = services.length > 0 && services.length <= 100;
  return {
    type: 'input',
    block_id: 'service',
    label: plain('Service', 100),
    element: few
      ? { type: 'static_select', ...select, options: services.map((name) => option(name, name)) }
      : { type: 'external_select', ...select, min_query_length: 0 },
  };
}

function openOnes(open: readonly OpenIncident[]): KnownBlock[] {
  if (open.length === 0) return [context('No incident is open.')];
  const shown = open.slice(0, SHOWN_INCIDENTS);
  const rest = `Older ones are not shown; ${code('/ticket incident resolve <service>')} ends those of a service.`;
  return [
    section('*Open now*'),
    ...shown.map((one) => ({ ...section(line(one)), accessory: resolveButton(one) })),
    ...(open.length > shown.length ? [context(rest)] : []),
  ];
}

const line = ({ service, title, by, since: at }: OpenIncident): string =>
  `*${safe(service, 80)}*  ${safe(title, 250)}\n${by ? `${safe(by, 80)}, ` : ''}${since(at)}`;

const resolveButton = ({ id, service }: Pick<OpenIncident, 'id' | 'service'>) =>
  button({
    id: 'resolve_incident',
    text: 'Resolve',
    label: `Resolve the incident on ${service}`,
    value: id,
    confirm: { title: 'Is it over?', text: 'Items that wait for it go on at once.', confirm: 'Resolve' },
  });

/** What follows when an incident begins, as plain text. */
export function declaredSentence({ service, title }: { service: string; title: string }, heldUp: HeldUp): string {
  const { here, there, dependants } = heldUp;
  const none = `No open item is about ${service}; new ones wait until it is resolved.`;
  const before = here === 1 ? 'It is not' : 'None of them is';
  const waits = `${plural(here, 'item')} on ${service} now ${here === 1 ? 'waits' : 'wait'} until it is resolved.`;
  const own = here === 0 ? none : `${waits} ${before} delegated or deployed to production before.`;
  const named = `${dependants.slice(0, 5).join(', ')}${dependants.length > 5 ? ' and others' : ''}`;
  const needing = `${plural(there, 'item')} on ${named}, which ${dependants.length === 1 ? 'depends' : 'depend'} on it`;
  const others = there === 0 ? '' : ` ${needing}, ${there === 1 ? 'is' : 'are'} not deployed to production either.`;
  return `Incident on ${service}: “${clip(title, 120)}”. ${own}${others}`;
}

/** What follows when incidents end, as plain text. */
export function endedSentence(ended: {
  service: string;
  titles: readonly string[];
  left: number;
  heldUp: HeldUp;
}): string {
  const { service, titles, left, heldUp } = ended;
  const [first = ''] = titles;
  const count = heldUp.here + heldUp.there;
  const what = titles.length === 1 ? `“${clip(first, 60)}”` : plural(titles.length, 'incident');
  const others = `${plural(left, 'other incident')} ${left === 1 ? 'is' : 'are'} still open there, so items go on waiting.`;
  const it = titles.length === 1 ? 'it' : 'them';
  const goOn = `${plural(count, 'item')} no longer ${count === 1 ? 'waits' : 'wait'} for ${it}.`;
  return `Resolved on ${service}: ${what}. ${left > 0 ? others : count > 0 ? goOn : `No open item waited for ${it}.`}`;
}

export function incidentDeclared(sentence: string, incident: { id: string; service: string }): MessageView {
  const text = safe(sentence, 900);
  return { text: fallback(text), blocks: [section(text), ...actions([resolveButton(incident)])] };
}

/** What was meant as a service is none. It may be a typo, or the title of a ticket that begins with "incident". */
export function unknownService(
  word: string,
  typed: string,
  near: readonly { name: string; typed: string }[],
): MessageView {
  const names = near.map(({ name }) => safe(name, 80)).join(' or ');
  const known = names ? `Did you mean ${names}?` : `${code('/ticket incident')} lists the services.`;
  const text = `“${safe(word, 60)}” is not a service of the catalog, so no incident was declared or resolved. ${known}`;
  const [first] = near;
  const meant = first && button({ id: 'suggest', text: `/ticket ${first.typed}`, value: upTo(first.typed, 1900) });
  const ticket = button({ id: 'new_ticket', text: `New Ticket: ${typed}`, value: upTo(typed, 1900) });
  return { text, blocks: [section(text), ...actions([...(meant ? [meant] : []), ticket])] };
}
