import { sql } from 'kysely';
import type { ReadonlyKysely } from 'kysely/readonly';
import type { Tables } from './tables.ts';

export interface MatchedItem {
  id: string;
  key: string;
}

/** What a message about code says about itself; any part may be missing. */
export interface Clues {
  /** `owner/name` */
  repo: string;
  branches: readonly string[];
  numbers: readonly number[];
  /** Keys of items from hidden markers. */
  keys: readonly string[];
  /** Keys of deployments, from the payload that we gave them. */
  deployments: readonly string[];
}

/** The item that a message is about: by our deployment, by branch, by pull request number, then by marker. */
export async function matchItem(db: ReadonlyKysely<Tables>, clues: Clues): Promise<MatchedItem | null> {
  return (
    (await byDeployment(db, clues.deployments)) ??
    (await byFact(db, { name: 'branch', values: clues.branches, repo: clues.repo })) ??
    (await byFact(db, { name: 'pr_number', values: clues.numbers.map(String), repo: clues.repo })) ??
    (await byKey(db, clues))
  );
}

async function byDeployment(db: ReadonlyKysely<Tables>, keys: readonly string[]): Promise<MatchedItem | null> {
  if (keys.length === 0) return null;
  const row = await db
    .selectFrom('deployments')
    .innerJoin('items', 'items.id', 'deployments.item_id')
    .select(['items.id', 'items.key'])
    .where('deployments.key', 'in', keys)
    .executeTakeFirst();
  return row ?? null;
}

interface Looked {
  name: 'branch' | 'pr_number';
  values: readonly string[];
  repo: string;
}

/** The same branch or number in another repository is another thing, so the repository has to agree. */
async function byFact(db: ReadonlyKysely<Tables>, { name, values, repo }: Looked): Promise<MatchedItem | null> {
  if (values.length === 0) return null;
  const row = await db
    .selectFrom('facts')
    .innerJoin('items', 'items.id', 'facts.item_id')
    .innerJoin('facts as repos', 'repos.item_id', 'items.id')
    .select(['items.id', 'items.key'])
    .where('facts.name', '=', name)
    .where(sql<string>`facts.value #>> '{}'`, 'in', values)
    .where('repos.name', '=', 'repo')
    .where(sql<string>`lower(repos.value #>> '{}')`, '=', repo.toLowerCase())
    .orderBy(sql`items.status IN ('active', 'blocked')`, 'desc')
    .orderBy('items.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Anybody can write a marker into a pull request, so the item must be of that repository. */
async function byKey(db: ReadonlyKysely<Tables>, { keys, repo }: Clues): Promise<MatchedItem | null> {
  if (keys.length === 0) return null;
  const row = await db
    .selectFrom('items')
    .innerJoin('facts as repos', 'repos.item_id', 'items.id')
    .select(['items.id', 'items.key'])
    .where('items.key', 'in', keys)
    .where('repos.name', '=', 'repo')
    .where(sql<string>`lower(repos.value #>> '{}')`, '=', repo.toLowerCase())
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
