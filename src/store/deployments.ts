import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { sql } from 'kysely';
import type { DeploymentRow, Tables } from './tables.ts';

export type DeploymentRecord = Selectable<DeploymentRow>;

/** Records a deployment before GitHub is asked for it; the same key twice gives the row that is there. */
export async function insertDeployment(
  db: Kysely<Tables>,
  deployment: Insertable<DeploymentRow>,
): Promise<DeploymentRecord> {
  await db
    .insertInto('deployments')
    .values(deployment)
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  return db.selectFrom('deployments').selectAll().where('key', '=', deployment.key).executeTakeFirstOrThrow();
}

/**
 * Records a deployment only while no other item is deploying to the same place; answers the keys of those that are. Two
 * who ask at the same moment are let in one after the other.
 */
export async function claimDeployment(
  db: Kysely<Tables>,
  deployment: Insertable<DeploymentRow>,
): Promise<{ row: DeploymentRecord } | { others: string[] }> {
  const { repo, environment } = deployment;
  return db.transaction().execute(async (transaction) => {
    const place = `deploy ${repo} ${environment}`;
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${place}, 0))`.execute(transaction);
    const others = await othersDeploying(transaction, { itemId: String(deployment.item_id), repo, environment });
    return others.length > 0 ? { others } : { row: await insertDeployment(transaction, deployment) };
  });
}

export async function updateDeployment(
  db: Kysely<Tables>,
  key: string,
  change: Updateable<DeploymentRow>,
): Promise<void> {
  await db.updateTable('deployments').set(change).where('key', '=', key).execute();
}

export async function deploymentByKey(db: Kysely<Tables>, key: string): Promise<DeploymentRecord | null> {
  const row = await db.selectFrom('deployments').selectAll().where('key', '=', key).executeTakeFirst();
  return row ?? null;
}

/** The newest deployment of an item to an environment, of one commit if given. */
export async function latestDeployment(
  db: Kysely<Tables>,
  of: { itemId: string; environment: string; sha?: string },
): Promise<DeploymentRecord | null> {
  let query = db
    .selectFrom('deployments')
    .selectAll()
    .where('item_id', '=', of.itemId)
    .where('environment', '=', of.environment);
  if (of.sha) query = query.where('sha', '=', of.sha);
  const row = await query.orderBy('created_at', 'desc').limit(1).executeTakeFirst();
  return row ?? null;
}

/** Keys of other open items whose deployment to this environment of this repository has not ended. */
export async function othersDeploying(
  db: Kysely<Tables>,
  of: { itemId: string; repo: string; environment: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom('deployments')
    .innerJoin('items', 'items.id', 'deployments.item_id')
    .select('items.key')
    .distinct()
    .where('deployments.repo', '=', of.repo)
    .where('deployments.environment', '=', of.environment)
    .where('deployments.item_id', '<>', of.itemId)
    .where('deployments.state', 'in', ['requested', 'in_progress'])
    .where('items.status', 'in', ['active', 'blocked'])
    // One that nobody has heard of for hours holds nobody up.
    .where('deployments.created_at', '>', sql<Date>`now() - interval '6 hours'`)
    .execute();
  return rows.map((row) => row.key);
}
