import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settleEffect } from '../../src/store/effects.ts';
import { checkInvariants } from '../invariants.ts';
import { type House, openHouse, person, prd } from './house.ts';

let house: House;
let id: string;

/** An item that was drafted, sent back, drafted again, approved and is being built, with what it has in the world. */
async function live(): Promise<string> {
  const { advance, database, order } = house;
  const item = await house.open();
  const draft = (visit: number, hash: string) =>
    advance(
      item,
      { type: 'finished', job: 'draft-prd', visit, facts: [prd(hash)], note: '' },
      { effect: order(item, 'draft-prd').id },
    );
  const request = (name: string) => ({ request: { id: `slack:${name}-${item}`, kind: 'click' } });
  const decided = { actor: person('UPM', 'Priya'), of: 'prd' } as const;
  await draft(1, 'p1');
  await advance(
    item,
    { ...decided, type: 'changes_requested', visit: 2, subject: 'p1', note: 'shorter' },
    request('back'),
  );
  await draft(3, 'p2');
  await advance(
    item,
    { ...decided, type: 'approved', actor: person('UOUT'), visit: 4, subject: 'p2' },
    request('outsider'),
  );
  await advance(item, { ...decided, type: 'approved', visit: 4, subject: 'p2' }, request('yes'));
  await advance(item, { type: 'nudged', note: 'push' }, { request: { id: `github:${item}`, kind: 'github:push' } });
  const open = await database.db
    .selectFrom('outbox')
    .select('id')
    .where('item_id', '=', item)
    .where('visit', 'is', null)
    .execute();
  await settleEffect(
    database.pool,
    open.map((row) => row.id),
    'done',
  );
  const order1 = order(item, 'draft-prd').id;
  await database.pool.query(
    `INSERT INTO revisions (item_id, document, number, hash, fields, markdown, author_id, author_name, author_kind, order_key)
     VALUES ($1, 'prd', 1, 'p2', '{}', '', 'lockstep', 'x', 'offline', $2)`,
    [item, order1],
  );
  await database.pool.query(
    `INSERT INTO posts (effect_id, item_id, channel, ts, kind) VALUES ($2, $1, 'C1', '1.2', 'card')`,
    [item, open[0]!.id],
  );
  await database.pool.query(
    `INSERT INTO agent_runs (id, item_id, visit, adapter, branch, base_sha, state) VALUES ('run-' || $1, $1::bigint, 5, 'manual', 'b', 's', 'running')`,
    [item],
  );
  await database.pool.query(
    `INSERT INTO deployments (key, item_id, repo, environment, sha, external_id, state) VALUES ('LS/' || $1, $1::bigint, 'acme/shop', 'staging', 'm1', 'd' || $1, 'success')`,
    [item],
  );
  return item;
}

beforeAll(async () => {
  house = await openHouse();
  id = await live();
  await live();
});
afterAll(() => house.database.drop());

/** Runs `doctor` on the tables as somebody with all rights could, and answers which invariants see it. */
async function broken(doctor: string): Promise<string[]> {
  const client: PoolClient = await house.database.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('ALTER TABLE stage_history DISABLE TRIGGER USER');
    await client.query(doctor.replaceAll('$item', id));
    const found = await checkInvariants(client, { quietSeconds: 10 });
    expect(found.filter((entry) => entry.item !== id && entry.item !== null)).toEqual([]);
    return [
      ...new Set(found.map((entry) => `${entry.invariant} ${entry.detail.replaceAll(/[0-9a-f-]{36}/g, '<id>')}`)),
    ];
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

it('nothing is wrong with items that went through the door', async () => {
  expect(await checkInvariants(house.database.pool, { quietSeconds: 10 })).toEqual([]);
});

const H = 'stage_history WHERE item_id = $item AND version =';
const copy = (version: number, change: string) =>
  `CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM ${H} ${version};
   ALTER TABLE copied DROP COLUMN id; UPDATE copied SET ${change};
   INSERT INTO stage_history (${COLUMNS}) SELECT ${COLUMNS} FROM copied`;
const COLUMNS =
  'item_id, version, visit, type, from_stage, to_stage, column_name, mark, actor_id, actor_name, actor_roles, of, subject, role, job, note, request_id, at, prev_hash, hash';

describe('each invariant sees what breaks it', () => {
  it.each([
    [
      'I1: an inbox row is gone',
      `DELETE FROM inbox WHERE id = 'slack:yes-$item'`,
      'I1 history of request slack:yes-1 without its inbox row',
    ],
    [
      'I1: a refused request changed something',
      `UPDATE inbox SET outcome = 'refused' WHERE id = 'slack:yes-$item'`,
      'I1 request slack:yes-1 was refused and still changed the item',
    ],
    [
      'I1: a click is recorded and did nothing',
      `INSERT INTO inbox (id, kind, item_id, outcome) VALUES ('slack:lost', 'click', $item, 'recorded')`,
      'I1 request slack:lost is recorded without what it did',
    ],
    [
      'I1: one request, two changes',
      `DROP INDEX stage_history_request; UPDATE stage_history SET request_id = 'slack:yes-$item' WHERE item_id = $item AND version = 3`,
      'I1 request slack:yes-1 changed something 2 times',
    ],
    ['I2: a row is gone', `DELETE FROM ${H} 3`, 'I2 versions 1,2,4,5 instead of 1..5'],
    ['I2: the last rows are gone', `DELETE FROM ${H} 5`, 'I2 versions 1,2,3,4 instead of 1..5'],
    [
      'I2: a row leaves a stage that it was not in',
      `UPDATE stage_history SET from_stage = 'end' WHERE item_id = $item AND version = 3`,
      'I2 version 3 leaves end, the one before came to review',
    ],
    [
      'I2: a visit is skipped',
      `UPDATE stage_history SET visit = 9 WHERE item_id = $item AND version = 4`,
      'I2 version 4 is of visit 9 after visit 2',
    ],
    [
      'I2: a stage is left without a new visit',
      `UPDATE stage_history SET visit = 2 WHERE item_id = $item AND version = 4`,
      'I2 version 4 is of visit 2 after visit 2',
    ],
    [
      'I2: the item stands elsewhere',
      `UPDATE items SET stage = 'end' WHERE id = $item`,
      'I2 the item is in end (In Development, visit 5), its history in build (In Development, visit 4)',
    ],
    [
      'I2: history begins in the middle',
      `UPDATE stage_history SET type = 'observed' WHERE item_id = $item AND version = 1`,
      'I2 history does not begin with its creation',
    ],
    [
      'I3: an item whose work is gone',
      `DELETE FROM outbox WHERE item_id = $item AND done_at IS NULL`,
      'I3 active in build: nobody is waited for and nothing is under way',
    ],
    [
      'I3: an item whose work is overdue',
      `UPDATE outbox SET run_at = now() - interval '1 minute' WHERE item_id = $item AND done_at IS NULL`,
      'I3 active in build: nobody is waited for and nothing is under way',
    ],
    [
      'I3: work of another visit does not help',
      `UPDATE outbox SET visit = 4 WHERE item_id = $item AND done_at IS NULL`,
      'I3 active in build: nobody is waited for and nothing is under way',
    ],
    [
      'I3: blocked, and nobody knows why',
      `UPDATE items SET status = 'blocked', reason = '' WHERE id = $item`,
      'I3 blocked in build without a reason',
    ],
    [
      'I3: blocked, and nobody is told',
      `UPDATE items SET status = 'blocked', reason = 'red' WHERE id = $item`,
      'I3 blocked in build without anybody being told',
    ],
    [
      'I3: somebody is waited for in vain',
      `INSERT INTO waits VALUES ($item, 'role:engineer', 'gate', 2, now()); UPDATE items SET status = 'done' WHERE id = $item`,
      'I3 role:engineer is waited for although the item is done',
    ],
    [
      'I4: two cards',
      `INSERT INTO posts (effect_id, item_id, channel, ts, kind) VALUES ('x', $item, 'C1', '1.3', 'card')`,
      'I4 2 cards',
    ],
    [
      'I4: two runs',
      `INSERT INTO agent_runs (id, item_id, visit, adapter, branch, base_sha, state) VALUES ('x', $item, 5, 'manual', 'b', 's', 'running')`,
      'I4 2 runs were started in visit 5',
    ],
    [
      'I4: two rows for one deployment',
      `INSERT INTO deployments (key, item_id, repo, environment, sha, external_id, state) VALUES ('x', $item, 'acme/shop', 'staging', 'm1', 'd$item', 'success')`,
      'I4 2 records of deployment d1',
    ],
    [
      'I4: a revision is missing',
      `UPDATE revisions SET number = 2 WHERE item_id = $item`,
      'I4 prd has the revisions 2',
    ],
    [
      'I4: a message that was never posted',
      `UPDATE posts SET ts = '' WHERE item_id = $item`,
      'I4 effect <id> is done, its message was never posted',
    ],
    [
      'I5: an effect that nothing ordered',
      `INSERT INTO outbox (id, item_id, version, job, run_at) VALUES ('x', $item, 77, 'merge', now())`,
      'I5 effect x (merge) was ordered by version 77, which does not exist',
    ],
    [
      'I5: a report of work that was not ordered',
      `DELETE FROM outbox WHERE item_id = $item AND job = 'draft-prd' AND visit = 3`,
      'I5 version 4 reports draft-prd, which was not ordered in visit 3',
    ],
    [
      'I5: a document that nobody ordered',
      `UPDATE revisions SET order_key = 'x' WHERE item_id = $item`,
      'I5 prd 1 was written for x, which nobody ordered',
    ],
    ['I6: one person twice', copy(5, `version = 6, request_id = NULL`), 'I6 Priya approved prd p2 2 times in visit 4'],
    ['I6: sent back twice', copy(3, `version = 6, request_id = NULL`), 'I6 visit 2 was sent back 2 times'],
    [
      'I6: a role that was not held',
      `UPDATE stage_history SET actor_roles = '{engineer}' WHERE item_id = $item AND version = 5`,
      'I6 Priya decided as product_manager and held {engineer}',
    ],
    [
      'I6: no role at all',
      `UPDATE stage_history SET role = NULL WHERE item_id = $item AND version = 5`,
      'I6 Priya decided as nobody and held {product_manager}',
    ],
    [
      'I6: a decision after the decision',
      copy(5, `version = 6, request_id = NULL, actor_id = 'UPM2'`),
      'I6 version 6 decides in visit 4, which version 5 had ended',
    ],
    [
      'I7: a row is changed',
      `UPDATE stage_history SET note = 'longer' WHERE item_id = $item AND version = 3`,
      'I7 version 3 is not what was written',
    ],
    [
      'I7: somebody else is named',
      `UPDATE stage_history SET actor_name = 'Paul' WHERE item_id = $item AND version = 3`,
      'I7 version 3 is not what was written',
    ],
    [
      'I7: a time is changed',
      `UPDATE stage_history SET at = at - interval '1 second' WHERE item_id = $item AND version = 3`,
      'I7 version 3 is not what was written',
    ],
    [
      'I7: a row follows another',
      `UPDATE stage_history SET prev_hash = hash WHERE item_id = $item AND version = 3`,
      'I7 version 3 does not follow the row before it',
    ],
    [
      'I7: the tail is cut off with everything that points at it',
      `DELETE FROM ${H} 5; UPDATE items SET version = 4, stage = 'review', column_name = 'For review', visit = 4 WHERE id = $item`,
      'I7 the chain does not end with the hash that the item remembers',
    ],
    [
      'I10: an effect is due and is not done',
      `UPDATE outbox SET done_at = NULL, run_at = now() - interval '1 minute', error = 'no route' WHERE item_id = $item AND job = 'notify'`,
      'I10 effect <id> (notify) is due for 60 s: no route',
    ],
  ])('%s', async (_, doctor, expected) => {
    expect(await broken(doctor)).toContain(expected);
  });
});
