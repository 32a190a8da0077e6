import type { Deps } from '../../src/deps.ts';
import { describeGate } from '../../src/pipeline/gate.ts';
import type { Definition, State } from '../../src/pipeline/types.ts';
import { spentOn } from '../../src/store/cards.ts';
import { loadState } from '../../src/store/state.ts';
import type { ItemRow } from '../../src/store/tables.ts';
import type { Judged } from '../../views/describe.ts';
import { decidersOf } from './deciders.ts';

export type JudgeDeps = Pick<Deps, 'pool' | 'db' | 'pipelines' | 'now'>;

/** An item as its card shows it: rows, and how its gate stands at this moment. null = no such item. */
export async function judge(deps: JudgeDeps, itemId: string): Promise<Judged | null> {
  const loaded = await loadState(deps.pool, itemId);
  if (!loaded) return null;
  const definition = await deps.pipelines.byHash(loaded.row.pipeline_hash);
  return judgeLoaded(deps, loaded.row, loaded.state, definition);
}

/** The same for rows that a job has read already. */
export async function judgeLoaded(
  deps: Pick<Deps, 'db' | 'now'>,
  row: ItemRow,
  state: State,
  definition: Definition,
): Promise<Judged> {
  const stage = definition.stages.find((one) => one.id === state.item.stage);
  if (!stage) throw new Error(`pipeline ${definition.name} has no stage ${state.item.stage}`);
  const item = { ...row, id: state.item.id, stage_since: new Date(row.stage_since as unknown as Date) };
  const gate = describeGate(stage, state, deps.now());
  const [deciders, usd] = await Promise.all([decidersOf(deps.db, { stage, state, gate }), spentOn(deps.db, item.id)]);
  return { item, state, definition, gate, deciders, usd };
}
