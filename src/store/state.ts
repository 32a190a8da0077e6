import type { Pool, PoolClient } from 'pg';
import type { Actor, EventType, Fact, LogEntry, State, SubjectKind, Wait } from '../pipeline/types.ts';
import type { EffectRow, Twin } from './effects.ts';
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

/** An item as JSON beside its row. `visit`: whose history is wanted beside the present visit's. */
const columns = (visit: string): string => `i.*,
      (SELECT coalesce(json_object_agg(f.name, json_build_array(f.value, f.source, f.subject, f.seen_at)), '{}')
         FROM facts f WHERE f.item_id = i.id) AS facts,
      (SELECT coalesce(json_agg(json_build_array(h.visit, h.type, h.actor_id, h.actor_name, h.actor_roles, h.of, h.subject,
                                                 h.role, h.job, h.note, h.at, h.until) ORDER BY h.version), '[]')
         FROM stage_history h WHERE h.item_id = i.id AND h.visit IN (i.visit, ${visit})) AS log,
      (SELECT coalesce(json_agg(json_build_array(w.who, w.kind) ORDER BY w.who, w.kind), '[]')
         FROM waits w WHERE w.item_id = i.id) AS waits`;

// Named, so that Postgres parses and plans it once for each connection (kysely sends unnamed statements).
const LOAD = {
  name: 'load_state',
  text: `
    SELECT ${columns('$2')},
      (SELECT coalesce(array_agg(r.role), '{}') FROM role_members r WHERE r.user_id = $3) AS roles,
      (SELECT json_build_array(b.outcome, b.reason) FROM inbox b WHERE b.id = $4) AS answered,
      (SELECT o.done_at IS NOT NULL FROM outbox o WHERE o.id = $5) AS effect_done
    FROM items i WHERE i.id = $1`,
};

// One statement sees one instant: every order that it finds was committed with what it finds about the item.
const LOAD_EFFECT = {
  name: 'load_effect',
  text: `
    SELECT ${columns('i.visit')},
      o.id AS effect_id, o.version AS effect_version, o.visit AS effect_visit, o.job AS effect_job, o.params AS effect_params,
      o.turn AS effect_turn, o.attempts AS effect_attempts, o.done_at IS NOT NULL AS effect_done,
      o.created_at AS effect_created_at, o.error AS effect_error, now()::text AS effect_read_at,
      (SELECT json_agg(json_build_object('id', t.id, 'version', t.version, 'params', t.params) ORDER BY t.version, t.created_at)
         FROM outbox t WHERE $2 AND t.item_id = o.item_id AND t.job = o.job AND t.done_at IS NULL) AS twins
    FROM outbox o JOIN items i ON i.id = o.item_id WHERE o.id = $1`,
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
  string | null,
];

interface StateRow extends ItemRow {
  id: never;
  facts: Record<string, [unknown, string, string, string]>;
  log: LogTuple[];
  waits: [string, Wait['kind']][];
}

interface LoadRow extends StateRow {
  roles: string[];
  answered: [string, string] | null;
  effect_done: boolean | null;
}

interface EffectStateRow extends StateRow {
  effect_id: string;
  effect_version: number;
  effect_visit: number | null;
  effect_job: string;
  effect_params: Record<string, unknown>;
  effect_turn: number;
  effect_attempts: number;
  effect_done: boolean;
  effect_created_at: Date;
  effect_error: string | null;
  effect_read_at: string;
  twins: Twin[] | null;
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
  const { roles, answered, effect_done, ...rest } = found;
  return {
    ...toState(rest, visit),
    roles,
    answered: answered ? { outcome: answered[0], reason: answered[1] } : null,
    effectDone: effect_done === true,
  };
}

/** An effect with the item that it is about. `twins`: with every open order of the same job for the same item. */
export interface LoadedEffect {
  effect: EffectRow;
  twins: Twin[];
  loaded: Loaded;
}

/** One round trip: what a worker needs to run an effect. null = no such effect. */
export async function loadEffect(
  pool: Pool,
  effectId: string,
  options: { twins: boolean },
): Promise<LoadedEffect | null> {
  const result = await pool.query<EffectStateRow>(LOAD_EFFECT, [effectId, options.twins]);
  const found = result.rows[0];
  if (!found) return null;
  const {
    effect_id,
    effect_version,
    effect_visit,
    effect_job,
    effect_params,
    effect_turn,
    effect_attempts,
    effect_done,
    effect_created_at,
    effect_error,
    effect_read_at,
    twins,
    ...rest
  } = found;
  const effect: EffectRow = {
    id: effect_id,
    item_id: String(rest.id),
    item_key: rest.key,
    version: effect_version,
    visit: effect_visit,
    job: effect_job,
    params: effect_params,
    turn: effect_turn,
    attempts: effect_attempts,
    done: effect_done,
    created_at: effect_created_at,
    error: effect_error,
    read_at: effect_read_at,
  };
  const loaded: Loaded = { ...toState(rest, rest.visit), roles: [], answered: null, effectDone: effect_done };
  return { effect, twins: twins ?? [], loaded };
}

function toState(found: StateRow, visit: number): Pick<Loaded, 'row' | 'state'> {
  const { facts, log, waits, ...row } = found;
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
  };
}

function toFact([value, source, subject, seenAt]: [unknown, string, string, string]): Fact {
  return { value, source, subject, seenAt: new Date(seenAt) };
}

function toEntry([visit, type, id, name, roles, of, subject, role, job, note, at, until]: LogTuple): {
  visit: number;
  entry: LogEntry;
} {
  const actor: Actor = { id, name, roles };
  return {
    visit,
    entry: {
      type: type as EventType,
      actor,
      of: of as SubjectKind | null,
      subject,
      role,
      job,
      note,
      at: new Date(at),
      ...(until ? { until: new Date(until) } : {}),
    },
  };
}
