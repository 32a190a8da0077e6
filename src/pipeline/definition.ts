import { isMap, isScalar, type Node, type ParsedNode } from 'yaml';
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
const PATHS = ['next', 'reject', 'failure', 'answer', 'rollback'] as const;
const ALLOW_KEYS = ['cancel', 'retry', 'answer', 'rollback'] as const;
const MARKS = ['ready', 'deployed'] as const;

/** Reads the text of a pipeline file. Throws PipelineError with every mistake in it. */
export function parsePipeline(text: string, file: string, vocabulary: Vocabulary): Definition {
  const yaml = readYaml(text, file);
  const scope: Scope = { yaml, vocabulary, gates: new Map(), open: [] };
  const definition = yaml.errors.length === 0 ? readDefinition(scope) : null;
  if (yaml.errors.length > 0 || !definition) throw new PipelineError(yaml.errors);
  return definition;
}

interface Scope {
  yaml: YamlReader;
  vocabulary: Vocabulary;
  /** Named gates of the file. */
  gates: Map<string, ParsedNode | null>;
  /** Named gates that are being read, to find a gate that contains itself. */
  open: string[];
}

const list = (words: Iterable<string>): string => [...words].join(', ');

function readDefinition(scope: Scope): Definition {
  const { yaml } = scope;
  const top = new Map(yaml.entries(yaml.root, 'a pipeline').map((entry) => [entry.key, entry]));
  for (const [key, entry] of top) {
    if (!TOP_KEYS.includes(key)) yaml.complain(entry.keyNode, `unknown key "${key}" (allowed: ${list(TOP_KEYS)})`);
  }
  const name = yaml.word(top.get('name')?.value ?? yaml.root, 'name') ?? '';
  if (top.has('gates')) {
    for (const gate of yaml.entries(top.get('gates')?.value, 'gates')) {
      if (RULES.has(gate.key)) yaml.complain(gate.keyNode, `a gate cannot have the name of the rule "${gate.key}"`);
      scope.gates.set(gate.key, gate.value);
    }
  }
  const entries = yaml.entries(top.get('stages')?.value ?? yaml.root, 'stages');
  const ids = entries.map((entry) => entry.key);
  const stages = entries.map((entry, index) => readStage(scope, entry, ids, ids[index + 1] ?? null));
  if (stages.length < 2) yaml.complain(yaml.root, 'a pipeline needs at least two stages');
  checkReachable(scope, stages, entries);
  return {
    name,
    label: top.has('label') ? (yaml.word(top.get('label')?.value, 'label') ?? name) : name,
    stages,
    allow: readAllow(scope, top.get('allow')?.value ?? null),
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
    jobs: given.has('jobs')
      ? yaml.items(given.get('jobs')?.value, `jobs of stage "${id}"`).flatMap((node) => readJob(scope, node, id))
      : [],
    gate: given.has('gate') ? readGate(scope, given.get('gate')?.value ?? null, id) : { kind: 'all', nodes: [] },
    ...paths,
    next: paths.next ?? following,
    mark: choose('mark', MARKS),
  };
}

const humanize = (id: string): string => {
  const words = id.replaceAll('_', ' ').replace(/\bprd\b/, 'PRD');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function readJob(scope: Scope, node: ParsedNode, stage: string): StageJob[] {
  const { yaml, vocabulary } = scope;
  const single = isMap(node) ? yaml.entries(node, 'a job')[0] : undefined;
  const name = single ? single.key : yaml.word(node, `a job of stage "${stage}"`);
  if (name === null) return [];
  const known = vocabulary.jobs[name];
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
  if (isScalar(node)) {
    const name = String(node.value);
    if (!gates.has(name)) return readRule(scope, name, null, node);
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
  if (first.key === 'all' || first.key === 'any') {
    return { kind: first.key, nodes: yaml.items(first.value, first.key).map((child) => readGate(scope, child, stage)) };
  }
  if (first.key === 'not') return { kind: 'not', node: readGate(scope, first.value, stage) };
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
  const parsed = rule.params.safeParse(yaml.plain(value) ?? {});
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      yaml.complain(value ?? at, `rule "${name}": ${[...issue.path, issue.message].join(': ')}`);
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
  return { kind: 'rule', rule: name, params };
}

function readAllow(scope: Scope, node: ParsedNode | null): Definition['allow'] {
  const { yaml, vocabulary } = scope;
  const allow: Record<(typeof ALLOW_KEYS)[number], string[]> = { cancel: [], retry: [], answer: [], rollback: [] };
  if (!node) return allow;
  const roles = ['requester', ...vocabulary.roles];
  for (const entry of yaml.entries(node, 'allow')) {
    if (!(entry.key in allow)) {
      yaml.complain(entry.keyNode, `allow has the unknown key "${entry.key}" (allowed: ${list(ALLOW_KEYS)})`);
      continue;
    }
    for (const item of yaml.items(entry.value, `allow ${entry.key}`)) {
      const role = yaml.word(item, `a role of allow ${entry.key}`);
      if (role === null) continue;
      if (roles.includes(role)) allow[entry.key as keyof typeof allow].push(role);
      else yaml.complain(item, `allow ${entry.key} names the unknown role "${role}" (allowed: ${list(roles)})`);
    }
  }
  return allow;
}

/** Every stage can be reached from the first, and the last one is where the pipeline ends. */
function checkReachable(
  scope: Scope,
  stages: readonly Stage[],
  entries: readonly { key: string; keyNode: Node }[],
): void {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const seen = new Set<string>();
  const queue = stages[0] ? [stages[0].id] : [];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const stage = byId.get(id);
    for (const path of PATHS) if (stage?.[path]) queue.push(stage[path]);
  }
  for (const entry of entries) {
    if (!seen.has(entry.key))
      scope.yaml.complain(entry.keyNode, `stage "${entry.key}" cannot be reached from the first stage`);
  }
}
