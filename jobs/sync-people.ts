import type { SlackUser } from '../src/integrations/slack.ts';
import { wantHomes } from '../src/store/homes.ts';
import { type Membership, type Person, storePeople, storeRoles } from '../src/store/people.ts';
import type { UpkeepJob } from './job.ts';

/** Who is who and who holds which role, as Slack says now. Guests, strangers and deleted people never hold one. */
export const syncPeople: UpkeepJob = {
  name: 'sync-people',
  queue: 'upkeep',
  everyMs: 5 * 60_000,
  atStart: true,
  timeoutMs: 2 * 60_000,
  async run(deps) {
    const { teamId } = await deps.slack.identity();
    const [users, groups] = await Promise.all([deps.slack.users(), deps.slack.userGroups()]);
    const people = users.filter((user) => !user.bot).map((user) => toPerson(user, teamId, deps.config.github));
    // An empty list is Slack's trouble, not an empty company: nobody loses a role for it.
    if (people.length === 0) throw new Error('Slack named no people');
    const now = deps.now();
    const roles = resolveRoles(deps.config.roles, people, groups);
    await storePeople(deps.db, people, now);
    const changed = await storeRoles(deps.db, roles.members, now);
    for (const sentence of roles.problems) deps.log.warn({ job: 'sync-people' }, sentence);
    if (changed.added.length + changed.removed.length > 0) {
      deps.log.info({ job: 'sync-people', ...changed }, 'roles changed');
      // Whoever gained or lost a role has another queue now.
      const concerned = [...changed.added, ...changed.removed].map((one) => `user:${one.user_id}`);
      await wantHomes(deps.db, concerned, 'own');
    }
  },
};

function toPerson(user: SlackUser, teamId: string, logins: Readonly<Record<string, string>>): Person {
  return {
    id: user.id,
    name: user.name,
    real_name: user.realName,
    github_login: logins[user.name] ?? null,
    guest: user.guest || (user.teamId !== null && user.teamId !== teamId),
    deleted: user.deleted,
    team_id: user.teamId,
  };
}

/** Roles of lockstep.yml as people. What resolves to nobody is said in a sentence. */
export function resolveRoles(
  roles: Readonly<Record<string, readonly string[]>>,
  people: readonly Pick<Person, 'id' | 'name' | 'guest' | 'deleted'>[],
  groups: readonly { handle: string; users: readonly string[] }[],
): { members: Membership[]; problems: string[] } {
  const able = new Set(people.filter((person) => !person.guest && !person.deleted).map((person) => person.id));
  const members: Membership[] = [];
  const problems: string[] = [];
  for (const [role, entries] of Object.entries(roles)) {
    const before = members.length;
    for (const entry of entries) {
      const group = groups.find((one) => `@${one.handle}` === entry);
      const ids = group ? group.users : [entry];
      if (!group && entry.startsWith('@')) {
        problems.push(`Role ${role} names ${entry}, but Slack has no user group with that handle.`);
        continue;
      }
      const source = group ? entry : 'lockstep.yml';
      members.push(...ids.filter((id) => able.has(id)).map((id) => ({ role, user_id: id, source })));
      for (const id of ids.filter((one) => !able.has(one))) {
        problems.push(
          `Role ${role} does not count ${id} (from ${entry}): a guest, deleted, a bot, or not in this workspace.`,
        );
      }
    }
    if (members.length === before) problems.push(`Nobody holds the role ${role}, so nobody can decide for it.`);
  }
  return { members, problems };
}
