import type { Pool } from 'pg';

/** The item that a request opened or changed, or null. */
export async function itemOfRequest(pool: Pool, requestId: string): Promise<{ id: string; key: string } | null> {
  const result = await pool.query<{ id: string; key: string }>(
    'SELECT i.id, i.key FROM inbox b JOIN items i ON i.id = b.item_id WHERE b.id = $1',
    [requestId],
  );
  return result.rows[0] ?? null;
}
