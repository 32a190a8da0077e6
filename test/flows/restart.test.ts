import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lockstep, startLockstep, until } from './lockstep.ts';

let lockstep: Lockstep;
beforeAll(async () => {
  lockstep = await startLockstep({ start: false });
}, 60_000);
afterAll(() => lockstep?.close());

const reviewers = async (): Promise<string[]> => {
  const { db } = lockstep.database;
  const rows = await db.selectFrom('role_members').select('user_id').where('role', '=', 'reviewer').execute();
  return rows.map((row) => row.user_id).sort();
};

it('a worker that starts reads roles at once, though their schedule is minutes away', async () => {
  const first = await lockstep.startWorker();
  await until(async () => (await reviewers()).length === 1);
  await first.stop();
  lockstep.slack.setUserGroup('reviewers', ['U01ROSA', 'U01EMIL']);
  await lockstep.startWorker();
  await until(async () => (await reviewers()).length === 2);
  expect(await reviewers()).toEqual(['U01EMIL', 'U01ROSA']);
});
