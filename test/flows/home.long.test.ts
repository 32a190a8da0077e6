import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { createCreateItem } from '../../src/commands/create-item.ts';
import { type Built, buildDeps } from '../../src/deps.ts';
import { reads } from '../views/fixture.ts';
import { type Lockstep, startLockstep, until } from './lockstep.ts';

/** Twenty items at once on the real queue, with two workers that draw. */

let lockstep: Lockstep;
let built: Built;

beforeAll(async () => {
  lockstep = await startLockstep({ slackPace: { rateLimits: false } });
  await lockstep.startWorker();
  built = await buildDeps(lockstep.config, jobs, 'web');
});
afterAll(async () => {
  await built?.close();
  await lockstep?.close();
});

const home = (name: string) => reads(lockstep.slack.state.home(name) ?? { blocks: [] });
const publishes = (userId: string, since: number): number =>
  lockstep.slack.state
    .traffic()
    .filter((one) => one.what === 'views.publish' && Date.parse(one.at) >= since)
    .filter((one) => JSON.stringify(one.request).includes(`"${userId}"`)).length;

it('draws each Home about once a second, and ends with what is true', async () => {
  const { slack, database } = lockstep;
  for (const name of ['olga', 'priya']) await slack.act(name).home();
  await until(() => home('olga') && home('priya'));
  expect(await slack.act('priya').clickHome('home_board')).toMatchObject({ ok: true });
  await until(() => home('priya').startsWith('# Nothing is open'));

  const { deps, handover } = built;
  const createItem = createCreateItem({ ...deps, level: 'ai_led', handOver: handover.handOver });
  const began = Date.now();
  const requester = { id: 'U01OLGA', name: 'Olga Novak' };
  const titles = Array.from({ length: 20 }, (_, index) => `Many ${index}`);
  await Promise.all(
    titles.map((title) =>
      createItem({ title, description: '', service: 'storefront', requester, channel: 'lockstep' }, null),
    ),
  );
  // They are looked up, drafted and come to their gates, each with a change or two.
  await until(async () => {
    const open = await database.db.selectFrom('items').select('id').where('stage', '=', 'prd_ready').execute();
    const stale = await database.db.selectFrom('homes').select('user_id').whereRef('wanted', '<>', 'drawn').execute();
    return open.length === 20 && stale.length === 0;
  }, 120_000);
  const seconds = (Date.now() - began) / 1000;
  expect(home('priya')).toContain('# For review (20)');
  expect(home('olga')).toContain('# Your items under way (20)');
  for (const user of ['U01OLGA', 'U01PRIYA']) expect(publishes(user, began)).toBeLessThanOrEqual(2 + seconds);
});
