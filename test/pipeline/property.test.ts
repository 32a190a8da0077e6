import fc from 'fast-check';
import { expect, it } from 'vitest';
import { acts, beginnings, createWorld, explore, happen, pipelines } from './world.ts';

/** Random pipelines and random stories; what may never be is written in world.ts. */

it('no story leads where it must not', () => {
  explore(1_000);
});

it('the stories reach every part: moves, refusals, quorums, rollbacks, ends', () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  for (const [definition, known, story] of fc.sample(fc.tuple(pipelines, beginnings, acts), {
    numRuns: 3_000,
    seed: 7,
  })) {
    const world = createWorld(definition, known);
    for (const act of story) {
      const { item } = world.state;
      happen(world, act);
      const entry = world.history.at(-1)?.entry.type;
      if (world.state.item.visit > item.visit) count(`moved by ${entry}`);
      else if (world.state.item.version > item.version) count(`waiting after ${entry}`);
      count(world.state.item.status);
    }
  }
  const expected = [
    ...[
      'finished',
      'failed',
      'observed',
      'ticked',
      'approved',
      'changes_requested',
      'answered',
      'retried',
      'revised',
      'cancelled',
      'override_announced',
    ].map((type) => `moved by ${type}`),
    ...[
      ...['finished', 'failed', 'observed', 'approved', 'revised', 'rollback_requested'],
      ...['overridden', 'override_announced', 'override_withdrawn', 'override_expired'],
    ].map((type) => `waiting after ${type}`),
    ...['active', 'blocked', 'done', 'cancelled'],
  ];
  expect(expected.filter((what) => (seen.get(what) ?? 0) < 3)).toEqual([]);
});
