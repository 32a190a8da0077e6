import { afterAll, beforeAll, expect, it } from 'vitest';
import { until, untilPeopleAreKnown } from '../flows/lockstep.ts';
import { buttonOf, expectSound, historyOf, itemOf, keyOf, press, type Road, reaches, startRoad } from './road.ts';

/** The process that takes clicks is killed at every point between a click and its answer. */
let road: Road;
beforeAll(async () => {
  road = await startRoad({ processes: true, start: false });
  await road.startWorker();
  await untilPeopleAreKnown(road);
}, 60_000);
afterAll(() => road?.close());

const approvals = async (key: string) => (await historyOf(road, key)).filter((row) => row.type === 'approved');
const told = (who: string, words: RegExp) =>
  until(() => road.slack.state.ephemerals(who).find((message) => words.test(message.text)));

it('what was not recorded is repeated, what was recorded is not', async () => {
  const priya = road.slack.act('priya');
  const values = { description: 'The door falls shut.', service: 'storefront' };

  const created = await road.startWeb({ FAIL_AT: 'after_commit@created' });
  await priya.command('/ticket new Killed before the answer');
  await priya.untilModal('intake');
  const lost = await priya.submit(values);
  expect(await created.ended).toBe('SIGKILL');
  expect(lost, 'the form stays open with what was typed').toMatchObject({ ok: false });
  const key = await keyOf(road, 'Killed before the answer');
  // Nothing was handed to the queue: the drain finds the orders.
  await reaches(road, key, 'prd_ready');

  const before = await road.startWeb({ FAIL_AT: 'before_commit@approved' });
  expect(await priya.submit(values), 'sent again it is the same item').toMatchObject({ ok: true });
  expect(await road.database.db.selectFrom('items').select('key').execute()).toEqual([{ key }]);
  const gate = await buttonOf(road, key, 'approve');
  expect(await press(road, 'emil', 'approve', gate)).toMatchObject({ ok: false });
  expect(await before.ended).toBe('SIGKILL');
  expect(await approvals(key)).toEqual([]);
  expect(await itemOf(road, key)).toMatchObject({ stage: 'prd_ready' });

  const beforeAck = await road.startWeb({ FAIL_AT: 'before_ack@approve' });
  expect(await press(road, 'emil', 'approve', gate)).toMatchObject({ ok: false });
  expect(await beforeAck.ended).toBe('SIGKILL');
  await reaches(road, key, 'signed');

  const beforeAdd = await road.startWeb({ FAIL_AT: 'after_commit_before_add@approved' });
  await press(road, 'emil', 'approve', gate);
  await told('emil', /You approved this at/);
  const sign = await buttonOf(road, key, 'approve');
  const clicked = Date.now();
  expect(await press(road, 'priya', 'approve', sign)).toMatchObject({ ok: false });
  expect(await beforeAdd.ended).toBe('SIGKILL');
  await reaches(road, key, 'completed');
  await until(() => road.slack.state.messages('lockstep').some(({ text }) => /PRD approved by Priya Patel/.test(text)));
  expect(Date.now() - clicked, 'the drain hands over what was not').toBeLessThan(10_000);

  await road.startWeb();
  await press(road, 'priya', 'approve', sign);
  await told('priya', /You approved this at/);
  expect((await approvals(key)).map((row) => row.actor_name)).toEqual(['Emil Larsen', 'Priya Patel']);
  await expectSound(road);
}, 60_000);
