import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Advance, createAdvance } from '../../src/advance.ts';
import { createCreateItem } from '../../src/commands/create-item.ts';
import { createRevise, type Revise, type ReviseDocument } from '../../src/commands/revise.ts';
import { factsOfRevision } from '../../src/documents/document-facts.ts';
import { EMPTY_PRD } from '../../src/documents/fields.ts';
import { hashFields } from '../../src/documents/render.ts';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import { insertRevision } from '../../src/store/documents.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

const PIPELINE = `
name: feature
allow: { cancel: [requester], retry: [requester] }
stages:
  draft: { column: Planning, gate: { document_written: { document: prd } } }
  review: { column: For review, gate: { approved_by: { role: product_manager, of: prd } }, reject: draft }
  next: { column: Ready to Delegate, gate: { fact_known: { fact: branch } } }
  end: { column: Deployed }
`;
const fields = { ...EMPTY_PRD, problem: 'First words' };

let database: TestDatabase;
let advance: Advance;
let revise: ReviseDocument;
let open: () => Promise<string>;

beforeAll(async () => {
  database = await testDatabase();
  const definition = parsePipeline(PIPELINE, 'feature.yml', { jobs: {}, roles: ['product_manager'] });
  await database.db.insertInto('pipelines').values({ hash: 'h', name: 'feature', text: PIPELINE }).execute();
  await database.db
    .insertInto('role_members')
    .values({ role: 'product_manager', user_id: 'UPM', source: 'test', seen_at: new Date() })
    .execute();
  const pipelines = {
    current: () => ({ hash: 'h', definition }),
    names: () => ['feature'],
    byHash: async () => definition,
  };
  const log = pino({ level: 'silent' });
  const base = { pool: database.pool, pipelines, handOver: () => {}, now: () => new Date(), log, failpoint: () => {} };
  advance = createAdvance(base);
  revise = createRevise({ db: database.db, advance });
  const createItem = createCreateItem({ ...base, catalog: { services: [] } as never, level: 'ai_led' });
  let count = 0;
  open = async () => {
    const requester = { id: 'UREQ', name: 'Req' };
    const made = await createItem(
      { title: `T${++count}`, description: '', requester, channel: 'C' },
      { id: `t${count}`, kind: 'test' },
    );
    if (made.kind !== 'created') throw new Error(made.kind);
    const revision = await insertRevision(database.db, {
      item_id: made.id,
      document: 'prd',
      hash: hashFields('prd', fields),
      fields,
      markdown: '',
      author_id: 'lockstep',
      author_name: 'Lockstep',
      author_kind: 'offline',
      model: null,
      order_key: `effect-${made.id}`,
    });
    await advance(made.id, { type: 'observed', facts: factsOfRevision(revision), note: '' });
    return made.id;
  };
});
afterAll(() => database.drop());

const firstHash = hashFields('prd', fields);
const pm = { id: 'UPM', name: 'Priya', roles: [] };
const edit = (itemId: string, text: string, more: Partial<Revise> = {}): Revise => ({
  itemId,
  document: 'prd',
  fields: { problem: text },
  baseHash: firstHash,
  actor: pm,
  note: 'edited',
  ...more,
});
const request = (id: string) => ({ id, kind: 'view' });
const inForce = async (itemId: string) => {
  const rows = await database.db.selectFrom('facts').selectAll().where('item_id', '=', itemId).execute();
  return Object.fromEntries(rows.map((row) => [row.name, row.value])) as Record<
    string,
    { hash: string; count: number }
  >;
};
const revisions = (itemId: string) =>
  database.db.selectFrom('revisions').selectAll().where('item_id', '=', itemId).orderBy('number').execute();

describe('revise', () => {
  test('an edit is a new revision in force; sections that were not sent stay', async () => {
    const id = await open();
    const criteria = 'Scenario: A\n  When x\n  Then y';
    const done = await revise(
      edit(id, 'Better', { fields: { problem: 'Better', acceptance_criteria: criteria } }),
      request(`a${id}`),
    );
    expect(done).toMatchObject({ kind: 'revised', revision: 2 });
    const facts = await inForce(id);
    expect(facts.prd).toMatchObject({ revision: 2, authorId: 'UPM', authorKind: 'person', summary: 'Better' });
    expect(facts.criteria).toMatchObject({ count: 1, problems: [] });
    expect((await revisions(id)).map((row) => row.number)).toEqual([1, 2]);
  });

  test('an edit of something that changed meanwhile loses nothing: it is answered with what stands there', async () => {
    const id = await open();
    await revise(edit(id, 'Mine first'), request(`b1${id}`));
    const stale = await revise(edit(id, 'Too late'), request(`b2${id}`));
    expect(stale).toMatchObject({
      kind: 'stale',
      current: {
        revision: 2,
        authorName: 'Priya',
        sections: expect.arrayContaining([expect.objectContaining({ id: 'problem', text: 'Mine first' })]),
      },
    });
    const hash = stale.kind === 'stale' ? stale.current.hash : '';
    const second = await revise(edit(id, 'Deliberately over it', { baseHash: hash }), request(`b3${id}`));
    expect(second).toMatchObject({ kind: 'revised', revision: 3 });
  });

  test('ten people at once: one edit counts, nine are told', async () => {
    const id = await open();
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) => revise(edit(id, `Words ${n}`), request(`c${n}-${id}`))),
    );
    expect(all.filter((one) => one.kind === 'revised')).toHaveLength(1);
    expect(all.filter((one) => one.kind === 'stale')).toHaveLength(9);
    expect(await revisions(id)).toHaveLength(2);
  });

  test('the same submit twice is one revision and one row of history', async () => {
    const id = await open();
    const [one, two] = [
      await revise(edit(id, 'Once'), request(`d${id}`)),
      await revise(edit(id, 'Once'), request(`d${id}`)),
    ];
    expect(two).toEqual(one);
    expect(await revisions(id)).toHaveLength(2);
    const history = await database.db
      .selectFrom('stage_history')
      .selectAll()
      .where('item_id', '=', id)
      .where('type', '=', 'revised')
      .execute();
    expect(history).toHaveLength(1);
  });

  test('a crash between the revision and the move is made good by the retry', async () => {
    const id = await open();
    const dies = createRevise({ db: database.db, advance: () => Promise.reject(new Error('killed')) });
    await expect(dies(edit(id, 'Survives'), request(`e${id}`))).rejects.toThrow('killed');
    expect((await inForce(id)).prd?.hash).toBe(firstHash);
    expect(await revise(edit(id, 'Survives'), request(`e${id}`))).toMatchObject({ kind: 'revised', revision: 2 });
    expect((await inForce(id)).prd?.hash).not.toBe(firstHash);
  });

  test('a crash that nobody retries is made good by the next edit, which is told about it', async () => {
    const id = await open();
    const dies = createRevise({ db: database.db, advance: () => Promise.reject(new Error('killed')) });
    await expect(dies(edit(id, 'Left behind'), request(`f1${id}`))).rejects.toThrow('killed');
    const stale = await revise(edit(id, 'Next'), request(`f2${id}`));
    expect(stale).toMatchObject({
      kind: 'stale',
      current: { sections: expect.arrayContaining([expect.objectContaining({ text: 'Left behind' })]) },
    });
    expect((await inForce(id)).prd?.hash).toBe(stale.kind === 'stale' ? stale.current.hash : '');
  });

  test('somebody without a role is refused by the door, and leaves no revision behind', async () => {
    const id = await open();
    const outsider = { id: 'UOUT', name: 'Olga', roles: [] };
    const refused = await revise(edit(id, 'Hostile', { actor: outsider }), request(`g${id}`));
    expect(refused).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('Only the requester or a product manager'),
    });
    expect(await revisions(id)).toHaveLength(1);
    expect(await revise(edit(id, 'Fine'), request(`g2${id}`))).toMatchObject({ kind: 'revised', revision: 2 });
  });

  test.each([
    [
      'criteria that do not parse',
      { acceptance_criteria: 'Scenario: A\n  Then y' },
      'there is no step that begins with "When"',
    ],
    ['an unknown section', { nonsense: 'x' }, 'There is no section "nonsense"'],
    ['no change at all', { problem: 'First words' }, 'Nothing was changed.'],
    ['nothing left', { problem: ' ' }, 'The document would be empty.'],
  ])('%s is refused with a sentence', async (_, texts, reason) => {
    const id = await open();
    const refused = await revise(edit(id, '', { fields: texts }), request(`h${id}`));
    expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
    expect(await revisions(id)).toHaveLength(1);
  });

  test('an edit after the approval takes the item back to the gate, and the approval with it', async () => {
    const id = await open();
    const approved = { type: 'approved', actor: pm, visit: 2, of: 'prd', subject: firstHash } as const;
    expect(await advance(id, approved)).toMatchObject({ kind: 'moved' });
    expect(await revise(edit(id, 'On second thought'), request(`i${id}`))).toMatchObject({ kind: 'revised' });
    const item = await database.db.selectFrom('items').select('stage').where('id', '=', id).executeTakeFirst();
    expect(item?.stage).toBe('review');
  });
});
