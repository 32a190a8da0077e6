import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, serve } from '../../sim/serve.ts';
import { createSlack, type Slack } from '../../sim/slack/index.ts';
import { Refused, RetryLater } from '../../src/integrations/errors.ts';
import { createSlackApi, type SlackApi } from '../../src/integrations/slack.ts';
import { slackError } from '../../src/integrations/slack-errors.ts';

/** The background client against the strict stand-in. */

let slack: Slack;
let served: Served | undefined;
let api: SlackApi;
const logged: { fields: Record<string, unknown>; message: string }[] = [];
const note = (fields: object, message: string) =>
  void logged.push({ fields: fields as Record<string, unknown>, message });

beforeAll(async () => {
  slack = createSlack({
    baseUrl: () => served?.url ?? '',
    app: { signingSecret: 's', botToken: 'xoxb-secret', appToken: 'xapp-x' },
    rateLimits: false,
  });
  served = await serve([slack]);
  api = createSlackApi({ botToken: 'xoxb-secret', apiUrl: `${served.url}/api/` }, { info: note, warn: note });
});
afterAll(async () => {
  await slack.close();
  await served?.close();
});

const blocks = (text: string) => [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }];
const message = (key: string, text = key) => ({
  channel: 'C01LOCKSTEP',
  text,
  blocks: blocks(text),
  key,
  item: 'LS-1',
});

describe('posting', () => {
  it('carries its key, shows no preview of links, and is logged with the item', async () => {
    const { ts } = await api.post(message('one'));
    const posted = slack.state.messages('lockstep').find((one) => one.ts === ts)!;
    expect(posted.metadata).toEqual({ event_type: 'lockstep', event_payload: { op_id: 'one' } });
    const call = slack.state.traffic().findLast((one) => one.what === 'chat.postMessage')!;
    expect(JSON.stringify(call.request)).toMatch(/unfurl_links[^a-z]*false/);
    expect(logged.at(-1)).toMatchObject({ fields: { item: 'LS-1', slack: 'chat.postMessage' } });
  });

  it('finds what an earlier try left in the channel or thread, instead of posting again', async () => {
    const root = await api.post(message('root'));
    slack.faults.add({ on: 'chat.postMessage', kind: 'timeout_after', times: 1 });
    const reply = { ...message('reply'), threadTs: root.ts };
    const since = new Date();
    const quick = createSlackApi(
      { botToken: 'xoxb-secret', apiUrl: `${served!.url}/api/`, timeoutMs: 300 },
      { info: note, warn: note },
    );
    await expect(quick.post(reply)).rejects.toThrow('did not answer');
    const again = await api.post({ ...reply, mayHavePosted: true, since });
    expect(
      slack.state
        .thread('lockstep', root.ts)
        .filter((one) => one.text === 'reply')
        .map((one) => one.ts),
    ).toEqual([again.ts]);
    expect((await api.post({ ...message('root'), mayHavePosted: true, since })).ts).toBe(root.ts);
  });

  it('posts when there is nothing to be found', async () => {
    const { ts } = await api.post({ ...message('fresh'), mayHavePosted: true, since: new Date() });
    expect(slack.state.messages('lockstep').some((one) => one.ts === ts)).toBe(true);
  });
});

describe('editing', () => {
  it('changes the message, and says when it is gone', async () => {
    const { ts } = await api.post(message('edit me'));
    const content = { channel: 'C01LOCKSTEP', text: 'edited', blocks: blocks('edited') };
    expect(await api.update({ ...content, ts })).toBe('updated');
    expect(slack.state.messages('lockstep').find((one) => one.ts === ts)!.text).toBe('edited');
    expect(await api.update({ ...content, ts: '1.000001' })).toBe('gone');
  });
});

describe('trouble', () => {
  it('a 429 is patience, for exactly as long as Slack says', async () => {
    slack.faults.add({ on: 'chat.postMessage', kind: 'rate_limited', retry_after: 7, times: 1 });
    const error = await api.post(message('wait')).catch((raw: unknown) => raw);
    expect(error).toBeInstanceOf(RetryLater);
    expect((error as RetryLater).ms).toBe(7000);
    // Slack goes on refusing; as soon as it does not, nothing holds the next call up.
    await expect(api.post(message('too early'))).rejects.toBeInstanceOf(RetryLater);
    slack.faults.clear();
    await api.post(message('at once'));
  });

  it('a refusal is a sentence with Slack’s own word', async () => {
    const error = await api.post({ ...message('x'), channel: 'C0NOWHERE' }).catch((raw: unknown) => raw);
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({
      code: 'channel_not_found',
      message: expect.stringContaining('invite it with /invite'),
    });
    const tooBig = await api
      .post({ ...message('y'), blocks: Array(51).fill(blocks('b')[0]) })
      .catch((raw: unknown) => raw);
    expect(tooBig).toMatchObject({ name: 'Refused', code: 'invalid_blocks' });
  });

  it('Slack’s own trouble is worth another try', async () => {
    slack.faults.add({ on: 'chat.postMessage', kind: 'server_error', times: 1 });
    const error = await api.post(message('502')).catch((raw: unknown) => raw);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Refused);
    expect(error).not.toBeInstanceOf(RetryLater);
    expect((error as Error).message).toMatch(/HTTP 5\d\d|could not do/);
  });

  it('never names the token', async () => {
    const wrong = createSlackApi({ botToken: 'xoxb-wrong', apiUrl: `${served!.url}/api/` }, { info: note, warn: note });
    await expect(wrong.post(message('z'))).rejects.toThrow('npm run doctor');
    expect(slackError('auth.test', new Error('fetch failed')).message).toBe(
      'Slack did not answer auth.test: fetch failed',
    );
    expect(JSON.stringify(logged)).not.toMatch(/xoxb-/);
  });
});

describe('the workspace', () => {
  it('has people, groups and channels; a public channel is joined', async () => {
    expect((await api.users()).find((one) => one.id === 'U01GUEST')).toMatchObject({ guest: true, teamId: 'T01ACME' });
    expect((await api.userGroups()).find((one) => one.handle === 'product')).toMatchObject({ users: ['U01PRIYA'] });
    expect(await api.channelId('#lockstep')).toBe('C01LOCKSTEP');
    expect(await api.channelId('general')).toBe('C01GENERAL');
    expect(slack.state.channel('general').members).toContain('U01LOCKSTEP');
    expect(await api.channelId('C01ALERTS')).toBe('C01ALERTS');
    await expect(api.channelId('nowhere')).rejects.toThrow('does not know the channel');
    expect(await api.identity()).toEqual({ teamId: 'T01ACME', botUserId: 'U01LOCKSTEP' });
  });
});
