import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveRoles } from '../../jobs/sync-people.ts';
import { membersOf, type Person, personById, rolesOf, storePeople, storeRoles } from '../../src/store/people.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const person = (id: string, change: Partial<Person> = {}): Person => ({
  id,
  name: id.toLowerCase(),
  real_name: `Person ${id}`,
  github_login: null,
  guest: false,
  deleted: false,
  team_id: 'T1',
  ...change,
});

describe('who holds a role', () => {
  const people = [person('U1'), person('U2'), person('UGUEST', { guest: true }), person('UGONE', { deleted: true })];
  const groups = [{ handle: 'eng', users: ['U1', 'UGUEST', 'UGONE', 'UBOT'] }];

  it('comes from user groups and from ids, guests and deleted people left out', () => {
    const { members, problems } = resolveRoles({ engineer: ['@eng', 'U2'] }, people, groups);
    expect(members).toEqual([
      { role: 'engineer', user_id: 'U1', source: '@eng' },
      { role: 'engineer', user_id: 'U2', source: 'lockstep.yml' },
    ]);
    expect(problems).toHaveLength(3);
  });

  it('says in a sentence what resolves to nobody', () => {
    const { members, problems } = resolveRoles({ admin: ['@nosuch'], empty: [] }, people, groups);
    expect(members).toEqual([]);
    expect(problems).toEqual([
      'Role admin names @nosuch, but Slack has no user group with that handle.',
      'Nobody holds the role admin, so nobody can decide for it.',
      'Nobody holds the role empty, so nobody can decide for it.',
    ]);
  });
});

describe('people and roles as stored', () => {
  it('follow Slack: changed, gone, back', async () => {
    const { db } = database;
    await storePeople(db, [person('U1'), person('U2')], new Date('2026-11-20T10:00:00Z'));
    await storePeople(
      db,
      [person('U1', { real_name: 'New Name', github_login: 'one' })],
      new Date('2026-11-20T10:05:00Z'),
    );
    expect(await personById(db, 'U1')).toEqual(person('U1', { real_name: 'New Name', github_login: 'one' }));
    expect((await personById(db, 'U2'))?.deleted).toBe(true);
    await storePeople(db, [person('U1'), person('U2')], new Date('2026-11-20T10:10:00Z'));
    expect((await personById(db, 'U2'))?.deleted).toBe(false);
    expect(await personById(db, 'UNKNOWN')).toBeNull();
  });

  it('takes more people than one statement holds', async () => {
    const many = Array.from({ length: 1201 }, (_, index) => person(`UM${index}`));
    await storePeople(database.db, [person('U1'), person('U2'), ...many], new Date('2026-11-20T11:00:00Z'));
    expect((await personById(database.db, 'UM1200'))?.deleted).toBe(false);
  });

  it('roles are replaced as a whole, and the difference is told', async () => {
    const { db } = database;
    const now = new Date();
    const first = [
      { role: 'engineer', user_id: 'U1', source: '@eng' },
      { role: 'engineer', user_id: 'U1', source: 'lockstep.yml' },
      { role: 'reviewer', user_id: 'U1', source: '@rev' },
    ];
    expect((await storeRoles(db, first, now)).added).toHaveLength(2);
    expect(await rolesOf(db, 'U1')).toEqual(['engineer', 'reviewer']);
    const changed = await storeRoles(db, [{ role: 'engineer', user_id: 'U2', source: '@eng' }], now);
    expect(changed.added).toEqual([{ role: 'engineer', user_id: 'U2', source: '@eng' }]);
    expect(changed.removed).toHaveLength(2);
    expect(await rolesOf(db, 'U1')).toEqual([]);
    expect(await membersOf(db, ['engineer', 'reviewer'])).toEqual([{ id: 'U2', name: 'Person U2' }]);
    expect(await membersOf(db, [])).toEqual([]);
  });
});
