/** Times of one run, in milliseconds, with how long the whole run took. */
export interface Sample {
  times: number[];
  seconds: number;
}

/** What a run says: p50 and p99 in ms, operations a second. */
export interface Figures {
  p50: number;
  p99: number;
  rate: number;
}

export function figures({ times, seconds }: Sample): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), rate: times.length / seconds };
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** One thing measured beside the bare library, as it goes into the table. */
export interface Row {
  bench: string;
  case: string;
  ours: Figures;
  bare: Figures | null;
  /** Medians of each repetition's ours / bare; null without a bare side. */
  ratio: Figures | null;
  goal: string;
  met: boolean | null;
}

/**
 * Runs both sides by turns, so that whatever else the machine does meets both, and takes the medians. The side that
 * begins changes with each repetition.
 */
export async function sideBySide(
  repetitions: number,
  sides: { ours: () => Promise<Sample>; bare: () => Promise<Sample> },
): Promise<{ ours: Figures; bare: Figures; ratio: Figures }> {
  const all: { ours: Figures; bare: Figures }[] = [];
  for (let i = 0; i < repetitions; i += 1) {
    const first = i % 2 === 0 ? 'bare' : 'ours';
    const one = figures(await sides[first]());
    const other = figures(await sides[first === 'bare' ? 'ours' : 'bare']());
    all.push(first === 'bare' ? { bare: one, ours: other } : { ours: one, bare: other });
  }
  const of = (pick: (pair: { ours: Figures; bare: Figures }) => Figures): Figures => ({
    p50: median(all.map((pair) => pick(pair).p50)),
    p99: median(all.map((pair) => pick(pair).p99)),
    rate: median(all.map((pair) => pick(pair).rate)),
  });
  const ratio = ({ ours, bare }: { ours: Figures; bare: Figures }): Figures => ({
    p50: ours.p50 / bare.p50,
    p99: ours.p99 / bare.p99,
    rate: ours.rate / bare.rate,
  });
  return { ours: of((pair) => pair.ours), bare: of((pair) => pair.bare), ratio: of(ratio) };
}

/** Calls `run` from `concurrency` loops until `count` calls are done, and times each. */
export async function closedLoop(
  concurrency: number,
  count: number,
  run: (lane: number) => Promise<unknown>,
): Promise<Sample> {
  const times: number[] = [];
  let left = count;
  const began = performance.now();
  const lane = async (index: number) => {
    while (left > 0) {
      left -= 1;
      const start = performance.now();
      await run(index);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, index) => lane(index)));
  return { times, seconds: (performance.now() - began) / 1000 };
}

/** Calls `run` at a fixed rate, whether or not the calls before have ended, as people and webhooks do. */
export async function openLoop(
  rate: number,
  seconds: number,
  run: (index: number) => Promise<unknown>,
): Promise<Sample> {
  const times: number[] = [];
  const began = performance.now();
  const calls: Promise<unknown>[] = [];
  for (let i = 0; i < rate * seconds; i += 1) {
    const due = began + (i * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    // From when it was due: a call that had to wait for the one before it waited for us.
    calls.push(run(i).then(() => times.push(performance.now() - due)));
  }
  await Promise.all(calls);
  return { times, seconds: (performance.now() - began) / 1000 };
}
