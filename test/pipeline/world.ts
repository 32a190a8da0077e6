import fc from 'fast-check';
import { begin, decide, stageOf } from '../../src/pipeline/decide.ts';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import { asks, describeGate, openRules } from '../../src/pipeline/gate.ts';
import { overridesOf } from '../../src/pipeline/overrides.ts';
import type {
  Actor,
  Change,
  Decision,
  Definition,
  Event,
  Facts,
  GateNode,
  LogEntry,
  NewFact,
  State,
  SubjectKind,
  Vocabulary,
} from '../../src/pipeline/types.ts';
import { document, item, pull } from './fixture.ts';

/**
 * A small world around `decide`: it keeps what the tables would keep (item, facts, history, waits, open effects), lets
 * jobs, people, webhooks and time act at random, and says after every step what may never be.
 */

const NAMES = ['draft', 'build', 'look', 'check', 'merge'];
export const WORDS: Vocabulary = {
  jobs: Object.fromEntries(
    NAMES.map((name) => [name, { watch: name === 'look', perHead: name === 'check', check: () => null }]),
  ),
  roles: ['pm', 'eng', 'rev'],
};
const PEOPLE: readonly Actor[] = [
  { id: 'UREQ', name: 'Rita', roles: ['pm', 'eng'] },
  { id: 'UPM', name: 'Priya', roles: ['pm'] },
  { id: 'UENG', name: 'Erin', roles: ['eng'] },
  { id: 'UREV', name: 'Ravi', roles: ['rev', 'eng'] },
  { id: 'UOUT', name: 'Olga', roles: [] },
];

// ---- random pipelines

const approvedBy = fc.record({
  role: fc.constantFrom(...WORDS.roles),
  of: fc.constantFrom('prd', 'spec', 'head', 'merge'),
  count: fc.constantFrom(1, 1, 2),
  not: fc.constantFrom([], ['requester'], ['author']),
  verb: fc.constantFrom('approve', 'delegate', 'deploy'),
  after_others: fc.boolean(),
});
/** Rules of the facts that a person may let an item pass, where the file says who. */
const passable = fc
  .tuple(
    fc.constantFrom<[string, object]>(
      ['tier_is_not', { tiers: ['T1'] }],
      ['checks_green', {}],
      ['diff_within_spec', {}],
      ['soaked', { environment: 'staging', minutes: 5 }],
    ),
    fc.subarray([...WORDS.roles], { minLength: 1 }),
  )
  .map(([[name, params], override]) => ({ [name]: { ...params, override } }));
const rule = fc.oneof(
  { weight: 4, arbitrary: passable },
  { weight: 4, arbitrary: approvedBy.map((params) => ({ approved_by: params })) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<object>(
      { document_written: { document: 'prd' } },
      { document_written: { document: 'spec' } },
      { fact_known: { fact: 'service' } },
      { tier_is_not: { tiers: ['T1'] } },
      { pull_request: { state: 'open' } },
      { pull_request: { state: 'merged' } },
      { checks_green: {} },
      { diff_within_spec: {} },
      { soaked: { environment: 'staging', minutes: 5 } },
      { deployed: { environment: 'production' } },
    ),
  },
);
const { gate } = fc.letrec((tie) => ({
  gate: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    rule,
    fc.constant({}),
    fc.record({ all: fc.array(tie('gate'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('gate'), { maxLength: 3 }) }),
    fc.record({ not: tie('gate') }),
  ),
}));

const IDS = ['a', 'b', 'c', 'd'];
const stage = fc.record(
  {
    jobs: fc.subarray(NAMES),
    gate,
    reject: fc.constantFrom(...IDS),
    failure: fc.constantFrom(...IDS),
    answer: fc.constantFrom(...IDS),
    rollback: fc.constantFrom(...IDS),
  },
  { requiredKeys: ['jobs', 'gate', 'reject', 'rollback'] },
);
const allowed = fc.subarray(['requester', ...WORDS.roles], { minLength: 1 });

/** Pipelines that the parser accepts; what it refuses is the subject of definition.test.ts. */
export const pipelines = fc
  .record({
    stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
    last: fc.record({ rollback: fc.constantFrom(...IDS) }, { requiredKeys: [] }),
    allow: fc.record({ cancel: allowed, retry: allowed, answer: allowed, rollback: allowed }),
  })
  .map(({ stages, last, allow }) => {
    const exists = (to: string | undefined) => (to !== undefined && IDS.indexOf(to) <= stages.length ? to : undefined);
    const entries = [...stages, last].map((given, place) => {
      const paths = ['reject', 'failure', 'answer', 'rollback'].map((path) => [
        path,
        exists((given as Record<string, string>)[path]),
      ]);
      return [IDS[place], { column: 'Planning', ...given, ...Object.fromEntries(paths) }];
    });
    return JSON.stringify({ name: 'p', allow, stages: Object.fromEntries(entries) });
  })
  .map((text) => {
    try {
      return parsePipeline(text, 'p', WORDS);
    } catch {
      return null;
    }
  })
  .filter((definition): definition is Definition => definition !== null);

// ---- random acts

export interface Act {
  kind: string;
  a: number;
  b: number;
  c: number;
}
const nat = fc.nat({ max: 59 });
const KINDS = [
  'finish',
  'finish',
  'finish',
  'fail',
  'look',
  'look',
  'tick',
  'time',
  'nudge',
  'approve',
  'approve',
  'approve',
  'approve',
  'reject',
  'reject',
  'revise',
  'answer',
  'retry',
  'rollback',
  'cancel',
  'push',
  'answer',
  'override',
  'override',
  'override',
  'announce',
  'announce',
  'announce',
  'withdraw',
  'expire',
];
export const acts = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), a: nat, b: nat, c: nat }), {
  minLength: 1,
  maxLength: 40,
});

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;
const HEADS = ['h1', 'h2'];
const KNOWN: ((n: number) => NewFact)[] = [
  (n) => news('prd', document(`p${n % 3}`, { authorId: pick(PEOPLE, n).id, authorKind: n % 2 ? 'person' : 'offline' })),
  (n) => news('spec', document(`s${n % 3}`)),
  () => news('service', 'storefront'),
  (n) => news('tier', pick(['T1', 'T3'], n)),
  (n) => news('pr', pull(pick(HEADS, n), { state: pick(['open', 'open', 'closed', 'merged'], n >> 1) })),
  (n) =>
    news(
      'checks',
      { conclusion: pick(['success', 'success', 'pending', 'failure', 'none'], n >> 1), runs: [] },
      pick(HEADS, n),
    ),
  (n) =>
    news('diff_review', { verdict: pick(['pass', 'pass', 'fail'], n >> 1), findings: [], matrix: [] }, pick(HEADS, n)),
  () => news('merge', { sha: 'm1' }),
  (n) => news('soak', { until: new Date(START + n * 60_000).toISOString() }, 'm1'),
  (n) =>
    news(
      'production',
      {
        state: pick(['success', 'failure', 'in_progress'], n),
        sha: 'm1',
        previousSha: pick(['m0', null], n >> 1),
        url: null,
        because: 'x',
      },
      'm1',
    ),
  (n) => news('reviewer', { id: pick([null, 'UREV'], n) }),
];
function news(name: string, value: unknown, subject = ''): NewFact {
  return { name, value, source: 'world', subject };
}
const STARTING: readonly NewFact[] = [
  news('prd', document('p0')),
  news('spec', document('s0')),
  news('pr', pull('h1')),
  news('merge', { sha: 'm1' }),
  news('production', { state: 'success', sha: 'm1', previousSha: 'm0', url: null, because: '' }, 'm1'),
];
/** Any of the facts that an item may start with, all of them more often than chance would have it. */
export const beginnings = fc.oneof(fc.constant(31), fc.constant(7), fc.nat({ max: 31 }));
const factsOf = (n: number, m: number): NewFact[] => {
  const first = pick(KNOWN, n)(m);
  const second = pick(KNOWN, n + 1 + (m % 5))(n);
  return n % 4 === 0 || second.name === first.name ? [first] : [first, second];
};

// ---- the world

interface OpenEffect {
  job: string;
  visit: number | null;
  params: Readonly<Record<string, unknown>>;
}
interface Recorded {
  visit: number;
  entry: LogEntry;
}
const START = Date.parse('2026-11-20T10:00:00Z');

export interface World {
  definition: Definition;
  known: number;
  state: State;
  history: Recorded[];
  effects: OpenEffect[];
  now: Date;
  /** Everything that was put to `decide`, to play it again. */
  events: { event: Event; now: Date; past: number | undefined }[];
}

/** `known`: which facts the item starts with, a bit each. */
export function createWorld(definition: Definition, known = 0): World {
  const now = new Date(START);
  const facts = STARTING.filter((_, place) => known & (1 << place));
  const change = begin(definition, item({ requester: 'UREQ', stage: '', status: 'active' }), facts, now);
  const empty: State = { item: item(), facts: {}, log: [], past: [], waits: [] };
  const world: World = { definition, known, state: empty, history: [], effects: [], now, events: [] };
  take(world, change, { visit: 1, closes: null });
  return world;
}

/** What the tables would hold after the commit. */
function take(world: World, change: Change, how: { visit: number; closes: OpenEffect | null }): void {
  const { type, actor, of, subject, role, job, note, until } = change;
  if (type !== 'created') {
    world.history.push({
      visit: how.visit,
      entry: { type, actor, of, subject, role, job, note, at: world.now, until },
    });
  }
  const stamped = change.facts.map(({ name, value, source, subject: about = '' }) => [
    name,
    { value, source, subject: about, seenAt: world.now },
  ]);
  const facts: Facts = { ...world.state.facts, ...Object.fromEntries(stamped) };
  world.effects = world.effects.filter((effect) => effect !== how.closes);
  world.effects.push(...change.effects.map(({ job: name, visit, params }) => ({ job: name, visit, params })));
  const visit = change.item.visit;
  const log = world.history.filter((row) => row.visit === visit).map((row) => row.entry);
  world.state = { item: change.item, facts, log, past: [], waits: change.waits };
}

/** Turns an act into an event that can happen now, with the effect that it closes. null = it cannot happen. */
function eventOf(world: World, { kind, a, b, c }: Act): { event: Event; effect: OpenEffect | null } | null {
  const { item: at, facts } = world.state;
  const visit = c % 8 === 0 ? at.visit - 1 : at.visit;
  // Mostly what the buttons offer, to people who may; otherwise anything by anybody.
  const offered = asks(describeGate(stageOf(world.definition, at.stage), world.state, world.now));
  const ask = offered.length > 0 && c % 5 !== 0 ? pick(offered, b) : null;
  const able = ask ? PEOPLE.filter((one) => one.roles.includes(ask.role)) : PEOPLE;
  const actor = pick(able, a);
  const of = ask?.of ?? pick<SubjectKind>(['prd', 'spec', 'head', 'merge'], b);
  const subject = c % 9 === 0 ? 'stale' : (ask?.subject ?? subjectOf(of, facts) ?? 'none');
  const allowed = (verb: 'retry' | 'answer' | 'rollback') =>
    c % 5 === 0 ? actor : whoMay(world.definition, at.requester, verb, a);
  const work = world.effects.filter((effect) => effect.visit !== null && effect.job !== 'tick');
  const effect = work.length > 0 ? pick(work, a) : null;
  const alone = (event: Event) => ({ event, effect: null });
  switch (kind) {
    case 'finish':
      if (!effect) return null;
      return {
        event: {
          type: 'finished',
          job: effect.job,
          visit: effect.visit!,
          facts: rolledBack(effect, facts, factsOf(b, c)),
          note: '',
        },
        effect,
      };
    case 'fail':
      return effect
        ? { event: { type: 'failed', job: effect.job, visit: effect.visit!, note: 'it broke' }, effect }
        : null;
    case 'look':
      return alone({ type: 'observed', facts: factsOf(b, c), note: '' });
    case 'push': {
      const head = subjectOf('head', facts) === 'h1' ? 'h2' : 'h1';
      return alone({ type: 'observed', facts: [news('pr', pull(head))], note: '' });
    }
    case 'tick': {
      const tick = world.effects.find((entry) => entry.job === 'tick') ?? null;
      return { event: { type: 'ticked' }, effect: tick };
    }
    case 'time':
      world.now = new Date(world.now.getTime() + a * 60_000);
      return alone({ type: 'ticked' });
    case 'nudge':
      return alone({ type: 'nudged', note: '' });
    case 'approve':
      return alone({ type: 'approved', actor, visit, of, subject, choice: 'manual' });
    case 'reject':
      return alone({ type: 'changes_requested', actor, visit, of, subject, note: 'no' });
    case 'revise': {
      const document = pick(['prd', 'spec'] as const, b);
      return alone({ type: 'revised', actor, of: document, facts: [pick(KNOWN, b % 2)(c)], note: '' });
    }
    case 'answer':
      return alone({
        type: 'answered',
        actor: allowed('answer'),
        visit,
        fact: b % 6 === 0 ? 'merge' : 'service',
        value: 'storefront',
      });
    case 'retry':
      return alone({ type: 'retried', actor: allowed('retry'), visit });
    case 'rollback':
      return alone({ type: 'rollback_requested', actor: allowed('rollback'), visit, note: 'bad' });
    case 'override': {
      const rules = openRules(describeGate(stageOf(world.definition, at.stage), world.state, world.now));
      const rule = pick(
        rules.filter((one) => one.mayOverride),
        b,
      )?.mayOverride;
      if (!rule && c % 5 !== 0) return null;
      const may = PEOPLE.filter((one) => one.roles.some((role) => rule?.roles.includes(role)));
      const who = c % 5 === 0 ? pick(PEOPLE, a) : (pick(may, a) ?? actor);
      const hours = pick([1, 4, 24, 168, 1, 4, 0, 9000], c);
      return alone({
        type: 'overridden',
        actor: who,
        visit,
        rule: rule?.digest ?? 'none',
        hours,
        note: pick(['why', 'why', 'x', ''], a),
      });
    }
    case 'withdraw': {
      const one = overridesOf(c % 7 === 0 ? world.history.map((row) => row.entry) : world.state.log).at(-1);
      const who = one && a % 4 > 0 ? PEOPLE.find((each) => each.id === one.by.id)! : pick(PEOPLE, a);
      return one ? alone({ type: 'override_withdrawn', actor: who, visit, override: one.id }) : null;
    }
    case 'announce':
    case 'expire': {
      const job = kind === 'announce' ? 'announce-override' : 'expire-override';
      const orders = world.effects.filter((one) => one.job === job);
      const order = c % 7 === 0 ? pick(orders, a) : orders.at(-1);
      if (!order) return kind === 'announce' ? eventOf(world, { kind: 'override', a, b, c }) : null;
      // The delay of its order is over: the job does not report before.
      if (kind === 'expire')
        world.now = new Date(Math.max(world.now.getTime(), Date.parse(String(order.params.until))));
      const { override, visit: then } = order.params as { override: string; visit: number };
      const type = kind === 'announce' ? 'override_announced' : 'override_expired';
      return { event: { type, override, visit: then }, effect: order };
    }
    default:
      return c % 6 === 0 ? alone({ type: 'cancelled', actor, note: 'no' }) : null;
  }
}

function whoMay({ allow }: Definition, requester: string, verb: 'retry' | 'answer' | 'rollback', n: number): Actor {
  const roles = allow[verb];
  const may = (one: Actor) =>
    roles.some((role) => (role === 'requester' ? one.id === requester : one.roles.includes(role)));
  return pick(PEOPLE.filter(may), n) ?? pick(PEOPLE, n);
}

function rolledBack(effect: OpenEffect, facts: Facts, found: NewFact[]): NewFact[] {
  if (effect.job !== 'rollback') return found;
  const value = { ...(facts.rollback?.value as object), state: 'done' };
  return [{ name: 'rollback', value, source: 'rollback', subject: facts.rollback?.subject }];
}

function subjectOf(of: SubjectKind, facts: Facts): string | null {
  const value = facts[of === 'head' ? 'pr' : of]?.value as
    | { hash?: string; headSha?: string; sha?: string }
    | undefined;
  return value?.hash ?? value?.headSha ?? value?.sha ?? null;
}

/** Lets one thing happen and says what is wrong with what came of it. */
export function happen(world: World, act: Act): string[] {
  const found = eventOf(world, act);
  if (!found) return [];
  const { event, effect } = found;
  const past = 'visit' in event ? event.visit : undefined;
  const before = freeze({
    ...world.state,
    past: world.history.filter((row) => row.visit === past).map((row) => row.entry),
  });
  world.events.push({ event, now: world.now, past });
  const decision = decide(world.definition, before, freeze(event), world.now);
  const wrong = judge(world, before, event, decision);
  if ('change' in decision) take(world, decision.change, { visit: before.item.visit, closes: effect });
  else world.effects = world.effects.filter((entry) => entry !== effect);
  return [...wrong, ...standing(world)].map((sentence) => `${event.type}: ${sentence}`);
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

// ---- what may never be

function judge(world: World, before: State, event: Event, decision: Decision): string[] {
  if (!('change' in decision))
    return decision.kind === 'wake' || decision.reason.length > 0 ? [] : ['no reason is given'];
  const { change } = decision;
  const wrong: string[] = [];
  const say = (holds: boolean, sentence: string) => {
    if (!holds) wrong.push(sentence);
  };
  const from = stageOf(world.definition, before.item.stage);
  say(change.item.version === before.item.version + 1, 'the version is not the next one');
  say(change.item.visit === before.item.visit + (decision.kind === 'moved' ? 1 : 0), 'the visit was not counted');
  say(change.from === before.item.stage && change.to === change.item.stage, 'from and to are not where it was and is');
  say(decision.kind === 'moved' || change.to === change.from, 'it moved without saying so');
  if (decision.kind === 'moved') {
    const known = { ...before.facts, ...stamp(change.facts, world.now) };
    const entry: LogEntry = { ...change, at: world.now };
    const then = { ...before, facts: known, log: [...before.log, entry] };
    const paths: Record<string, (string | null)[]> = {
      changes_requested: [from.reject],
      answered: [from.answer],
      retried: [from.id],
      cancelled: [from.id],
      failed: [from.failure],
      revised: world.definition.stages.slice(0, world.definition.stages.indexOf(from)).map((one) => one.id),
      finished: change.job === 'rollback' ? [from.rollback] : [],
    };
    const way = (paths[event.type] ?? []).includes(change.to);
    const open = change.to === from.next && mayLeave(world.definition, from.id, then, world.now);
    say(way || open, `it left ${from.id} for ${change.to} and the gate does not hold`);
    say(!rollingBack(before.facts) || change.job === 'rollback', 'it moved while production was being rolled back');
  }
  if (event.type === 'finished' || event.type === 'failed')
    say(event.visit === before.item.visit, 'work of another visit counted');
  if (event.type === 'overridden') {
    const ms = (change.until?.getTime() ?? Number.POSITIVE_INFINITY) - world.now.getTime();
    say(event.visit === before.item.visit, 'an override of another visit counted');
    say(ms > 0 && ms <= 168 * 3_600_000, 'an override has no end within a week');
    say(change.note.trim() !== '', 'an override has no reason');
    say(change.role !== null && event.actor.roles.includes(change.role), 'somebody overrode without the role');
    say(event.actor.id !== before.item.requester, 'the requester overrode a rule');
    say(decision.kind === 'waiting', 'an override opened the gate before anybody was told');
    say(!before.log.some((one) => one.type === 'approved' && one.actor.id === event.actor.id), 'who decided overrode');
  }
  if (event.type === 'approved' || event.type === 'changes_requested') {
    const overrode = overridesOf(before.log).some((one) => one.by.id === event.actor.id);
    say(!overrode, 'who let the item pass a rule decided about it');
    const same = (one: LogEntry) =>
      one.type === 'approved' &&
      one.actor.id === event.actor.id &&
      one.of === event.of &&
      one.subject === event.subject;
    say(event.visit === before.item.visit, 'a decision of another visit counted');
    say(event.subject === subjectOf(event.of, before.facts), 'a decision about another revision counted');
    say(change.role !== null && event.actor.roles.includes(change.role), 'somebody decided without the role');
    say(event.type !== 'approved' || !before.log.some(same), 'one person counted twice');
  }
  return wrong;
}

const stamp = (facts: readonly NewFact[], now: Date): Facts =>
  Object.fromEntries(
    facts.map(({ name, value, source, subject = '' }) => [name, { value, source, subject, seenAt: now }]),
  );
const rollingBack = (facts: Facts): boolean =>
  (facts.rollback?.value as { state?: string } | undefined)?.state === 'requested';

/** The gate said once more in other words: work done, and every decision counted anew. */
function mayLeave(definition: Definition, id: string, state: State, now: Date): boolean {
  const stage = stageOf(definition, id);
  const last = (job: string) => state.log.findLast((entry) => entry.job === job)?.type;
  const worked = stage.jobs.every((job) => last(job.name) === 'finished' || (job.watch && last(job.name) !== 'failed'));
  if (!worked) return false;
  const holds = (node: GateNode): boolean | null => {
    if (node.kind === 'not') {
      const inner = holds(node.node);
      return inner === null ? null : !inner;
    }
    if (node.kind !== 'rule') {
      const all = node.nodes.map(holds);
      const good = node.kind === 'all' ? all.every((one) => one === true) : all.length === 0 || all.includes(true);
      return good ? true : all.includes(null) ? null : false;
    }
    if (node.rule === 'approved_by') return decided(node.params, state);
    const alone = { ...stage, jobs: [], gate: node };
    const { status, children = [] } = describeGate(alone, { ...state, log: [] }, now);
    const said = `${children[0]?.name}: ${children[0]?.because}`;
    if (status !== 'met' && node.override?.length && passes(said, node.override, { log: state.log, now })) return true;
    return status === 'unknown' ? null : status === 'met';
  };
  return holds(stage.gate) === true;
}

/** An override counts that was announced, not withdrawn, not over, by a role of the file, for exactly these words. */
function passes(
  said: string,
  roles: readonly string[],
  { log, now }: { log: readonly LogEntry[]; now: Date },
): boolean {
  const about = log.filter((one) => one.subject === said && one.until && one.until.getTime() > now.getTime());
  return about.some(
    ({ type, until, role }) =>
      type === 'override_announced' &&
      roles.includes(role ?? '') &&
      !about.some((one) => one.type === 'override_withdrawn' && one.until?.getTime() === until?.getTime()),
  );
}

function decided(params: Readonly<Record<string, unknown>>, { log, facts, item: at }: State): boolean | null {
  const of = params.of as SubjectKind;
  const subject = subjectOf(of, facts);
  if (subject === null) return null;
  const author = facts[of]?.value as { authorId?: string; authorKind?: string } | undefined;
  const not = params.not as string[];
  const people = log.filter(
    (one) =>
      one.type === 'approved' &&
      one.of === of &&
      one.subject === subject &&
      one.role === params.role &&
      !overridesOf(log).some(({ by }) => by.id === one.actor.id) &&
      !(not.includes('requester') && one.actor.id === at.requester) &&
      !(not.includes('author') && author?.authorKind === 'person' && one.actor.id === author.authorId),
  );
  return new Set(people.map((one) => one.actor.id)).size >= (params.count as number);
}

/** However it came here: somebody or something will bring the item on. */
function standing({ definition, state, effects, now }: World): string[] {
  const { item: at, waits } = state;
  const stage = stageOf(definition, at.stage);
  const wrong: string[] = [];
  const live = effects.some((effect) => effect.visit === at.visit);
  const is = { done: stage.next === null, cancelled: true, active: stage.next !== null, blocked: stage.next !== null };
  if (!is[at.status] && !rollingBack(state.facts)) wrong.push(`it is ${at.status} in ${stage.id}`);
  if ((at.status === 'done' || at.status === 'cancelled') && waits.length > 0)
    wrong.push(`somebody is waited for and it is ${at.status}`);
  if (at.status === 'active' && waits.length === 0 && !live)
    wrong.push('nobody is waited for and nothing is under way');
  if (at.status === 'blocked' && !waits.some((wait) => wait.kind === 'blocked'))
    wrong.push('it is blocked and nobody is told');
  if (
    rollingBack(state.facts) &&
    at.status !== 'cancelled' &&
    !effects.some((effect) => effect.job === 'rollback' && effect.visit === at.visit)
  )
    wrong.push('a rollback was asked for and nobody does it');
  const opens =
    stage.next !== null &&
    at.status !== 'cancelled' &&
    !rollingBack(state.facts) &&
    describeGate(stage, state, now).status === 'met';
  if (opens && !effects.some((effect) => effect.job === 'tick' && effect.visit === at.visit))
    wrong.push('the gate holds and nothing will move it');
  for (const wait of waits) {
    const able = PEOPLE.some(
      (one) => wait.who === `user:${one.id}` || one.roles.some((role) => wait.who === `role:${role}`),
    );
    if (!able) wrong.push(`${wait.who} is waited for and does not exist`);
    if (wait.kind === 'question' && !answers(definition, at.requester, wait.who))
      wrong.push(`${wait.who} is asked and may not answer`);
  }
  return wrong;
}

function answers({ allow }: Definition, requester: string, who: string): boolean {
  return allow.answer.some((role) => who === (role === 'requester' ? `user:${requester}` : `role:${role}`));
}

/** The same events, put to `decide` once more. */
export function playAgain(world: World): World {
  const again = createWorld(world.definition, world.known);
  for (const { event, now, past } of world.events) {
    again.now = now;
    const state = { ...again.state, past: again.history.filter((row) => row.visit === past).map((row) => row.entry) };
    const decision = decide(again.definition, state, event, now);
    if ('change' in decision) take(again, decision.change, { visit: state.item.visit, closes: null });
  }
  return again;
}

/** Plays random acts in random pipelines; throws with the smallest story in which something is wrong. */
export function explore(runs: number): void {
  fc.assert(
    fc.property(pipelines, beginnings, acts, (definition, known, story) => {
      const world = createWorld(definition, known);
      const wrong = story.flatMap((act) => happen(world, act));
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
      const again = playAgain(world);
      if (JSON.stringify(again.state) !== JSON.stringify(world.state))
        throw new Error('played again, it ends elsewhere');
      if (world.state.item.version !== world.history.length + 1) throw new Error('history and version do not agree');
    }),
    { numRuns: runs },
  );
}
