/**
 * The guarded statement, in as many forms as there are things to write: a CTE costs time even when it has nothing to
 * do. Every form is named, so that Postgres parses and plans it once for each connection. `{name}` is a value.
 */
export interface Statement {
  name: string;
  text: string;
  /** Names of the values, in the order of their numbers. */
  keys: readonly string[];
}

/** What a commit may write beside the item and its history row. */
export const PARTS = ['facts', 'gone', 'come', 'orders', 'request', 'effect'] as const;
export type Part = (typeof PARTS)[number];

const HISTORY = `item_id, version, visit, type, from_stage, to_stage, column_name, mark, actor_id, actor_name,
  actor_roles, of, subject, role, job, note, request_id, at, prev_hash, hash, until`;

/** CTEs that write for the row of `moved`, and nothing when it is empty. */
const WRITE: Readonly<Record<Part, string>> = {
  facts: `noted AS (
    INSERT INTO facts (item_id, name, value, source, subject, seen_at)
    SELECT moved.id, f.name, f.value::jsonb, f.source, f.subject, {now}
    FROM moved, unnest({factNames}::text[], {factValues}::text[], {factSources}::text[], {factSubjects}::text[])
      AS f(name, value, source, subject)
    ON CONFLICT (item_id, name) DO UPDATE
      SET value = excluded.value, source = excluded.source, subject = excluded.subject, seen_at = excluded.seen_at)`,
  gone: `unwaited AS (
    DELETE FROM waits w USING moved, unnest({goneWho}::text[], {goneKinds}::text[]) AS g(who, kind)
    WHERE w.item_id = moved.id AND w.who = g.who AND w.kind = g.kind)`,
  come: `waited AS (
    INSERT INTO waits (item_id, who, kind, priority, since)
    SELECT moved.id, w.who, w.kind, {rank}, {now} FROM moved, unnest({comeWho}::text[], {comeKinds}::text[]) AS w(who, kind)
    ON CONFLICT (item_id, who, kind) DO UPDATE SET since = excluded.since, priority = excluded.priority)`,
  orders: `ordered AS (
    INSERT INTO outbox (id, item_id, version, visit, job, params, run_at)
    SELECT e.id, moved.id, {version}, e.visit, e.job, e.params::jsonb, e.run_at
    FROM moved, unnest({effects}::text[], {effectVisits}::int[], {effectJobs}::text[], {effectParams}::text[],
      {effectTimes}::timestamptz[]) AS e(id, visit, job, params, run_at))`,
  request: `inboxed AS (
    INSERT INTO inbox (id, kind, item_id, actor_id, outcome)
    SELECT {requestId}, {requestKind}, moved.id, {actorId}, 'recorded' FROM moved)`,
  effect: `settled AS (
    UPDATE outbox SET done_at = {now}, result = {note} WHERE id = {effect} AND EXISTS (SELECT FROM moved))`,
};

/** An effect that somebody else has closed meanwhile reports nothing. */
const STILL_OPEN = `AND EXISTS (SELECT FROM outbox o WHERE o.id = {effect} AND o.done_at IS NULL)`;

const advanceText = (parts: readonly Part[]): string => `
  WITH moved AS (
    UPDATE items SET version = {version}, stage = {to}, column_name = {column}, status = {status}, reason = {reason},
      updated_at = {now}, stage_since = CASE WHEN visit = {visit} THEN stage_since ELSE {now} END, visit = {visit},
      last_hash = {hash}
    WHERE id = {id} AND version = {read} ${parts.includes('effect') ? STILL_OPEN : ''} RETURNING id
  ), history AS (
    INSERT INTO stage_history (${HISTORY})
    SELECT moved.id, {version}, {during}, {type}, {from}, {to}, {column}, {mark}, {actorId}, {actorName}, {roles}, {of},
      {subject}, {role}, {job}, {note}, {requestId}, {now}, {previousHash}, {hash}, {until} FROM moved
  )${parts.map((part) => `, ${WRITE[part]}`).join('')}
  SELECT id FROM moved`;

const openText = (parts: readonly Part[]): string => `
  WITH moved AS (
    INSERT INTO items (id, key, title, description, kind, priority, level, origin, requester, requester_name,
      pipeline_hash, stage, column_name, visit, version, status, reason, stage_since, last_hash, channel, created_at,
      updated_at)
    VALUES ({id}, {key}, {title}, {description}, {kind}, {priority}, {level}, {origin}, {actorId}, {actorName},
      {pipelineHash}, {to}, {column}, 1, {version}, {status}, {reason}, {now}, {hash}, {channel}, {now}, {now})
    RETURNING id
  ), history AS (
    INSERT INTO stage_history (${HISTORY})
    SELECT moved.id, {version}, 1, 'created', NULL, {to}, {column}, NULL, {actorId}, {actorName}, '{}', NULL, '', NULL,
      NULL, '', {requestId}, {now}, {previousHash}, {hash}, NULL FROM moved
  )${parts.map((part) => `, ${WRITE[part]}`).join('')}
  SELECT id FROM moved`;

/** Types that Postgres could not tell from where a value stands, because it stands in several places. */
const CASTS: Readonly<Record<string, string>> = { now: '::timestamptz', version: '::int', requestId: '::text' };

function number(name: string, named: string): Statement {
  const keys: string[] = [];
  const text = named.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    if (!keys.includes(key)) keys.push(key);
    return `$${keys.indexOf(key) + 1}${CASTS[key] ?? ''}`;
  });
  return { name, text, keys };
}

/** All forms of a statement, by the parts that it has. */
function forms(name: string, text: (parts: readonly Part[]) => string): (has: (part: Part) => boolean) => Statement {
  const all = Array.from({ length: 2 ** PARTS.length }, (_, bits) => {
    const parts = PARTS.filter((_, place) => bits & (1 << place));
    return number([name, ...parts].join('_'), text(parts));
  });
  return (has) => all[PARTS.reduce((bits, part, place) => bits | (has(part) ? 1 << place : 0), 0)]!;
}

export const advanceStatement = forms('advance', advanceText);
export const openStatement = forms('open_item', openText);
