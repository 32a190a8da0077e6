import type { Pool, PoolClient } from 'pg';
import type { Actor, EventType, Fact, LogEntry, State, SubjectKind, Wait } from '../pipeline/types.ts';
import type { ItemRow } from './tables.ts';

/** What one read tells about an item: everything that `decide` may look at, and what recognises a duplicate. */
export interface Loaded {
  row: ItemRow & { id: string };
  state: State;
  /** Roles that the asked-about person holds at this instant. */
  roles: string[];
  /** What was answered to the same request before, or null. */
  answered: { outcome: string; reason: string } | null;
  /** True when the effect that reports is closed already. */
  effectDone: boolean;
}

export interface LoadOptions {
  /** Visit that the event speaks about, to say who was first when it is over. */
  visit?: number;
  actorId?: string;
  requestId?: string;
  effectId?: string;
}

// Named, so that Postgres parses and plans it once for each connection (kysely sends unnamed statements).
const LOAD = {
  name: 'load_state',
  text: `
    SELECT i.*,
      (SELECT coalesce(json_object_agg(f.name, json_build_array(f.value, f.source, f.subject, f.seen_at)), '{}')
         FROM facts f WHERE f.item_id = i.id) AS facts,
      (SELECT coalesce(json_agg(json_build_array(h.visit, h.type, h.actor_id, h.actor_name, h.actor_roles, h.of, h.subject,
                                                 h.role, h.job, h.note, h.at) ORDER BY h.version), '[]')
         FROM stage_history h WHERE h.item_id = i.id AND h.visit IN (i.visit, $2)) AS log,
      (SELECT coalesce(json_agg(json_build_array(w.who, w.kind) ORDER BY w.who, w.kind), '[]')
         FROM waits w WHERE w.item_id = i.id) AS waits,
      (SELECT coalesce(array_agg(r.role), '{}') FROM role_members r WHERE r.user_id = $3) AS roles,
      (SELECT json_build_array(b.outcome, b.reason) FROM inbox b WHERE b.id = $4) AS answered,
      (SELECT o.done_at IS NOT NULL FROM outbox o WHERE o.id = $5) AS effect_done
    FROM items i WHERE i.id = $1`,
};

type LogTuple = [
  number,
  string,
  string,
  string,
  string[],
  string | null,
  string,
  string | null,
  string | null,
  string,
  string,
];

interface LoadRow extends ItemRow {
  id: never;
  facts: Record<string, [unknown, string, string, string]>;
  log: LogTuple[];
  waits: [string, Wait['kind']][];
  roles: string[];
  answered: [string, string] | null;
  effect_done: boolean | null;
}

/** One round trip: the item with its facts, this visit's history, waits and the actor's roles. null = no such item. */
export async function loadState(
  pool: Pool | PoolClient,
  itemId: string,
  options: LoadOptions = {},
): Promise<Loaded | null> {
  const { visit = -1, actorId = null, requestId = null, effectId = null } = options;
  const result = await pool.query<LoadRow>(LOAD, [itemId, visit, actorId, requestId, effectId]);
  const found = result.rows[0];
  if (!found) return null;
  const { facts, log, waits, roles, answered, effect_done, ...row } = found;
  const entries = log.map(toEntry);
  return {
    row: row as unknown as Loaded['row'],
    state: {
      item: {
        id: String(row.id),
        key: row.key,
        title: row.title,
        priority: row.priority,
        level: row.level,
        requester: row.requester,
        stage: row.stage,
        visit: row.visit,
        version: row.version,
        status: row.status,
      },
      facts: Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, toFact(value)])),
      log: entries.filter((entry) => entry.visit === row.visit).map((entry) => entry.entry),
      past: visit === row.visit ? [] : entries.filter((entry) => entry.visit === visit).map((entry) => entry.entry),
      waits: waits.map(([who, kind]) => ({ who, kind })),
    },
    roles,
    answered: answered ? { outcome: answered[0], reason: answered[1] } : null,
    effectDone: effect_done === true,
  };
}

function toFact([value, source, subject, seenAt]: [unknown, string, string, string]): Fact {
  return { value, source, subject, seenAt: new Date(seenAt) };
}

function toEntry([visit, type, id, name, roles, of, subject, role, job, note, at]: LogTuple): {
  visit: number;
  entry: LogEntry;
} {
  const actor: Actor = { id, name, roles };
  return {
    visit,
    entry: { type: type as EventType, actor, of: of as SubjectKind | null, subject, role, job, note, at: new Date(at) },
  };
}
