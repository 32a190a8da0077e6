import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { waitingOf } from '../jobs/surface/waiting.ts';
import { readQueue } from '../src/store/queue.ts';
import type { Tables } from '../src/store/tables.ts';
import { CROWDED, CROWDED_ROLES, fillHome, roleOfTypical, TYPICAL } from './home-data.ts';
import { closedLoop, type Row, type Sample, sideBySide } from './measure.ts';
import { openBenchDatabase, openPool, type Server } from './servers.ts';

/**
 * Everything that App Home shows of a person — roles, what waits by kind with bounded counts, what is in flight, facts of
 * the reviews, whom each item waits for and what can be decided there — beside the plainest query that could be called a queue: the first twenty of each role by UNION ALL over
 * LATERAL, roles known, prepared, through bare `pg`. Once by the clock of the client; once as the database counts it,
 * planning and execution as EXPLAIN (ANALYZE) tells them, added up over all statements.
 */
export async function home(server: Server, options: { quick: boolean }): Promise<Row[]> {
  const items = options.quick ? 50_000 : 1_000_000;
  const [repetitions, calls] = options.quick ? [5, 60] : [7, 200];
  const database = await openBenchDatabase(server);
  const pool = openPool(database.url, 4);
  const rows: Row[] = [];
  try {
    await fillHome(pool, items);
    const explained = explaining(pool);
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    const asked = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: explained as unknown as Pool }) });
    for (const person of PEOPLE) {
      const name = `${person.name}, ${(items / 1e6).toLocaleString('en')} M items`;
      let turn = 0;
      const next = () => {
        turn += 1;
        return person.ids[turn % person.ids.length]!;
      };
      const clock = {
        ours: () => closedLoop(1, calls, () => readHome(db, next())),
        bare: () =>
          closedLoop(1, calls, () => {
            const id = next();
            return pool.query(bareQueue(id, person.rolesOf(id)));
          }),
      };
      const counted = {
        ours: () => explained.sample(calls, () => readHome(asked, next())),
        bare: () =>
          explained.sample(calls, () => {
            const id = next();
            return explained.query(bareQueue(id, person.rolesOf(id)));
          }),
      };
      await clock.ours();
      await clock.bare();
      const inDatabase = await sideBySide(repetitions, counted);
      rows.push({
        bench: 'home',
        case: `${name}, in the database`,
        ...inDatabase,
        goal: 'p99 ≤ 5 ms',
        met: inDatabase.ours.p99 <= 5,
      });
      const byClock = await sideBySide(repetitions, clock);
      rows.push({ bench: 'home', case: `${name}, at the client`, ...byClock, goal: '', met: null });
    }
  } finally {
    await pool.end();
    await database.drop();
  }
  return rows;
}

async function readHome(db: Kysely<Tables>, id: string): Promise<void> {
  const { roles, waiting, inFlight } = await readQueue(db, id);
  // The rules of a stage are in memory.
  const pipelines = { byHash: async () => ({ stages: [] }) } as never;
  await waitingOf({ db, pipelines }, [...waiting, ...inFlight], { id, roles });
}

const PEOPLE = [
  { name: 'three crowded roles', ids: CROWDED, rolesOf: () => CROWDED_ROLES },
  { name: 'one small role', ids: TYPICAL, rolesOf: (id: string) => [roleOfTypical(id)] },
];

const bareQueue = (user: string, roles: readonly string[]) => ({
  name: `bare_queue_${roles.length}`,
  text: [`user:${user}`, ...roles]
    .map(
      (_, index) => `SELECT i.id, i.key, i.title, i.column_name, i.status, i.priority, i.reason, w.since FROM
        (VALUES (1)) one, LATERAL (SELECT item_id, since FROM waits WHERE who = $${index + 1} AND kind = 'gate'
          ORDER BY priority, since LIMIT 20) w JOIN items i ON i.id = w.item_id`,
    )
    .join(' UNION ALL '),
  values: [`user:${user}`, ...roles],
});

interface Question {
  text: string;
  values: readonly unknown[];
}

/** A pool whose every query is first asked of EXPLAIN, which runs it too; the times are added up. */
function explaining(pool: Pool) {
  let spent = 0;
  const explain = async (client: Pick<Pool, 'query'>, { text, values }: Question) => {
    const { rows } = await client.query<{ 'QUERY PLAN': { 'Planning Time': number; 'Execution Time': number }[] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`,
      [...values],
    );
    const [plan] = rows[0]!['QUERY PLAN'];
    spent += plan!['Planning Time'] + plan!['Execution Time'];
  };
  return {
    query: (question: Question) => explain(pool, question),
    async connect() {
      const client = await pool.connect();
      return {
        async query(text: string, values: readonly unknown[] = []) {
          await explain(client as never, { text, values });
          return client.query(text, [...values]);
        },
        release: () => client.release(),
      };
    },
    end: async () => {},
    async sample(calls: number, run: () => Promise<unknown>): Promise<Sample> {
      const times: number[] = [];
      for (let call = 0; call < calls; call += 1) {
        spent = 0;
        await run();
        times.push(spent);
      }
      return { times, seconds: times.reduce((sum, time) => sum + time, 0) / 1000 };
    },
  };
}
