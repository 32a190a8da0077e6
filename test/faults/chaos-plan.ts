/** Everything random about a run of chaos, decided from its seed before it begins. */
export interface Plan {
  seed: number;
  faults: readonly PlannedFault[];
  items: readonly PlannedItem[];
}

export type Slot = 'web' | 'worker-1' | 'worker-2';
export type PlannedFault = { atMs: number } & (
  | { kind: 'kill'; slot: Slot; backMs: number }
  | { kind: 'freeze'; slot: Slot; forMs: number }
  | { kind: 'wipe' }
  | { kind: 'slack'; method: string; trouble: 'server_error' | 'timeout_after' }
);

export interface PlannedItem {
  atMs: number;
  /** How often each of its buttons is pressed at once, and whether a second person presses too. */
  presses: number;
  rival: boolean;
}

export interface Shape {
  seed: number;
  seconds: number;
  items: number;
  /** Whether there is a Redis to wipe. */
  wipes: boolean;
}

/** The same seed gives the same plan on every machine. */
export function planChaos({ seed, seconds, items, wipes }: Shape): Plan {
  const random = mulberry32(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const end = seconds * 1000;
  const faults: PlannedFault[] = [];
  const kinds = ['kill', 'kill', 'kill', 'freeze', 'slack', ...(wipes ? ['wipe', 'wipe'] : [])] as const;
  for (let atMs = 800 + below(1_000); atMs < end; atMs += 700 + below(1_800)) {
    const kind = pick(kinds);
    const slot = pick<Slot>(['web', 'worker-1', 'worker-2', 'worker-1', 'worker-2']);
    if (kind === 'kill') faults.push({ atMs, kind, slot, backMs: below(2_500) });
    if (kind === 'freeze') faults.push({ atMs, kind, slot, forMs: slot === 'web' ? 4_000 : 7_000 });
    if (kind === 'wipe') faults.push({ atMs, kind });
    // A lost answer costs the ten seconds that a call may take, so there are none towards the end.
    if (kind === 'slack') {
      const method = pick(['chat.postMessage', 'chat.update']);
      const trouble = atMs < end / 2 ? pick(['server_error', 'timeout_after'] as const) : 'server_error';
      faults.push({ atMs, kind, method, trouble });
    }
  }
  const made = Array.from({ length: items }, () => ({
    atMs: below(end * 0.8),
    presses: 1 + below(3),
    rival: random() < 0.4,
  }));
  return { seed, faults, items: made.sort((a, b) => a.atMs - b.atMs) };
}

/** A small generator with 32 bits of state (public domain, Tommy Ettinger): the same numbers everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
