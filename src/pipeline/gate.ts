import { withOverride } from './overrides.ts';
import { RULES } from './rules/index.ts';
import type { GateNode, LogEntry, RuleResult, Stage, State, WaitsFor } from './types.ts';

/** The whole gate of a stage as a tree of results: the work of its jobs first, then what the file asks for. */
export function describeGate(stage: Stage, state: State, now: Date): RuleResult {
  const work = stage.jobs
    .filter((job) => !job.watch || hasFailed(state.log, job.name))
    .map((job) => workResult(job.name, state.log));
  const asked = evaluate(stage.gate, {
    stage,
    state,
    now,
    othersHold: work.every((result) => result.status === 'met'),
  });
  return group('all', [...work, ...(asked.children && stage.gate.kind === 'all' ? asked.children : [asked])]);
}

interface Scope {
  stage: Stage;
  state: State;
  now: Date;
  othersHold: boolean;
}

function evaluate(node: GateNode, scope: Scope): RuleResult {
  if (node.kind === 'rule') {
    const { item, log } = scope.state;
    const roles = node.override ?? [];
    return withOverride(evaluateRule(node.rule, node.params, scope), roles, { item, log, now: scope.now });
  }
  if (node.kind === 'not') return negate(evaluate(node.node, scope));
  // Rules that are offered after the others are judged last, knowing how the others stand.
  const late = (entry: GateNode) => entry.kind === 'rule' && entry.params.after_others === true;
  const results = new Map(node.nodes.filter((entry) => !late(entry)).map((entry) => [entry, evaluate(entry, scope)]));
  const othersHold = scope.othersHold && [...results.values()].every((result) => result.status === 'met');
  for (const entry of node.nodes.filter(late)) results.set(entry, evaluate(entry, { ...scope, othersHold }));
  return group(
    node.kind,
    node.nodes.map((entry) => results.get(entry)!),
  );
}

function evaluateRule(name: string, params: Readonly<Record<string, unknown>>, scope: Scope): RuleResult {
  const { item, facts, log } = scope.state;
  const rule = RULES.get(name);
  if (!rule) throw new Error(`rule ${name} is not in the vocabulary; the definition was not parsed by this version`);
  const can = { canReject: scope.stage.reject !== null, canAnswer: scope.stage.answer !== null };
  return rule.check(params, { item, facts, log, now: scope.now, othersHold: scope.othersHold, ...can });
}

function group(kind: 'all' | 'any', children: readonly RuleResult[]): RuleResult {
  const open = children.filter((child) => child.status !== 'met');
  const holds = kind === 'all' ? open.length === 0 : children.length === 0 || open.length < children.length;
  const status = holds ? 'met' : open.some((child) => child.status === 'unknown') ? 'unknown' : 'not_met';
  const because = holds ? 'they hold' : open.map((child) => `${child.name}: ${child.because}`).join('; ');
  return { name: kind === 'all' ? 'all of these hold' : 'one of these holds', status, because, waits: null, children };
}

/** `not` turns met and not met around; unknown stays unknown, and nobody is asked to make something untrue. */
function negate(result: RuleResult): RuleResult {
  const status = result.status === 'unknown' ? 'unknown' : result.status === 'met' ? 'not_met' : 'met';
  return { name: `not: ${result.name}`, status, because: result.because, waits: null };
}

function hasFailed(log: readonly LogEntry[], job: string): boolean {
  return log.findLast((entry) => entry.job === job)?.type === 'failed';
}

function workResult(job: string, log: readonly LogEntry[]): RuleResult {
  const last = log.findLast((entry) => entry.job === job);
  const name = `${job} has finished`;
  if (last?.type === 'finished') return { name, status: 'met', because: last.note || 'done', waits: null };
  if (last?.type === 'failed') return { name, status: 'not_met', because: last.note, waits: null };
  return { name, status: 'not_met', because: 'it is at work', waits: 'work' };
}

export const leavesOf = (result: RuleResult): RuleResult[] => result.children?.flatMap(leavesOf) ?? [result];

/** Leaves that do not hold, in the order of the file. */
export function openRules(result: RuleResult): RuleResult[] {
  if (result.status === 'met') return [];
  return result.children ? result.children.flatMap(openRules) : [result];
}

/** Decisions that people can make now. */
export function asks(result: RuleResult): NonNullable<RuleResult['ask']>[] {
  return openRules(result).flatMap((leaf) => (leaf.ask ? [leaf.ask] : []));
}

/** Rules that nothing under way can make true: somebody has to change something. */
export function blockers(result: RuleResult): RuleResult[] {
  if (result.status === 'met') return [];
  if (!result.children) return result.waits === null ? [result] : [];
  const each = result.children.map(blockers);
  if (result.name === 'one of these holds' && each.some((list) => list.length === 0)) return [];
  return each.flat();
}

/** What keeps the item where it is although nobody is asked and nothing is under way. Empty = it is not blocked. */
export function blockedBy(stage: Stage, gate: RuleResult, log: readonly LogEntry[]): RuleResult[] {
  const blocked = blockers(gate);
  if (blocked.length > 0) return blocked;
  const open = openRules(gate);
  const atWork = stage.jobs.some((job) => !log.some((entry) => entry.job === job.name));
  return atWork || open.some((rule) => waitsForPeople(rule.waits)) ? [] : open;
}

export const waitsForPeople = (waits: WaitsFor): waits is { role: string } | { user: string } =>
  waits !== null && typeof waits === 'object';
