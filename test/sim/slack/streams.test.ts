import { expect, test } from 'vitest';
import { mrkdwn, refusal, type Workspace, workspace } from './harness.ts';

/** Messages in pieces: chat.startStream, appendStream and stopStream, and their end after five minutes. */

const channel = 'C01LOCKSTEP';
const to = { recipient_user_id: 'U01PRIYA', recipient_team_id: 'T01ACME' };
const section = (text: string) => ({ type: 'section' as const, text: mrkdwn(text) });

async function asked(w: Workspace): Promise<string> {
  return (await w.slack.act('priya').say('lockstep', 'What changed?')).ts;
}

test('real web-api streams an answer into a thread', async () => {
  const w = await workspace();
  const thread_ts = await asked(w);
  const stream = w.client.chatStream({ channel, thread_ts, ...to, buffer_size: 1 });
  await stream.append({ markdown_text: '**Three** ' });
  await stream.append({ markdown_text: 'files' });
  const seen = () => w.slack.state.thread('lockstep', thread_ts)[1]!;
  expect(seen()).toMatchObject({ text: '**Three** files', blocks: [{ type: 'markdown', text: '**Three** files' }] });
  const { message } = await stream.stop({ markdown_text: '.', blocks: [section('Was this good?')] });
  expect(message).toMatchObject({ streaming_state: 'completed', text: '**Three** files.' });
  expect(seen().blocks).toMatchObject([{ type: 'markdown', text: '**Three** files.' }, { type: 'section' }]);
});

test('tasks stand where they came, or together as a plan; their details grow', async () => {
  const w = await workspace();
  const thread_ts = await asked(w);
  const task = (id: string, status: 'in_progress' | 'complete', details?: string) => ({
    type: 'task_update' as const,
    id,
    title: `Task ${id}`,
    status,
    ...(details ? { details } : {}),
  });
  const draw = async (task_display_mode: string) => {
    const { ts } = await w.client.chat.startStream({
      channel,
      thread_ts,
      ...to,
      task_display_mode,
      chunks: [task('1', 'in_progress', 'half'), { type: 'markdown_text', text: 'Between' }, task('2', 'in_progress')],
    });
    const last = [task('1', 'complete', ' done'), { type: 'plan_update' as const, title: 'Worked for 4m' }];
    await w.client.chat.stopStream({ channel, ts: ts!, chunks: last });
    return w.slack.state.messages('lockstep').find((m) => m.ts === ts)!.blocks as Record<string, unknown>[];
  };
  const timeline = await draw('timeline');
  expect(timeline.map((b) => b.type)).toEqual(['task_card', 'markdown', 'task_card']);
  expect(timeline[0]).toMatchObject({
    status: 'complete',
    details: { elements: [{ elements: [{ text: 'half done' }] }] },
  });
  expect(await draw('plan')).toMatchObject([
    { type: 'plan', title: 'Worked for 4m', tasks: [{ task_id: '1' }, { task_id: '2', status: 'in_progress' }] },
    { type: 'markdown' },
  ]);
});

test('five minutes after its start a stream is over, however much came in between; then the message can be edited', async () => {
  let clock = Date.now();
  const w = await workspace({ now: () => clock });
  const thread_ts = await asked(w);
  const { ts } = await w.client.chat.startStream({ channel, thread_ts, ...to, markdown_text: 'So far' });
  const own = { channel, ts: ts! };
  const append = () => w.client.chat.appendStream({ ...own, markdown_text: '.' });
  const update = () => w.client.chat.update({ ...own, text: 'Recovered' });
  for (let minute = 0; minute < 4; minute += 1) {
    clock += 60_000;
    await append();
  }
  expect(await refusal(update())).toMatchObject({ error: 'streaming_state_conflict' });
  clock += 60_000;
  expect(await refusal(append())).toMatchObject({ error: 'message_not_in_streaming_state' });
  expect(await refusal(w.client.chat.stopStream(own))).toMatchObject({ error: 'message_not_in_streaming_state' });
  await update();
  expect(w.slack.state.thread('lockstep', thread_ts)[1]).toMatchObject({ text: 'Recovered' });
});

test('what cannot be streamed is refused by name', async () => {
  const w = await workspace();
  const thread_ts = await asked(w);
  const start = (more: object) =>
    refusal(w.client.apiCall('chat.startStream', { channel, thread_ts, ...to, markdown_text: 'x', ...more }));
  expect(await start({ recipient_user_id: undefined })).toMatchObject({ error: 'missing_recipient_user_id' });
  expect(await start({ recipient_team_id: undefined })).toMatchObject({ error: 'missing_recipient_team_id' });
  expect(await start({ channel: 'C01GENERAL' })).toMatchObject({ error: 'not_in_channel' });
  expect(await start({ markdown_text: 'x'.repeat(12_001) })).toMatchObject({ error: 'msg_too_long' });
  const task = { type: 'task_update', id: '1', title: 'x'.repeat(257), status: 'complete' };
  expect(await start({ chunks: [task] })).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: { messages: ['[ERROR] must be less than 257 characters [json-pointer:/chunks/0/title]'] },
  });
  expect(await start({ chunks: [{ type: 'blocks', blocks: [section('')] }] })).toMatchObject({
    error: 'invalid_blocks',
  });
  expect(w.slack.state.thread('lockstep', thread_ts)).toHaveLength(1);

  const { ts } = await w.client.chat.startStream({ channel, thread_ts, ...to, markdown_text: 'x'.repeat(11_999) });
  const append = (more: object) => refusal(w.client.apiCall('chat.appendStream', { channel, ts, ...more }));
  expect(await append({ markdown_text: 'xy' })).toMatchObject({ error: 'msg_too_long' });
  expect(await append({})).toMatchObject({ error: 'no_text' });
  expect(await append({ ts: thread_ts, markdown_text: 'x' })).toMatchObject({ error: 'message_not_owned_by_app' });
  expect(await append({ ts: '1.0', markdown_text: 'x' })).toMatchObject({ error: 'message_not_found' });
  const blocks = { type: 'blocks', blocks: Array(50).fill(section('a')) };
  await w.client.apiCall('chat.appendStream', { channel, ts, chunks: [blocks] });
  expect(await append({ chunks: [{ ...blocks, blocks: [section('a')] }] })).toMatchObject({ error: 'invalid_blocks' });
  await w.client.chat.stopStream({ channel, ts: ts!, blocks: blocks.blocks });
  expect(await append({ markdown_text: 'x' })).toMatchObject({ error: 'message_not_in_streaming_state' });
});

test('starting and stopping is tier 2, appending tier 4', async () => {
  const w = await workspace({ rateLimits: { tiers: { 2: 1, 4: 3 } } });
  const thread_ts = await asked(w);
  const start = () => w.client.chat.startStream({ channel, thread_ts, ...to, markdown_text: 'x' });
  const { ts } = await start();
  await expect(start()).rejects.toMatchObject({ retryAfter: expect.any(Number) });
  const append = () => w.client.chat.appendStream({ channel, ts: ts!, markdown_text: 'x' });
  for (let n = 0; n < 3; n += 1) await append();
  await expect(append()).rejects.toMatchObject({ retryAfter: expect.any(Number) });
});
