import type { Pool } from 'pg';
import { pino } from 'pino';
import { createAdvance } from '../src/advance.ts';
import { createCreateItem } from '../src/commands/create-item.ts';
import { parsePipeline } from '../src/pipeline/definition.ts';
import { orderedId } from '../src/store/ids.ts';
import { closedLoop, type Row, sideBySide } from './measure.ts';
import { openBenchDatabase, openPool, type Server } from './servers.ts';

/**
 * One click through the door — duplicate check, role check, decide, hash, and inbox, history, item, facts, waits and
 * three effects in one commit — beside the plainest thing that could be called a transition: BEGIN, a versioned UPDATE,
 * an INSERT of history, an INSERT of one outbox row, COMMIT, all prepared. To see what the one statement is worth, also
 * beside the same rows read and written one by one.
 */
const STAGES = 400;
const PIPELINE = [
  'name: feature',
  'stages:',
  '  draft: { column: Planning, gate: {} }',
  ...Array.from(
    { length: STAGES },
    (_, n) => `  s${n}: { column: For review, gate: { approved_by: { role: engineer, of: spec } } }`,
  ),
  '  end: { column: Deployed }',
].join('\n');
const ITEMS_A_LANE = 128;

export async function transition(server: Server, options: { quick: boolean }): Promise<Row[]> {
  const database = await openBenchDatabase(server);
  const pool = openPool(database.url, 32);
  try {
    const ours = await openDoor(pool);
    const bare = await openBare(pool, fourStatements);
    const plain = await openBare(pool, sameWrites);
    const rows: Row[] = [];
    for (const concurrency of [1, 8, 32]) {
      const count = options.quick ? 600 : 1000 + concurrency * 125;
      const run = (side: (lane: number) => Promise<unknown>) => () => closedLoop(concurrency, count, side);
      for (const side of [ours, bare, plain]) await run(side)();
      const result = await sideBySide(options.quick ? 5 : 9, { ours: run(ours), bare: run(bare) });
      rows.push({
        bench: 'transition',
        case: `${concurrency} at once`,
        ...result,
        goal: 'p50 ≤ 1.0x',
        met: result.ratio.p50 <= 1,
      });
      const same = await sideBySide(options.quick ? 5 : 7, { ours: run(ours), bare: run(plain) });
      rows.push({
        bench: 'transition',
        case: `${concurrency} at once, beside the same rows one by one`,
        ...same,
        goal: '',
        met: null,
      });
    }
    return rows;
  } finally {
    await pool.end();
    await database.drop();
  }
}

/** Every lane has items of its own, in turn, so that a history is as long as a real one. */
async function openDoor(pool: Pool): Promise<(lane: number) => Promise<void>> {
  const definition = parsePipeline(PIPELINE, 'bench', { jobs: {}, roles: ['engineer'] });
  await pool.query(`INSERT INTO pipelines (hash, name, text) VALUES ('bench', 'feature', $1)`, [PIPELINE]);
  await pool.query(`INSERT INTO role_members VALUES ('engineer', 'UENG', 'bench', now())`);
  const deps = {
    pool,
    pipelines: { current: () => ({ hash: 'bench', definition }), names: () => [], byHash: async () => definition },
    handOver: () => {},
    now: () => new Date(),
    log: pino({ level: 'silent' }),
    failpoint: () => {},
  };
  const advance = createAdvance(deps);
  const createItem = createCreateItem({ ...deps, catalog: { services: [] } as never, level: 'ai_led' });
  const spec = { hash: 's1', revision: 1, authorId: 'x', authorName: 'x', authorKind: 'offline' };
  const open = async () => {
    const ticket = { title: 'Bench', description: '', requester: { id: 'UREQ', name: 'Rita' }, channel: 'C1' };
    const created = await createItem(ticket, null);
    if (created.kind === 'refused') throw new Error(created.reason);
    const facts = [{ name: 'spec', value: spec, source: 'bench', subject: 's1' }];
    await advance(created.id, { type: 'observed', facts, note: '' });
    return { id: created.id, visit: 2 };
  };
  const lanes: { id: string; visit: number }[][] = [];
  for (let lane = 0; lane < 32; lane += 1) lanes.push(await Promise.all(Array.from({ length: ITEMS_A_LANE }, open)));
  let request = 0;
  const actor = { id: 'UENG', name: 'Erin', roles: [] };
  return async (lane) => {
    request += 1;
    const items = lanes[lane]!;
    const item = items.shift()!;
    items.push(item);
    const result = await advance(
      item.id,
      { type: 'approved', actor, visit: item.visit, of: 'spec', subject: 's1' },
      { request: { id: `bench:${request}`, kind: 'click' } },
    );
    if (result.kind !== 'moved') throw new Error(JSON.stringify(result));
    item.visit += 1;
  };
}

const HASH = 'f'.repeat(64);
const UPDATE = `UPDATE items SET version = version + 1, stage = 'review', column_name = 'For review', status = 'active', reason = '',
    visit = visit + 1, stage_since = now(), updated_at = now(), last_hash = $3 WHERE id = $1 AND version = $2`;
const HISTORY = `INSERT INTO stage_history (item_id, version, visit, type, from_stage, to_stage, column_name, actor_id, actor_name,
    actor_roles, note, at, prev_hash, hash)
  VALUES ($1, $2, 1, 'approved', 'review', 'review', 'For review', 'UENG', 'Erin', '{engineer}', '', now(), $3, $3)`;
const OUTBOX = `INSERT INTO outbox (id, item_id, version, visit, job, params, run_at) VALUES ($1, $2, $3, NULL, 'update-card', '{}', now())`;

const READ = `SELECT i.stage, i.version, i.visit, i.status, i.requester FROM items i WHERE i.id = $1`;
const ROLES = `SELECT role FROM role_members WHERE user_id = $1`;
const WAIT = `INSERT INTO waits (item_id, who, kind, priority, since) VALUES ($1, 'role:engineer', 'gate', 2, now())
  ON CONFLICT (item_id, who, kind) DO UPDATE SET since = excluded.since`;
const INBOX = `INSERT INTO inbox (id, kind, item_id, actor_id, outcome) VALUES ($1, 'click', $2, 'UENG', 'recorded')`;

interface Item {
  id: string;
  version: number;
}
type Ask = (name: string, text: string, values?: unknown[]) => Promise<{ rowCount: number | null }>;

/** The comparison that the goal names. */
async function fourStatements(ask: Ask, item: Item): Promise<void> {
  await ask('begin', 'BEGIN');
  await update(ask, item);
  await ask('bare_history', HISTORY, [item.id, item.version, HASH]);
  await ask('bare_outbox', OUTBOX, [orderedId(new Date()), item.id, item.version]);
  await ask('commit', 'COMMIT');
}

/** What one click writes, and the least that has to be read for it, without deciding or hashing anything. */
async function sameWrites(ask: Ask, item: Item): Promise<void> {
  await ask('bare_read', READ, [item.id]);
  await ask('bare_roles', ROLES, ['UENG']);
  await ask('begin', 'BEGIN');
  await update(ask, item);
  await ask('bare_history', HISTORY, [item.id, item.version, HASH]);
  await ask('bare_wait', WAIT, [item.id]);
  await ask('bare_inbox', INBOX, [orderedId(new Date()), item.id]);
  for (let effect = 0; effect < 3; effect += 1)
    await ask('bare_outbox', OUTBOX, [orderedId(new Date()), item.id, item.version]);
  await ask('commit', 'COMMIT');
}

async function update(ask: Ask, item: Item): Promise<void> {
  const moved = await ask('bare_update', UPDATE, [item.id, item.version, HASH]);
  if (moved.rowCount !== 1) throw new Error('conflict');
  item.version += 1;
}

async function openBare(
  pool: Pool,
  step: (ask: Ask, item: Item) => Promise<void>,
): Promise<(lane: number) => Promise<void>> {
  const lanes: Item[][] = [];
  for (let lane = 0; lane < 32; lane += 1) {
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO items (key, title, requester, requester_name, pipeline_hash, stage, column_name, stage_since, last_hash, channel, created_at, updated_at)
       SELECT '${step.name}-${lane}-' || n, 'Bench', 'U', 'U', 'bench', 'review', 'For review', now(), $1, 'C1', now(), now()
       FROM generate_series(1, ${ITEMS_A_LANE}) n RETURNING id`,
      [HASH],
    );
    lanes.push(rows.map(({ id }) => ({ id, version: 1 })));
  }
  return async (lane) => {
    const items = lanes[lane]!;
    const item = items.shift()!;
    items.push(item);
    const client = await pool.connect();
    try {
      await step((name, text, values) => client.query({ name, text, values }), item);
    } finally {
      client.release();
    }
  };
}
