import type { Pool, PoolClient } from 'pg';

export type Locked<T> = { held: true; value: T } | { held: false };

/** Names that one runner at a time may hold, over all processes. */
export interface Locks {
  /** Runs while nobody else holds the name; answers `held: false` at once when somebody does. */
  run<T>(name: string, work: () => Promise<T>): Promise<Locked<T>>;
  close(): void;
}

/**
 * All locks of a process are advisory locks of one connection: work that waits for Slack must not keep a connection
 * each. A session may take the same lock twice, so names held here are remembered here. When the connection is lost its
 * locks are too; what they guard is only redrawing, which the next run mends.
 */
export function createLocks(pool: Pool): Locks {
  const held = new Set<string>();
  let session: Promise<PoolClient> | null = null;

  const end = (ended: Promise<PoolClient>): void => {
    if (session !== ended) return;
    session = null;
    void ended.then((client) => client.release(true)).catch(() => {});
  };
  const open = (): Promise<PoolClient> => {
    if (session) return session;
    const opened = pool.connect();
    session = opened;
    opened.then((client) => client.once('error', () => end(opened))).catch(() => end(opened));
    return opened;
  };
  // One statement at a time: a connection is no pool.
  let turn: Promise<unknown> = Promise.resolve();
  const ask = (sql: string, name: string): Promise<boolean> => {
    const asked = turn.then(() => askNow(sql, name));
    turn = asked.catch(() => {});
    return asked;
  };
  const askNow = async (sql: string, name: string): Promise<boolean> => {
    const opened = open();
    try {
      const client = await opened;
      const result = await client.query<{ answer: boolean }>(`SELECT ${sql}(hashtextextended($1, 0)) AS answer`, [
        name,
      ]);
      return result.rows[0]?.answer === true;
    } catch (error) {
      end(opened);
      throw error;
    }
  };

  return {
    async run(name, work) {
      if (held.has(name)) return { held: false };
      held.add(name);
      try {
        if (!(await ask('pg_try_advisory_lock', name))) return { held: false };
        try {
          return { held: true, value: await work() };
        } finally {
          await ask('pg_advisory_unlock', name).catch(() => {});
        }
      } finally {
        held.delete(name);
      }
    },
    close() {
      if (session) end(session);
    },
  };
}
