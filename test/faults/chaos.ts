import { type Running, until } from '../flows/lockstep.ts';
import { wipe } from '../redis.ts';
import type { Plan, PlannedFault, Slot } from './chaos-plan.ts';
import type { Road } from './road.ts';

export interface Chaos {
  /** Resolves when the last fault has happened and every process is up again. */
  over: Promise<void>;
  /** What really happened, by kind: a fault that meets a process that is down already is left out. */
  counts: Record<string, number>;
}

/** Starts web and two workers and lets the plan loose on them. */
export async function unleash(road: Road, plan: Plan): Promise<Chaos> {
  const slots = new Map<Slot, Running | null>();
  const struck = new Set<Running>();
  const deaths: string[] = [];
  const start: Record<Slot, () => Promise<Running>> = {
    web: () => road.startWeb({ LOG_LEVEL: 'info' }),
    'worker-1': () => road.startWorker({ LOG_LEVEL: 'info' }),
    'worker-2': () => road.startWorker({ LOG_LEVEL: 'info' }),
  };
  /** Only we may end a process. */
  const raise = async (slot: Slot): Promise<void> => {
    const running = await start[slot]();
    slots.set(slot, running);
    void running.ended.then((how) => {
      if (!struck.has(running)) deaths.push(`${slot} ended by itself: ${how}`);
    });
    await until(() => struck.has(running) || deaths.length > 0 || /is ready/.test(running.output()));
  };
  for (const slot of Object.keys(start) as Slot[]) await raise(slot);
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
      struck.add(running);
      await running.kill();
      repairs.push(pause(fault.backMs).then(() => raise(slot)));
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
    if (deaths.length > 0) throw new Error(`${deaths.join('; ')}\n${road.output().slice(-2000)}`);
    for (const running of slots.values()) struck.add(running!);
  };
  return { over: all(), counts };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
