import { type Kysely, sql } from 'kysely';

/**
 * What App Home needs: what each person looks at, the board by service, one order for every list, and what metrics are
 * counted from. Code of the version before goes on working: everything new has a default or is kept by a trigger.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    // `wanted` counts every change of what somebody's Home shows, `drawn` is how far it was drawn.
    `ALTER TABLE homes
       ADD COLUMN view jsonb NOT NULL DEFAULT '{}',
       ADD COLUMN wanted integer NOT NULL DEFAULT 0,
       ADD COLUMN drawn integer NOT NULL DEFAULT 0`,
    `CREATE INDEX homes_to_draw ON homes (published_at NULLS FIRST, user_id) WHERE wanted <> drawn`,

    // The fact "service" once more, where an index can have it beside the column of the board.
    `ALTER TABLE items ADD COLUMN service text`,
    `CREATE FUNCTION copy_service() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         UPDATE items SET service = NEW.value #>> '{}' WHERE id = NEW.item_id AND service IS DISTINCT FROM NEW.value #>> '{}';
         RETURN NULL;
       END $$`,
    `CREATE TRIGGER facts_copy_service AFTER INSERT OR UPDATE ON facts
       FOR EACH ROW WHEN (NEW.name = 'service') EXECUTE FUNCTION copy_service()`,
    `UPDATE items SET service = f.value #>> '{}' FROM facts f WHERE f.item_id = items.id AND f.name = 'service'`,

    // Each with the id at its end, so that lists of what has waited equally long have one order, and pages one place.
    `CREATE INDEX items_board ON items (column_name, stage_since, id) WHERE status IN ('active','blocked')`,
    `DROP INDEX items_open_by_column`,
    `CREATE INDEX items_board_of_service ON items (service, column_name, stage_since, id)
       WHERE status IN ('active','blocked') AND service IS NOT NULL`,
    `CREATE INDEX items_board_blocked ON items (column_name, stage_since, id) WHERE status = 'blocked'`,
    `DROP INDEX items_blocked`,
    `CREATE INDEX items_of_requester ON items (requester, stage_since DESC, id) WHERE status IN ('active','blocked')`,
    `DROP INDEX items_open_by_requester`,
    `CREATE INDEX waits_in_order ON waits (who, kind, priority, since, item_id)`,
    `DROP INDEX waits_queue`,

    `CREATE INDEX stage_history_marks ON stage_history (mark, at, item_id) WHERE mark IS NOT NULL`,
    `CREATE INDEX stage_history_rollbacks ON stage_history (at) WHERE job = 'rollback' AND type = 'finished'`,

    // History does not say that an item was blocked, nor why. One row for each time; append-only like history.
    `CREATE TABLE blocks (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       item_id bigint NOT NULL REFERENCES items,
       version integer NOT NULL,
       reason text NOT NULL,
       at timestamptz NOT NULL
     )`,
    `CREATE INDEX blocks_by_time ON blocks (at)`,
    `CREATE FUNCTION note_block() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         INSERT INTO blocks (item_id, version, reason, at) VALUES (NEW.id, NEW.version, NEW.reason, NEW.updated_at);
         RETURN NULL;
       END $$`,
    `CREATE TRIGGER items_note_first_block AFTER INSERT ON items FOR EACH ROW
       WHEN (NEW.status = 'blocked') EXECUTE FUNCTION note_block()`,
    // A new visit that is blocked again has met the rule again.
    `CREATE TRIGGER items_note_block AFTER UPDATE ON items FOR EACH ROW
       WHEN (NEW.status = 'blocked' AND (OLD.status <> 'blocked' OR OLD.visit <> NEW.visit)) EXECUTE FUNCTION note_block()`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
