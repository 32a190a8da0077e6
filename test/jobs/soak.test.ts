import { expect, it } from 'vitest';
import type { JobInput } from '../../jobs/job.ts';
import { soak } from '../../jobs/soak.ts';
import { describeGate, openRules } from '../../src/pipeline/gate.ts';
import { overrideSubject } from '../../src/pipeline/overrides.ts';
import type { LogEntry } from '../../src/pipeline/types.ts';
import { about, entry, finished, max, NOW, state, theFeature } from '../pipeline/fixture.ts';

/** The time on staging, and a release manager who does not wait for the rest of it. */

const definition = theFeature();
const stage = definition.stages.find((one) => one.id === 'staging')!;
const at = NOW.toISOString();
const UNTIL = new Date(NOW.getTime() + 600_000).toISOString();
const deployed = { state: 'success', sha: 'm1', previousSha: null, url: null, logUrl: null, because: '', at };
const staging = (log: readonly LogEntry[] = []) =>
  state({
    stage: 'staging',
    facts: { merge: { sha: 'm1', at }, staging: about('m1', deployed), soak: about('m1', { until: UNTIL }) },
    log: [...finished('deploy'), ...log],
  });
const run = (of: ReturnType<typeof staging>) =>
  soak.run({ deps: { now: () => NOW }, state: of, definition, item: { stage: 'staging' } } as unknown as JobInput<
    Record<string, unknown>
  >);

const subject = overrideSubject(openRules(describeGate(stage, staging(), NOW)).find((one) => one.mayOverride)!);
const override = { actor: max, role: 'release_manager', subject, until: new Date(NOW.getTime() + 3_600_000) };

it('goes on until the time is over', async () => {
  expect(subject).toBe(`the change has soaked on staging: until ${UNTIL}`);
  expect(await run(staging())).toMatchObject({ kind: 'again' });
});

it('ends when somebody lets the change pass, once the thread was told of it', async () => {
  const made = entry('overridden', override);
  expect(await run(staging([made]))).toMatchObject({ kind: 'again' });
  const told = staging([made, entry('override_announced', override)]);
  const outcome = await run(told);
  expect(outcome).toMatchObject({ kind: 'done', event: { type: 'finished', job: 'soak' } });
  const after = { ...told, log: [...told.log, ...finished('soak')] };
  expect(describeGate(stage, after, NOW).status).toBe('met');
});
