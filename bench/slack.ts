import { resolve } from 'node:path';
import { create, goes } from '../test/flows/crew.ts';
import {
  type Lockstep,
  type LockstepOptions,
  sampleTickets,
  startLockstep,
  untilPeopleAreKnown,
} from '../test/flows/lockstep.ts';
import { figures, median, type Row } from './measure.ts';
import { openDatabase } from './road.ts';
import type { Server } from './servers.ts';
import { startCrew } from './slack-crew.ts';

/** How many edits of messages a minute the pace gives away for long (`src/integrations/slack-pace.ts`). */
const EDITS_PER_MINUTE = 40;
const BEHIND_MS = 10_000;
const PEOPLE = ['priya', 'emil', 'rosa', 'remo', 'olga'];

/**
 * What an item costs in calls of Slack, and how many items can be under way at once: more and more of them, until a card
 * is more than ten seconds behind its rows or Slack refuses a call. With all limits of Slack, ours and the stand-in's.
 */
export async function slack(server: Server, { quick }: { quick: boolean }): Promise<Row[]> {
  const calls = await callsOfOne(server);
  const edits = calls.get('chat.update')!;
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0);
  const each = [...calls].sort(([, a], [, b]) => b - a).map(([method, count]) => `${method} ${count}`);
  const bound = EDITS_PER_MINUTE / edits;
  const rows = [
    row(`one item from ticket to deployed: ${total} calls (${each.join(', ')})`),
    row(`bound by edits: ${EDITS_PER_MINUTE} a minute / ${edits} = ${bound.toFixed(1)} items a minute`),
  ];
  const how = quick
    ? { thinkMs: 4_000, toldMs: 3_000, restMs: 10_000, lookMs: 15_000, most: 2 }
    : { thinkMs: 12_000, toldMs: 10_000, restMs: 45_000, lookMs: 60_000, most: 8 };
  return [...rows, ...(await climb(server, how))];
}

/** The whole road with a real repository, agent, checks and deployments; five people have Home open. */
async function callsOfOne(server: Server): Promise<Map<string, number>> {
  const lockstep = await open(server, {});
  try {
    await start(lockstep);
    const counted = count(lockstep);
    const [ticket] = await sampleTickets();
    await goes(lockstep, await create(lockstep, ticket!), 'deployed');
    return counted.stop().calls;
  } finally {
    await lockstep.close();
  }
}

interface How {
  /** People think so long before each decision, and each job about code takes so long. */
  thinkMs: number;
  toldMs: number;
  /** After one more is under way; then it is looked at for `lookMs`. */
  restMs: number;
  lookMs: number;
  most: number;
}

/** One more item under way, and one more, while cards keep up. */
async function climb(server: Server, how: How): Promise<Row[]> {
  const lockstep = await open(server, { worker: resolve(import.meta.dirname, '../test/load/worker.ts') });
  const rows: Row[] = [];
  try {
    await start(lockstep, { TOLD_MS: String(how.toldMs) });
    const crew = startCrew(lockstep, how.thinkMs);
    for (let lanes = 1; lanes <= how.most; lanes += 1) {
      crew.lane();
      await pause(how.restMs);
      const counted = count(lockstep);
      const lags = await lagsOf(lockstep, how.lookMs);
      const { calls, refused } = counted.stop();
      const worst = Math.max(...lags.map((lag) => lag.any));
      const waited = Math.max(...lags.map((lag) => lag.waited));
      const minutes = how.lookMs / 60_000;
      const edits = Math.round((calls.get('chat.update') ?? 0) / minutes);
      const passing = passingOf(crew.leads.slice(-lanes), lanes);
      rows.push({
        ...row(
          `${lanes} under way: ${passing}, ${edits} edits/min, card most behind ${worst} ms, where people wait ${waited} ms, ${refused} refused`,
        ),
        ours: { ...figures({ times: lags.map((lag) => lag.any), seconds: 1 }), rate: Number.NaN },
        goal: 'cards ≤ 10 s behind, none refused',
        met: worst <= BEHIND_MS && refused === 0,
      });
      if (!rows.at(-1)!.met) break;
    }
    await crew.stop();
  } finally {
    await lockstep.close();
  }
  return rows;
}

/** So many under way at a time, and so long each: so many a minute. */
function passingOf(leads: readonly number[], lanes: number): string {
  if (leads.length === 0) return 'none through yet';
  const lead = median(leads);
  return `${Math.round(lead)} s each, ${((lanes * 60) / lead).toFixed(1)} items/min`;
}

const open = async (server: Server, options: LockstepOptions): Promise<Lockstep> =>
  startLockstep({
    ...options,
    processes: true,
    start: false,
    redis: null,
    inProduction: ['storefront'],
    slackPace: { dataFile: undefined },
    database: await openDatabase(server),
  });

async function start(lockstep: Lockstep, env: Record<string, string> = {}): Promise<void> {
  await lockstep.startWeb();
  await lockstep.startWorker(env);
  await untilPeopleAreKnown(lockstep);
  for (const who of PEOPLE) await lockstep.slack.act(who).home();
}

/** Counts what the app asks Slack for, until it is stopped. */
function count(lockstep: Lockstep): { stop(): { calls: Map<string, number>; refused: number } } {
  const calls = new Map<string, number>();
  let refused = 0;
  const stop = lockstep.slack.listen((event) => {
    if (event.type !== 'traffic' || event.entry.direction !== 'from-app') return;
    const { what, status } = event.entry;
    calls.set(what, (calls.get(what) ?? 0) + 1);
    if (status === 429) refused += 1;
  });
  return {
    stop() {
      stop();
      return { calls, refused };
    },
  };
}

/** For how long the oldest change has been waiting to be drawn on a card, and the oldest that people wait for. */
interface Lag {
  any: number;
  waited: number;
}

/** Twice a second. */
async function lagsOf(lockstep: Lockstep, ms: number): Promise<Lag[]> {
  const lags: Lag[] = [];
  const age = (which: string) => `coalesce(extract(epoch FROM now() - min(created_at) ${which}) * 1000, 0)::int`;
  const waited = "FILTER (WHERE NOT params ? 'progress')";
  for (const end = Date.now() + ms; Date.now() < end; await pause(500)) {
    const { rows } = await lockstep.database.pool.query<Lag>(
      `SELECT ${age('')} AS any, ${age(waited)} AS waited FROM outbox WHERE job = 'update-card' AND done_at IS NULL`,
    );
    lags.push(rows[0]!);
  }
  return lags;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const row = (name: string): Row => ({
  bench: 'slack',
  case: name,
  ours: { p50: Number.NaN, p99: Number.NaN, rate: Number.NaN },
  bare: null,
  ratio: null,
  goal: '',
  met: null,
});
