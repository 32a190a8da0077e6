import { type Kysely, sql } from 'kysely';

/** Items, their history, and everything that hangs on them. Raw SQL, so that it reads as the schema it makes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `CREATE SEQUENCE item_ids`,

    `CREATE TABLE pipelines (
       hash text PRIMARY KEY,
       name text NOT NULL,
       text text NOT NULL,
       stored_at timestamptz NOT NULL DEFAULT now()
     )`,

    `CREATE TABLE items (
       id bigint PRIMARY KEY DEFAULT nextval('item_ids'),
       key text NOT NULL UNIQUE,
       title text NOT NULL,
       description text NOT NULL DEFAULT '',
       kind text NOT NULL DEFAULT 'feature',
       priority text,
       level text NOT NULL DEFAULT 'ai_led',
       origin text NOT NULL DEFAULT 'slack',
       requester text NOT NULL,
       requester_name text NOT NULL,
       pipeline_hash text NOT NULL REFERENCES pipelines,
       stage text NOT NULL,
       column_name text NOT NULL,
       visit integer NOT NULL DEFAULT 1,
       version integer NOT NULL DEFAULT 1,
       status text NOT NULL DEFAULT 'active' CHECK (status IN ('active','blocked','cancelled','done')),
       reason text NOT NULL DEFAULT '',
       stage_since timestamptz NOT NULL,
       last_hash text NOT NULL,
       channel text NOT NULL,
       thread_ts text,
       created_at timestamptz NOT NULL,
       updated_at timestamptz NOT NULL
     )`,
    `CREATE INDEX items_open_by_column ON items (column_name, stage_since) WHERE status IN ('active','blocked')`,
    `CREATE INDEX items_open_by_requester ON items (requester, stage_since DESC) WHERE status IN ('active','blocked')`,
    `CREATE INDEX items_blocked ON items (stage_since DESC) WHERE status = 'blocked'`,
    `CREATE INDEX items_by_thread ON items (channel, thread_ts)`,
    `CREATE INDEX items_words ON items USING gin (to_tsvector('simple', title || ' ' || description))`,

    // Append-only. `version` counts 1..n for each item; `hash` covers the row and the hash before it.
    `CREATE TABLE stage_history (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       item_id bigint NOT NULL REFERENCES items,
       version integer NOT NULL,
       visit integer NOT NULL,
       type text NOT NULL,
       from_stage text,
       to_stage text NOT NULL,
       column_name text NOT NULL,
       mark text,
       actor_id text NOT NULL,
       actor_name text NOT NULL,
       actor_roles text[] NOT NULL,
       of text,
       subject text NOT NULL DEFAULT '',
       role text,
       job text,
       note text NOT NULL DEFAULT '',
       request_id text,
       at timestamptz NOT NULL,
       prev_hash text NOT NULL,
       hash text NOT NULL,
       UNIQUE (item_id, version)
     )`,
    `CREATE UNIQUE INDEX stage_history_request ON stage_history (request_id) WHERE request_id IS NOT NULL`,
    `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'stage_history is append-only'; END $$`,
    `CREATE TRIGGER stage_history_append_only BEFORE UPDATE OR DELETE ON stage_history
       FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
    `CREATE TRIGGER stage_history_no_truncate BEFORE TRUNCATE ON stage_history
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,

    `CREATE TABLE facts (
       item_id bigint NOT NULL REFERENCES items,
       name text NOT NULL,
       value jsonb NOT NULL,
       source text NOT NULL,
       subject text NOT NULL DEFAULT '',
       seen_at timestamptz NOT NULL,
       PRIMARY KEY (item_id, name)
     )`,
    `CREATE INDEX facts_by_value ON facts (name, (value #>> '{}')) WHERE name IN ('branch','service','pr_number')`,

    // Who is waited for: the queue of App Home. One row for each role or person.
    `CREATE TABLE waits (
       item_id bigint NOT NULL REFERENCES items,
       who text NOT NULL,
       kind text NOT NULL,
       priority smallint NOT NULL,
       since timestamptz NOT NULL,
       PRIMARY KEY (item_id, who, kind)
     )`,
    `CREATE INDEX waits_queue ON waits (who, kind, priority, since) INCLUDE (item_id)`,

    // What came in: one row for each accepted click, command, submit and webhook, refused ones with their reason.
    `CREATE TABLE inbox (
       id text PRIMARY KEY,
       kind text NOT NULL,
       item_id bigint REFERENCES items,
       actor_id text,
       outcome text NOT NULL,
       reason text NOT NULL DEFAULT '',
       payload jsonb,
       received_at timestamptz NOT NULL DEFAULT now()
     )`,
    `CREATE INDEX inbox_by_item ON inbox (item_id, received_at)`,

    // What is to be done outside the database: open until done, whatever the queue believes.
    `CREATE TABLE outbox (
       id text PRIMARY KEY,
       item_id bigint REFERENCES items,
       version integer NOT NULL,
       visit integer,
       job text NOT NULL,
       params jsonb NOT NULL DEFAULT '{}',
       request_id text,
       run_at timestamptz NOT NULL,
       turn integer NOT NULL DEFAULT 0,
       sent_at timestamptz,
       attempts integer NOT NULL DEFAULT 0,
       error text,
       result text,
       done_at timestamptz,
       created_at timestamptz NOT NULL DEFAULT now()
     )`,
    `CREATE INDEX outbox_open ON outbox (run_at) WHERE done_at IS NULL`,
    `CREATE INDEX outbox_by_item ON outbox (item_id, job)`,

    `CREATE TABLE revisions (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       item_id bigint NOT NULL REFERENCES items,
       document text NOT NULL,
       number integer NOT NULL,
       hash text NOT NULL,
       fields jsonb NOT NULL,
       markdown text NOT NULL,
       author_id text NOT NULL,
       author_name text NOT NULL,
       author_kind text NOT NULL CHECK (author_kind IN ('person','model','offline')),
       model text,
       input_tokens integer NOT NULL DEFAULT 0,
       cached_tokens integer NOT NULL DEFAULT 0,
       output_tokens integer NOT NULL DEFAULT 0,
       usd numeric(12,6) NOT NULL DEFAULT 0,
       order_key text UNIQUE,
       created_at timestamptz NOT NULL DEFAULT now(),
       UNIQUE (item_id, document, number)
     )`,

    `CREATE TABLE agent_runs (
       id text PRIMARY KEY,
       item_id bigint NOT NULL REFERENCES items,
       visit integer NOT NULL,
       adapter text NOT NULL,
       external_id text,
       url text,
       branch text NOT NULL,
       base_sha text NOT NULL,
       state text NOT NULL,
       step text NOT NULL DEFAULT '',
       summary text NOT NULL DEFAULT '',
       question text NOT NULL DEFAULT '',
       error text NOT NULL DEFAULT '',
       evidence jsonb NOT NULL DEFAULT '{}',
       usd numeric(12,6) NOT NULL DEFAULT 0,
       tokens_in integer NOT NULL DEFAULT 0,
       tokens_out integer NOT NULL DEFAULT 0,
       started_at timestamptz NOT NULL DEFAULT now(),
       ended_at timestamptz
     )`,
    `CREATE INDEX agent_runs_by_item ON agent_runs (item_id, started_at)`,

    `CREATE TABLE deployments (
       key text PRIMARY KEY,
       item_id bigint NOT NULL REFERENCES items,
       repo text NOT NULL,
       environment text NOT NULL,
       sha text NOT NULL,
       previous_sha text,
       external_id text,
       state text NOT NULL,
       url text,
       log_url text,
       rollback_of text,
       created_at timestamptz NOT NULL DEFAULT now(),
       ended_at timestamptz
     )`,
    `CREATE INDEX deployments_by_environment ON deployments (repo, environment, created_at DESC)`,
    `CREATE INDEX deployments_by_item ON deployments (item_id)`,

    // What was posted for which effect, so that a repeated job edits or adopts and never posts twice.
    `CREATE TABLE posts (
       effect_id text PRIMARY KEY,
       item_id bigint REFERENCES items,
       channel text NOT NULL,
       ts text NOT NULL,
       kind text NOT NULL,
       subject text NOT NULL DEFAULT '',
       posted_at timestamptz NOT NULL DEFAULT now()
     )`,
    `CREATE INDEX posts_by_item ON posts (item_id, kind)`,

    `CREATE TABLE people (
       id text PRIMARY KEY,
       name text NOT NULL,
       real_name text NOT NULL,
       github_login text,
       guest boolean NOT NULL DEFAULT false,
       deleted boolean NOT NULL DEFAULT false,
       team_id text,
       seen_at timestamptz NOT NULL
     )`,
    `CREATE TABLE role_members (
       role text NOT NULL,
       user_id text NOT NULL,
       source text NOT NULL,
       seen_at timestamptz NOT NULL,
       PRIMARY KEY (role, user_id)
     )`,
    `CREATE INDEX role_members_by_user ON role_members (user_id)`,

    `CREATE TABLE homes (
       user_id text PRIMARY KEY,
       opened_at timestamptz NOT NULL,
       published_hash text,
       published_at timestamptz
     )`,

    `CREATE TABLE incidents (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       service text NOT NULL,
       title text NOT NULL,
       url text NOT NULL DEFAULT '',
       opened_by text NOT NULL,
       opened_at timestamptz NOT NULL DEFAULT now(),
       resolved_at timestamptz
     )`,
    `CREATE INDEX incidents_active ON incidents (service) WHERE resolved_at IS NULL`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
