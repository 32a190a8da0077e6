import type { FactName, FactValues } from '../src/pipeline/facts.ts';
import type { Definition, Facts, RuleResult, Stage, State } from '../src/pipeline/types.ts';
import type { Ask, CardData, DocumentRef, FactLine, Question } from './data.ts';
import { atMost99 } from './text.ts';
import type { DocumentName } from './values.ts';
import { workLines } from './work.ts';

/** What a card is drawn from, as rows; judged (the gate) by whoever read them. */
export interface Judged {
  item: {
    id: string;
    key: string;
    title: string;
    description: string;
    requester: string;
    requester_name: string;
    reason: string;
    stage_since: Date;
  };
  state: State;
  definition: Definition;
  gate: RuleResult;
  usd: { drafts: number; agents: number };
}

/** The value of a fact, typed; views read facts as they are and never fetch. */
export const known = <N extends FactName>(facts: Facts, name: N): FactValues[N] | undefined =>
  facts[name]?.value as FactValues[N] | undefined;

export const DOCUMENT_LABELS: Record<DocumentName, string> = {
  prd: 'PRD',
  spec: 'tech spec',
  release_notes: 'release notes',
};

export function describe(judged: Judged): CardData {
  const { item, state, definition, gate } = judged;
  const stages = definition.stages;
  const position = stages.findIndex((stage) => stage.id === state.item.stage);
  const stage = stages[position];
  const open = state.item.status === 'active' || state.item.status === 'blocked';
  const asks = open ? openAsks(gate) : [];
  return {
    item: {
      id: item.id,
      key: item.key,
      title: item.title,
      description: item.description,
      visit: state.item.visit,
      priority: state.item.priority,
      level: state.item.level,
      status: state.item.status,
      requester: { id: item.requester, name: item.requester_name },
    },
    stage: {
      label: stage?.label ?? state.item.stage,
      column: stage?.column ?? 'Incoming',
      position: position + 1,
      count: stages.length,
      since: item.stage_since,
    },
    reason: item.reason,
    gate,
    asks,
    question: open && stage?.answer ? questionOf(state.facts) : null,
    // What was open when it was looked up; by now there is the item's own one.
    facts: factLines(state.facts).filter((fact) => fact.label !== 'Open pull requests' || !known(state.facts, 'pr')),
    missing: missing(state.facts),
    documents: documentsOf(state.facts),
    work: workLines(state.facts),
    usd: judged.usd,
    can: {
      retry: state.item.status === 'blocked',
      takeOver: state.item.status === 'blocked' && mayBeTakenOver(stage, state.facts),
      cancel: open,
      rollback: stage?.rollback ? rollbackOf(state.facts) : null,
    },
  };
}

/** Work that was given to an agent can be done by a person instead. */
function mayBeTakenOver(stage: Stage | undefined, facts: Facts): boolean {
  const delegates = stage?.jobs.some((job) => job.name === 'delegate') ?? false;
  return delegates && known(facts, 'delegation')?.agent !== 'manual';
}

function leaves(result: RuleResult): RuleResult[] {
  if (result.status === 'met') return [];
  return result.children ? result.children.flatMap(leaves) : [result];
}

/** Decisions that people can make now. */
export const openAsks = (gate: RuleResult): Ask[] =>
  leaves(gate).flatMap((leaf) => (leaf.ask ? [{ name: leaf.name, ...leaf.ask }] : []));

/** The question that enrichment left open. It is asked only where the stage takes the answer. */
function questionOf(facts: Facts): Question | null {
  const asked = known(facts, 'service_question');
  if (!asked || known(facts, 'service')) return null;
  return { fact: 'service', text: asked.text, because: asked.because, candidates: asked.candidates };
}

function documentsOf(facts: Facts): DocumentRef[] {
  return (['prd', 'spec'] as const).flatMap((document) => {
    const value = known(facts, document);
    if (!value) return [];
    return [
      {
        document,
        label: DOCUMENT_LABELS[document],
        revision: value.revision,
        hash: value.hash,
        author: { id: value.authorId, name: value.authorName },
        authorKind: value.authorKind,
        summary: value.summary,
        placeholders: value.placeholders,
      },
    ];
  });
}

function rollbackOf(facts: Facts): CardData['can']['rollback'] {
  const production = known(facts, 'production');
  if (production?.state !== 'success' || known(facts, 'rollback')?.state === 'requested') return null;
  return { from: production.sha, to: production.previousSha };
}

/** How each fact reads in one line. A fact that is absent here is not shown on the card. */
const SENTENCES: {
  [N in FactName]?: {
    label: string;
    say: (value: FactValues[N]) => string;
    short?: (value: FactValues[N]) => string;
  };
} = {
  service: { label: 'Service', say: (value) => value },
  team: { label: 'Team', say: (value) => value },
  owner: { label: 'Owner', say: (value) => value },
  tier: { label: 'Tier', say: (value) => value },
  blast_radius: {
    label: 'Blast radius',
    say: (value) => `${value.level}: ${value.because}`,
    short: (value) => value.level,
  },
  active_incidents: {
    label: 'Active incidents',
    say: (value) => (value.count === 0 ? 'none' : listed(value.count, value.items[0]?.title)),
  },
  open_prs: {
    label: 'Open pull requests',
    say: (value) =>
      value.count === 0
        ? 'none'
        : listed(value.count, value.items[0] && `#${value.items[0].number} ${value.items[0].title}`),
  },
  recent_changes: {
    label: 'Recent changes',
    say: ({ items }) => (items.length === 0 ? 'none' : listed(items.length, items[0]?.title)),
  },
  similar_items: {
    label: 'Similar items',
    say: ({ items }) =>
      items.length === 0
        ? 'none'
        : items
            .slice(0, 3)
            .map((item) => item.key)
            .join(', '),
  },
  related_documents: {
    label: 'Related documents',
    say: ({ items }) => (items.length === 0 ? 'none' : listed(items.length, items[0]?.title)),
  },
  on_call: { label: 'On call', say: (value) => value },
};

const listed = (count: number, first: string | undefined): string =>
  `${atMost99(count)}${first ? `, latest: ${first}` : ''}`;

function factLines(facts: Facts): FactLine[] {
  return (Object.keys(SENTENCES) as FactName[]).flatMap((name) => {
    const entry = facts[name];
    const sentence = SENTENCES[name] as
      | { label: string; say: (value: unknown) => string; short?: (value: unknown) => string }
      | undefined;
    if (!entry || !sentence) return [];
    const { label, say, short } = sentence;
    const { value, source, seenAt } = entry;
    return [{ label, value: say(value), ...(short ? { short: short(value) } : {}), source, seenAt }];
  });
}

/** What every item should know once it has been enriched; missing is said, never guessed. */
const EXPECTED: readonly FactName[] = ['service', 'owner', 'tier', 'blast_radius', 'active_incidents', 'open_prs'];

function missing(facts: Facts): string[] {
  const enriched = Object.keys(facts).some((name) => name in SENTENCES || name === 'service_question');
  if (!enriched) return [];
  return EXPECTED.filter((name) => !facts[name]).map((name) => SENTENCES[name]?.label ?? name);
}
