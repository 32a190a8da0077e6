import { type Kysely, sql } from 'kysely';

/**
 * When the next call of each kind may go to Slack, for all processes together. It says nothing that has to outlive a
 * crash of the database, so nothing of it is logged there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`CREATE UNLOGGED TABLE slack_limits (key text PRIMARY KEY, tat timestamptz NOT NULL) WITH (fillfactor = 50)`)
    .execute(db);
}
