import { type Kysely, type Selectable, sql } from 'kysely';
import type { PersonRow, Tables } from './tables.ts';

export type Person = Selectable<PersonRow>;

/** The person behind a GitHub login, unless they left or are a guest. Logins differ in case only by accident. */
export async function personByLogin(db: Kysely<Tables>, login: string): Promise<Person | null> {
  const row = await db
    .selectFrom('people')
    .selectAll()
    .where((eb) => eb(eb.fn('lower', ['github_login']), '=', login.toLowerCase()))
    .where('guest', '=', false)
    .where('deleted', '=', false)
    .executeTakeFirst();
  return row ?? null;
}

export interface ReviewerCandidate {
  id: string;
  name: string;
  login: string;
  /** Reviews that wait for this person now. */
  load: number;
}

/** People who hold a role and have a GitHub login, those with the fewest open reviews first. */
export async function reviewersOf(db: Kysely<Tables>, role: string): Promise<ReviewerCandidate[]> {
  const rows = await db
    .selectFrom('role_members')
    .innerJoin('people', 'people.id', 'role_members.user_id')
    .select((eb) => [
      'people.id',
      'people.real_name as name',
      'people.github_login as login',
      eb
        .selectFrom('waits')
        .select((inner) => inner.fn.countAll<string>().as('count'))
        .where('waits.who', '=', sql<string>`'user:' || people.id`)
        .where('waits.kind', '=', 'review')
        .as('load'),
    ])
    .where('role_members.role', '=', role)
    .where('people.github_login', 'is not', null)
    .where('people.guest', '=', false)
    .where('people.deleted', '=', false)
    .execute();
  return rows
    .map((row) => ({ id: row.id, name: row.name, login: row.login!, load: Number(row.load) }))
    .sort((a, b) => a.load - b.load || a.login.localeCompare(b.login));
}
