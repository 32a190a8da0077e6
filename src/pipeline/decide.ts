import { isDeepStrictEqual } from 'node:util';
import { interpretOverride } from './decide-override.ts';
import { decideByPerson, refuseStale } from './decide-person.ts';
import { askKey, entryEffects, headEffects, surfaceEffects, waitsOf } from './effects.ts';
import { fact } from './facts.ts';
import { asks, blockedBy, describeGate, openRules, waitsForPeople } from './gate.ts';
import {
  type Actor,
  type Change,
  type Decision,
  type Definition,
  type Effect,
  type Event,
  type Fact,
  type Facts,
  type Item,
  type LogEntry,
  type NewFact,
  type RuleResult,
  type Stage,
  type State,
  SYSTEM,
} from './types.ts';

/** What an event means before the gate is asked: what is recorded, and where it sends the item regardless of the gate. */
export interface Step {
  kind: 'step';
  actor: Actor;
  of?: Change['of'];
  subject?: string;
  role?: string;
  job?: string;
  note: string;
  until?: Date;
  facts?: readonly NewFact[];
  goTo?: string;
  /** The item ends here, wherever it stands. */
  cancel?: boolean;
  effects?: readonly Effect[];
}
export type Meaning = Step | Exclude<Decision, { change: Change }>;

/**
 * The only place that says what happens next. Pure: the same pipeline, state, event and time give the same answer.
 * Expected refusals are values with a sentence; it throws only when the item's stage is not in its pipeline.
 */
export function decide(definition: Definition, state: State, event: Event, now: Date): Decision {
  const stage = stageOf(definition, state.item.stage);
  const meaning = interpret(definition, stage, state, event, now);
  return meaning.kind === 'step' ? settle(definition, stage, state, event, meaning, now) : meaning;
}

export function stageOf(definition: Definition, id: string): Stage {
  const stage = definition.stages.find((entry) => entry.id === id);
  if (!stage) throw new Error(`pipeline ${definition.name} has no stage ${id}`);
  return stage;
}

/** Where a new item starts: what the first stage orders and waits for. */
export function begin(definition: Definition, item: Item, facts: readonly NewFact[], now: Date): Change {
  const stage = definition.stages[0];
  if (!stage) throw new Error(`pipeline ${definition.name} has no stages`);
  const started: Item = { ...item, stage: stage.id, visit: 1, version: 1, status: 'active' };
  const known = withFacts({}, facts, now);
  const state: State = { item: started, facts: known, log: [], past: [], waits: [] };
  const gate = describeGate(stage, state, now);
  const standing = standingOf(stage, gate, state, { kind: 'step', actor: SYSTEM, note: '' });
  const change: Change = {
    from: stage.id,
    to: stage.id,
    type: 'created',
    actor: SYSTEM,
    of: null,
    subject: '',
    role: null,
    job: null,
    note: '',
    until: null,
    item: { ...started, status: standing.status },
    column: stage.column,
    mark: stage.mark,
    reason: standing.reason,
    facts,
    waits: waitsOf(definition, gate, { ...started, status: standing.status }, known),
    effects: [],
    gate,
  };
  return { ...change, effects: [...entryEffects(stage, 1, gate), ...surfaceEffects(change, state, [])] };
}

function interpret(definition: Definition, stage: Stage, state: State, event: Event, now: Date): Meaning {
  const { item } = state;
  if (item.status === 'cancelled') {
    return 'actor' in event
      ? { kind: 'refused', reason: `${item.key} was cancelled, so nothing can be decided about it any more.` }
      : { kind: 'ignored', reason: 'the item was cancelled' };
  }
  switch (event.type) {
    case 'finished':
    case 'failed':
      return interpretWork(stage, state, event);
    case 'observed': {
      const news = event.facts.filter((entry) => isNews(state.facts, entry));
      const step: Step = { kind: 'step', actor: SYSTEM, note: event.note, facts: event.facts };
      return news.length > 0 || gateMoves(stage, state, now) ? step : { kind: 'ignored', reason: 'nothing new' };
    }
    case 'ticked':
      return gateMoves(stage, state, now)
        ? { kind: 'step', actor: SYSTEM, note: '' }
        : { kind: 'ignored', reason: 'nothing changed with time' };
    case 'override_announced':
    case 'override_expired':
      return interpretOverride(state, event, now);
    case 'nudged':
      return item.status === 'done' ? { kind: 'ignored', reason: 'the item is completed' } : { kind: 'wake' };
    default:
      if (rollingBack(state.facts) && event.type !== 'rollback_requested')
        return { kind: 'refused', reason: `${item.key} is being rolled back; decide again when that is done.` };
      return refuseStale(stage, state, event) ?? decideByPerson(definition, stage, state, event, now);
  }
}

type WorkEvent = Extract<Event, { type: 'finished' | 'failed' }>;

function interpretWork(stage: Stage, state: State, event: WorkEvent): Meaning {
  if (event.visit !== state.item.visit) return { kind: 'ignored', reason: 'that visit is over' };
  const base: Step = { kind: 'step', actor: SYSTEM, job: event.job, note: event.note, facts: event.facts ?? [] };
  const rollback = event.job === 'rollback';
  if (event.type === 'finished') return rollback && stage.rollback ? { ...base, goTo: stage.rollback } : base;
  if (rollback) return { ...base, facts: [...rollbackFailed(state.facts, event.note), ...(event.facts ?? [])] };
  return stage.failure && !rollingBack(state.facts) ? { ...base, goTo: stage.failure } : base;
}

/** Whoever gave it up may not have said so as a fact; without it the item would wait for the rollback for ever. */
function rollbackFailed(facts: Facts, because: string): NewFact[] {
  const known = facts.rollback;
  if (!known) return [];
  const value = { ...fact(facts, 'rollback'), state: 'failed', because };
  return [{ name: 'rollback', value, source: 'rollback', subject: known.subject }];
}

/** Would the gate open, or the item's status change, with what is known now? */
function gateMoves(stage: Stage, state: State, now: Date): boolean {
  if (stage.next === null || rollingBack(state.facts)) return false;
  const gate = describeGate(stage, state, now);
  return gate.status === 'met' || blockedBy(stage, gate, state.log).length > 0 !== (state.item.status === 'blocked');
}

const rollingBack = (facts: Facts): boolean => fact(facts, 'rollback')?.state === 'requested';

function isNews(facts: Facts, entry: NewFact): boolean {
  const known = facts[entry.name];
  return !known || known.subject !== (entry.subject ?? '') || !isDeepStrictEqual(known.value, entry.value);
}

function settle(definition: Definition, stage: Stage, state: State, event: Event, step: Step, now: Date): Decision {
  const learned = withoutLate(state.facts, lastOfEach(step.facts ?? []));
  const facts = withFacts(state.facts, learned, now);
  const entry = logEntry(event, step, now);
  const here: State = { ...state, facts, log: [...state.log, entry] };
  const opens = !step.cancel && !rollingBack(facts) && describeGate(stage, here, now).status === 'met' && stage.next;
  const target = step.goTo ?? (opens || null);
  const moved = target !== null;
  const to = moved ? stageOf(definition, target) : stage;
  const visit = state.item.visit + (moved || step.cancel ? 1 : 0);
  const after: State = moved ? { ...here, item: { ...state.item, stage: to.id, visit }, log: [] } : here;
  const gate = describeGate(to, after, now);
  const standing = standingOf(to, gate, after, step);
  const item: Item = { ...state.item, stage: to.id, visit, version: state.item.version + 1, status: standing.status };
  const waits =
    standing.status === 'cancelled' || standing.status === 'done' ? [] : waitsOf(definition, gate, item, facts);
  const change: Change = {
    from: stage.id,
    to: to.id,
    type: event.type,
    actor: step.actor,
    of: step.of ?? null,
    subject: step.subject ?? '',
    role: step.role ?? null,
    job: step.job ?? null,
    note: step.note,
    until: step.until ?? null,
    item,
    column: to.column,
    mark: moved ? to.mark : null,
    reason: standing.reason,
    facts: learned,
    waits,
    effects: [],
    gate,
  };
  const work = moved ? entryEffects(to, visit, gate) : headEffects(stage, state, facts);
  const known = moved ? [] : asks(describeGate(stage, state, now)).map(askKey);
  const effects = [...(step.effects ?? []), ...work, ...surfaceEffects(change, state, known)];
  return { kind: moved || step.cancel ? 'moved' : 'waiting', change: { ...change, effects } };
}

/** A fact that is brought twice is known as it was said last. */
const lastOfEach = (facts: readonly NewFact[]): readonly NewFact[] => [
  ...new Map(facts.map((entry) => [entry.name, entry])).values(),
];

/** Facts that speak about one head commit. */
const ABOUT_HEAD = ['checks', 'diff_review', 'preview', 'reviews'];

/** A job that began on an earlier head reports late: what is known about the present head stands. */
function withoutLate(facts: Facts, added: readonly NewFact[]): readonly NewFact[] {
  const pr = (added.find((entry) => entry.name === 'pr')?.value ?? facts.pr?.value) as { headSha?: string } | undefined;
  const late = (entry: NewFact) =>
    ABOUT_HEAD.includes(entry.name) && entry.subject !== pr?.headSha && facts[entry.name]?.subject === pr?.headSha;
  return pr?.headSha ? added.filter((entry) => !late(entry)) : added;
}

function withFacts(facts: Facts, added: readonly NewFact[], now: Date): Facts {
  if (added.length === 0) return facts;
  const stamped = added.map((entry): [string, Fact] => [
    entry.name,
    { value: entry.value, source: entry.source, subject: entry.subject ?? '', seenAt: now },
  ]);
  return { ...facts, ...Object.fromEntries(stamped) };
}

function logEntry(event: Event, step: Step, at: Date): LogEntry {
  const { actor, of = null, subject = '', role = null, job = null, note, until } = step;
  return { type: event.type, actor, of, subject, role, job, note, at, ...(until ? { until } : {}) };
}

function standingOf(
  stage: Stage,
  gate: RuleResult,
  { item, facts, log }: State,
  step: Step,
): { status: Item['status']; reason: string } {
  if (step.cancel) return { status: 'cancelled', reason: step.note };
  if (rollingBack(facts)) return { status: item.status, reason: 'production is being rolled back' };
  if (stage.next === null) return { status: 'done', reason: '' };
  const blocked = blockedBy(stage, gate, log);
  const tell = (rules: readonly RuleResult[]) => rules.map((rule) => `${rule.name}: ${rule.because}`).join('; ');
  if (blocked.length > 0) {
    const idle = blocked.every((rule) => rule.waits !== null);
    return { status: 'blocked', reason: `${idle ? 'nothing is under way any more: ' : ''}${tell(blocked)}` };
  }
  const open = openRules(gate);
  const people = open.filter((rule) => waitsForPeople(rule.waits));
  return { status: 'active', reason: (people.length > 0 ? people : open).map((rule) => rule.name).join('; ') };
}
