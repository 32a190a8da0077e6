import type { Node } from 'yaml';
import { humanRules } from './rules/approved-by.ts';
import type { Definition, Stage } from './types.ts';
import type { YamlReader } from './yaml-reader.ts';

/** What holds for a pipeline as a whole, once its parts are read. */

/** Where a stage may send an item. */
export const PATHS = ['next', 'reject', 'failure', 'answer', 'rollback'] as const;

type Entries = readonly { key: string; keyNode: Node }[];

/** Every stage can be reached from the first, and following `next` comes to an end. */
export function checkPaths(yaml: YamlReader, stages: readonly Stage[], entries: Entries): void {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const seen = new Set<string>();
  const queue = stages[0] ? [stages[0].id] : [];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const stage = byId.get(id);
    for (const path of PATHS) if (stage?.[path]) queue.push(stage[path]);
  }
  const on = new Set<string>();
  for (let stage = stages[0]; stage?.next != null; stage = byId.get(stage.next)) {
    on.add(stage.id);
    if (!on.has(stage.next)) continue;
    const at = entries.find((entry) => entry.key === stage?.id)?.keyNode;
    yaml.complain(at, `next of stage "${stage.id}" leads back to "${stage.next}", so the pipeline never ends`);
    break;
  }
  for (const entry of entries) {
    if (!seen.has(entry.key))
      yaml.complain(entry.keyNode, `stage "${entry.key}" cannot be reached from the first stage`);
  }
}

/** Nobody is asked twice by one click, and what people are asked, somebody may answer. */
export function checkPeople(
  yaml: YamlReader,
  stages: readonly Stage[],
  { entries, allow }: { entries: Entries; allow: Definition['allow'] },
): void {
  stages.forEach((stage, index) => {
    const at = entries[index]?.keyNode;
    const asked = humanRules(stage.gate).map((rule) => `the role "${rule.role}" about ${rule.of}`);
    const twice = asked.find((ask, place) => asked.indexOf(ask) !== place);
    if (twice) yaml.complain(at, `the gate of stage "${stage.id}" asks ${twice} twice; one click would answer both`);
    for (const path of ['answer', 'rollback'] as const) {
      if (stage[path] && allow[path].length === 0)
        yaml.complain(at, `stage "${stage.id}" has ${path}:, but allow: names nobody under ${path}`);
    }
  });
}
