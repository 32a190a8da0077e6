import { afterEach, expect, it } from 'vitest';
import { waitingOf } from '../../jobs/surface/waiting.ts';
import type { Definition } from '../../src/pipeline/types.ts';
import type { StandingRow } from '../../src/store/queue.ts';
import { type House, openHouse, person, prd } from '../core/house.ts';

/** What rows of lists say an item waits for, and whom they offer the decision: told from who is waited for. */

let house: House | undefined;
afterEach(() => house?.database.drop());

const pipeline = (gate: string) => `
name: feature
allow: { cancel: [requester], retry: [requester], answer: [requester, engineer] }
stages:
  draft: { column: Planning, jobs: [draft-prd], gate: { document_written: { document: prd } } }
  review: { column: For review, gate: ${gate}, reject: draft, answer: draft }
  end: { column: Deployed }
`;

/** An item in review, and how a person sees what it waits for. */
async function inReview(gate: string) {
  house = await openHouse({ pipeline: pipeline(gate) });
  const { advance, database, definition } = house;
  const id = await house.open();
  await advance(id, { type: 'finished', job: 'draft-prd', visit: 1, facts: [prd('p1')], note: '' });
  const sees = async (userId: string, ...roles: string[]) => {
    const row = await database.db.selectFrom('items').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const standing = { ...row, since: row.stage_since } as unknown as StandingRow;
    const pipelines = { byHash: async (): Promise<Definition> => definition } as never;
    return (await waitingOf({ db: database.db, pipelines }, [standing], { id: userId, roles })).get(id);
  };
  const approve = async (userId: string) => {
    const { visit } = await database.db
      .selectFrom('items')
      .select('visit')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return advance(id, { type: 'approved', actor: person(userId), visit, of: 'prd', subject: 'p1' });
  };
  return { id, sees, approve };
}

it('offers the decision to those who hold the role, pinned to what is decided', async () => {
  const { sees } = await inReview('{ approved_by: { role: product_manager, of: prd } }');
  const asked = { verb: 'approve', of: 'prd' };
  expect(await sees('UPM', 'product_manager')).toEqual({
    who: 'UPM or UPM2',
    asked,
    others: 0,
    may: true,
    ask: { ...asked, subject: 'p1' },
  });
  expect(await sees('UENG', 'engineer')).toMatchObject({ asked, may: false, ask: null });
});

it('leaves out who may not decide this, and asks the role where many hold it', async () => {
  const { sees } = await inReview('{ approved_by: { role: product_manager, of: prd, not: [requester] } }');
  const { db } = house!.database;
  const member = (user_id: string) => ({ role: 'product_manager', user_id, source: 't', seen_at: new Date() });
  await db.insertInto('role_members').values(member('UREQ')).execute();
  expect(await sees('UREQ', 'product_manager')).toMatchObject({ who: 'UPM or UPM2', may: false, ask: null });
  await db.insertInto('role_members').values(member('UPM3')).execute();
  expect(await sees('UPM3', 'product_manager')).toMatchObject({ who: 'a product manager', may: true });
});

it('of several approvals asks those who have not given theirs, whose Homes are told', async () => {
  const { id, sees, approve } = await inReview('{ approved_by: { role: product_manager, of: prd, count: 2 } }');
  const before = house!.handed.length;
  expect(await approve('UPM')).toMatchObject({ kind: 'waiting' });
  expect(await sees('UPM', 'product_manager')).toMatchObject({ who: 'UPM2', may: false, ask: null });
  expect(await sees('UPM2', 'product_manager')).toMatchObject({ who: 'UPM2', may: true, ask: { subject: 'p1' } });
  expect(house!.handed.slice(before).map((order) => [order.itemId, order.job])).toContainEqual([id, 'update-home']);
});

it('names the first of several decisions, the reader’s own if there is one', async () => {
  const { sees } = await inReview(
    '{ all: [{ approved_by: { role: product_manager, of: prd } }, { approved_by: { role: engineer, of: prd } }] }',
  );
  expect(await sees('UREV', 'reviewer')).toMatchObject({ who: 'UPM or UPM2', others: 1, may: false });
  expect(await sees('UENG', 'engineer')).toMatchObject({ who: 'UENG', others: 1, may: true, ask: { of: 'prd' } });
});

it('leaves the choice to the card where one role is asked for two things', async () => {
  const { id, sees } = await inReview(
    '{ all: [{ approved_by: { role: product_manager, of: prd } }, { approved_by: { role: product_manager, of: spec } }] }',
  );
  const spec = { ...prd('s1'), name: 'spec', subject: 's1' };
  await house!.advance(id, { type: 'observed', facts: [spec], note: '' });
  expect(await sees('UPM', 'product_manager')).toMatchObject({ others: 1, may: true, ask: null });
});

it('asks a question of those who may answer', async () => {
  const { sees } = await inReview('{ fact_known: { fact: service } }');
  expect(await sees('UREQ')).toMatchObject({ who: 'UREQ', asked: 'question', may: true, ask: null });
  expect(await sees('UENG', 'engineer')).toMatchObject({ asked: 'question', may: false });
});

it('waits for nobody while work is under way', async () => {
  const { sees } = await inReview('{ approved_by: { role: engineer, of: spec } }');
  expect(await sees('UENG', 'engineer')).toBeNull();
});
