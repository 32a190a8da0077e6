import type { FactName, FactValues } from '../src/pipeline/facts.ts';
import type { Definition, Facts, RuleResult, Stage, State } from '../src/pipeline/types.ts';
import type { Ask, CardData, DocumentRef, OpenAsk, PersonRef, Question } from './data.ts';
import { factLines, missing } from './fact-lines.ts';
import { hopeless } from './need.ts';
import { nextStep } from './next-step.ts';
import { orList, roleWords, shortSha } from './text.ts';
import type { DocumentName } from './values.ts';
import { atWork, isWork } from './words.ts';
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
  /** Who can make each decision that is open, by `askId`. */
  deciders: Readonly<Record<string, readonly PersonRef[]>>;
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
  const { facts } = state;
  const stages = definition.stages;
  const position = stages.findIndex((stage) => stage.id === state.item.stage);
  const stage = stages[position];
  const open = state.item.status === 'active' || state.item.status === 'blocked';
  const asks = open ? openAsks(judged) : [];
  const blocked = state.item.status === 'blocked';
  const takeOver = blocked && mayBeTakenOver(stage, facts);
  const [keeps] = blocked ? hopeless(gate) : [];
  const standing = { facts, allow: definition.allow, requester: item.requester_name, takeOver };
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
    question: open && stage?.answer ? questionOf(judged) : null,
    news: rollbackNews(facts, asks),
    doing: open ? underWay(facts, gate) : null,
    byHand: handWorker(facts),
    next: keeps ? nextStep(keeps, standing) : null,
    // What was open when it was looked up; by now there is the item's own one.
    facts: factLines(facts).filter((fact) => fact.label !== 'Open pull requests' || !known(facts, 'pr')),
    missing: missing(facts),
    documents: documentsOf(facts),
    work: workLines(facts),
    usd: judged.usd,
    can: {
      retry: blocked,
      takeOver,
      cancel: open,
      override: open ? overriders(gate) : [],
      rollback: stage?.rollback ? rollbackOf(facts) : null,
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

const overriders = (gate: RuleResult): string[] => [
  ...new Set(leaves(gate).flatMap((rule) => rule.mayOverride?.roles ?? [])),
];

/** What a decision is known by while it is open, whatever it is about at the moment. */
export const askId = ({ verb, role, of }: Pick<Ask, 'verb' | 'role' | 'of'>): string => `${verb} ${role} ${of}`;

/** Decisions that people can make now, and who they are. */
const openAsks = ({ gate, deciders }: Pick<Judged, 'gate' | 'deciders'>): OpenAsk[] =>
  leaves(gate).flatMap(({ name, ask }) => (ask ? [{ name, ...ask, deciders: [...(deciders[askId(ask)] ?? [])] }] : []));

/** The question that enrichment left open. It is asked only where the stage takes the answer. */
function questionOf({ item, state, definition }: Judged): Question | null {
  const asked = known(state.facts, 'service_question');
  if (!asked || known(state.facts, 'service')) return null;
  const { text, because, candidates } = asked;
  const may = definition.allow.answer;
  const askedOf = may.includes('requester') ? item.requester_name : orList(may.map(roleWords));
  return { fact: 'service', text, because, candidates, askedOf };
}

/** A rollback changes what a decision means: the commit that is asked about is the one that was taken back. */
function rollbackNews(facts: Facts, asks: readonly Ask[]): string | null {
  const rollback = known(facts, 'rollback');
  if (rollback?.state === 'failed') return rollback.because || 'The rollback failed. Production is as it was.';
  const again = asks.some((ask) => ask.verb === 'deploy' && ask.subject === facts.rollback?.subject);
  if (rollback?.state !== 'done' || !again) return null;
  const by = rollback.byName ? ` by ${rollback.byName}` : '';
  return `Rolled back${by}: production runs ${shortSha(rollback.toSha)} again`;
}

/** What goes on without a person, by whom. */
function underWay(facts: Facts, gate: RuleResult): string | null {
  if (known(facts, 'rollback')?.state === 'requested') return atWork('rollback');
  const run = known(facts, 'agent_run');
  if (run && run.agent !== 'manual' && (run.state === 'queued' || run.state === 'running')) {
    return `the ${run.agent} agent is ${run.state === 'queued' ? 'about to start' : 'implementing it'}`;
  }
  const work = leaves(gate).find((rule) => rule.waits === 'work' && isWork(rule));
  if (work) return atWork(work.name.replace(/ has finished$/, ''));
  return known(facts, 'watch')?.state === 'watching' ? 'Lockstep is watching production' : null;
}

/** Whoever took the work over, until the pull request is there. */
function handWorker(facts: Facts): string | null {
  const delegation = known(facts, 'delegation');
  const open = known(facts, 'pr')?.state === 'open';
  return delegation?.agent === 'manual' && !open ? delegation.byName : null;
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
