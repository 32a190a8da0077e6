import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { judge } from '../../jobs/surface/judge.ts';
import { card } from '../../views/card.ts';
import { describe } from '../../views/describe.ts';
import { itemOf } from '../faults/road.ts';
import { reads } from '../views/fixture.ts';
import { type Crowd, gather, type Item } from './crowd.ts';
import { eventsOf } from './mix.ts';

/** Two hundred items in flight and twenty events a second for a minute, against Slack with all of its limits. */

const PER_SECOND = 20;
const SECONDS = 60;
const BEHIND_MS = 10_000;

let crowd: Crowd;
beforeAll(async () => {
  crowd = await gather();
}, 600_000);
afterAll(() => crowd?.lockstep.close());

const rss = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** MiB that the last ten seconds are above the ten seconds in the middle. */
const growth = (samples: readonly number[]): number => {
  const tenth = Math.floor(samples.length / 6);
  const middle = Math.floor(samples.length / 2);
  return mean(samples.slice(-tenth)) - mean(samples.slice(middle - tenth / 2, middle + tenth / 2));
};

/** Cards that do not say what their rows say. */
async function behind({ lockstep, door }: Crowd, items: readonly Item[]): Promise<Item[]> {
  const { pool, db } = lockstep.database;
  const shown = new Map(lockstep.slack.state.data.messages.C01LOCKSTEP!.map((message) => [message.ts, message]));
  const late: Item[] = [];
  for (const item of items) {
    const judged = await judge({ pool, db, pipelines: door.pipelines, now: () => new Date() }, item.id);
    const { thread_ts } = await itemOf(lockstep, item.key);
    const fresh = card(describe(judged!));
    const message = shown.get(thread_ts ?? '');
    if (message?.text !== fresh.text || reads({ blocks: message.blocks ?? [] }) !== reads(fresh)) late.push(item);
  }
  return late;
}

/** Sends what happens at its time, whether or not what was before has ended. */
async function send(events: readonly (() => Promise<void>)[]): Promise<unknown[]> {
  const began = Date.now();
  const failures: unknown[] = [];
  const sent: Promise<unknown>[] = [];
  for (const [nth, event] of events.entries()) {
    const wait = began + (nth * 1000) / PER_SECOND - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(event().catch((error: unknown) => failures.push(error)));
  }
  await Promise.all(sent);
  return failures;
}

// Once only: a second minute would find its decisions made.
it('no call is refused, no card is ten seconds behind its rows, and memory stays', {
  retry: 0,
  timeout: 240_000,
}, async () => {
  const { lockstep, items, web, worker } = crowd;
  expect(await behind(crowd, items)).toEqual([]);
  const events = eventsOf(crowd);
  expect(events).toHaveLength(PER_SECOND * SECONDS);
  const calls: { what: string; status: number }[] = [];
  const stop = lockstep.slack.listen((event) => {
    if (event.type === 'traffic' && event.entry.direction === 'from-app') calls.push(event.entry);
  });
  const memory: { web: number; worker: number }[] = [];
  const sampling = setInterval(() => memory.push({ web: rss(web.pid), worker: rss(worker.pid) }), 500);
  const began = Date.now();
  const failures = await send(events);
  const took = Date.now() - began;
  clearInterval(sampling);
  const ended = Date.now();
  let late = await behind(crowd, items);
  const atTheEnd = late.length;
  while (late.length > 0 && Date.now() - ended < 6 * BEHIND_MS) late = await behind(crowd, late);
  const caughtUp = Date.now() - ended;
  stop();
  const methods = Map.groupBy(calls, ({ what }) => what);
  const count = Object.fromEntries([...methods].map(([what, list]) => [what, list.length]));
  const grown = { web: growth(memory.map((one) => one.web)), worker: growth(memory.map((one) => one.worker)) };
  const said = { took, failures: failures.map(String), count, atTheEnd, caughtUp, grown, memory: memory.at(-1) };
  process.stdout.write(`${JSON.stringify(said)}\n`);

  expect(failures).toEqual([]);
  expect(calls.filter(({ status }) => status === 429)).toEqual([]);
  expect(late).toEqual([]);
  expect(caughtUp).toBeLessThanOrEqual(BEHIND_MS);
  expect(grown.web).toBeLessThan(20);
  expect(grown.worker).toBeLessThan(20);
});
