import { afterEach, describe, expect, it } from 'vitest';
import { unpack } from '../../views/values.ts';
import { until } from '../flows/lockstep.ts';
import { backends, report } from '../redis.ts';
import { pause, unleash } from './chaos.ts';
import { type PlannedItem, planChaos } from './chaos-plan.ts';
import {
  buttonsOf,
  DECIDES,
  expectSound,
  historyOf,
  itemOf,
  keyOf,
  meetPeople,
  press,
  type Road,
  startRoad,
  untilQuiet,
} from './road.ts';

/**
 * Processes are killed and frozen, Redis is wiped and Slack loses answers, while people open tickets and press buttons
 * once or several times. `CHAOS_SEED` chooses what happens, `CHAOS_SECONDS` for how long, `CHAOS_QUEUE` (Postgres or Redis) on which queue.
 */
const seed = Number(process.env.CHAOS_SEED ?? 20_261);
const seconds = Number(process.env.CHAOS_SECONDS ?? 30);
const ITEMS = 24;
const RIVAL: Readonly<Record<string, string>> = { emil: 'rosa', priya: 'priya' };

let road: Road;
afterEach(async () => {
  await road?.close();
});

const all = await backends(13);
const chosen = all.filter(({ name }) => (process.env.CHAOS_QUEUE ?? name) === name);

describe.each(chosen)('queue on $name', ({ name, redis }) => {
  it(`survives ${seconds} s of chaos with seed ${seed}`, async () => {
    const plan = planChaos({ seed, seconds, items: ITEMS, wipes: redis !== null });
    expect(planChaos({ seed, seconds, items: ITEMS, wipes: redis !== null }), 'the seed decides').toEqual(plan);
    road = await startRoad({ processes: true, start: false, redis });
    await meetPeople(road);
    const chaos = await unleash(road, plan);
    const began = Date.now();
    const people = { work: true };
    const items = plan.items.map((item, index) => ({ ...item, title: `Chaos ${index + 1}` }));
    const desks = items.map(() => Promise.withResolvers<string>());
    const opened = (async () => {
      for (const [index, item] of items.entries()) {
        await pause(item.atMs - (Date.now() - began));
        desks[index]!.resolve(await open(item.title));
      }
    })();
    const decided = items.map(async (item, index) => decideAll(await desks[index]!.promise, item, people));

    await chaos.over;
    await opened;
    people.work = false;
    const drained = await untilQuiet(road, 40_000);
    people.work = true;
    await Promise.all(decided);
    const finished = await untilQuiet(road, 40_000);
    const { rows } = await road.database.pool.query('SELECT count(*)::int AS n FROM stage_history');
    report(
      `chaos seed ${seed}, ${seconds} s, queue on ${name}: ${JSON.stringify(chaos.counts)}; ${items.length} items, ` +
        `${rows[0].n} rows of history; drained ${drained} ms after the last fault, quiet ${finished} ms after the last click`,
    );
    // The goal is 10 s; a busy machine must not look like a fault.
    expect(drained, 'drains by itself').toBeLessThan(30_000);
    await expectSound(road);
    for (const { title } of items) await expectOnce(await keyOf(road, title));
    const titles = await road.database.db.selectFrom('items').select('title').execute();
    expect(titles.map((row) => row.title).sort()).toEqual(items.map((item) => item.title).sort());
    expect(road.slack.state.roots('lockstep').filter((message) => message.bot_id)).toHaveLength(items.length);
  });
});

/** The form is opened and sent until Slack says that it was taken. */
async function open(title: string): Promise<string> {
  const priya = road.slack.act('priya');
  await until(async () => {
    await priya.command(`/ticket new ${title}`);
    await road.slack.until(() => priya.modal(), 2_000);
    return true;
  }, 30_000);
  await until(async () => {
    if (!priya.modal()) return true;
    const answer = await priya.submit({ description: `About ${title}.`, service: 'storefront' });
    if (!answer.ok || answer.errors) throw new Error(JSON.stringify(answer));
    return true;
  }, 30_000);
  return keyOf(road, title);
}

/** Presses what is open until the item is through; a person who reads that nothing was recorded presses again. */
async function decideAll(key: string, item: PlannedItem, people: { work: boolean }): Promise<void> {
  for (;;) {
    const { stage, visit } = await itemOf(road, key);
    if (stage === 'completed') return;
    const who = DECIDES[stage];
    if (!who || !people.work) {
      await pause(200);
      continue;
    }
    const seen = buttonsOf(road, key, 'approve').find(({ value }) => unpack(value)?.visit === visit);
    if (!seen) {
      await pause(200);
      continue;
    }
    const hands = [...Array(item.presses).fill(who), ...(item.rival ? [RIVAL[who]!] : [])];
    await Promise.all(hands.map((hand) => press(road, hand, 'approve', seen).catch(() => {})));
    await pause(200);
  }
}

async function expectOnce(key: string): Promise<void> {
  const rows = await historyOf(road, key);
  const of = (type: string) => rows.filter((row) => row.type === type);
  expect(
    of('approved').map((row) => row.from_stage),
    key,
  ).toEqual(['prd_ready', 'signed']);
  expect(
    of('finished')
      .map((row) => row.job)
      .sort(),
    key,
  ).toEqual(['draft-prd', 'enrich', 'score']);
  expect(of('failed'), key).toEqual([]);
}
