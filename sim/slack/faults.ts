/** The switchboard: what shall go wrong, where, and how often. */
import { randomUUID } from 'node:crypto';
import type { Fault } from './client-api.ts';

export interface Faults {
  list(): Fault[];
  add(fault: Omit<Fault, 'id'> & { id?: string }): Fault;
  remove(id: string): void;
  clear(): void;
  /** The first fault that is set for one of these names; it counts as fired. */
  take(...names: string[]): Fault | undefined;
  /** The same for a call of the app. One that was refused with 429 stays refused until its Retry-After is over. */
  takeCall(name: string): Fault | undefined;
}

/** `now`: Unix milliseconds. */
export function createFaults(now: () => number): Faults {
  let faults: Fault[] = [];
  /** Calls that are refused for a while, with the fault that began it. */
  const held = new Map<string, { fault: Fault; until: number }>();

  const take = (...names: string[]): Fault | undefined => {
    const found = faults.find((f) => f.on === '*' || names.includes(f.on));
    if (!found) return undefined;
    if (found.times !== null) {
      found.times -= 1;
      if (found.times <= 0) faults = faults.filter((f) => f !== found);
    }
    return { ...found };
  };

  return {
    list: () => faults.map((f) => ({ ...f })),
    add(fault) {
      const whole: Fault = { ...fault, id: fault.id ?? randomUUID().slice(0, 8), times: fault.times ?? null };
      faults = [...faults.filter((f) => f.id !== whole.id), whole];
      return whole;
    },
    remove(id) {
      faults = faults.filter((f) => f.id !== id);
      for (const [name, { fault }] of held) if (fault.id === id) held.delete(name);
    },
    clear() {
      faults = [];
      held.clear();
    },
    take,
    takeCall(name) {
      const holding = held.get(name);
      const left = (holding?.until ?? 0) - now();
      if (holding && left > 0) return { ...holding.fault, retry_after: Math.ceil(left / 1000) };
      held.delete(name);
      const fault = take(name);
      if (fault?.kind === 'rate_limited') held.set(name, { fault, until: now() + (fault.retry_after ?? 1) * 1000 });
      return fault;
    },
  };
}
