/** The workspace "Acme" as it is when nobody has used it: stable ids, so that tests and bookmarks keep working. */
import type { Person } from './client-api.ts';
import { MONITOR } from './monitor.ts';
import type { StoredChannel, UserGroup } from './types.ts';

export const TEAM = { id: 'T01ACME', name: 'Acme', domain: 'acme' } as const;
/** Another company, which shares a channel with Acme (Slack Connect). */
export const PARTNER = { id: 'T01NORTH', name: 'Northwind', domain: 'northwind' } as const;
export const APP = { app_id: 'A01LOCKSTEP', bot_id: 'B01LOCKSTEP', bot_user_id: 'U01LOCKSTEP' } as const;

const person = (id: string, name: string, real_name: string, title: string, more: Partial<Person> = {}): Person => ({
  id,
  name,
  real_name,
  title,
  email: `${name}@acme.example`,
  is_bot: false,
  team_id: TEAM.id,
  ...more,
});

/** Six people, a guest of one channel, somebody of the partner, the app's own bot user, and a monitor. */
export const defaultPeople = (): Person[] => [
  person('U01PRIYA', 'priya', 'Priya Patel', 'Product manager'),
  person('U01EMIL', 'emil', 'Emil Larsen', 'Engineer'),
  person('U01ROSA', 'rosa', 'Rosa Marin', 'Engineer and reviewer'),
  person('U01REMO', 'remo', 'Remo Keller', 'Release manager'),
  person('U01OLGA', 'olga', 'Olga Novak', 'Sales'),
  person('U01GUEST', 'gus', 'Gus Guest', 'Guest', { is_restricted: true }),
  person('U01SOLO', 'sol', 'Sol Single', 'Guest of one channel', { is_restricted: true, is_ultra_restricted: true }),
  person('U01VERA', 'vera', 'Vera Vendor', 'Partner at Northwind', {
    team_id: PARTNER.id,
    email: 'vera@northwind.example',
  }),
  person(APP.bot_user_id, 'lockstep', 'Lockstep', '', { is_bot: true, email: '' }),
  person(MONITOR.id, MONITOR.name, MONITOR.real_name, '', { is_bot: true, email: '' }),
];

export type ChannelSeed = Pick<StoredChannel, 'id' | 'name'> & Partial<StoredChannel>;

/**
 * Everyone is in every public channel; guests only in #general; people of the partner only in the channel that is
 * shared with it; the bot in #lockstep, #alerts and the shared channel.
 */
export function defaultChannels(people: readonly Person[]): ChannelSeed[] {
  const ids = (which: (p: Person) => boolean): string[] =>
    people.filter((p) => !p.is_bot && !p.is_stranger && !p.deleted && which(p)).map((p) => p.id);
  const full = ids((p) => p.team_id === TEAM.id && !p.is_restricted);
  const guests = ids((p) => p.is_restricted === true);
  const partners = ids((p) => p.team_id === PARTNER.id);
  const bot = APP.bot_user_id;
  return [
    { id: 'C01LOCKSTEP', name: 'lockstep', topic: 'From ticket to deploy', members: [...full, bot] },
    { id: 'C01GENERAL', name: 'general', topic: 'Everyone', members: [...full, ...guests] },
    { id: 'C01ALERTS', name: 'alerts', topic: 'Triage: production alerts', members: [...full, bot] },
    {
      id: 'C01NORTH',
      name: 'acme-northwind',
      topic: 'With our partner Northwind',
      is_ext_shared: true,
      connected_team_ids: [PARTNER.id],
      members: [...full, ...partners, bot],
    },
  ];
}

export const defaultUserGroups = (): UserGroup[] => [
  group('S01PRODUCT', 'product', 'Product', ['U01PRIYA']),
  group('S01ENGINEER', 'engineering', 'Engineering', ['U01EMIL', 'U01ROSA']),
  group('S01REVIEWERS', 'reviewers', 'Reviewers', ['U01ROSA']),
  group('S01RELEASE', 'release-managers', 'Release managers', ['U01REMO']),
  group('S01ADMINS', 'lockstep-admins', 'Lockstep admins', ['U01REMO']),
];

function group(id: string, handle: string, name: string, users: string[]): UserGroup {
  return { id, handle, name, users, date_update: 0 };
}
