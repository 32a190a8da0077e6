import { expect, test } from 'vitest';
import { mrkdwn, plain, refusal, sinkApp, workspace } from './harness.ts';

/** Modals and Home: triggers, hashes, the stack of three, and ids that are taken. */

const section = (text: string) => ({ type: 'section' as const, text: mrkdwn(text) });
const modal = (more: object = {}) => ({
  type: 'modal' as const,
  callback_id: 'm',
  title: plain('Title'),
  blocks: [section('Hello')],
  ...more,
});

test('a trigger opens one view within three seconds', async () => {
  let clock = Date.now();
  const w = await workspace({ now: () => clock });
  const sink = await sinkApp(w);
  const { client } = w;
  const trigger = async (): Promise<string> => {
    await w.slack.act('priya').command('/ticket');
    return sink.of('command').at(-1).trigger_id;
  };
  const first = await trigger();
  const bad = modal({ title: plain('a'.repeat(25)) });
  expect(await refusal(client.views.open({ trigger_id: first, view: bad }))).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: {
      messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
    },
  });
  const big = modal({ blocks: Array(100).fill(section('a'.repeat(2900))) });
  expect(await refusal(client.views.open({ trigger_id: first, view: big }))).toMatchObject({
    error: 'view_too_large',
  });
  await client.views.open({ trigger_id: first, view: modal() });
  const again = client.views.open({ trigger_id: first, view: modal() });
  expect(await refusal(again)).toMatchObject({ error: 'exchanged_trigger_id' });
  const made_up = client.views.open({ trigger_id: '1.2.3', view: modal() });
  expect(await refusal(made_up)).toMatchObject({ error: 'invalid_trigger_id' });
  const late = await trigger();
  clock += 3_001;
  const expired = client.views.open({ trigger_id: late, view: modal() });
  expect(await refusal(expired)).toMatchObject({ error: 'expired_trigger_id' });
});

test('updates keep what was typed, refuse an old hash, and miss a closed view', async () => {
  const w = await workspace();
  const sink = await sinkApp(w);
  const priya = w.slack.act('priya');
  await priya.command('/ticket');
  const input = {
    type: 'input' as const,
    block_id: 'b',
    label: plain('Title'),
    dispatch_action: true,
    element: { type: 'plain_text_input' as const, action_id: 'a' },
  };
  const form = modal({ submit: plain('Save'), blocks: [input] });
  const opened = (await w.client.views.open({ trigger_id: sink.of('command')[0].trigger_id, view: form })).view!;
  await priya.click('a', { value: 'typed' });
  const updated = await w.client.views.update({
    view_id: opened.id!,
    hash: opened.hash!,
    view: modal({ submit: plain('Save'), blocks: [input, section('More')] }),
  });
  expect(updated.view!.state).toEqual({ values: { b: { a: { type: 'plain_text_input', value: 'typed' } } } });
  const stale = w.client.views.update({ view_id: opened.id!, hash: opened.hash!, view: form });
  expect(await refusal(stale)).toMatchObject({ error: 'hash_conflict' });
  await priya.closeModal();
  const closed = w.client.views.update({ view_id: opened.id!, view: form });
  expect(await refusal(closed)).toMatchObject({ error: 'not_found' });
});

test('three modals fit on each other, pushed from inside the one before', async () => {
  const w = await workspace();
  const sink = await sinkApp(w);
  const priya = w.slack.act('priya');
  const next = modal({
    blocks: [{ type: 'actions', elements: [{ type: 'button', text: plain('More'), action_id: 'more' }] }],
  });
  await priya.command('/ticket');
  const { trigger_id } = sink.of('command')[0];
  expect(await refusal(w.client.views.push({ trigger_id, view: next }))).toMatchObject({
    error: 'invalid_trigger_id',
  });
  await priya.command('/ticket');
  await w.client.views.open({ trigger_id: sink.of('command')[1].trigger_id, view: next });
  const push = async () => {
    await priya.click('more');
    return w.client.views.push({ trigger_id: sink.of('block_actions').at(-1).trigger_id, view: next });
  };
  const second = (await push()).view!;
  expect(second.previous_view_id).toBe(second.root_view_id);
  await push();
  expect(await refusal(push())).toMatchObject({ error: 'push_limit_reached' });
  expect(w.slack.state.views('priya')).toHaveLength(3);
  await priya.closeModal();
  expect(priya.modal()!.id).toBe(second.id);
});

test('Home belongs to one person and guards against lost updates', async () => {
  const { client, slack } = await workspace();
  const home = (text: string) => ({ type: 'home' as const, blocks: [section(text)] });
  const first = (await client.views.publish({ user_id: 'U01PRIYA', view: home('1') })).view!;
  await client.views.publish({ user_id: 'U01PRIYA', view: home('2'), hash: first.hash! });
  const stale = client.views.publish({ user_id: 'U01PRIYA', view: home('3'), hash: first.hash! });
  expect(await refusal(stale)).toMatchObject({ error: 'hash_conflict' });
  expect(slack.state.home('priya')).toMatchObject({ id: first.id, blocks: [{ text: { text: '2' } }] });
  expect(slack.state.home('emil')).toBeUndefined();
});

test('a fourth modal is refused, however it is pushed', async () => {
  const w = await workspace();
  const sink = await sinkApp(w);
  const priya = w.slack.act('priya');
  const next = modal({ submit: plain('Next') });
  sink.reply = ({ body }) => (body.type === 'view_submission' ? { body: { response_action: 'push', view: next } } : {});
  await priya.command('/ticket');
  await w.client.views.open({ trigger_id: sink.of('command')[0].trigger_id, view: next });
  expect(await priya.submit()).toEqual({ ok: true });
  expect(await priya.submit()).toEqual({ ok: true });
  expect(await priya.submit()).toMatchObject({ ok: false, code: 'push_limit_reached' });
  expect(w.slack.state.views('priya')).toHaveLength(3);
});

test('an external_id is one view’s at a time', async () => {
  const w = await workspace();
  const sink = await sinkApp(w);
  const opening = async (as: string, more: object) => {
    await w.slack.act(as).command('/ticket');
    return w.client.views.open({ trigger_id: sink.of('command').at(-1).trigger_id, view: modal(more) });
  };
  await opening('priya', { external_id: 'item-1' });
  expect(await refusal(opening('emil', { external_id: 'item-1' }))).toMatchObject({ error: 'duplicate_external_id' });
  const other = (await opening('emil', { external_id: 'item-2' })).view!;
  const update = (external_id: string) =>
    w.client.views.update({ view_id: other.id!, view: modal({ external_id, title: plain('Changed') }) });
  expect(await refusal(update('item-1'))).toMatchObject({ error: 'duplicate_external_id' });
  await update('item-2');
  await w.client.views.update({ external_id: 'item-2', view: modal({ external_id: 'item-2' }) });
  await w.slack.act('priya').closeModal();
  await update('item-1');
});
