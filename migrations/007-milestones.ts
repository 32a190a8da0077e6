import { type Kysely, sql } from 'kysely';

/**
 * Milestones of Linear projects: `offer` is what was read last, `milestone_issues` what a person started of it. An item
 * belongs to one issue, and an issue has one item unless that was cancelled.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `CREATE TABLE milestones (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       origin text NOT NULL UNIQUE,
       name text NOT NULL,
       project text NOT NULL,
       url text NOT NULL,
       offer jsonb NOT NULL,
       offer_hash text NOT NULL,
       read_at timestamptz NOT NULL,
       channel text,
       started_by text,
       started_by_name text,
       started_at timestamptz,
       starts integer NOT NULL DEFAULT 0,
       drawn text NOT NULL DEFAULT '',
       finished_at timestamptz
     )`,
    `CREATE TABLE milestone_issues (
       milestone_id bigint NOT NULL REFERENCES milestones,
       issue_id text NOT NULL,
       identifier text NOT NULL,
       title text NOT NULL,
       description text NOT NULL,
       url text NOT NULL,
       priority text,
       service text,
       place integer NOT NULL,
       blockers jsonb NOT NULL,
       requester text NOT NULL,
       requester_name text NOT NULL,
       request_id text NOT NULL,
       read_at timestamptz NOT NULL,
       item_id bigint REFERENCES items,
       permalink text,
       PRIMARY KEY (milestone_id, issue_id)
     )`,
    `CREATE INDEX milestone_issues_by_item ON milestone_issues (item_id)`,
    `CREATE INDEX milestone_issues_to_make ON milestone_issues (milestone_id, place) WHERE item_id IS NULL`,
    `CREATE INDEX items_by_issue ON items (origin) WHERE origin LIKE 'linear:%'`,
    `CREATE UNIQUE INDEX items_one_for_an_issue ON items (origin) WHERE origin LIKE 'linear:%' AND status <> 'cancelled'`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
