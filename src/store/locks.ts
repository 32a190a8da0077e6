import type { Pool } from 'pg';

/** Runs one at a time for each name, over all processes; `held: false` when somebody else is at it. */
export async function withItemLock<T>(
  pool: Pool,
  name: string,
  run: () => Promise<T>,
): Promise<{ held: true; value: T } | { held: false }> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const locked = await client.query<{ held: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
      [name],
    );
    if (!locked.rows[0]?.held) return { held: false };
    try {
      return { held: true, value: await run() };
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch((error: Error) => {
        broken = error;
      });
    }
  } finally {
    // A connection that could not unlock is closed, which unlocks.
    client.release(broken);
  }
}
