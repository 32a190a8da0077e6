import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdvance } from '../../src/advance.ts';
import { createCreateItem } from '../../src/commands/create-item.ts';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import type { Actor, Definition } from '../../src/pipeline/types.ts';
import { CHAIN_START, linkHash } from '../../src/store/chain.ts';
import type { Order } from '../../src/store/commit.ts';
import { loadState } from '../../src/store/state.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

const logged: { msg: string; item?: string; request?: string }[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
const VOCABULARY = {
  jobs: { 'draft-prd': { watch: false, perHead: false, check: () => null } },
  roles: ['product_manager', 'engineer'],
};
const PIPELINE = `
name: feature
allow: { cancel: [requester], retry: [requester] }
stages:
  draft: { column: Planning, jobs: [draft-prd], gate: { document_written: { document: prd } } }
  review: { column: For review, gate: { approved_by: { role: product_manager, of: prd } }, reject: draft }
  end: { column: Deployed }
`;

let database: TestDatabase;
let definition: Definition;
const handed: Order[] = [];

function build() {
  const pipelines = {
    current: () => ({ hash: 'h1', definition }),
    names: () => ['feature'],
    byHash: async () => definition,
  };
  const common = {
    pool: database.pool,
    pipelines,
    handOver: (orders: readonly Order[]) => void handed.push(...orders),
    now: () => new Date(),
    log,
    failpoint: () => {},
  };
  return {
    advance: createAdvance(common),
    createItem: createCreateItem({ ...common, catalog: { services: [] } as never, level: 'ai_led' }),
  };
}

const person = (id: string, name = id): Actor => ({ id, name, roles: [] });
const prd = (hash: string) => ({
  name: 'prd',
  value: { hash, revision: 1, authorName: 'x', authorKind: 'offline' },
  source: 'draft-prd',
  subject: hash,
});

beforeAll(async () => {
  database = await testDatabase();
  definition = parsePipeline(PIPELINE, 'feature.yml', VOCABULARY);
  await database.db.insertInto('pipelines').values({ hash: 'h1', name: 'feature', text: PIPELINE }).execute();
  for (const user_id of ['UPM', 'UPM2']) {
    await database.db
      .insertInto('role_members')
      .values({ role: 'product_manager', user_id, source: 'test', seen_at: new Date() })
      .execute();
  }
});
afterAll(() => database.drop());

async function inReview() {
  const { advance, createItem } = build();
  const created = await createItem(
    { title: 'Show a banner', description: '', requester: { id: 'UREQ', name: 'Req' }, channel: 'C1' },
    { id: `slack:${Math.random()}`, kind: 'view' },
  );
  if (created.kind !== 'created') throw new Error(created.kind);
  const order = handed.find((entry) => entry.itemId === created.id && entry.job === 'draft-prd');
  await advance(
    created.id,
    { type: 'finished', job: 'draft-prd', visit: 1, facts: [prd('p1')], note: '' },
    { effect: order!.id },
  );
  return { advance, id: created.id };
}

describe('advance', () => {
  it('takes an item through its gates, with one history row a step', async () => {
    const { advance, id } = await inReview();
    const result = await advance(
      id,
      { type: 'approved', actor: person('UPM', 'Priya'), visit: 2, of: 'prd', subject: 'p1' },
      { request: { id: 'r1', kind: 'action' } },
    );
    expect(result.kind).toBe('moved');
    const { state } = (await loadState(database.pool, id))!;
    expect(state.item).toMatchObject({ stage: 'end', visit: 3, version: 3, status: 'done' });
    const rows = await database.db
      .selectFrom('stage_history')
      .selectAll()
      .where('item_id', '=', id)
      .orderBy('version')
      .execute();
    expect(rows.map((row) => [row.version, row.type, row.from_stage, row.to_stage])).toEqual([
      [1, 'created', null, 'draft'],
      [2, 'finished', 'draft', 'review'],
      [3, 'approved', 'review', 'end'],
    ]);
    let previous = CHAIN_START;
    for (const row of rows) {
      expect(row.prev_hash).toBe(previous);
      previous = linkHash(previous, {
        item: id,
        version: row.version,
        visit: row.visit,
        type: row.type,
        from: row.from_stage,
        to: row.to_stage,
        column: row.column_name,
        mark: row.mark,
        actor: row.actor_id,
        actorName: row.actor_name,
        roles: row.actor_roles,
        of: row.of,
        subject: row.subject,
        role: row.role,
        job: row.job,
        note: row.note,
        request: row.request_id,
        at: row.at.getTime(),
        until: row.until?.getTime() ?? null,
      });
      expect(row.hash).toBe(previous);
    }
  });

  it('lets one of two people decide and tells the other who was first', async () => {
    const { advance, id } = await inReview();
    const click = (who: string, request: string) =>
      advance(
        id,
        { type: 'approved', actor: person(who, who), visit: 2, of: 'prd', subject: 'p1' },
        { request: { id: request, kind: 'action' } },
      );
    const results = await Promise.all([click('UPM', `${id}a`), click('UPM2', `${id}b`)]);
    expect(results.map((result) => result.kind).sort()).toEqual(['moved', 'refused']);
    const refused = results.find((result) => result.kind === 'refused');
    expect(refused).toMatchObject({ reason: expect.stringMatching(/^UPM2? approved this at \d\d:\d\d UTC\./) });
    const rows = await database.db
      .selectFrom('stage_history')
      .select('id')
      .where('item_id', '=', id)
      .where('type', '=', 'approved')
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('answers the same request once', async () => {
    const { advance, id } = await inReview();
    const click = () =>
      advance(
        id,
        { type: 'approved', actor: person('UPM'), visit: 2, of: 'prd', subject: 'p1' },
        { request: { id: `${id}same`, kind: 'action' } },
      );
    const results = await Promise.all(Array.from({ length: 10 }, click));
    expect(results.filter((result) => result.kind === 'moved')).toHaveLength(1);
    expect(results.filter((result) => result.kind === 'duplicate')).toHaveLength(9);
    const { row } = (await loadState(database.pool, id))!;
    const lines = logged.filter(
      ({ msg, item, request }) => [msg, item, request].join() === ['duplicate', row.key, `${id}same`].join(),
    );
    expect(lines).toHaveLength(9);
  });

  it('refuses an outsider with the reason, on record', async () => {
    const { advance, id } = await inReview();
    const result = await advance(
      id,
      { type: 'approved', actor: person('UOUT', 'Olga'), visit: 2, of: 'prd', subject: 'p1' },
      { request: { id: `${id}out`, kind: 'action' } },
    );
    expect(result).toEqual({
      kind: 'refused',
      reason: 'Only a product manager can do this.',
    });
    const row = await database.db
      .selectFrom('inbox')
      .selectAll()
      .where('id', '=', `${id}out`)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ outcome: 'refused', actor_id: 'UOUT' });
  });

  it('drops the report of a job whose visit is over and closes its effect', async () => {
    const { advance, id } = await inReview();
    const order = handed.findLast((entry) => entry.itemId === id && entry.job === 'notify');
    const result = await advance(
      id,
      { type: 'finished', job: 'draft-prd', visit: 1, facts: [prd('p9')], note: '' },
      { effect: order!.id },
    );
    expect(result.kind).toBe('ignored');
    const row = await database.db
      .selectFrom('outbox')
      .select('done_at')
      .where('id', '=', order!.id)
      .executeTakeFirstOrThrow();
    expect(row.done_at).not.toBeNull();
    expect((await loadState(database.pool, id))!.state.facts.prd?.subject).toBe('p1');
  });

  it('stores what vendors and cuts leave in a text, without what the database does not take', async () => {
    const { advance, id } = await inReview();
    const fact = { name: 'checks', value: { summary: 'half \ud83d, none \u0000.', path: 'C:\\u0000' }, source: 'test' };
    const result = await advance(id, { type: 'observed', facts: [fact], note: 'seen \u0000\udca5.' });
    expect(result.kind).not.toBe('refused');
    const { state } = (await loadState(database.pool, id))!;
    expect(state.facts.checks?.value).toEqual({ summary: 'half \ufffd, none .', path: 'C:\\u0000' });
    expect(state.log.at(-1)?.note).toBe('seen \ufffd.');
  });

  it('never lets history be changed', async () => {
    await expect(database.db.updateTable('stage_history').set({ note: 'x' }).execute()).rejects.toThrow('append-only');
    await expect(database.db.deleteFrom('stage_history').execute()).rejects.toThrow('append-only');
  });
});
