import { parseCriteria } from './criteria.ts';
import { EMPTY_SPEC, type Prd, type Spec } from './fields.ts';
import type { KnownFacts, Ticket } from './offline-prd.ts';
import { type ScopeEntry, scopeOf } from './scope.ts';
import { readTicket } from './ticket.ts';

/** Paths that no item changes unless its spec says so. */
export const DO_NOT_TOUCH = ['.github/workflows/**', '.github/CODEOWNERS', 'CODEOWNERS', 'package-lock.json'];

export interface SpecInput {
  ticket: Ticket;
  facts: KnownFacts;
  prd: Prd;
  /** What was found in the repository for the words of the ticket. */
  found: ScopeEntry[];
  baseSha: string;
}

/** A first spec without a model: scope from the repository, tests from the PRD's criteria, risks from the catalog. */
export function draftSpecOffline({ ticket, facts, prd, found, baseSha }: SpecInput): Spec {
  const { criteria } = parseCriteria(prd.acceptance_criteria);
  const stated = readTicket(ticket.description).lists.approach ?? [];
  const scope = scopeOf(found);
  return {
    ...EMPTY_SPEC,
    approach: [...stated, ...approachOf(ticket, facts, scope)].join('\n'),
    patterns: patternsOf(facts),
    files_in_scope: scope,
    do_not_touch: DO_NOT_TOUCH,
    dependencies: (facts.blast_radius?.impacted ?? []).map(({ name, tier }) => {
      return `${name}${tier ? ` (${tier})` : ''} depends on ${facts.service ?? 'this service'}`;
    }),
    risks: risksOf(facts),
    test_matrix: criteria.map(({ id, title, steps }) => ({
      scenario: `${id} ${title}`.replaceAll('|', '/'),
      input: words(steps, ['Given', 'When']),
      expected: words(steps, ['Then']),
    })),
    rollback: 'The Rollback button deploys the commit that was in production before this one.',
    verification:
      criteria.length > 0
        ? `Open the preview and go through ${criteria.map(({ id }) => id).join(', ')} of the PRD by hand.`
        : '',
    definition_of_done: criteria.map(({ id, title }) => `${id} holds: ${title}`),
    base_sha: baseSha,
  };
}

function approachOf(ticket: Ticket, facts: KnownFacts, scope: ScopeEntry[]): string[] {
  const where = facts.repo ? ` in ${facts.repo}` : '';
  const lines = [`The ticket asks: "${ticket.title}".`];
  if (scope.length > 0)
    lines.push(`The change is made${where}, in the files in scope below; each says why it is there.`);
  return lines;
}

function patternsOf(facts: KnownFacts): string[] {
  const documents = (facts.related_documents?.items ?? []).map(({ title, path }) => `${path}: ${title}`);
  const conventions = (facts.conventions?.files ?? []).map((path) => `${path}: conventions of the repository`);
  return [...documents, ...conventions];
}

function risksOf(facts: KnownFacts): Spec['risks'] {
  const radius = facts.blast_radius;
  if (!radius || radius.level === 'unassessed' || radius.impacted.length === 0) return [];
  const names = radius.impacted.slice(0, 8).map(({ name }) => name);
  return [
    {
      risk: `A fault reaches what depends on it: ${names.join(', ')} (${radius.because})`.replaceAll(' — ', ', '),
      likelihood: 'unknown',
      impact: radius.level,
      mitigation: 'staging first, then the watch window with Rollback',
    },
  ];
}

/** The words of all steps of some kinds; And and But belong to the kind before them. */
function words(steps: { keyword: string; text: string }[], kinds: string[]): string {
  let kind = '';
  const taken: string[] = [];
  for (const { keyword, text } of steps) {
    if (keyword !== 'And' && keyword !== 'But' && keyword !== '*') kind = keyword;
    if (kinds.includes(kind)) taken.push(text);
  }
  return taken.join('; ').replaceAll('|', '/');
}
