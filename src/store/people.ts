import { type Kysely, sql } from 'kysely';
import type { Reader } from './reader.ts';
import type { Tables } from './tables.ts';

export interface Person {
  id: string;
  /** The handle. */
  name: string;
  real_name: string;
  github_login: string | null;
  /** A guest, or somebody from another workspace: may look, may not decide. */
  guest: boolean;
  deleted: boolean;
  team_id: string | null;
}

const FIELDS = ['id', 'name', 'real_name', 'github_login', 'guest', 'deleted', 'team_id'] as const;

export async function personById(db: Reader, id: string): Promise<Person | null> {
  const row = await db.selectFrom('people').select(FIELDS).where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

export async function rolesOf(db: Reader, userId: string): Promise<string[]> {
  const list = await db.selectFrom('role_members').select('role').where('user_id', '=', userId).execute();
  return list.map((row) => row.role).sort();
}

/** People who hold a role now, by their shown name. */
export async function membersOf(db: Reader, roles: readonly string[]): Promise<{ id: string; name: string }[]> {
  if (roles.length === 0) return [];
  const list = await db
    .selectFrom('role_members')
    .leftJoin('people', 'people.id', 'role_members.user_id')
    .select(['role_members.user_id as id', 'people.real_name as name'])
    .where('role_members.role', 'in', [...roles])
    .orderBy('role_members.user_id')
    .execute();
  return [...new Map(list.map((row) => [row.id, { id: row.id, name: row.name ?? row.id }])).values()];
}

/** The first few people of each role and these people, by id of the person and role (`role:…`, `user:…`). */
export async function namesOf(
  db: Reader,
  who: readonly string[],
  few: number,
): Promise<Map<string, { id: string; name: string }[]>> {
  const query = sql<{ who: string; id: string; name: string }>`(
    SELECT asked.who, found.id, coalesce(p.real_name, found.id) AS name
    FROM unnest(${[...who]}::text[]) AS asked(who) CROSS JOIN LATERAL (
      SELECT substr(asked.who, 6) AS id WHERE asked.who LIKE 'user:%'
      UNION ALL
      (SELECT m.user_id FROM role_members m WHERE m.role = substr(asked.who, 6) AND asked.who LIKE 'role:%'
       ORDER BY m.user_id LIMIT ${few})
    ) found LEFT JOIN people p ON p.id = found.id)`;
  const rows = who.length === 0 ? [] : await db.selectFrom(query.as('named')).selectAll().orderBy('id').execute();
  return Map.groupBy(rows, (row) => row.who);
}

/** Writes what Slack says about everybody. People whom it no longer names are marked as deleted. */
export async function storePeople(db: Kysely<Tables>, people: readonly Person[], now: Date): Promise<void> {
  if (people.length === 0) return;
  const seen = now.toISOString();
  for (let at = 0; at < people.length; at += 500) {
    await db
      .insertInto('people')
      .values(people.slice(at, at + 500).map((person) => ({ ...person, seen_at: seen })))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((set) => ({
          name: set.ref('excluded.name'),
          real_name: set.ref('excluded.real_name'),
          github_login: set.ref('excluded.github_login'),
          guest: set.ref('excluded.guest'),
          deleted: set.ref('excluded.deleted'),
          team_id: set.ref('excluded.team_id'),
          seen_at: set.ref('excluded.seen_at'),
        })),
      )
      .execute();
  }
  await db
    .updateTable('people')
    .set({ deleted: true })
    .where('seen_at', '<', now)
    .where('deleted', '=', false)
    .execute();
}

export interface Membership {
  role: string;
  user_id: string;
  /** Where it comes from: `lockstep.yml` or the user group. */
  source: string;
}

/** Replaces who holds which role, in one statement: nobody is without a role in between. Answers what changed. */
export async function storeRoles(
  db: Kysely<Tables>,
  members: readonly Membership[],
  now: Date,
): Promise<{ added: Membership[]; removed: { role: string; user_id: string }[] }> {
  const given = JSON.stringify(members);
  const result = await sql<{ change: 'added' | 'removed'; role: string; user_id: string; source: string }>`
    WITH given AS (
      SELECT DISTINCT ON (role, user_id) role, user_id, source
      FROM json_to_recordset(${given}::json) AS g(role text, user_id text, source text) ORDER BY role, user_id, source
    ), removed AS (
      DELETE FROM role_members m WHERE NOT EXISTS (
        SELECT 1 FROM given g WHERE g.role = m.role AND g.user_id = m.user_id
      ) RETURNING 'removed' AS change, m.role, m.user_id, m.source
    ), added AS (
      INSERT INTO role_members (role, user_id, source, seen_at) SELECT role, user_id, source, ${now.toISOString()}::timestamptz FROM given
      ON CONFLICT (role, user_id) DO NOTHING RETURNING 'added' AS change, role, user_id, source
    )
    SELECT * FROM removed UNION ALL SELECT * FROM added`.execute(db);
  const of = (change: string) => result.rows.filter((row) => row.change === change);
  return {
    added: of('added').map(({ role, user_id, source }) => ({ role, user_id, source })),
    removed: of('removed').map(({ role, user_id }) => ({ role, user_id })),
  };
}
