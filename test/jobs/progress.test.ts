import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Advance } from '../../src/advance.ts';
import { approve, itemOf, openTicket, type Road, reaches, startRoad, untilQuiet } from '../faults/road.ts';
import { until } from '../flows/lockstep.ts';
import { openDoor } from '../load/door.ts';
import { reads } from '../views/fixture.ts';

/** Redraws for which nobody waits, against Slack with all of its limits. */

let road: Road;
let advance: Advance;
beforeAll(async () => {
  road = await startRoad({ slackPace: {} });
  ({ advance } = await openDoor(road));
}, 60_000);
afterAll(() => road?.close());

/** An agent says what it does: only the card shows it. */
async function reports(key: string, step: string): Promise<void> {
  const { id } = await itemOf(road, key);
  const run = { id: 'r1', agent: 'scripted', state: 'running', step, plan: [], summary: '', question: '', error: '' };
  const facts = [{ name: 'agent_run', value: { ...run, url: null, usd: 0 }, source: 'agent scripted' }];
  expect((await advance(String(id), { type: 'observed', facts, note: step })).kind).toBe('waiting');
}

/** More than half of what Slack takes at once is used up for so long; what people wait for still gets through. */
const busyFor = (seconds: number) =>
  road.database.pool.query(
    `INSERT INTO slack_limits VALUES ('chat.update', clock_timestamp() + $1::int * interval '1 s')
     ON CONFLICT (key) DO UPDATE SET tat = excluded.tat`,
    [seconds],
  );

async function cardOf(key: string): Promise<string> {
  const { thread_ts } = await itemOf(road, key);
  return reads({ blocks: road.slack.state.messages('lockstep').find((one) => one.ts === thread_ts)?.blocks ?? [] });
}

const openRedraws = async (key: string) => {
  const { id } = await itemOf(road, key);
  return road.database.db
    .selectFrom('outbox')
    .select(['error', 'turn'])
    .where('item_id', '=', id)
    .where('job', '=', 'update-card')
    .where('done_at', 'is', null)
    .execute();
};

const isPutOff = (key: string, count: number) =>
  until(async () => {
    const open = await openRedraws(key);
    return open.length === count && open.every((one) => one.error !== null);
  });

async function inReview(title: string): Promise<string> {
  const key = await openTicket(road, title);
  await reaches(road, key, 'prd_ready');
  await untilQuiet(road);
  return key;
}

it('are put off while Slack is busy, and all that came meanwhile is one edit', async () => {
  const key = await inReview('Shows progress');
  await busyFor(8);
  const edits: string[] = [];
  const stop = road.slack.listen((event) => void (event.type === 'traffic' && edits.push(event.entry.what)));
  for (const [nth, step] of ['Reading', 'Writing', 'Testing'].entries()) {
    await reports(key, step);
    await isPutOff(key, nth + 1);
  }
  expect(await cardOf(key)).not.toContain('Agent:');
  await until(async () => (await openRedraws(key)).length === 0);
  stop();
  expect(await cardOf(key)).toContain('scripted is at work: Testing');
  expect(edits.filter((what) => what === 'chat.update')).toHaveLength(1);
});

it('are part of the redraw that a person waits for, which waits for none of them', async () => {
  const key = await inReview('Is decided');
  await busyFor(8);
  await reports(key, 'Reading');
  await isPutOff(key, 1);
  const began = Date.now();
  await approve(road, key);
  await until(async () => (await cardOf(key)).includes('Needed from Priya Patel'));
  expect(Date.now() - began).toBeLessThan(3_000);
  expect(await cardOf(key)).toContain('scripted is at work: Reading');
  await until(async () => (await openRedraws(key)).length === 0);
});
