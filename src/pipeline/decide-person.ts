import type { Meaning } from './decide.ts';
import { decideOverride, decideWithdrawal } from './decide-override.ts';
import { fact } from './facts.ts';
import { asks, describeGate, openRules } from './gate.ts';
import { currentSubject, excluded, humanRules, roleName } from './rules/approved-by.ts';
import type {
  Actor,
  Definition,
  Event,
  GateNode,
  Item,
  LogEntry,
  NewFact,
  Stage,
  State,
  SubjectKind,
} from './types.ts';

/** What people may do. Each refusal is the sentence that the person reads. */

type PersonEvent = Extract<Event, { actor: Actor }>;
type Decided = Extract<Event, { type: 'approved' | 'changes_requested' }>;

const refused = (reason: string): Meaning => ({ kind: 'refused', reason });
export const clock = (at: Date): string => `${at.toISOString().slice(11, 16)} UTC`;
const NAMES: Record<SubjectKind, string> = {
  prd: 'PRD',
  spec: 'tech spec',
  head: 'pull request',
  merge: 'merged change',
};

/** People are not told their own name. */
const nameFor = (person: Pick<Actor, 'id' | 'name'>, reader: Actor, own: string): string =>
  person.id === reader.id ? own : person.name;

function whoWasFirst(log: readonly LogEntry[], of: SubjectKind, reader: Actor): string | null {
  const first = log.find(
    (entry) => entry.of === of && (entry.type === 'approved' || entry.type === 'changes_requested'),
  );
  if (!first) return null;
  const did = first.type === 'approved' ? 'approved this' : 'asked for changes';
  return `${nameFor(first.actor, reader, 'You')} ${did} at ${clock(first.at)}.`;
}

/** A click on a card of an earlier visit decides nothing. null = it is not stale. */
export function refuseStale(stage: Stage, state: State, event: PersonEvent): Meaning | null {
  if (!('visit' in event) || event.visit === state.item.visit) return null;
  const first =
    event.type === 'approved' || event.type === 'changes_requested'
      ? whoWasFirst(state.past, event.of, event.actor)
      : null;
  return refused(`${first ?? 'That is no longer open.'} ${state.item.key} is in “${stage.label}” now.`);
}

export function decideByPerson(
  definition: Definition,
  stage: Stage,
  state: State,
  event: PersonEvent,
  now: Date,
): Meaning {
  const { item, facts } = state;
  const actor = event.actor;
  switch (event.type) {
    case 'approved':
    case 'changes_requested':
      return decideGate(stage, state, event, now);
    case 'revised':
      return decideRevision(definition, stage, state, event);
    case 'answered':
      if (stage.answer === null || !isAsked(stage.gate, event.fact))
        return refused(`${item.key} is not asking for the ${event.fact.replaceAll('_', ' ')} now.`);
      if (!may(actor, definition.allow.answer, item)) return refused(notAllowed(definition.allow.answer));
      return {
        kind: 'step',
        actor,
        note: `${event.fact}: ${String(event.value)}`,
        facts: [{ name: event.fact, value: event.value, source: actor.name }],
        goTo: stage.answer,
      };
    case 'retried': {
      if (!may(actor, definition.allow.retry, item)) return refused(notAllowed(definition.allow.retry));
      if (item.status !== 'blocked') return refused(`${item.key} is not blocked, so there is nothing to try again.`);
      if (!event.takeOver) return { kind: 'step', actor, note: '', goTo: stage.id };
      if (!stage.jobs.some((job) => job.name === 'delegate'))
        return refused(`${item.key} is in “${stage.label}”, where there is nothing to take over.`);
      const value = { agent: 'manual', by: actor.id, byName: actor.name, note: '' };
      const facts = [{ name: 'delegation', value, source: actor.name }];
      return { kind: 'step', actor, note: 'took it over', facts, goTo: stage.id };
    }
    case 'rollback_requested': {
      if (!may(actor, definition.allow.rollback, item)) return refused(notAllowed(definition.allow.rollback));
      const production = fact(facts, 'production');
      if (stage.rollback === null || !production) return refused(`${item.key} has nothing in production to roll back.`);
      if (fact(facts, 'rollback')?.state === 'requested') return refused(`${item.key} is being rolled back already.`);
      if (!production.previousSha) return refused('There is no earlier deployment to go back to.');
      const value = { state: 'requested', toSha: production.previousSha, because: event.note };
      return {
        kind: 'step',
        actor,
        note: event.note,
        facts: [{ name: 'rollback', value, source: actor.name, subject: production.sha }],
        effects: [{ job: 'rollback', params: {}, visit: item.visit }],
      };
    }
    case 'overridden':
      return decideOverride(stage, state, event, now);
    case 'override_withdrawn':
      return decideWithdrawal(state, event, now);
    case 'cancelled':
      if (!may(actor, definition.allow.cancel, item)) return refused(notAllowed(definition.allow.cancel));
      if (item.status === 'done') return refused(`${item.key} is completed.`);
      return { kind: 'step', actor, note: event.note, cancel: true };
  }
}

/** Does the gate ask for this fact? Only what is asked can be answered. */
function isAsked(node: GateNode, name: string): boolean {
  if (node.kind === 'rule') return node.rule === 'fact_known' && node.params.fact === name;
  return (node.kind === 'not' ? [node.node] : node.nodes).some((child) => isAsked(child, name));
}

const holds = (actor: Actor, role: string, item: Item): boolean =>
  role === 'requester' ? actor.id === item.requester : actor.roles.includes(role);
const may = (actor: Actor, roles: readonly string[], item: Item): boolean =>
  roles.some((role) => holds(actor, role, item));

export function notAllowed(roles: readonly string[]): string {
  const who = roles.map((role) => (role === 'requester' ? 'the requester' : roleName(role)));
  const people = who.length > 1 ? `${who.slice(0, -1).join(', ')} or ${who.at(-1)}` : (who[0] ?? 'nobody');
  return `Only ${people} can do this.`;
}

function decideGate(stage: Stage, state: State, event: Decided, now: Date): Meaning {
  const { item, facts, log } = state;
  const { actor, of } = event;
  const rules = humanRules(stage.gate).filter((rule) => rule.of === of);
  if (rules.length === 0) return refused(`${item.key} is in “${stage.label}”, where the ${NAMES[of]} is not decided.`);
  const mine = rules.filter((rule) => actor.roles.includes(rule.role));
  if (mine.length === 0) return refused(notAllowed(rules.map((rule) => rule.role)));
  const subject = currentSubject(of, facts);
  if (subject !== event.subject) return refused(changedSince(of, state, actor));

  const gate = describeGate(stage, state, now);
  const open = asks(gate).find((ask) => ask.of === of && mine.some((rule) => rule.role === ask.role));
  if (!open) {
    const first = whoWasFirst(log, of, actor);
    const missing = openRules(gate).filter(
      (result) => result.waits !== 'work' || !mine.some((rule) => rule.after_others),
    );
    return refused(first ?? `Not yet: ${missing.map((result) => `${result.name} (${result.because})`).join('; ')}.`);
  }
  const rule = mine.find((entry) => entry.role === open.role);
  const exclusion = rule && excluded(rule, { requester: item.requester, facts, log }).get(actor.id);
  if (exclusion) return refused(`This does not count: ${exclusion}.`);
  const note = open.verb === 'delegate' && event.type === 'approved' ? handedTo(event) : (event.note ?? '');
  const step = { kind: 'step', actor, of, subject, role: open.role, note } as const;

  if (event.type === 'changes_requested') {
    if (stage.reject === null) return refused(`“${stage.label}” cannot be sent back.`);
    const feedback = { of, text: event.note, by: actor.id, byName: actor.name };
    return { ...step, facts: [{ name: 'feedback', value: feedback, source: actor.name, subject }], goTo: stage.reject };
  }
  if (
    log.some(
      (entry) =>
        entry.type === 'approved' && entry.of === of && entry.subject === subject && entry.actor.id === actor.id,
    )
  ) {
    return refused(`You have approved this already; ${open.need - open.have} more must decide.`);
  }
  const chosen: NewFact[] =
    open.verb === 'delegate'
      ? [
          {
            name: 'delegation',
            value: { agent: chosenAgent(event), by: actor.id, byName: actor.name, note: event.note ?? '' },
            source: actor.name,
          },
        ]
      : [];
  return { ...step, facts: chosen };
}

type Approved = Extract<Event, { type: 'approved' }>;

const chosenAgent = (event: Approved): string => event.choice ?? 'manual';

/** A delegation says to whom, because history has no other place for it. */
function handedTo(event: Approved): string {
  const agent = chosenAgent(event);
  const whom = agent === 'manual' ? 'to a person' : `to the ${agent} agent`;
  return event.note ? `${whom}: ${event.note}` : whom;
}

function changedSince(of: SubjectKind, state: State, reader: Actor): string {
  if (of === 'prd' || of === 'spec') {
    const seen = state.facts[of];
    const document = fact(state.facts, of);
    const author = document && { id: document.authorId, name: document.authorName };
    const by = author ? ` by ${nameFor(author, reader, 'you')}` : '';
    return `This ${NAMES[of]} was changed${by}${seen ? ` at ${clock(seen.seenAt)}` : ''}; open it again.`;
  }
  const what = of === 'head' ? 'New commits were pushed to the pull request' : 'The merged commit is another one now';
  return `${what}; look at it again.`;
}

/**
 * An edit takes back what was approved before: the item returns to the gate where the document is approved. Once the
 * change is merged, documents stay as they were approved.
 */
function decideRevision(
  definition: Definition,
  stage: Stage,
  state: State,
  event: Extract<Event, { type: 'revised' }>,
): Meaning {
  const { item, facts } = state;
  const gates = definition.stages.filter((entry) => humanRules(entry.gate).some((rule) => rule.of === event.of));
  const editors = ['requester', ...gates.flatMap((entry) => humanRules(entry.gate).map((rule) => rule.role))];
  if (!may(event.actor, editors, item)) return refused(notAllowed([...new Set(editors)]));
  if (item.status === 'done') return refused(`${item.key} is completed.`);
  if (fact(facts, 'merge'))
    return refused(`${item.key} is merged, so its ${NAMES[event.of]} stays as it was approved.`);
  const first = gates[0];
  const index = definition.stages.indexOf(stage);
  const goesBack = first !== undefined && first !== stage && definition.stages.indexOf(first) < index;
  const step = { kind: 'step', actor: event.actor, of: event.of, note: event.note, facts: event.facts } as const;
  return goesBack ? { ...step, goTo: first.id } : step;
}
