import { isMap, isScalar, type Node, type ParsedNode } from 'yaml';
import { z } from 'zod';
import { checkPaths, checkPeople, PATHS } from './check-definition.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules/index.ts';
import {
  COLUMNS,
  type Column,
  type Definition,
  type GateNode,
  type Stage,
  type StageJob,
  type Vocabulary,
} from './types.ts';
import { readYaml, type YamlReader } from './yaml-reader.ts';

/** A pipeline file that cannot be used. One line for each mistake: file, line, what is wrong, what is allowed. */
export class PipelineError extends Error {
  override name = 'PipelineError';
  errors: readonly string[];
  constructor(errors: readonly string[]) {
    super(errors.join('\n'));
    this.errors = errors;
  }
}

const TOP_KEYS = ['name', 'label', 'allow', 'stages', 'gates'];
const STAGE_KEYS = ['label', 'column', 'jobs', 'gate', 'next', 'reject', 'failure', 'answer', 'rollback', 'mark'];
const ALLOW_KEYS = ['cancel', 'retry', 'answer', 'rollback'] as const;
const MARKS = ['ready', 'deployed'] as const;

/** Reads the text of a pipeline file. Throws PipelineError with every mistake in it. */
export function parsePipeline(text: string, file: string, vocabulary: Vocabulary): Definition {
  const yaml = readYaml(text, file);
  const scope: Scope = { yaml, vocabulary, gates: new Map(), used: new Set(), open: [], size: { nodes: 0 } };
  const definition = yaml.errors.length === 0 ? readDefinition(scope) : null;
  // A named gate is read wherever it is used, and says what is wrong with it each time.
  if (yaml.errors.length > 0 || !definition) throw new PipelineError([...new Set(yaml.errors)]);
  return definition;
}

/** Gates are read by people: one that is larger or deeper than this was not written by one. */
const MAX_NODES = 200;
const MAX_DEPTH = 12;

interface Scope {
  yaml: YamlReader;
  vocabulary: Vocabulary;
  /** Named gates of the file. */
  gates: Map<string, ParsedNode | null>;
  used: Set<string>;
  /** It stands under `not:`. */
  negated?: boolean;
  /** What is being read, outermost first: named gates, to find one that contains itself, and `''` for a level. */
  open: readonly string[];
  /** Nodes of the gate of the stage that is being read. */
  size: { nodes: number };
}

const list = (words: Iterable<string>): string => [...words].join(', ');

function readDefinition(scope: Scope): Definition {
  const { yaml } = scope;
  const top = new Map(yaml.entries(yaml.root, 'a pipeline').map((entry) => [entry.key, entry]));
  for (const [key, entry] of top) {
    if (!TOP_KEYS.includes(key)) yaml.complain(entry.keyNode, `unknown key "${key}" (allowed: ${list(TOP_KEYS)})`);
  }
  const name = yaml.word(top.get('name')?.value ?? yaml.root, 'name') ?? '';
  const gates = top.has('gates') ? yaml.entries(top.get('gates')?.value, 'gates') : [];
  for (const gate of gates) {
    if (RULES.has(gate.key)) yaml.complain(gate.keyNode, `a gate cannot have the name of the rule "${gate.key}"`);
    scope.gates.set(gate.key, gate.value);
  }
  const entries = yaml.entries(top.get('stages')?.value ?? yaml.root, 'stages');
  const ids = entries.map((entry) => entry.key);
  const stages = entries.map((entry, index) => readStage(scope, entry, ids, ids[index + 1] ?? null));
  if (stages.length < 2) yaml.complain(yaml.root, 'a pipeline needs at least two stages');
  const allow = readAllow(scope, top.get('allow')?.value ?? null);
  checkPaths(yaml, stages, entries);
  checkPeople(yaml, stages, { entries, allow });
  // What is read no further after another mistake is not unused.
  for (const gate of yaml.errors.length === 0 ? gates : []) {
    if (!scope.used.has(gate.key)) yaml.complain(gate.keyNode, `gate "${gate.key}" is used by no stage`);
  }
  return {
    name,
    label: top.has('label') ? (yaml.word(top.get('label')?.value, 'label') ?? name) : name,
    stages,
    allow,
  };
}

function readStage(
  scope: Scope,
  entry: { key: string; keyNode: Node; value: ParsedNode | null },
  ids: readonly string[],
  following: string | null,
): Stage {
  const { yaml } = scope;
  const id = entry.key;
  if (!/^[a-z][a-z0-9_]*$/.test(id)) yaml.complain(entry.keyNode, `stage "${id}": use lower case, digits and _`);
  const given = new Map(yaml.entries(entry.value, `stage "${id}"`).map((part) => [part.key, part]));
  for (const [key, part] of given) {
    if (!STAGE_KEYS.includes(key)) {
      yaml.complain(part.keyNode, `stage "${id}" has the unknown key "${key}" (allowed: ${list(STAGE_KEYS)})`);
    }
  }
  const choose = <T extends string>(key: string, allowed: readonly T[]): T | null => {
    const part = given.get(key);
    if (!part) return null;
    const word = yaml.word(part.value, `${key} of stage "${id}"`);
    if (word === null || allowed.includes(word as T)) return word as T | null;
    yaml.complain(part.value as Node, `${key} of stage "${id}" is "${word}" (allowed: ${list(allowed)})`);
    return null;
  };
  if (!given.has('column')) yaml.complain(entry.keyNode, `stage "${id}" names no column (allowed: ${list(COLUMNS)})`);
  const paths = Object.fromEntries(PATHS.map((path) => [path, choose(path, ids)])) as Record<
    (typeof PATHS)[number],
    string | null
  >;
  return {
    id,
    label: given.has('label') ? (yaml.word(given.get('label')?.value, 'label') ?? id) : humanize(id),
    column: (choose('column', COLUMNS) ?? 'Incoming') as Column,
    jobs: given.has('jobs') ? readJobs(scope, given.get('jobs')?.value, id) : [],
    gate: given.has('gate')
      ? readGate({ ...scope, size: { nodes: 0 } }, given.get('gate')?.value ?? null, id)
      : { kind: 'all', nodes: [] },
    ...paths,
    next: paths.next ?? following,
    mark: choose('mark', MARKS),
  };
}

const humanize = (id: string): string => {
  const words = id.replaceAll('_', ' ').replace(/\bprd\b/, 'PRD');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** History knows a job of a stage by its name, so each can be ordered once. */
function readJobs(scope: Scope, value: unknown, stage: string): StageJob[] {
  const jobs: StageJob[] = [];
  for (const node of scope.yaml.items(value, `jobs of stage "${stage}"`)) {
    for (const job of readJob(scope, node, stage)) {
      if (jobs.some((other) => other.name === job.name))
        scope.yaml.complain(node, `stage "${stage}" orders the job "${job.name}" twice`);
      jobs.push(job);
    }
  }
  return jobs;
}

function readJob(scope: Scope, node: ParsedNode, stage: string): StageJob[] {
  const { yaml, vocabulary } = scope;
  const [single, other] = isMap(node) ? yaml.entries(node, 'a job') : [];
  if (other) yaml.complain(other.keyNode, `a job has one key; give "${other.key}" its own place in the list`);
  const name = single ? single.key : yaml.word(node, `a job of stage "${stage}"`);
  if (name === null) return [];
  const known = Object.hasOwn(vocabulary.jobs, name) ? vocabulary.jobs[name] : undefined;
  if (!known) {
    yaml.complain(
      node,
      `stage "${stage}" orders the unknown job "${name}" (allowed: ${list(Object.keys(vocabulary.jobs))})`,
    );
    return [];
  }
  const params = single ? ((yaml.plain(single.value) ?? {}) as Record<string, unknown>) : {};
  const problem = known.check(params);
  if (problem) yaml.complain(node, `job "${name}" of stage "${stage}": ${problem}`);
  return [{ name, params, watch: known.watch, perHead: known.perHead }];
}

function readGate(scope: Scope, node: ParsedNode | null, stage: string): GateNode {
  const { yaml, gates } = scope;
  const nothing: GateNode = { kind: 'all', nodes: [] };
  scope.size.nodes += 1;
  const tooMany = scope.size.nodes > MAX_NODES;
  if (tooMany || scope.open.length > MAX_DEPTH) {
    const limit = tooMany ? `has more than ${MAX_NODES} parts` : `is deeper than ${MAX_DEPTH}`;
    if (scope.size.nodes <= MAX_NODES + 1) yaml.complain(node, `the gate of stage "${stage}" ${limit}`);
    return nothing;
  }
  if (isScalar(node) && node.value !== null) {
    const name = String(node.value);
    if (!gates.has(name)) return readRule(scope, name, null, node);
    scope.used.add(name);
    if (scope.open.includes(name)) {
      yaml.complain(node, `gate "${name}" contains itself`);
      return nothing;
    }
    return readGate({ ...scope, open: [...scope.open, name] }, gates.get(name) ?? null, stage);
  }
  const entries = yaml.entries(node, `the gate of stage "${stage}"`);
  const [first, second] = entries;
  if (!first) return nothing;
  if (second) {
    yaml.complain(second.keyNode, `a gate has one key; put "${first.key}" and "${second.key}" under all: or any:`);
    return nothing;
  }
  const inner: Scope = { ...scope, open: [...scope.open, ''] };
  if (first.key === 'all' || first.key === 'any') {
    return { kind: first.key, nodes: yaml.items(first.value, first.key).map((child) => readGate(inner, child, stage)) };
  }
  if (first.key === 'not') return { kind: 'not', node: readGate({ ...inner, negated: true }, first.value, stage) };
  return readRule(scope, first.key, first.value, first.keyNode);
}

function readRule(scope: Scope, name: string, value: ParsedNode | null, at: Node): GateNode {
  const { yaml, vocabulary } = scope;
  const rule = RULES.get(name);
  if (!rule) {
    yaml.complain(
      at,
      `unknown rule "${name}" (allowed: all, any, not, ${list([...RULES.keys(), ...scope.gates.keys()])})`,
    );
    return { kind: 'all', nodes: [] };
  }
  const override = isMap(value) ? yaml.entries(value, name).find((part) => part.key === 'override') : undefined;
  const given = yaml.plain(value) ?? {};
  if (override) delete (given as { override?: unknown }).override;
  const parsed = rule.params.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const shape = rule.params instanceof z.ZodObject ? Object.keys(rule.params.shape) : [];
      const allowed = issue.code === 'unrecognized_keys' ? ` (allowed: ${list(shape) || 'none'})` : '';
      yaml.complain(value ?? at, `rule "${name}": ${[...issue.path, issue.message].join(': ')}${allowed}`);
    }
    return { kind: 'all', nodes: [] };
  }
  const params = parsed.data as Record<string, unknown>;
  if (typeof params.role === 'string' && !vocabulary.roles.includes(params.role)) {
    yaml.complain(
      value ?? at,
      `rule "${name}" names the unknown role "${params.role}" (allowed: ${list(vocabulary.roles)})`,
    );
  }
  return { kind: 'rule', rule: name, params, ...(override ? { override: readOverride(scope, rule, override) } : {}) };
}

/** Who may override a rule, and only one that says itself whether the item could go on. */
function readOverride(scope: Scope, rule: Rule, { keyNode, value }: { keyNode: Node; value: unknown }): string[] {
  const { yaml, vocabulary } = scope;
  const can = [...RULES.values()].flatMap((one) => (one.overridable ? [one.name] : []));
  if (!rule.overridable) yaml.complain(keyNode, `rule "${rule.name}" cannot be overridden (allowed: ${list(can)})`);
  if (scope.negated) yaml.complain(keyNode, `rule "${rule.name}" stands under not:, where nothing can be overridden`);
  const roles = readRoles(scope, value, `override of rule "${rule.name}"`, vocabulary.roles);
  if (roles.length === 0) yaml.complain(keyNode, `override of rule "${rule.name}" names nobody`);
  return roles;
}

function readRoles({ yaml }: Scope, node: unknown, what: string, allowed: readonly string[]): string[] {
  return yaml.items(node, what).flatMap((item) => {
    const role = yaml.word(item, `a role of ${what}`);
    if (role === null) return [];
    if (!allowed.includes(role))
      yaml.complain(item, `${what} names the unknown role "${role}" (allowed: ${list(allowed)})`);
    return [role];
  });
}

function readAllow(scope: Scope, node: ParsedNode | null): Definition['allow'] {
  const { yaml, vocabulary } = scope;
  const allow: Record<(typeof ALLOW_KEYS)[number], string[]> = { cancel: [], retry: [], answer: [], rollback: [] };
  if (!node) return allow;
  const roles = ['requester', ...vocabulary.roles];
  for (const entry of yaml.entries(node, 'allow')) {
    if (!Object.hasOwn(allow, entry.key)) {
      yaml.complain(entry.keyNode, `allow has the unknown key "${entry.key}" (allowed: ${list(ALLOW_KEYS)})`);
      continue;
    }
    allow[entry.key as keyof typeof allow] = readRoles(scope, entry.value, `allow ${entry.key}`, roles);
  }
  return allow;
}
