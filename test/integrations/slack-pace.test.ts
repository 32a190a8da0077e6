import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Served, serve } from '../../sim/serve.ts';
import type { Traffic } from '../../sim/slack/client-api.ts';
import { createSlack, type Slack } from '../../sim/slack/index.ts';
import { RetryLater } from '../../src/integrations/errors.ts';
import { createSlackApi, type SlackApi } from '../../src/integrations/slack.ts';
import { createSlackLimits } from '../../src/store/slack-limits.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** Two processes and one budget of calls, against the stand-in with all of Slack's limits. */

let database: TestDatabase;
let slack: Slack;
let served: Served | undefined;
let one: SlackApi;
let other: SlackApi;
const warned: string[] = [];
let calls: Traffic[] = [];

beforeAll(async () => {
  database = await testDatabase();
  slack = createSlack({
    baseUrl: () => served?.url ?? '',
    app: { signingSecret: 's', botToken: 'xoxb-secret', appToken: 'xapp-x' },
  });
  served = await serve([slack]);
  slack.listen((event) => void (event.type === 'traffic' && calls.push(event.entry)));
  const log = { info: () => {}, warn: (_: object, message: string) => void warned.push(message) };
  const open = () =>
    createSlackApi({ botToken: 'xoxb-secret', apiUrl: `${served!.url}/api/` }, log, createSlackLimits(database.pool));
  one = open();
  other = open();
  for (const name of ['general', 'alerts']) await one.channelId(name);
});
afterAll(async () => {
  await slack.close();
  await served?.close();
  await database.drop();
});
beforeEach(async () => {
  calls = [];
  warned.length = 0;
  slack.faults.clear();
  await database.pool.query('TRUNCATE slack_limits');
});

const content = { text: 'hello', blocks: [] };
let posted = 0;
const post = (api: SlackApi, channel = 'C01LOCKSTEP') => {
  posted += 1;
  return api.post({ ...content, channel, key: `key ${posted}` });
};
const sent = (method: string) => calls.filter((call) => call.what === method);
const sort = (results: PromiseSettledResult<unknown>[]) => ({
  made: results.filter((result) => result.status === 'fulfilled').length,
  putOff: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as RetryLater] : [])),
});

describe('edits', () => {
  it('of all processes keep to one pace: the rest is put off, one after the other, without a call', async () => {
    const { channel, ts } = await post(one);
    const edits = Array.from({ length: 16 }, (_, nth) => (nth % 2 ? one : other).update({ ...content, channel, ts }));
    const began = Date.now();
    const { made, putOff } = sort(await Promise.allSettled(edits));
    // Eight at once, those whose turn came within two seconds, and what the pace allowed meanwhile.
    expect(made).toBeGreaterThanOrEqual(8);
    expect(made).toBeLessThanOrEqual(10 + (Date.now() - began) / 1500);
    expect(sent('chat.update').map((call) => call.status)).toEqual(Array(made).fill(200));
    expect(putOff.every((error) => error instanceof RetryLater)).toBe(true);
    const waits = putOff.map((error) => error.ms).sort((a, b) => a - b);
    for (const [nth, ms] of waits.slice(1).entries()) expect(ms - waits[nth]!).toBeGreaterThan(500);
  });

  it('that only show progress leave half of the burst to the others, and one message some seconds', async () => {
    const messages = await Promise.all([post(one), post(one)]);
    const edit = (nth: number, patience?: 'progress') =>
      one.update({ ...content, ...messages[nth]!, ...(patience ? { patience } : {}) });
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      await edit(0, 'progress');
      await expect(edit(0, 'progress')).rejects.toThrow('a little later');
    } finally {
      vi.useRealTimers();
    }
    // More than half of the burst is used.
    await database.pool.query(`UPDATE slack_limits SET tat = now() + interval '8 s' WHERE key = 'chat.update'`);
    const error = await edit(1, 'progress').catch((raw: unknown) => raw);
    expect(error).toBeInstanceOf(RetryLater);
    expect((error as RetryLater).ms).toBeGreaterThanOrEqual(3000);
    // What changes until its turn comes is the same edit; one that somebody waits for is made at once, and is that edit.
    await expect(edit(1, 'progress')).rejects.toThrow('a little later');
    await edit(1);
    expect(sent('chat.update')).toHaveLength(2);
    await expect(edit(1, 'progress')).rejects.toThrow('reached the pace');
  });
});

describe('messages', () => {
  it('are counted in each channel by itself', async () => {
    const began = Date.now();
    await Promise.all([1, 2, 3, 4].map((nth) => post(nth % 2 ? one : other, 'C01GENERAL')));
    expect(Date.now() - began).toBeGreaterThan(700);
    await database.pool.query(`UPDATE slack_limits SET tat = now() + interval '1 hour' WHERE key LIKE '%C01GENERAL'`);
    await expect(post(one, 'C01GENERAL')).rejects.toThrow(RetryLater);
    await post(one, 'C01ALERTS');
    expect(sent('chat.postMessage').map((call) => call.status)).toEqual(Array(5).fill(200));
  });
});

describe('when Slack itself asks to wait', () => {
  it('every process does', async () => {
    const { channel, ts } = await post(one);
    slack.faults.add({ on: 'chat.update', kind: 'rate_limited', retry_after: 60, times: 1 });
    await expect(one.update({ ...content, channel, ts })).rejects.toMatchObject({ ms: 60_000 });
    const error = await other.update({ ...content, channel, ts }).catch((raw: unknown) => raw);
    expect((error as RetryLater).ms).toBeGreaterThan(15_000);
    expect(sent('chat.update')).toHaveLength(1);
  });

  it('reads of many pages, and chores, wait where they are', async () => {
    slack.faults.add({ on: 'users.list', kind: 'rate_limited', retry_after: 1, times: 1 });
    expect((await one.users()).length).toBeGreaterThan(3);
    expect(sent('users.list').map((call) => call.status)).toEqual([429, 200]);
    const key = 'a reminder';
    slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 1, times: 1 });
    await one.post({ ...content, channel: 'C01LOCKSTEP', key, patience: 'long' });
    expect(sent('chat.postMessage').map((call) => call.status)).toEqual([429, 200]);
  });
});

describe('Homes', () => {
  it('are put off at once, because whoever opens one would wait for the same lock', async () => {
    await database.pool.query(`INSERT INTO slack_limits VALUES ('views.publish', now() + interval '1 hour')`);
    await expect(one.publishHome('U01PRIYA', { type: 'home', blocks: [] })).rejects.toThrow(RetryLater);
    expect(sent('views.publish')).toEqual([]);
  });
});

describe('without the table', () => {
  it('calls are made: an old schema stops nothing', async () => {
    const { channel, ts } = await post(one);
    await database.pool.query('ALTER TABLE slack_limits RENAME TO elsewhere');
    try {
      expect(await one.update({ ...content, channel, ts })).toBe('updated');
      slack.faults.add({ on: 'chat.update', kind: 'rate_limited', retry_after: 5, times: 1 });
      await expect(one.update({ ...content, channel, ts })).rejects.toMatchObject({ ms: 5000 });
      expect(warned).toContain('limits of Slack could not be asked');
    } finally {
      await database.pool.query('ALTER TABLE elsewhere RENAME TO slack_limits');
    }
  });
});
