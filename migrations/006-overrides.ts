import { type Kysely, sql } from 'kysely';

/** When something in history ends by itself: an override of a rule. The code before writes none and reads none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `ALTER TABLE stage_history ADD COLUMN until timestamptz`,
    // Those that may still hold, for Home: few, because none is longer than a week.
    `CREATE INDEX stage_history_overrides ON stage_history (until) WHERE type = 'overridden'`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
