import { expect, test } from 'vitest';
import { refusal, sinkApp, workspace } from './harness.ts';

/** Uploads: three calls, and sharing that follows by itself. */

test('a file is shared a moment after its upload, and its picture only then fits into a block', async () => {
  let clock = Date.now();
  const { client, slack } = await workspace({ fileProcessingMs: 50, now: () => clock });
  const uploaded = (await client.filesUploadV2({
    channel_id: 'C01LOCKSTEP',
    filename: 'chart.png',
    file: Buffer.from('not really a picture'),
    initial_comment: 'The chart',
  })) as unknown as { files: { files: { id: string; url_private: string }[] }[] };
  const file = uploaded.files[0]!.files[0]!;
  const picture = {
    channel: 'C01LOCKSTEP',
    text: 'Chart',
    blocks: [{ type: 'image' as const, alt_text: 'Chart', slack_file: { id: file.id } }],
  };
  expect(await refusal(client.chat.postMessage(picture))).toMatchObject({ error: 'invalid_blocks' });
  expect(slack.state.roots('lockstep')).toHaveLength(0);
  clock += 50;
  const shared = await slack.until(() => slack.state.roots('lockstep')[0]);
  expect(shared).toMatchObject({ text: 'The chart', files: [{ id: file.id, mimetype: 'image/png' }] });
  expect(await (await fetch(file.url_private)).text()).toBe('not really a picture');
  expect((await client.files.info({ file: file.id })).file).toMatchObject({ mimetype: 'image/png' });
  await client.chat.postMessage(picture);
});

test('whoever waits for a file can listen for it or ask where it is', async () => {
  let clock = Date.now();
  const w = await workspace({ fileProcessingMs: 50, now: () => clock });
  const sink = await sinkApp(w);
  const root = await w.slack.act('priya').say('lockstep', 'Show me');
  const uploaded = (await w.client.filesUploadV2({
    channel_id: 'C01LOCKSTEP',
    thread_ts: root.ts,
    filename: 'chart.png',
    file: Buffer.from('not really a picture'),
  })) as unknown as { files: { files: { id: string }[] }[] };
  const { id } = uploaded.files[0]!.files[0]!;
  const info = async () => (await w.client.files.info({ file: id })).file!;
  expect(await info()).toMatchObject({ mimetype: '', shares: { public: {}, private: {} } });
  clock += 50;
  await w.slack.until(() => sink.of('file_shared').length > 0);
  expect(sink.of('file_shared')[0].event).toMatchObject({
    file_id: id,
    file: { id },
    user_id: 'U01LOCKSTEP',
    channel_id: 'C01LOCKSTEP',
  });
  const posted = w.slack.state.thread('lockstep', root.ts)[1]!;
  expect(await info()).toMatchObject({
    mimetype: 'image/png',
    shares: { public: { C01LOCKSTEP: [{ ts: posted.ts, thread_ts: root.ts, channel_name: 'lockstep' }] } },
  });
});
