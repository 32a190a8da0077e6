import { rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import { openItems, writeApprovalRoad } from './ack-items.ts';
import { openSender } from './ack-load.ts';
import { approveBody, commandBody } from './ack-requests.ts';
import { openYes } from './ack-slack.ts';
import { type Row, type Sample, sideBySide } from './measure.ts';
import { type Child, startChild } from './processes.ts';
import { openBenchDatabase, openPool, type Server } from './servers.ts';

const SECRET = 'a signing secret of the bench';
/** What follows an acknowledgement is over after this; it must not run into the other side's turn. */
const SETTLE_MS = 400;

/**
 * Signed requests over HTTP until their acknowledgement, at a fixed rate: the web process itself, queue on Postgres,
 * beside Bolt with one bare INSERT. A click is a decision that moves its item; a command opens the intake form.
 */
export async function ack(server: Server, options: { quick: boolean }): Promise<Row[]> {
  const { repetitions, seconds } = options.quick ? { repetitions: 5, seconds: 3 } : { repetitions: 7, seconds: 8 };
  const closing: (() => Promise<unknown>)[] = [];
  const later = <T>(value: T, close: (value: T) => Promise<unknown>): T => {
    closing.unshift(() => close(value));
    return value;
  };
  try {
    const config = later(await writeApprovalRoad(), (folder) => rm(folder, { recursive: true, force: true }));
    const slack = later(await openYes(), (one) => one.close());
    const sender = later(openSender(), (one) => one.close());
    const start = async (entry: string) => {
      const database = later(await openBenchDatabase(server), (one) => one.drop());
      const pool = later(openPool(database.url, 4), (one) => one.end());
      const env = environment({ database: database.url, slack: slack.url, config });
      const child = later(await startChild(new URL(entry, import.meta.url), env), (one: Child) => one.stop());
      return { pool, child };
    };
    const ours = await start('../src/web.ts');
    const bare = await start('./ack-bolt.ts');
    const of = (body: () => string) => async (count: number) => Array.from({ length: count }, body);
    const target = { item: '1', visit: 2, of: 'spec', subject: 's1', verb: 'approve' } as const;
    const clicks = { ours: await openItems(ours.pool, config), bare: of(() => approveBody(target, 'UENG')) };
    const command = of(() => commandBody('Export reports as CSV'));
    const kinds = [
      { kind: 'click', bodies: clicks, written: { ours: MOVED, bare: RECEIVED } },
      { kind: 'command', bodies: { ours: command, bare: command }, written: { ours: RECEIVED, bare: RECEIVED } },
    ];

    const run = (one: Side, given: { make: Bodies; rate: number; written: string }) => async (): Promise<Sample> => {
      const bodies = await given.make(given.rate * seconds);
      const before = await counted(one.pool, given.written);
      const url = `${one.child.url}/slack/events`;
      const sample = await sender.send({ url, secret: SECRET, rate: given.rate, bodies });
      const written = (await counted(one.pool, given.written)) - before;
      if (written !== bodies.length) throw new Error(`${written} of ${bodies.length} have their row`);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      return sample;
    };
    const rows: Row[] = [];
    for (const rate of [50, 200]) {
      for (const { kind, bodies, written } of kinds) {
        const sides = {
          ours: run(ours, { make: bodies.ours, rate, written: written.ours }),
          bare: run(bare, { make: bodies.bare, rate, written: written.bare }),
        };
        await sides.ours();
        await sides.bare();
        const result = await sideBySide(repetitions, sides);
        const met = result.ratio.p99 <= 1.3;
        rows.push({ bench: 'ack', case: `${kind}, ${rate}/s`, ...result, goal: 'p99 ≤ 1.3x', met });
      }
    }
    return rows;
  } finally {
    for (const close of closing) await close();
  }
}

type Bodies = (count: number) => Promise<string[]>;

interface Side {
  pool: Pool;
  child: Child;
}

const RECEIVED = 'SELECT count(*)::int AS n FROM inbox';
const MOVED = `SELECT count(*)::int AS n FROM stage_history WHERE type = 'approved'`;

async function counted(pool: Pool, query: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(query);
  return rows[0]!.n;
}

function environment(given: { database: string; slack: string; config: string }): Record<string, string> {
  return {
    DATABASE_URL: given.database,
    SLACK_BOT_TOKEN: 'xoxb-bench',
    SLACK_SIGNING_SECRET: SECRET,
    SLACK_API_URL: given.slack,
    GITHUB_TOKEN: 'unused',
    GITHUB_WEBHOOK_SECRET: 'unused',
    LOCKSTEP_CONFIG: given.config,
    LOCKSTEP_DATA: given.config,
    PATH: process.env.PATH ?? '',
    TZ: 'UTC',
  };
}
