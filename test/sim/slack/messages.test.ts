import { expect, test } from 'vitest';
import { mrkdwn, refusal, type Workspace, workspace } from './harness.ts';

/** What Slack refuses or shortens in messages, at its exact limits. */

const channel = 'C01LOCKSTEP';
const section = (text: string) => ({ type: 'section' as const, text: mrkdwn(text) });
const rich = (text: string) => ({
  type: 'rich_text' as const,
  elements: [{ type: 'rich_text_section' as const, elements: [{ type: 'text' as const, text }] }],
});
const a = (n: number): string => 'a'.repeat(n);

type Content = Record<string, unknown>;
/** Metadata of so many characters as JSON. */
const metadata = (n: number): Content => {
  const of = (id: string) => ({ event_type: 'e', event_payload: { id } });
  return of(a(n - JSON.stringify(of('')).length));
};
/** `ok`, or the name of the refusal. */
const posting =
  (w: Workspace) =>
  async (content: Content): Promise<string> => {
    const call = w.client.apiCall('chat.postMessage', { channel, ...content });
    return call.then(
      () => 'ok',
      (error) => error.data.error,
    );
  };

test.each<[what: string, fits: Content, refused: Content, error: string]>([
  [
    '11,300 characters in all blocks',
    { text: 'x', blocks: [...Array(3).fill(section(a(2800))), section(a(2800))] },
    { text: 'x', blocks: [...Array(3).fill(section(a(2800))), section(a(2801))] },
    'msg_blocks_too_long',
  ],
  [
    '11,300 characters with the blocks of attachments',
    { text: 'x', blocks: [section(a(2800))], attachments: [{ blocks: Array(3).fill(section(a(2800))) }] },
    { text: 'x', blocks: [section(a(2801))], attachments: [{ blocks: Array(3).fill(section(a(2800))) }] },
    'msg_blocks_too_long',
  ],
  ['12,000 characters of markdown_text', { markdown_text: a(12_000) }, { markdown_text: a(12_001) }, 'msg_too_long'],
  [
    'markdown_text without text and blocks',
    { markdown_text: '# Hi' },
    { markdown_text: '# Hi', text: 'Hi' },
    'markdown_text_conflict',
  ],
  [
    '100 attachments',
    { attachments: Array(100).fill({ text: 'a' }) },
    { attachments: Array(101).fill({ text: 'a' }) },
    'too_many_attachments',
  ],
  [
    'sound blocks in attachments',
    { text: 'x', attachments: [{ blocks: [section('a')] }] },
    { text: 'x', attachments: [{ blocks: [section('')] }] },
    'invalid_attachments',
  ],
  [
    '50 blocks',
    { text: 'x', blocks: Array(50).fill(section('a')) },
    { blocks: Array(51).fill(section('a')) },
    'invalid_blocks',
  ],
  [
    '4,096 characters of metadata',
    { text: 'x', metadata: metadata(4096) },
    { text: 'x', metadata: metadata(4097) },
    'metadata_too_large',
  ],
  [
    'metadata of one nested level',
    {
      text: 'x',
      metadata: { event_type: 'e', event_payload: { n: 1, all: [{ id: 'a', done: true }], by: { id: 'b' } } },
    },
    { text: 'x', metadata: { event_type: 'e', event_payload: { by: { team: { id: 'b' } } } } },
    'invalid_metadata_format',
  ],
])('%s', async (_, fits, refused, error) => {
  const post = posting(await workspace());
  expect(await post(fits)).toBe('ok');
  expect(await post(refused)).toBe(error);
});

test('text is cut at 40,000 characters, with a warning', async () => {
  const { client, slack } = await workspace();
  const sent = await client.chat.postMessage({ channel, text: a(40_001) });
  expect(sent.response_metadata).toMatchObject({ warnings: ['message_truncated'] });
  expect(slack.state.roots('lockstep')[0]!.text).toHaveLength(40_000);
  const whole = await client.chat.postMessage({ channel, text: a(40_000) });
  expect(whole.response_metadata?.warnings).toBeUndefined();
});

test('blocks without text are posted, with a warning', async () => {
  const { client } = await workspace();
  const silent = await client.apiCall('chat.postMessage', { channel, blocks: [section('a')] });
  expect(silent.response_metadata).toMatchObject({ warnings: ['missing_text_in_message'] });
});

test('an update takes 4,000 characters, and keeps rich text rich', async () => {
  const { client, slack } = await workspace();
  const { ts } = await client.chat.postMessage({ channel, text: 'rich', blocks: [rich('rich')] });
  const update = (content: Content) => client.apiCall('chat.update', { channel, ts, ...content });
  await update({ text: a(4000), blocks: [rich('still')] });
  expect(await refusal(update({ text: a(4001), blocks: [rich('still')] }))).toMatchObject({ error: 'msg_too_long' });
  expect(await refusal(update({ text: 'plain', blocks: [section('plain')] }))).toMatchObject({
    error: 'block_mismatch',
  });
  expect(await refusal(update({}))).toMatchObject({ error: 'no_text' });
  expect(slack.state.roots('lockstep')[0]).toMatchObject({
    blocks: [{ elements: [{ elements: [{ text: 'still' }] }] }],
  });
});

test('a markdown block does not keep its block_id', async () => {
  const { client, slack } = await workspace();
  const markdown = { type: 'markdown' as const, text: '# Hi', block_id: 'mine' };
  await client.chat.postMessage({ channel, text: 'Hi', blocks: [markdown, { ...section('a'), block_id: 'kept' }] });
  const [first, second] = slack.state.roots('lockstep')[0]!.blocks as { block_id: string }[];
  expect(first!.block_id).toMatch(/^(?!mine$).+/);
  expect(second!.block_id).toBe('kept');
});

test('an ephemeral message has no metadata', async () => {
  const { client, slack } = await workspace();
  await client.apiCall('chat.postEphemeral', { channel, user: 'U01EMIL', text: 'psst', metadata: metadata(90) });
  const [heard] = slack.state.ephemerals('emil');
  expect(heard).toMatchObject({ text: 'psst' });
  expect(heard).not.toHaveProperty('metadata');
});
