import { buttonOf, buttonsOf, DECIDES, openTicket, press, type Road, reaches } from '../test/faults/road.ts';
import { untilPeopleAreKnown } from '../test/flows/lockstep.ts';
import { type Target, unpack } from '../views/values.ts';
import { openSender } from './ack-load.ts';
import { approveBody, commandBody } from './ack-requests.ts';
import { type Figures, figures, median, type Row } from './measure.ts';
import { openRoad } from './road.ts';
import type { Server } from './servers.ts';

const RATE = 200;
const WAITING = 8;
const TICKET_EVERY_MS = 500;

/**
 * 200 requests a second — half commands, half decisions that are refused, each with its row — while two workers take a
 * new ticket every half second through drafting, two approvals and all redraws, on the strict stand-in of Slack.
 */
export async function busy(server: Server, options: { quick: boolean }): Promise<Row[]> {
  const { repetitions, seconds } = options.quick ? { repetitions: 5, seconds: 4 } : { repetitions: 5, seconds: 15 };
  const road = await openRoad(server);
  const sender = openSender();
  try {
    await road.startWeb();
    await Promise.all([road.startWorker(), road.startWorker()]);
    await untilPeopleAreKnown(road);
    const waiting = await openWaiting(road);
    const flow = startFlow(road);
    const runs: Figures[] = [];
    const slowest: number[] = [];
    const steps: number[] = [];
    let lost = 0;
    for (let run = 0; run < repetitions; run += 1) {
      const bodies = Array.from({ length: RATE * seconds }, (_, n) =>
        n % 2 === 0 ? commandBody('Export reports as CSV') : approveBody(waiting[n % WAITING]!, 'U01OLGA'),
      );
      const before = await counts(road);
      const { slack } = road.config;
      const url = `${road.webUrl}/slack/events`;
      const sample = await sender.send({ url, secret: slack.signingSecret!, rate: RATE, bodies });
      const after = await counts(road);
      lost += Math.max(0, bodies.length - (after.received - before.received));
      runs.push(figures(sample));
      slowest.push(Math.max(...sample.times));
      steps.push((after.steps - before.steps) / sample.seconds);
    }
    await flow.stop();
    const middle = (key: keyof Figures) => median(runs.map((run) => run[key]));
    const ours = { p50: middle('p50'), p99: middle('p99'), rate: middle('rate') };
    const worst = Math.max(...slowest);
    const row = {
      bench: 'busy',
      case: `${RATE}/s, two workers at ${Math.round(median(steps))} steps/s, slowest ${Math.round(worst)} ms, ${lost} not recorded`,
      ours,
      bare: null,
      ratio: null,
      goal: 'p99 ≤ 50 ms, none over 3 s',
      met: ours.p99 <= 50 && worst <= 3000 && lost === 0,
    };
    return [row];
  } finally {
    await sender.close();
    await road.close();
  }
}

/** Items that wait for an approval all the time; what their buttons say. */
async function openWaiting(road: Road): Promise<Target[]> {
  const targets: Target[] = [];
  for (let n = 1; n <= WAITING; n += 1) {
    const key = await openTicket(road, `Waiting ${n}`);
    await reaches(road, key, 'prd_ready');
    targets.push(unpack((await buttonOf(road, key, 'approve')).value)!);
  }
  return targets;
}

/** Opens a ticket every half second and approves whatever waits, until it is stopped. */
function startFlow(road: Road): { stop(): Promise<void> } {
  let stopped = false;
  const pressed = new Set<string>();
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const open = async () => {
    for (let n = 1; !stopped; n += 1) {
      const began = Date.now();
      // A form that is answered too late is sent again by the person, as the next ticket.
      await openTicket(road, `Flow ${n}`).catch(() => {});
      await pause(Math.max(0, began + TICKET_EVERY_MS - Date.now()));
    }
  };
  const approve = async () => {
    while (!stopped) {
      await pause(250);
      const items = await road.database.db
        .selectFrom('items')
        .select(['key', 'stage', 'visit'])
        .where('stage', 'in', Object.keys(DECIDES))
        .where('title', 'like', 'Flow %')
        .execute();
      for (const { key, stage, visit } of items) {
        const seen = buttonsOf(road, key, 'approve').find(({ value }) => unpack(value)?.visit === visit);
        if (!seen || pressed.has(seen.value)) continue;
        pressed.add(seen.value);
        await press(road, DECIDES[stage]!, 'approve', seen);
      }
    }
  };
  const running = Promise.all([open(), approve()]);
  // Looked at when it is stopped; until then a failure must not end the process.
  running.catch(() => {});
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
}

async function counts(road: Road): Promise<{ received: number; steps: number }> {
  const { rows } = await road.database.pool.query<{ received: number; steps: number }>(
    'SELECT (SELECT count(*)::int FROM inbox) AS received, (SELECT count(*)::int FROM stage_history) AS steps',
  );
  return rows[0]!;
}
