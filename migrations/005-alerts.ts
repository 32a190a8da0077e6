import { type Kysely, sql } from 'kysely';

/**
 * What monitors report in triage channels: one row for each fingerprint, and which messages said it. `version` counts
 * every change of what the answer in its thread shows, `drawn` is how far it was drawn, `due_at` when it may be next.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `CREATE TABLE alerts (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       fingerprint text NOT NULL UNIQUE,
       app text NOT NULL,
       title text NOT NULL,
       text text NOT NULL DEFAULT '',
       link text NOT NULL DEFAULT '',
       channel text,
       ts text,
       permalink text NOT NULL DEFAULT '',
       first_seen timestamptz NOT NULL,
       last_seen timestamptz NOT NULL,
       count integer NOT NULL DEFAULT 1,
       round integer NOT NULL DEFAULT 1,
       verdict text NOT NULL DEFAULT 'open' CHECK (verdict IN ('open','fix','noise')),
       decided_by text,
       decided_by_name text,
       decided_at timestamptz,
       item_id bigint REFERENCES items,
       item_before bigint REFERENCES items,
       version integer NOT NULL DEFAULT 1,
       drawn integer NOT NULL DEFAULT 0,
       due_at timestamptz NOT NULL,
       drawn_at timestamptz
     )`,
    `CREATE INDEX alerts_to_draw ON alerts (due_at) WHERE drawn < version`,
    `CREATE TABLE alert_messages (
       channel text NOT NULL,
       ts text NOT NULL,
       alert_id bigint NOT NULL REFERENCES alerts,
       PRIMARY KEY (channel, ts)
     )`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
