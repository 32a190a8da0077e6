import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { createAdvance } from '../src/advance.ts';
import { createCreateItem } from '../src/commands/create-item.ts';
import { openPipelines } from '../src/store/pipelines.ts';
import type { Tables } from '../src/store/tables.ts';
import { approveBody } from './ack-requests.ts';

const STAGES = 60;
/** So many that no two clicks about one item are under way at once. */
const ITEMS = 1000;

/** A road of nothing but approvals, so that every click decides something. */
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

/** A folder of configuration with that road. */
export async function writeApprovalRoad(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-config-'));
  await cp(resolve(import.meta.dirname, '../config'), folder, { recursive: true });
  await writeFile(join(folder, 'pipelines/feature.yml'), PIPELINE);
  return folder;
}

/** Opens items in their first approval. Answers what makes clicks, about one item after the other. */
export async function openItems(pool: Pool, config: string): Promise<(count: number) => Promise<string[]>> {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const pipelines = await openPipelines(db, join(config, 'pipelines'), { jobs: {}, roles: ['engineer'] });
  await pool.query(`INSERT INTO role_members VALUES ('engineer', 'UENG', 'bench', now())`);
  const log = pino({ level: 'silent' });
  const deps = { pool, pipelines, handOver: () => {}, now: () => new Date(), log, failpoint: () => {} };
  const advance = createAdvance(deps);
  const createItem = createCreateItem({ ...deps, catalog: { services: [] } as never, level: 'ai_led' });
  const spec = { hash: 's1', revision: 1, authorId: 'x', authorName: 'x', authorKind: 'offline' };
  const open = async () => {
    const ticket = { title: 'Bench', description: '', requester: { id: 'UREQ', name: 'Rita' }, channel: 'C1' };
    const created = await createItem(ticket, null);
    if (created.kind === 'refused') throw new Error(created.reason);
    const facts = [{ name: 'spec', value: spec, source: 'bench', subject: 's1' }];
    await advance(created.id, { type: 'observed', facts, note: '' });
  };
  for (let n = 0; n < ITEMS; n += 4) await Promise.all([open(), open(), open(), open()]);
  // What opening them has ordered is not what is measured.
  await pool.query('UPDATE outbox SET done_at = now()');
  let turn = 0;
  return async (count) => {
    const { rows } = await pool.query<{ item: string; visit: number }>(
      'SELECT id AS item, visit FROM items ORDER BY id',
    );
    return Array.from({ length: count }, () => {
      const target = rows[turn % ITEMS]!;
      turn += 1;
      const body = approveBody({ ...target, of: 'spec', subject: 's1', verb: 'approve' }, 'UENG');
      target.visit += 1;
      return body;
    });
  };
}
