import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { AgentRunRow, Tables } from './tables.ts';

export type AgentRun = Selectable<AgentRunRow>;

/** Records a run before it is launched; the same id twice gives the row that is there. */
export async function insertRun(db: Kysely<Tables>, run: Insertable<AgentRunRow>): Promise<AgentRun> {
  await db
    .insertInto('agent_runs')
    .values(run)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return db.selectFrom('agent_runs').selectAll().where('id', '=', run.id).executeTakeFirstOrThrow();
}

export async function runOf(db: Kysely<Tables>, id: string): Promise<AgentRun | null> {
  const row = await db.selectFrom('agent_runs').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** When the newest run of an item that reached its goal was started; feedback from before that was handled by it. */
export async function lastSuccess(db: Kysely<Tables>, itemId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('agent_runs')
    .select('started_at')
    .where('item_id', '=', itemId)
    .where('state', '=', 'succeeded')
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.started_at ?? null;
}

export async function updateRun(db: Kysely<Tables>, id: string, change: Updateable<AgentRunRow>): Promise<void> {
  await db.updateTable('agent_runs').set(change).where('id', '=', id).execute();
}

/** The run that began a branch: its base is where the branch left the default branch. */
export async function firstRunOnBranch(db: Kysely<Tables>, itemId: string, branch: string): Promise<AgentRun | null> {
  const row = await db
    .selectFrom('agent_runs')
    .selectAll()
    .where('item_id', '=', itemId)
    .where('branch', '=', branch)
    .orderBy('started_at')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
