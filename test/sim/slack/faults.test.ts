import { expect, test } from 'vitest';
import { KEYS, sinkApp, webClient, workspace } from './harness.ts';

/** The switchboard: what can be made to go wrong, on the way to the app and in what it calls. */

test('breaks deliveries: twice, late, lost, or lost after they arrived', async () => {
  const w = await workspace({ ackTimeoutMs: 1_500 });
  const sink = await sinkApp(w);
  const { faults } = w.slack;
  const priya = w.slack.act('priya');
  faults.add({ on: 'commands', kind: 'duplicate', times: 1 });
  await priya.command('/ticket');
  expect(sink.received).toHaveLength(2);
  expect(sink.received[0]!.body.trigger_id).toBe(sink.received[1]!.body.trigger_id);
  faults.add({ on: 'commands', kind: 'timeout', times: 1 });
  expect(await priya.command('/ticket')).toMatchObject({ code: 'operation_timeout' });
  expect(sink.received).toHaveLength(2);
  faults.add({ on: 'commands', kind: 'timeout_after', times: 1 });
  expect(await priya.command('/ticket')).toMatchObject({ code: 'operation_timeout' });
  expect(sink.received).toHaveLength(3);
  faults.add({ on: 'commands', kind: 'delay', delay_ms: 30, times: 1 });
  const started = performance.now();
  expect(await priya.command('/ticket')).toMatchObject({ ok: true });
  expect(performance.now() - started).toBeGreaterThan(28);
  expect(faults.list()).toEqual([]);
});

test('breaks Web API calls before or after they apply', async () => {
  const { slack, served } = await workspace();
  const client = webClient(served.url);
  const say = () => client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'x' });
  const texts = () => slack.state.roots('lockstep').length;
  slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 7, times: 1 });
  await expect(say()).rejects.toMatchObject({ retryAfter: 7 });
  slack.faults.clear();
  slack.faults.add({ on: 'chat.postMessage', kind: 'server_error', times: 1 });
  await expect(say()).rejects.toMatchObject({ statusCode: 500 });
  slack.faults.add({ on: 'chat.postMessage', kind: 'error', error: 'fatal_error', times: 1 });
  await expect(say()).rejects.toMatchObject({ data: { error: 'fatal_error' } });
  expect(texts()).toBe(0);
  slack.faults.add({ on: 'chat.postMessage', kind: 'duplicate', times: 1 });
  await say();
  expect(texts()).toBe(2);
  const lost = (kind: 'timeout' | 'timeout_after') => {
    slack.faults.add({ on: '*', kind, times: 1 });
    const body = new URLSearchParams({ token: KEYS.botToken, channel: 'C01LOCKSTEP', text: 'x' });
    const signal = AbortSignal.timeout(100);
    return fetch(`${served.url}/api/chat.postMessage`, { method: 'POST', body, signal });
  };
  await expect(lost('timeout')).rejects.toThrow('timeout');
  expect(texts()).toBe(2);
  await expect(lost('timeout_after')).rejects.toThrow('timeout');
  expect(texts()).toBe(3);
});

test('a call refused with 429 stays refused until its Retry-After is over, and no other call does', async () => {
  let clock = Date.now();
  const w = await workspace({ now: () => clock });
  const say = () => w.client.chat.postMessage({ channel: 'C01LOCKSTEP', text: 'x' });
  w.slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 7, times: 1 });
  await expect(say()).rejects.toMatchObject({ retryAfter: 7 });
  expect(w.slack.faults.list()).toEqual([]);
  await w.client.conversations.list();
  clock += 5_500;
  await expect(say()).rejects.toMatchObject({ retryAfter: 2 });
  clock += 1_500;
  await say();

  // Also when the next refusal is set already: it begins when this one is over.
  w.slack.faults.add({ on: '*', kind: 'rate_limited', retry_after: 3, times: 2 });
  await expect(say()).rejects.toMatchObject({ retryAfter: 3 });
  await expect(say()).rejects.toMatchObject({ retryAfter: 3 });
  expect(w.slack.faults.list()).toMatchObject([{ times: 1 }]);
  w.slack.faults.clear();
  await say();

  const fault = w.slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 60, times: null });
  await expect(say()).rejects.toMatchObject({ retryAfter: 60 });
  w.slack.faults.remove(fault.id);
  await say();
});

test('a response URL can be broken like a call', async () => {
  const w = await workspace();
  const sink = await sinkApp(w);
  const priya = w.slack.act('priya');
  await priya.command('/ticket');
  const { response_url } = sink.of('command')[0];
  const respond = async (text: string, timeoutMs = 10_000) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const init = { method: 'POST', body: JSON.stringify({ text }), signal };
    const answer = await fetch(response_url, { ...init, headers: { 'content-type': 'application/json' } });
    return [answer.status, answer.headers.get('retry-after')];
  };
  const on = 'response_url';
  w.slack.faults.add({ on, kind: 'rate_limited', retry_after: 30, times: 1 });
  expect(await respond('1')).toEqual([429, '30']);
  w.slack.faults.clear();
  w.slack.faults.add({ on, kind: 'server_error', times: 1 });
  expect(await respond('2')).toEqual([500, null]);
  w.slack.faults.add({ on, kind: 'timeout_after', times: 1 });
  await expect(respond('3', 200)).rejects.toThrow('timeout');
  expect(await respond('4')).toEqual([200, null]);
  // What was refused before it arrived has not used the address up.
  expect(priya.ephemerals().map((m) => m.text)).toEqual(['3', '4']);
  const calls = w.slack.state.traffic().filter((t) => t.what === 'response_url');
  expect(calls.map((t) => t.status)).toEqual([429, 500, 0, 200]);
});

test('events over Slack’s limit are dropped, and the app is told so once a minute', async () => {
  let clock = 1_795_000_020_000;
  const w = await workspace({ now: () => clock, rateLimits: { eventsPerHour: 3 } });
  const sink = await sinkApp(w);
  const say = async (text: string) => {
    await w.slack.act('priya').say('lockstep', text);
    await w.slack.idle();
  };
  for (const text of ['1', '2', '3', '4', '5']) await say(text);
  expect(sink.of('message').map((b) => b.event.text)).toEqual(['1', '2', '3']);
  expect(sink.of('app_rate_limited')).toMatchObject([{ team_id: 'T01ACME', minute_rate_limited: 1_795_000_020 }]);
  clock += 60_000;
  await say('6');
  expect(sink.of('app_rate_limited')).toHaveLength(2);
  clock += 3_600_000;
  await say('7');
  expect(sink.of('message').at(-1).event.text).toBe('7');
  w.slack.faults.add({ on: 'events', kind: 'rate_limited', times: 1 });
  await say('8');
  expect(sink.of('app_rate_limited')).toHaveLength(3);
});
