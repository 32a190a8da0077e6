import type { Pool } from 'pg';
import type { Change, Effect, NewFact, Wait } from '../pipeline/types.ts';
import { CHAIN_START, linkHash } from './chain.ts';
import { advanceStatement, openStatement, type Part } from './commit-sql.ts';
import { orderedId } from './ids.ts';
import { json, storable } from './json.ts';

/** An effect as the outbox knows it: what is handed to the queue. */
export interface Order {
  id: string;
  itemId: string | null;
  job: string;
  turn: number;
  runAt: Date;
}

export interface CommitInput {
  itemId: string;
  /** The version that was read; the commit fails when it is another one now. */
  version: number;
  previousHash: string;
  /** Visit during which the event happened. */
  visit: number;
  change: Change;
  waitsBefore: readonly Wait[];
  priority: string | null;
  now: Date;
  request: { id: string; kind: string } | null;
  /** The effect whose job reports; closed in the same commit. */
  effect: string | null;
}

const RANK: Record<string, number> = { P0: 0, P1: 1, P2: 2, P3: 3, P4: 4 };
/** How the queue of a person is sorted; without a priority an item stands between P2 and P3. */
const rank = (priority: string | null): number => (priority === null ? 2 : (RANK[priority] ?? 2));

/**
 * The guarded statement: history, item, facts, waits, effects, inbox and the closed effect, or nothing at all.
 * Answers null when the item was changed since it was read; throws `23505` when the request was recorded before.
 */
export async function commitChange(pool: Pool, input: CommitInput): Promise<Order[] | null> {
  const { change, now, itemId, request, effect } = input;
  const { item, actor } = change;
  const [note, reason] = [storable(change.note), storable(change.reason)];
  const orders = toOrders(change.effects, itemId, now);
  const moved = item.visit !== input.visit;
  const same = (a: Wait, b: Wait) => a.who === b.who && a.kind === b.kind;
  const gone = input.waitsBefore.filter((wait) => !change.waits.some((other) => same(wait, other)));
  const come = moved
    ? change.waits
    : change.waits.filter((wait) => !input.waitsBefore.some((other) => same(wait, other)));
  const hash = linkHash(input.previousHash, {
    item: itemId,
    version: item.version,
    visit: input.visit,
    type: change.type,
    from: change.from,
    to: change.to,
    column: change.column,
    mark: change.mark,
    actor: actor.id,
    actorName: actor.name,
    roles: actor.roles,
    of: change.of,
    subject: change.subject,
    role: change.role,
    job: change.job,
    note,
    request: request?.id ?? null,
    at: now.getTime(),
    until: change.until?.getTime() ?? null,
  });
  const written = { facts: change.facts, gone, come, effects: change.effects, orders, request, effect };
  const done = await run(pool, advanceStatement, written, {
    now,
    id: itemId,
    read: input.version,
    version: item.version,
    during: input.visit,
    visit: item.visit,
    type: change.type,
    from: change.from,
    to: change.to,
    column: change.column,
    mark: change.mark,
    status: item.status,
    reason,
    actorId: actor.id,
    actorName: actor.name,
    roles: actor.roles,
    of: change.of,
    subject: change.subject,
    role: change.role,
    job: change.job,
    note,
    until: change.until,
    rank: rank(input.priority),
    previousHash: input.previousHash,
    hash,
  });
  return done ? orders : null;
}

interface Written {
  facts: readonly NewFact[];
  gone: readonly Wait[];
  come: readonly Wait[];
  effects: readonly Effect[];
  orders: readonly Order[];
  request: { id: string; kind: string } | null;
  effect: string | null;
}

/** Runs the form of the statement that writes just this. False = the guard did not hold. */
async function run(
  pool: Pool,
  statement: typeof advanceStatement,
  written: Written,
  values: Record<string, unknown>,
): Promise<boolean> {
  const { facts, gone, come, effects, orders, request, effect } = written;
  const has: Record<Part, boolean> = {
    facts: facts.length > 0,
    gone: gone.length > 0,
    come: come.length > 0,
    orders: orders.length > 0,
    request: request !== null,
    effect: effect !== null,
  };
  const all: Record<string, unknown> = {
    ...values,
    requestId: request?.id ?? null,
    requestKind: request?.kind ?? null,
    effect,
    ...(has.facts && {
      factNames: facts.map((fact) => fact.name),
      factValues: facts.map((fact) => json(fact.value)),
      factSources: facts.map((fact) => fact.source),
      factSubjects: facts.map((fact) => fact.subject ?? ''),
    }),
    ...(has.gone && { goneWho: gone.map((wait) => wait.who), goneKinds: gone.map((wait) => wait.kind) }),
    ...(has.come && { comeWho: come.map((wait) => wait.who), comeKinds: come.map((wait) => wait.kind) }),
    ...(has.orders && {
      effects: orders.map((order) => order.id),
      effectVisits: effects.map((one) => one.visit),
      effectJobs: effects.map((one) => one.job),
      effectParams: effects.map((one) => json(one.params)),
      effectTimes: orders.map((order) => order.runAt),
    }),
  };
  const { name, text, keys } = statement((part) => has[part]);
  const result = await pool.query({ name, text, values: keys.map((key) => all[key]) });
  return result.rowCount === 1;
}

export interface NewItem {
  title: string;
  description: string;
  kind: string;
  priority: string | null;
  level: string;
  origin: string;
  requester: { id: string; name: string };
  pipelineHash: string;
  channel: string;
  /** Where it starts and what that orders. */
  stage: string;
  column: string;
  status: string;
  reason: string;
  facts: readonly NewFact[];
  waits: readonly Wait[];
  effects: readonly Effect[];
}

/** Writes a new item with its first history row, facts, waits, effects and inbox row in one statement. */
export async function commitNewItem(
  pool: Pool,
  given: NewItem,
  how: { now: Date; request: { id: string; kind: string } | null },
): Promise<{ id: string; key: string; orders: Order[] }> {
  const next = await pool.query<{ id: string }>({ name: 'next_item', text: `SELECT nextval('item_ids') AS id` });
  const id = next.rows[0]!.id;
  const key = `LS-${id}`;
  const orders = toOrders(given.effects, id, how.now);
  const requestId = how.request?.id ?? null;
  const hash = linkHash(CHAIN_START, {
    item: id,
    version: 1,
    visit: 1,
    type: 'created',
    from: null,
    to: given.stage,
    column: given.column,
    mark: null,
    actor: given.requester.id,
    actorName: given.requester.name,
    roles: [],
    of: null,
    subject: '',
    role: null,
    job: null,
    note: '',
    request: requestId,
    at: how.now.getTime(),
    until: null,
  });
  const { facts, waits, effects } = given;
  const written = { facts, gone: [], come: waits, effects, orders, request: how.request, effect: null };
  await run(pool, openStatement, written, {
    now: how.now,
    id,
    key,
    version: 1,
    title: given.title,
    description: given.description,
    kind: given.kind,
    priority: given.priority,
    rank: rank(given.priority),
    level: given.level,
    origin: given.origin,
    actorId: given.requester.id,
    actorName: given.requester.name,
    pipelineHash: given.pipelineHash,
    to: given.stage,
    column: given.column,
    status: given.status,
    reason: given.reason,
    channel: given.channel,
    previousHash: CHAIN_START,
    hash,
  });
  return { id, key, orders: orders };
}

function toOrders(effects: readonly Effect[], itemId: string, now: Date): Order[] {
  return effects.map((effect) => ({
    id: orderedId(now),
    itemId,
    job: effect.job,
    turn: 0,
    runAt: new Date(now.getTime() + (effect.delayMs ?? 0)),
  }));
}
