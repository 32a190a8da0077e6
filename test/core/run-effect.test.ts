import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { done, type Job, job } from '../../jobs/job.ts';
import { createAdvance } from '../../src/advance.ts';
import type { Deps } from '../../src/deps.ts';
import { RetryLater } from '../../src/integrations/errors.ts';
import { runEffect } from '../../src/run-effect.ts';
import { createLocks } from '../../src/store/locks.ts';
import { loadState } from '../../src/store/state.ts';
import { type House, openHouse, person, prd } from './house.ts';

/** What a worker does with an effect, while other people and workers do something else. */
let house: House;
let deps: Deps;
beforeAll(async () => {
  house = await openHouse();
  deps = {
    pool: house.database.pool,
    advance: house.advance,
    locks: createLocks(house.database.pool),
    pipelines: { byHash: async () => house.definition },
    config: { max_attempts: 3 },
    now: () => new Date(),
    log: silent,
    failpoint: () => {},
  } as unknown as Deps;
});
afterAll(async () => {
  deps.locks.close();
  await house.database.drop();
});
const silent = { info() {}, warn() {}, error() {}, debug() {}, child: () => silent };

const base = { queue: 'delivery', params: z.looseObject({}), attempts: 3, backoffMs: 1, timeoutMs: 5_000 } as const;
const registry = (...jobs: Job[]) => new Map(jobs.map((entry) => [entry.name, entry]));
const start = (item: string, name: string, jobs: Map<string, Job>) =>
  runEffect(deps, jobs, { effect: house.order(item, name).id, turn: 0, starts: 1 });
const effect = async (item: string, name: string) =>
  (await house.database.pool.query('SELECT * FROM outbox WHERE id = $1', [house.order(item, name).id])).rows[0];
const standing = async (item: string) => (await loadState(house.database.pool, item))!.state.item;
const drafted = () => done({ type: 'finished', job: 'draft-prd', visit: 1, facts: [prd('p1')], note: '' });

it('commits what a job reports with one read, and closes the effect in the same commit', async () => {
  const item = await house.open();
  const queries: string[] = [];
  const original = house.database.pool.query.bind(house.database.pool);
  const watched = {
    query: (text: { name: string }, values: unknown[]) => {
      queries.push(text.name);
      return original(text as never, values);
    },
  };
  const advance = createAdvance({ ...deps, pool: watched, handOver: () => {} } as never);
  const jobs = registry(job({ ...base, name: 'draft-prd', run: async () => drafted() }));
  await runEffect({ ...deps, pool: watched, advance } as never, jobs, {
    effect: house.order(item, 'draft-prd').id,
    turn: 0,
    starts: 1,
  });
  expect(queries.map((name) => name.replace(/^advance.*/, 'advance'))).toEqual(['load_effect', 'advance']);
  expect(await standing(item)).toMatchObject({ stage: 'review', version: 2 });
  expect((await effect(item, 'draft-prd')).done_at).not.toBeNull();
});

it('reads again when somebody changed the item while the job was at work', async () => {
  const item = await house.open();
  const jobs = registry(
    job({
      ...base,
      name: 'draft-prd',
      run: async () => {
        await house.advance(item, {
          type: 'observed',
          facts: [{ name: 'tier', value: 'T1', source: 'catalog' }],
          note: '',
        });
        return drafted();
      },
    }),
  );
  await start(item, 'draft-prd', jobs);
  expect(await standing(item)).toMatchObject({ stage: 'review', version: 3 });
  expect(Object.keys((await loadState(house.database.pool, item))!.state.facts).sort()).toEqual(['prd', 'tier']);
});

it('drops the report when the visit ended while the job was at work', async () => {
  const item = await house.open();
  const jobs = registry(
    job({
      ...base,
      name: 'draft-prd',
      run: async () => {
        await house.advance(item, { type: 'cancelled', actor: person('UREQ'), note: 'no' });
        return drafted();
      },
    }),
  );
  await start(item, 'draft-prd', jobs);
  expect(await standing(item)).toMatchObject({ stage: 'draft', status: 'cancelled', version: 2 });
  expect((await effect(item, 'draft-prd')).result).toBe('the item was cancelled');
});

it('reports once when two workers run the same effect', async () => {
  const item = await house.open();
  let running = 0;
  let release = () => {};
  const both = new Promise<void>((resolve) => (release = resolve));
  const jobs = registry(
    job({
      ...base,
      name: 'draft-prd',
      run: async () => {
        running += 1;
        if (running === 2) release();
        await both;
        return drafted();
      },
    }),
  );
  await Promise.all([start(item, 'draft-prd', jobs), start(item, 'draft-prd', jobs)]);
  expect(await standing(item)).toMatchObject({ stage: 'review', version: 2 });
});

it('leaves a closed effect and an earlier turn alone', async () => {
  const item = await house.open();
  const never = registry(job({ ...base, name: 'draft-prd', run: async () => Promise.reject(new Error('it ran')) }));
  await house.database.pool.query('UPDATE outbox SET turn = 1 WHERE id = $1', [house.order(item, 'draft-prd').id]);
  expect(await start(item, 'draft-prd', never)).toBeNull();
  await house.database.pool.query('UPDATE outbox SET turn = 0, done_at = now() WHERE id = $1', [
    house.order(item, 'draft-prd').id,
  ]);
  expect(await start(item, 'draft-prd', never)).toBeNull();
});

it('tries again with a growing pause, then gives up with the sentence', async () => {
  const item = await house.open();
  const jobs = registry(
    job({ ...base, name: 'draft-prd', run: async () => Promise.reject(new Error('no route to the model')) }),
  );
  for (let turn = 0; turn < 3; turn += 1)
    await runEffect(deps, jobs, { effect: house.order(item, 'draft-prd').id, turn, starts: 1 });
  const { row } = (await loadState(house.database.pool, item))!;
  expect(row).toMatchObject({ status: 'blocked', reason: 'draft-prd has finished: no route to the model' });
});

it('comes back when the vendor said, which is not always a whole number, without counting it as a failure', async () => {
  const item = await house.open();
  const run = async () => {
    throw new RetryLater('Slack is busy', 1234.5);
  };
  const next = await start(item, 'draft-prd', registry(job({ ...base, name: 'draft-prd', run })));
  expect(next!.runAt.getTime() - Date.now()).toBeGreaterThan(1000);
  expect(await effect(item, 'draft-prd')).toMatchObject({
    turn: 1,
    attempts: 0,
    error: 'Slack is busy',
    done_at: null,
  });
});

it('gives up on what kills its worker, by its own count', async () => {
  const item = await house.open();
  const never = registry(job({ ...base, name: 'draft-prd', run: async () => Promise.reject(new Error('it ran')) }));
  await runEffect(deps, never, { effect: house.order(item, 'draft-prd').id, turn: 0, starts: 4 });
  const { row } = (await loadState(house.database.pool, item))!;
  expect(row.reason).toBe('draft-prd has finished: the worker died 3 times while it was doing this');
});

it('a redraw answers the orders that it has seen, and none that came after it looked', async () => {
  const item = await house.open();
  const drawn: { version: number; orders: number }[] = [];
  let meanwhile: (() => Promise<unknown>) | null = () =>
    house.advance(item, { type: 'observed', facts: [{ name: 'tier', value: 'T2', source: 'catalog' }], note: '' });
  const jobs = registry(
    job({
      ...base,
      name: 'update-card',
      coalesce: true,
      run: async ({ state, orders }) => {
        drawn.push({ version: state.item.version, orders: orders.length });
        const change = meanwhile;
        meanwhile = null;
        await change?.();
        return done();
      },
    }),
  );
  await house.advance(item, { type: 'observed', facts: [{ name: 'tier', value: 'T3', source: 'catalog' }], note: '' });
  await start(item, 'update-card', jobs);
  await start(item, 'update-card', jobs);
  expect(drawn).toEqual([
    { version: 2, orders: 2 },
    { version: 3, orders: 1 },
  ]);
  expect(await start(item, 'update-card', jobs)).toBeNull();
});
