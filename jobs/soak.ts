import { z } from 'zod';
import { type FactValues, fact, factAbout } from '../src/pipeline/facts.ts';
import { describeGate, leavesOf } from '../src/pipeline/gate.ts';
import type { GateNode } from '../src/pipeline/types.ts';
import { again, done, GiveUp, type JobInput, job } from './job.ts';
import { finished, observed } from './shared/item-facts.ts';

const NAME = 'soak';
const LOOK_MS = 1_000;
const LONGEST_MS = 60_000;

/** Waits until the change has been on staging for as long as the catalog or the pipeline asks. */
export const soak = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  attempts: 5,
  backoffMs: 1_000,
  timeoutMs: 15_000,
  async run(input) {
    const { state, deps } = input;
    const sha = fact(state.facts, 'merge')?.sha;
    if (!sha) throw new GiveUp('Nothing is merged yet, so nothing can soak.');
    const staging = factAbout(state.facts, 'staging', sha);
    if (staging?.state !== 'success') return again(LOOK_MS);
    const seconds = secondsOf(input);
    const until = new Date(new Date(staging.at).getTime() + seconds * 1000);
    const value: FactValues['soak'] = { until: until.toISOString() };
    const facts = [{ name: 'soak', value, source: 'catalog and pipeline', subject: sha }];
    const left = until.getTime() - deps.now().getTime();
    if (isOverridden(input))
      return done(finished(input, NAME, facts, 'the rest of the time on staging was overridden'));
    if (left <= 0) return done(finished(input, NAME, facts, `soaked on staging for ${duration(seconds)}`));
    return again(
      Math.min(left + 50, LONGEST_MS),
      observed(state, facts, `soaking on staging for ${duration(seconds)}`),
    );
  },
});

const duration = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`);

/** Somebody lets the change pass before its time is over, and the thread knows. */
function isOverridden({ deps, state, definition, item }: JobInput<unknown>): boolean {
  const stage = definition.stages.find((one) => one.id === item.stage);
  const rules = stage ? leavesOf(describeGate(stage, state, deps.now())) : [];
  return rules.some(({ name, status, override }) => override && status === 'met' && name.includes('has soaked'));
}

/** The catalog may name another time for a service than the pipeline does for all. */
function secondsOf({ state, definition, item }: JobInput<unknown>): number {
  const stage = definition.stages.find((one) => one.id === item.stage);
  const minutes = (node: GateNode): number[] => {
    if (node.kind === 'not') return [];
    if (node.kind !== 'rule') return node.nodes.flatMap(minutes);
    return node.rule === 'soaked' ? [Number(node.params.minutes)] : [];
  };
  return fact(state.facts, 'soak_seconds') ?? (stage ? (minutes(stage.gate)[0] ?? 0) * 60 : 0);
}
