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
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  return {
    list: () => faults.map((f) => ({ ...f })),
    add(fault) {
      const whole: Fault = { ...fault, id: fault.id ?? randomUUID().slice(0, 8), times: fault.times ?? null };
      faults = [...faults.filter((f) => f.id !== whole.id), whole];
      return whole;
    },
    remove(id) {
      faults = faults.filter((f) => f.id !== id);
    },
    clear() {
      faults = [];
    },
    take(...names) {
      const found = faults.find((f) => f.on === '*' || names.includes(f.on));
      if (!found) return undefined;
      if (found.times !== null) {
        found.times -= 1;
        if (found.times <= 0) faults = faults.filter((f) => f !== found);
      }
      return { ...found };
    },
  };
}
