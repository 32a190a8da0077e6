import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenHome } from '../../src/commands/open-home.ts';
import { homeOf, homesToDraw, markDrawn, wantHomes } from '../../src/store/homes.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** Whose Home is to be drawn, and that none is forgotten. */

let database: TestDatabase;
const NOW = new Date('2026-11-20T10:00:00Z');
const seconds = (count: number) => new Date(NOW.getTime() + count * 1000);
const pace = { ms: 1000, metricsMs: 60_000 };
const toDraw = (now = NOW) => homesToDraw(database.db, { now, pace, limit: 10 });

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  await db
    .insertInto('role_members')
    .values({ role: 'engineer', user_id: 'UEMIL', source: 't', seen_at: NOW })
    .execute();
  const open = createOpenHome(db, () => NOW);
  await open('UEMIL');
  await open('UOLGA', { tab: 'board' });
  await open('UREMO', { tab: 'metrics' });
  await open('UPRIYA');
});
afterAll(() => database.drop());

async function draw(userId: string, at = NOW): Promise<void> {
  const { wanted } = (await homeOf(database.db, userId))!;
  await markDrawn(database.db, userId, { wanted, published: { hash: 'h', at } });
}

describe('homes', () => {
  it('that were opened are drawn, and then no more', async () => {
    expect(await toDraw()).toEqual(['UEMIL', 'UOLGA', 'UPRIYA', 'UREMO']);
    for (const user of ['UEMIL', 'UOLGA', 'UPRIYA', 'UREMO']) await draw(user);
    expect(await toDraw(seconds(100))).toEqual([]);
  });

  it('change with what waits on their people and roles; who looks at all items sees every change', async () => {
    await wantHomes(database.db, ['role:engineer', 'user:UNEVER', 'role:nobody'], 'own');
    expect(await toDraw(seconds(100))).toEqual(['UEMIL']);
    await wantHomes(database.db, ['user:UPRIYA'], 'all');
    expect(await toDraw(seconds(100))).toEqual(['UEMIL', 'UOLGA', 'UPRIYA', 'UREMO']);
  });

  it('wait a moment after they were published; metrics for longer', async () => {
    expect(await toDraw(seconds(0.9))).toEqual([]);
    expect(await toDraw(seconds(1))).toEqual(['UEMIL', 'UOLGA', 'UPRIYA']);
    expect(await toDraw(seconds(60))).toHaveLength(4);
  });

  it('that changed while they were drawn are drawn once more', async () => {
    const { wanted } = (await homeOf(database.db, 'UEMIL'))!;
    await wantHomes(database.db, ['user:UEMIL'], 'own');
    await markDrawn(database.db, 'UEMIL', { wanted, published: { hash: 'h', at: NOW } });
    expect(await toDraw(seconds(5))).toContain('UEMIL');
    await draw('UEMIL', seconds(5));
    expect(await toDraw(seconds(50))).not.toContain('UEMIL');
  });

  it('are drawn in the order in which they have waited', async () => {
    await draw('UPRIYA', seconds(1));
    await draw('UOLGA', seconds(2));
    await wantHomes(database.db, ['user:UEMIL', 'user:UPRIYA'], 'all');
    expect(await toDraw(seconds(100))).toEqual(['UREMO', 'UPRIYA', 'UOLGA', 'UEMIL']);
  });

  it('keep what was chosen when they are opened again, and are published whatever they look like', async () => {
    await createOpenHome(database.db, () => NOW)('UOLGA');
    expect(await homeOf(database.db, 'UOLGA')).toMatchObject({ view: { tab: 'board' }, published_hash: null });
  });

  it('count many changes at once without waiting in a circle', async () => {
    const before = (await homeOf(database.db, 'UEMIL'))!.wanted;
    const changes = Array.from({ length: 40 }, (_, index) =>
      wantHomes(database.db, index % 2 ? ['user:UEMIL', 'user:UPRIYA'] : ['user:UPRIYA', 'role:engineer'], 'all'),
    );
    await Promise.all(changes);
    expect((await homeOf(database.db, 'UEMIL'))!.wanted).toBe(before + 40);
  });
});
