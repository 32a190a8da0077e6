import { pino } from 'pino';
import { type Advance, type AdvanceDeps, createAdvance } from '../../src/advance.ts';
import { type CreateItem, createCreateItem } from '../../src/commands/create-item.ts';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import type { Actor, Definition, Vocabulary } from '../../src/pipeline/types.ts';
import type { Order } from '../../src/store/commit.ts';
import { VOCABULARY } from '../pipeline/vocabulary.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/** The door on a real database with a pipeline of the test's own; what it would hand to the queue is kept. */
export interface House {
  database: TestDatabase;
  definition: Definition;
  advance: Advance;
  createItem: CreateItem;
  handed: Order[];
  /** The newest order of this job for the item. */
  order(itemId: string, job: string): Order;
  /** A new item, opened by UREQ; answers its id. */
  open(title?: string): Promise<string>;
}

export const PIPELINE = `
name: feature
allow: { cancel: [requester], retry: [requester], rollback: [engineer] }
stages:
  draft: { column: Planning, jobs: [draft-prd], gate: { document_written: { document: prd } } }
  review: { column: For review, gate: { approved_by: { role: product_manager, of: prd } }, reject: draft }
  build: { column: In Development, jobs: [delegate, poll-agent], gate: { pull_request: { state: open } } }
  end: { column: Deployed }
`;

export const person = (id: string, name = id): Actor => ({ id, name, roles: [] });
export const prd = (hash: string) => ({
  name: 'prd',
  value: { hash, revision: 1, authorName: 'x', authorKind: 'offline' },
  source: 'draft-prd',
  subject: hash,
});

export async function openHouse(
  options: { pipeline?: string; vocabulary?: Vocabulary; deps?: Partial<Omit<AdvanceDeps, 'pipelines'>> } = {},
): Promise<House> {
  const { pipeline = PIPELINE, vocabulary = VOCABULARY } = options;
  const database = await testDatabase();
  const definition = parsePipeline(pipeline, 'feature.yml', vocabulary);
  await database.db.insertInto('pipelines').values({ hash: 'h1', name: 'feature', text: pipeline }).execute();
  const members = { product_manager: ['UPM', 'UPM2'], engineer: ['UENG'], reviewer: ['UREV'] };
  for (const [role, users] of Object.entries(members)) {
    const rows = users.map((user_id) => ({ role, user_id, source: 'test', seen_at: new Date() }));
    await database.db.insertInto('role_members').values(rows).execute();
  }
  const handed: Order[] = [];
  const deps = {
    pool: database.pool,
    pipelines: {
      current: () => ({ hash: 'h1', definition }),
      names: () => ['feature'],
      byHash: async () => definition,
    },
    handOver: (orders: readonly Order[]) => void handed.push(...orders),
    now: () => new Date(),
    log: pino({ level: 'silent' }),
    failpoint: () => {},
    ...options.deps,
  };
  const createItem = createCreateItem({ ...deps, catalog: { services: [] } as never, level: 'ai_led' });
  let opened = 0;
  return {
    database,
    definition,
    advance: createAdvance(deps),
    createItem,
    handed,
    order(itemId, job) {
      const found = handed.findLast((entry) => entry.itemId === itemId && entry.job === job);
      if (!found) throw new Error(`${job} was not ordered for ${itemId}`);
      return found;
    },
    async open(title = 'Show a banner') {
      opened += 1;
      const ticket = { title, description: '', requester: { id: 'UREQ', name: 'Rita' }, channel: 'C1' };
      const created = await createItem(ticket, { id: `slack:open-${opened}`, kind: 'submit' });
      if (created.kind === 'refused') throw new Error(created.reason);
      return created.id;
    },
  };
}
