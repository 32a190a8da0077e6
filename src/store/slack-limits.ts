import type { Pool } from 'pg';

/** How often calls of one kind may be made. */
export interface Limit {
  /** Calls at once after a quiet time. */
  burst: number;
  perMinute: number;
}

/** A call's turn: `granted` says that it is this call's, `ms` from now; otherwise it is worth asking again then. */
export interface Turn {
  granted: boolean;
  ms: number;
}

export interface SlackLimits {
  /** Asks for a turn that comes within `patienceMs`. The turn is taken when it is granted. */
  take(key: string, limit: Limit, patienceMs: number): Promise<Turn>;
  /** Slack asked to wait: nobody gets a turn before `ms` are over. */
  pause(key: string, limit: Limit, ms: number): Promise<void>;
}

/**
 * One pace for all processes (the generic cell rate algorithm): `tat`, the theoretical arrival time, is when the calls
 * so far would all have been made at an even pace. It may run ahead of the clock, which is the database's, by a burst;
 * a call that would run further ahead waits for the rest. An empty table grants everything that it should.
 */
export function createSlackLimits(pool: Pool): SlackLimits {
  return {
    async take(key, limit, patienceMs) {
      const { everyMs, aheadMs } = paceOf(limit);
      const taken = await pool.query<{ ms: number }>({
        name: 'take_slack_turn',
        text: `INSERT INTO slack_limits AS l (key, tat) VALUES ($1, clock_timestamp() + $2::float8 * interval '1 ms')
               ON CONFLICT (key) DO UPDATE SET tat = greatest(l.tat, clock_timestamp()) + $2::float8 * interval '1 ms'
               WHERE l.tat <= clock_timestamp() + ($3::float8 + $4::float8) * interval '1 ms'
               RETURNING extract(epoch FROM tat - clock_timestamp())::float8 * 1000 - $2::float8 - $3::float8 AS ms`,
        values: [key, everyMs, aheadMs, patienceMs],
      });
      const [row] = taken.rows;
      if (row) return { granted: true, ms: Math.max(0, row.ms) };
      const asked = await pool.query<{ ms: number }>({
        name: 'ask_slack_turn',
        text: `SELECT extract(epoch FROM tat - clock_timestamp())::float8 * 1000 - $2::float8 AS ms
               FROM slack_limits WHERE key = $1`,
        values: [key, aheadMs],
      });
      return { granted: false, ms: Math.max(everyMs, asked.rows[0]?.ms ?? 0) };
    },
    async pause(key, limit, ms) {
      await pool.query({
        name: 'pause_slack',
        text: `INSERT INTO slack_limits AS l (key, tat) VALUES ($1, clock_timestamp() + $2::float8 * interval '1 ms')
               ON CONFLICT (key) DO UPDATE SET tat = greatest(l.tat, excluded.tat)`,
        values: [key, ms + paceOf(limit).aheadMs],
      });
    },
  };
}

const paceOf = ({ burst, perMinute }: Limit): { everyMs: number; aheadMs: number } => {
  const everyMs = 60_000 / perMinute;
  return { everyMs, aheadMs: (burst - 1) * everyMs };
};
