/** users.* and usergroups.*: who is who. */
import { apiUser } from '../payloads.ts';
import { APP, TEAM } from '../people.ts';
import { type Json, SlackRefusal, type UserGroup } from '../types.ts';
import { needPerson, seconds } from '../workspace.ts';
import type { ApiParts, Methods } from './method.ts';
import { page } from './paging.ts';

export const userMethods = ({ ws }: ApiParts): Methods => ({
  'users.info': {
    tier: 4,
    scope: 'users:read',
    call: (args) => ({ user: apiUser(ws, needPerson(ws, args.user)) }),
  },
  'users.list': {
    tier: 2,
    scope: 'users:read',
    call: (args) => {
      const { items, response_metadata } = page(Object.values(ws.data.people), args);
      return { members: items.map((one) => apiUser(ws, one)), cache_ts: seconds(ws), response_metadata };
    },
  },
  'users.lookupByEmail': {
    tier: 3,
    scope: 'users:read.email',
    call: (args) => {
      const email = String(args.email ?? '').toLowerCase();
      const found = Object.values(ws.data.people).find(
        (p) =>
          email !== '' && p.email.toLowerCase() === email && p.team_id === TEAM.id && !p.is_restricted && !p.deleted,
      );
      if (!found) throw new SlackRefusal('users_not_found');
      return { user: apiUser(ws, found) };
    },
  },
  'usergroups.list': {
    tier: 2,
    scope: 'usergroups:read',
    call: (args) => {
      const withUsers = args.include_users === true || args.include_users === 'true';
      return { usergroups: Object.values(ws.data.user_groups).map((g) => apiGroup(g, withUsers)) };
    },
  },
  'usergroups.users.list': {
    tier: 2,
    scope: 'usergroups:read',
    call: (args) => {
      const group = ws.data.user_groups[String(args.usergroup ?? '')];
      if (!group) throw new SlackRefusal('no_such_subteam');
      return { users: group.users };
    },
  },
});

function apiGroup(g: UserGroup, withUsers: boolean): Json {
  return {
    id: g.id,
    team_id: TEAM.id,
    is_usergroup: true,
    is_subteam: true,
    name: g.name,
    description: '',
    handle: g.handle,
    is_external: false,
    date_create: 1_760_000_000,
    date_update: g.date_update,
    date_delete: 0,
    auto_type: null,
    auto_provision: false,
    created_by: APP.bot_user_id,
    updated_by: APP.bot_user_id,
    deleted_by: null,
    prefs: { channels: [], groups: [] },
    user_count: g.users.length,
    ...(withUsers ? { users: g.users } : {}),
  };
}
