/** What Slack refuses in a manifest: more than fits, and events that the app may not hear. */
import type { Json } from './types.ts';

/** The scope that each subscription needs; the others need none. */
const EVENT_SCOPES: Record<string, string> = {
  app_mention: 'app_mentions:read',
  channel_archive: 'channels:read',
  channel_shared: 'channels:read',
  channel_unarchive: 'channels:read',
  file_shared: 'files:read',
  member_joined_channel: 'channels:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
  subteam_members_changed: 'usergroups:read',
  subteam_updated: 'usergroups:read',
  user_change: 'users:read',
};

/** Paths into the manifest (`*` is every entry of a list) and how many characters or entries each may have. */
const AT_MOST: [path: string, most: number][] = [
  ['display_information.name', 35],
  ['display_information.description', 140],
  ['display_information.long_description', 4000],
  ['features.shortcuts', 10],
  ['features.shortcuts.*.callback_id', 255],
  ['features.slash_commands', 50],
  ['features.slash_commands.*.command', 32],
  ['features.slash_commands.*.description', 2000],
  ['features.slash_commands.*.usage_hint', 1000],
  ['features.unfurl_domains', 5],
  ['settings.event_subscriptions.bot_events', 100],
];
const LONG_DESCRIPTION_AT_LEAST = 175;

/** A sentence for each mistake; none when Slack would take the manifest. */
export function manifestMistakes(manifest: Json): string[] {
  const sentences = AT_MOST.flatMap(([path, most]) =>
    valuesAt(manifest, path.split('.'))
      .filter((value) => size(value) > most)
      .map(
        (value) => `${path} has ${size(value)} ${Array.isArray(value) ? 'entries' : 'characters'}, of at most ${most}`,
      ),
  );
  const [long] = valuesAt(manifest, ['display_information', 'long_description']);
  if (long !== undefined && size(long) < LONG_DESCRIPTION_AT_LEAST) {
    sentences.push(`long_description has ${size(long)} characters, of at least ${LONG_DESCRIPTION_AT_LEAST}`);
  }
  const [scopes] = valuesAt(manifest, ['oauth_config', 'scopes', 'bot']) as [string[] | undefined];
  const [events = []] = valuesAt(manifest, ['settings', 'event_subscriptions', 'bot_events']) as [string[] | undefined];
  for (const event of events) {
    const needed = EVENT_SCOPES[event];
    if (scopes && needed && !scopes.includes(needed)) sentences.push(`${event} needs the scope ${needed}`);
  }
  return sentences;
}

const size = (value: unknown): number => (Array.isArray(value) || typeof value === 'string' ? value.length : 0);

function valuesAt(value: unknown, [key, ...rest]: string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (key === undefined) return [value];
  if (key === '*') return Array.isArray(value) ? value.flatMap((one) => valuesAt(one, rest)) : [];
  return valuesAt((value as Json)[key], rest);
}
