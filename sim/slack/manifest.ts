/** What the workspace knows of the app: commands, shortcuts, scopes and event subscriptions, from its manifest. */
import { readFileSync } from 'node:fs';
import { manifestMistakes } from './manifest-rules.ts';
import type { AppDescription, Json } from './types.ts';

const here = new URL('../../slack-manifest.json', import.meta.url);

/** The parsed manifest of this repository, or undefined when there is none. */
export function readManifest(path: string | URL = here): Json | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The Slack manifest cannot be read: ${(error as Error).message}`);
  }
}

/** Fills what the manifest leaves out with the defaults of the product. Throws when Slack would refuse the manifest. */
export function describeApp(manifest: Json | undefined): AppDescription {
  const [mistake] = manifestMistakes(manifest ?? {});
  if (mistake) throw new Error(`Slack would not take the manifest: ${mistake}.`);
  const features = (manifest?.features ?? {}) as Json;
  const commands = features.slash_commands as AppDescription['commands'] | undefined;
  const shortcuts = features.shortcuts as AppDescription['shortcuts'] | undefined;
  const bot = features.bot_user as { display_name?: string } | undefined;
  const scopes = ((manifest?.oauth_config as Json | undefined)?.scopes as { bot?: string[] } | undefined)?.bot;
  const subscriptions = (manifest?.settings as Json | undefined)?.event_subscriptions as
    | { bot_events?: string[] }
    | undefined;
  return {
    name: bot?.display_name ?? 'lockstep',
    commands: (commands ?? DEFAULT_COMMANDS).map((c) => ({
      command: c.command,
      description: c.description ?? '',
      usage_hint: c.usage_hint ?? '',
      should_escape: c.should_escape === true,
    })),
    shortcuts: shortcuts ?? DEFAULT_SHORTCUTS,
    scopes: scopes ?? DEFAULT_SCOPES,
    events: subscriptions?.bot_events ?? DEFAULT_EVENTS,
  };
}

const DEFAULT_COMMANDS: AppDescription['commands'] = [
  {
    command: '/ticket',
    description: 'Create or find a ticket',
    usage_hint: '[title | show ID | mine | help]',
    should_escape: true,
  },
];

const DEFAULT_SHORTCUTS: AppDescription['shortcuts'] = [
  { type: 'message', name: 'Fix this', callback_id: 'fix_this', description: 'Start a fix from this alert' },
  {
    type: 'message',
    name: 'Create ticket',
    callback_id: 'ticket_from_message',
    description: 'Create a ticket from this message',
  },
  { type: 'global', name: 'New ticket', callback_id: 'ticket_new', description: 'Create a ticket' },
];

const DEFAULT_SCOPES = [
  'app_mentions:read',
  'bookmarks:write',
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'groups:write',
  'im:history',
  'im:read',
  'im:write',
  'pins:write',
  'reactions:read',
  'reactions:write',
  'usergroups:read',
  'users:read',
  'users:read.email',
];

const DEFAULT_EVENTS = [
  'app_home_opened',
  'app_mention',
  'channel_archive',
  'channel_shared',
  'channel_unarchive',
  'file_shared',
  'message.channels',
  'message.groups',
  'message.im',
  'reaction_added',
  'reaction_removed',
  'subteam_members_changed',
  'user_change',
  'member_joined_channel',
];
