import type { Pool } from 'pg';

/**
 * A company of eleven people a role and a million items, a fifth of them open. Three roles hold most of what waits, and
 * everybody in CROWDED has all three; fifty small roles and five thousand requesters hold the rest.
 */
export const CROWDED = Array.from({ length: 20 }, (_, n) => `UC${n}`);
export const TYPICAL = Array.from({ length: 400 }, (_, n) => `UT${n + 1}`);
export const CROWDED_ROLES = ['role:engineer', 'role:product_manager', 'role:reviewer'];
export const roleOfTypical = (user: string): string => `role:small_${Number(user.slice(2)) % 50}`;

/** Fills an empty database. Written by the server itself, with foreign keys unchecked, or it would take an hour. */
export async function fillHome(pool: Pool, items: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`SET session_replication_role = replica`);
    await client.query(`SET synchronous_commit = off`);
    for (const statement of statements(items)) await client.query(statement);
    await client.query('RESET ALL');
    // So that no vacuum of the server's own runs into the measurement.
    for (const table of ['items', 'stage_history', 'waits', 'facts', 'role_members']) {
      await client.query(`VACUUM (ANALYZE) ${table}`);
    }
    await client.query('CHECKPOINT');
  } finally {
    client.release();
  }
}

const HASH = `repeat(md5('x'), 2)`;

const statements = (items: number): string[] => [
  `INSERT INTO pipelines (hash, name, text) VALUES ('bench', 'feature', '')`,
  // One in five is open; of those, one in ten was asked for by somebody who has a thousand more.
  `INSERT INTO items (id, key, title, description, priority, requester, requester_name, pipeline_hash, stage, column_name,
     visit, version, status, reason, stage_since, last_hash, channel, created_at, updated_at)
   SELECT n, 'LS-' || n, 'Item ' || n || ' about export ' || n % 977, '', 'P' || n / 7 % 5,
     CASE WHEN n / 5 % 10 = 0 THEN 'UC' || n / 50 % 20 ELSE 'UT' || n % 5000 END, 'Rita', 'bench', 'review', 'For review',
     1 + n % 9, 5, CASE WHEN n % 5 > 0 THEN 'done' WHEN n % 50 = 0 THEN 'blocked' ELSE 'active' END, 'it waits for an engineer',
     ${ago('n')}, ${HASH}, 'C1', ${ago('n')} - interval '9 days', ${ago('n')}
   FROM generate_series(1, ${items}) n`,
  `INSERT INTO stage_history (item_id, version, visit, type, from_stage, to_stage, column_name, actor_id, actor_name, actor_roles,
     note, at, prev_hash, hash)
   SELECT n, v, v, 'approved', 'before', 'review', 'For review', 'UT' || n % 5000, 'Rita', '{engineer}', '',
     ${ago('n')} - interval '1 day' * (5 - v), ${HASH}, ${HASH}
   FROM generate_series(1, ${items}) n, generate_series(1, 5) v`,
  // For the m-th open item.
  `INSERT INTO waits (item_id, who, kind, priority, since)
   SELECT m * 5, CASE WHEN m % 10 < 4 THEN 'role:engineer' WHEN m % 10 < 6 THEN 'role:product_manager'
       WHEN m % 10 < 8 THEN 'role:reviewer' WHEN m % 10 < 9 THEN 'role:small_' || m / 10 % 50 ELSE 'user:UT' || m / 10 % 5000 END,
     CASE WHEN m % 10 IN (6, 7) OR m % 30 = 9 OR m % 12 = 0 THEN 'review' WHEN m % 50 = 9 THEN 'blocked'
       WHEN m % 50 = 19 THEN 'question' ELSE 'gate' END,
     m / 3 % 5, ${ago('m')}
   FROM generate_series(1, ${items / 5}) m`,
  // Some gates ask two roles.
  `INSERT INTO waits (item_id, who, kind, priority, since)
   SELECT item_id, 'role:product_manager', kind, priority, since FROM waits WHERE who = 'role:engineer' AND item_id % 40 = 0`,
  `INSERT INTO facts (item_id, name, value, source, subject, seen_at)
   SELECT w.item_id, f.name, f.value::jsonb, 'github', 'abc', now() FROM (SELECT DISTINCT item_id FROM waits WHERE kind = 'review') w,
     (VALUES ('pr', '{"number": 7, "url": "https://github.test/pull/7", "title": "Export", "headSha": "abc"}'),
        ('checks', '{"conclusion": "success", "runs": []}'),
        ('preview', '{"state": "ready", "url": "https://preview.test", "because": ""}'),
        ('service', '"reports"'), ('spec', '{"hash": "s1", "revision": 1}')) f(name, value)`,
  ...CROWDED_ROLES.map(
    (who) => `INSERT INTO role_members (role, user_id, source, seen_at)
      SELECT '${who.slice(5)}', 'UC' || n, 'bench', now() FROM generate_series(0, ${CROWDED.length - 1}) n`,
  ),
  `INSERT INTO role_members (role, user_id, source, seen_at)
   SELECT 'small_' || n % 50, 'UT' || n, 'bench', now() FROM generate_series(1, ${TYPICAL.length}) n`,
];

/** A time of the last quarter that does not follow the order of the ids. */
function ago(n: string): string {
  return `now() - (hashint8(${n}) & 8388607) * interval '1 second'`;
}
