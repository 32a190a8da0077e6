import { type Kysely, sql } from 'kysely';

/** Who declared an incident and who ended it, by the names that they had then. The code before writes neither. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `ALTER TABLE incidents
         ADD COLUMN opened_by_name text NOT NULL DEFAULT '',
         ADD COLUMN resolved_by text,
         ADD COLUMN resolved_by_name text`,
    )
    .execute(db);
}
