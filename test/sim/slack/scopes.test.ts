import { expect, test } from 'vitest';
import { readManifest } from '../../../sim/slack/manifest.ts';
import { manifestMistakes } from '../../../sim/slack/manifest-rules.ts';
import { plain, refusal, workspace } from './harness.ts';

/** What the manifest asks for is what the app may do. */

const manifest = (scopes: string[], bot_events: string[] = []) => ({
  oauth_config: { scopes: { bot: scopes } },
  settings: { event_subscriptions: { bot_events } },
});

const NEEDED: [method: string, args: Record<string, unknown>, scope: string][] = [
  ['chat.postMessage', { channel: 'C01LOCKSTEP', text: 'x' }, 'chat:write'],
  ['chat.postEphemeral', { channel: 'C01LOCKSTEP', user: 'U01EMIL', text: 'x' }, 'chat:write'],
  ['chat.update', { channel: 'C01LOCKSTEP', ts: '1.1', text: 'x' }, 'chat:write'],
  ['chat.delete', { channel: 'C01LOCKSTEP', ts: '1.1' }, 'chat:write'],
  ['chat.startStream', { channel: 'C01LOCKSTEP' }, 'chat:write'],
  ['chat.appendStream', { channel: 'C01LOCKSTEP', ts: '1.1' }, 'chat:write'],
  ['chat.stopStream', { channel: 'C01LOCKSTEP', ts: '1.1' }, 'chat:write'],
  ['conversations.list', {}, 'channels:read'],
  ['conversations.list', { types: 'private_channel' }, 'groups:read'],
  ['conversations.list', { types: 'im' }, 'im:read'],
  ['conversations.info', { channel: 'C01LOCKSTEP' }, 'channels:read'],
  ['conversations.members', { channel: 'C01PRIVATE' }, 'groups:read'],
  ['conversations.history', { channel: 'C01LOCKSTEP' }, 'channels:history'],
  ['conversations.history', { channel: 'C01PRIVATE' }, 'groups:history'],
  ['conversations.replies', { channel: 'D01PRIYA', ts: '1.1' }, 'im:history'],
  ['conversations.open', { users: 'U01PRIYA' }, 'im:write'],
  ['conversations.join', { channel: 'C01LOCKSTEP' }, 'channels:join'],
  ['conversations.create', { name: 'a' }, 'channels:manage'],
  ['conversations.create', { name: 'a', is_private: true }, 'groups:write'],
  ['conversations.invite', { channel: 'C01PRIVATE', users: 'U01EMIL' }, 'groups:write'],
  ['users.info', { user: 'U01EMIL' }, 'users:read'],
  ['users.list', {}, 'users:read'],
  ['users.lookupByEmail', { email: 'emil@acme.example' }, 'users:read.email'],
  ['usergroups.list', {}, 'usergroups:read'],
  ['usergroups.users.list', { usergroup: 'S01PRODUCT' }, 'usergroups:read'],
  ['reactions.add', { channel: 'C01LOCKSTEP', timestamp: '1.1', name: 'eyes' }, 'reactions:write'],
  ['reactions.remove', { channel: 'C01LOCKSTEP', timestamp: '1.1', name: 'eyes' }, 'reactions:write'],
  ['pins.add', { channel: 'C01LOCKSTEP', timestamp: '1.1' }, 'pins:write'],
  ['bookmarks.add', { channel_id: 'C01LOCKSTEP' }, 'bookmarks:write'],
  ['files.getUploadURLExternal', { filename: 'a', length: 1 }, 'files:write'],
  ['files.completeUploadExternal', {}, 'files:write'],
  ['files.info', { file: 'F1' }, 'files:read'],
];

test.each(NEEDED)('%s %o needs %s', async (method, args, scope) => {
  const bot = 'U01LOCKSTEP';
  const channels = [
    { id: 'C01LOCKSTEP', name: 'lockstep', members: ['U01EMIL', bot] },
    { id: 'C01PRIVATE', name: 'private', is_private: true, members: [bot] },
    { id: 'D01PRIYA', name: 'U01PRIYA', is_im: true, is_private: true, members: ['U01PRIYA', bot] },
  ];
  const error = async (scopes: string[]): Promise<unknown> => {
    const { client } = await workspace({ manifest: manifest(scopes), channels });
    return client.apiCall(method, args).then(
      () => 'ok',
      ({ data }) => data,
    );
  };
  const refused = { ok: false, error: 'missing_scope', needed: scope, provided: 'commands' };
  expect(await error(['commands'])).toMatchObject(refused);
  expect(await error(['commands', scope])).not.toMatchObject({ error: 'missing_scope' });
});

test('addresses of people are for apps that may read them', async () => {
  const email = async (scopes: string[]) => {
    const { client } = await workspace({ manifest: manifest(scopes) });
    return (await client.users.info({ user: 'U01EMIL' })).user?.profile?.email;
  };
  expect(await email(['users:read'])).toBeUndefined();
  expect(await email(['users:read', 'users:read.email'])).toBe('emil@acme.example');
});

test('videos and file inputs need a scope of their own', async () => {
  const { client } = await workspace({ manifest: manifest(['chat:write']) });
  const address = 'https://a.b/c';
  const video = { type: 'video', alt_text: 'a', title: plain('t'), thumbnail_url: address, video_url: address };
  const post = client.apiCall('chat.postMessage', { channel: 'C01LOCKSTEP', text: 'x', blocks: [video] });
  expect(await refusal(post)).toMatchObject({
    error: 'invalid_blocks',
    errors: ['needs the scope links.embed:write [json-pointer:/blocks/0]'],
  });
  const input = { type: 'input', label: plain('File'), element: { type: 'file_input', action_id: 'f' } };
  const view = { type: 'modal', title: plain('T'), submit: plain('S'), blocks: [input] };
  expect(await refusal(client.apiCall('views.open', { trigger_id: '1', view }))).toMatchObject({
    error: 'invalid_arguments',
    errors: ['needs the scope files:read [json-pointer:/view/blocks/0/element]'],
  });
});

test('a manifest that Slack would not take is refused at the start', async () => {
  expect(manifestMistakes(readManifest()!)).toEqual([]);
  const mistakes: [object, string][] = [
    [manifest(['commands'], ['app_mention']), 'app_mention needs the scope app_mentions:read'],
    [manifest(['channels:history'], ['message.channels']), ''],
    [
      { features: { shortcuts: Array(11).fill({ callback_id: 'a' }) } },
      'features.shortcuts has 11 entries, of at most 10',
    ],
    [
      { features: { slash_commands: [{ command: `/${'a'.repeat(32)}` }] } },
      'features.slash_commands.*.command has 33 characters, of at most 32',
    ],
    [{ display_information: { long_description: 'Short.' } }, 'long_description has 6 characters, of at least 175'],
  ];
  for (const [given, mistake] of mistakes) {
    expect(manifestMistakes(given as Record<string, unknown>)).toEqual(mistake ? [mistake] : []);
  }
  await expect(workspace({ manifest: manifest(['commands'], ['user_change']) })).rejects.toThrow(
    'Slack would not take the manifest: user_change needs the scope users:read.',
  );
});
