import { type Running, until } from '../flows/lockstep.ts';
import type { Plan, PlannedFault, Slot } from './chaos-plan.ts';
import { type Road, wipe } from './road.ts';

export interface Chaos {
  /** Resolves when the last fault has happened and every process is up again. */
  over: Promise<void>;
  /** What really happened, by kind: a fault that meets a process that is down already is left out. */
  counts: Record<string, number>;
}

/** Starts web and two workers and lets the plan loose on them. */
export async function unleash(road: Road, plan: Plan): Promise<Chaos> {
  const slots = new Map<Slot, Running | null>();
  const start: Record<Slot, () => Promise<Running>> = {
    web: () => road.startWeb(),
    'worker-1': () => road.startWorker(),
    'worker-2': () => road.startWorker(),
  };
  for (const slot of Object.keys(start) as Slot[]) slots.set(slot, await start[slot]());
  const counts: Record<string, number> = {};
  const repairs: Promise<unknown>[] = [];
  const began = Date.now();

  const strike = async (fault: PlannedFault): Promise<void> => {
    const count = (what: string) => {
      counts[what] = (counts[what] ?? 0) + 1;
    };
    if (fault.kind === 'wipe') {
      await wipe(road.config.redis!);
      return count('Redis wiped');
    }
    if (fault.kind === 'slack') {
      road.slack.faults.add({ on: fault.method, kind: fault.trouble, times: 1 });
      return count(`Slack ${fault.trouble}`);
    }
    const { slot } = fault;
    const running = slots.get(slot);
    if (!running) return;
    count(`${slot.replace(/-\d/, '')} ${fault.kind === 'kill' ? 'killed' : 'frozen'}`);
    slots.set(slot, null);
    if (fault.kind === 'kill') {
      await running.kill();
      repairs.push(pause(fault.backMs).then(async () => slots.set(slot, await start[slot]())));
    } else {
      running.freeze();
      repairs.push(
        pause(fault.forMs).then(() => {
          running.thaw();
          slots.set(slot, running);
        }),
      );
    }
  };
  const all = async (): Promise<void> => {
    for (const fault of plan.faults) {
      await pause(fault.atMs - (Date.now() - began));
      await strike(fault);
    }
    await Promise.all(repairs);
    road.slack.faults.clear();
    // A process that was just started is up when it answers, or holds a connection.
    await until(async () => {
      const { rows } = await road.database.pool.query(
        `SELECT count(DISTINCT client_port)::int AS n FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'lockstep-worker'`,
      );
      return rows[0].n >= 2;
    });
  };
  return { over: all(), counts };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
