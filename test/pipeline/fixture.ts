import { decide } from '../../src/pipeline/decide.ts';
import { describeGate } from '../../src/pipeline/gate.ts';
import { RULES } from '../../src/pipeline/rules/index.ts';
import type {
  Actor,
  Decision,
  Definition,
  Event,
  Facts,
  Item,
  LogEntry,
  RuleResult,
  Stage,
  State,
  SubjectKind,
} from '../../src/pipeline/types.ts';
import { feature } from './vocabulary.ts';

/** States to decide about, as small as a test can say them. */

export const NOW = new Date('2026-11-20T10:42:00Z');
export const REQUESTER = 'UREQ';

export const person = (name: string, ...roles: string[]): Actor => ({ id: `U${name.toUpperCase()}`, name, roles });
export const priya = person('Priya', 'product_manager');
export const erin = person('Erin', 'engineer');
export const ravi = person('Ravi', 'reviewer');
export const max = person('Max', 'release_manager');
export const olga = person('Olga');
export const requester: Actor = { id: REQUESTER, name: 'Rita', roles: ['product_manager', 'engineer', 'reviewer'] };

/** Facts from plain values; `[value, subject]` for one that speaks about a commit or revision. */
export function facts(given: Record<string, unknown>): Facts {
  return Object.fromEntries(
    Object.entries(given).map(([name, entry]) => {
      const about = entry instanceof About ? entry : new About(entry, '');
      return [name, { value: about.value, source: 'test', subject: about.subject, seenAt: NOW }];
    }),
  );
}
class About {
  value: unknown;
  subject: string;
  constructor(value: unknown, subject: string) {
    this.value = value;
    this.subject = subject;
  }
}
export const about = (subject: string, value: unknown): About => new About(value, subject);

export const document = (hash: string, more: object = {}) => ({
  revision: 1,
  hash,
  authorId: 'lockstep',
  authorName: 'the offline drafter',
  authorKind: 'offline',
  summary: '',
  placeholders: 0,
  ...more,
});
export const pull = (headSha: string, more: object = {}) => ({ number: 7, headSha, state: 'open', ...more });

export function entry(type: LogEntry['type'], more: Partial<LogEntry> = {}): LogEntry {
  return { type, actor: olga, of: null, subject: '', role: null, job: null, note: '', at: NOW, ...more };
}
export const finished = (...jobs: string[]): LogEntry[] => jobs.map((job) => entry('finished', { job }));
export const approval = (actor: Actor, of: SubjectKind, subject: string, role = actor.roles[0]): LogEntry =>
  entry('approved', { actor, of, subject, role });

export const item = (more: Partial<Item> = {}): Item => ({
  id: '12',
  key: 'LS-12',
  title: 'Show a banner',
  priority: 'P2',
  level: 'ai_led',
  requester: REQUESTER,
  stage: 'incoming',
  visit: 4,
  version: 9,
  status: 'active',
  ...more,
});

export interface Given {
  stage: string;
  facts?: Record<string, unknown>;
  log?: readonly LogEntry[];
  past?: readonly LogEntry[];
  waits?: State['waits'];
  item?: Partial<Item>;
}

export function state(given: Given): State {
  const { stage, facts: known = {}, log = [], past = [], waits = [] } = given;
  return { item: item({ stage, ...given.item }), facts: facts(known), log, past, waits };
}

const cached: { feature?: Definition } = {};
export const theFeature = (): Definition => {
  cached.feature ??= feature();
  return cached.feature;
};

/** One rule on its own, as a gate asks it. */
export function ask(
  rule: string,
  params: object,
  given: Partial<Given> & { othersHold?: boolean; canAnswer?: boolean; canReject?: boolean; now?: Date } = {},
): RuleResult {
  const { othersHold = true, canAnswer = true, canReject = true, now = NOW } = given;
  const { item, facts, log } = state({ stage: 'incoming', ...given });
  const word = RULES.get(rule)!;
  return word.check(word.params.parse(params), { item, facts, log, now, othersHold, canAnswer, canReject });
}

/** `✓ name: because`, one line a leaf. */
export function lines(result: RuleResult): string[] {
  if (result.children) return result.children.flatMap(lines);
  const sign = { met: '✓', not_met: '✗', unknown: '?' }[result.status];
  const waits =
    result.waits === null ? '' : ` [${typeof result.waits === 'string' ? result.waits : Object.values(result.waits)}]`;
  return [`${sign} ${result.name}: ${result.because}${result.status === 'met' ? '' : waits}`];
}

export const gateLines = (stage: Stage, of: State): string[] => lines(describeGate(stage, of, NOW));

/** A decision as short lines: what people and jobs will see of it. */
export function told(decision: Decision): Record<string, unknown> {
  if (decision.kind === 'wake') return { kind: 'wake' };
  if (decision.kind === 'refused' || decision.kind === 'ignored')
    return { kind: decision.kind, reason: decision.reason };
  const { item: after, waits, effects, reason } = decision.change;
  const work = effects.filter((effect) => effect.visit !== null).map((effect) => effect.job);
  const surface = effects.filter((effect) => effect.visit === null).map((effect) => effect.job);
  return {
    kind: decision.kind,
    stage: `${after.stage} ${after.visit}`,
    status: after.status,
    reason,
    waits: waits.map((wait) => `${wait.who} ${wait.kind}`),
    work,
    surface,
  };
}

export const decideAt = (of: State, event: Event, definition = theFeature()): Record<string, unknown> =>
  told(decide(definition, of, event, NOW));
