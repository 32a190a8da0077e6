/** The workspace "Acme" as it is when nobody has used it: stable ids, so that tests and bookmarks keep working. */
import type { Person } from './client-api.ts';
import type { StoredChannel, UserGroup } from './types.ts';

export const TEAM = { id: 'T01ACME', name: 'Acme', domain: 'acme' } as const;
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

/** Six people and the app's own bot user. */
export const defaultPeople = (): Person[] => [
  person('U01PRIYA', 'priya', 'Priya Patel', 'Product manager'),
  person('U01EMIL', 'emil', 'Emil Larsen', 'Engineer'),
  person('U01ROSA', 'rosa', 'Rosa Marin', 'Engineer and reviewer'),
  person('U01REMO', 'remo', 'Remo Keller', 'Release manager'),
  person('U01OLGA', 'olga', 'Olga Novak', 'Sales'),
  person('U01GUEST', 'gus', 'Gus Guest', 'Guest', { is_restricted: true }),
  person(APP.bot_user_id, 'lockstep', 'Lockstep', '', { is_bot: true, email: '' }),
];

export type ChannelSeed = Pick<StoredChannel, 'id' | 'name'> & Partial<StoredChannel>;

/** Everyone is in every public channel; a guest only in #general; the bot in #lockstep and #alerts. */
export function defaultChannels(people: readonly Person[]): ChannelSeed[] {
  const full = people.filter((p) => !p.is_bot && !p.is_restricted && !p.is_stranger && !p.deleted).map((p) => p.id);
  const guests = people.filter((p) => p.is_restricted).map((p) => p.id);
  const bot = APP.bot_user_id;
  return [
    { id: 'C01LOCKSTEP', name: 'lockstep', topic: 'From ticket to deploy', members: [...full, bot] },
    { id: 'C01GENERAL', name: 'general', topic: 'Everyone', members: [...full, ...guests] },
    { id: 'C01ALERTS', name: 'alerts', topic: 'Triage: production alerts', members: [...full, bot] },
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
