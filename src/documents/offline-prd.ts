import type { FactValues } from '../pipeline/facts.ts';
import { criteriaOfTicket } from './criteria.ts';
import { EMPTY_PRD, type Prd } from './fields.ts';
import { readTicket } from './ticket.ts';

/** What a draft may be made of: the ticket, and facts that somebody or some source has said. */
export interface Ticket {
  key: string;
  title: string;
  description: string;
}
export type KnownFacts = Partial<FactValues>;

/**
 * A first PRD without a model: what the ticket says, put where it belongs, and links that enrichment found. Nothing is
 * made up, so most sections stay placeholders until a person writes them.
 */
export function draftPrdOffline(ticket: Ticket, facts: KnownFacts): Prd {
  const read = readTicket(ticket.description);
  return {
    ...EMPTY_PRD,
    problem: read.prose || `${ticket.title}.`.replace(/([.!?])\.$/, '$1'),
    evidence: [...read.links, ...evidenceOf(facts)],
    goals: read.lists.goals ?? [],
    non_goals: read.lists.non_goals ?? [],
    acceptance_criteria: criteriaOfTicket(ticket.description),
    open_points: read.lists.open_points ?? [],
  };
}

function evidenceOf(facts: KnownFacts): Prd['evidence'] {
  const incidents = (facts.active_incidents?.items ?? []).map(({ title, url }) => ({
    text: `Active incident: ${title}`,
    url: url || null,
  }));
  const documents = (facts.related_documents?.items ?? []).map(({ title, path, url }) => ({
    text: `Related document: ${title}${url ? '' : ` (${path})`}`,
    url,
  }));
  const similar = (facts.similar_items?.items ?? []).map(({ key, title }) => ({
    text: `Similar item: ${key} "${title}"`,
    url: null,
  }));
  return [...incidents, ...documents, ...similar];
}

/**
 * A redraft without a model keeps what stands there, quotes the comment as an open point, and says that nobody has
 * handled it: only a person (Edit) or a model can.
 */
export function redraftOffline<T extends { open_points: string[]; feedback_handled: Prd['feedback_handled'] }>(
  fields: T,
  feedback: FactValues['feedback'],
): T {
  const quote = feedback.text.replace(/\s+/g, ' ').trim();
  const point = `${feedback.byName} asked: "${quote}"`;
  const handled = 'Not handled: this redraft was made offline. It stands under "Open points"; press Edit to answer it.';
  if (fields.open_points.includes(point)) return fields;
  return {
    ...fields,
    open_points: [...fields.open_points, point],
    feedback_handled: [...fields.feedback_handled, { point: quote, handled }],
  };
}
