import type { Released } from './queries.ts';

/** Numbers made of rows: percentiles, and the same by service and by week. Durations are in seconds. */

export interface Lead {
  items: number;
  /** From its creation, and from when it was ready, to production; null where none was ever marked ready. */
  created: Spread;
  ready: Spread | null;
}
export interface Spread {
  p50: number;
  p90: number;
}

/** Linear between the two nearest values, as PostgreSQL's percentile_cont. Of nothing it is 0. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}

const spread = (values: readonly number[]): Spread => ({ p50: percentile(values, 0.5), p90: percentile(values, 0.9) });

const seconds = (from: Date, to: Date): number => Math.max(0, (to.getTime() - from.getTime()) / 1000);

export function leadOf(items: readonly Released[]): Lead {
  const ready = items.flatMap((item) => (item.ready ? [seconds(item.ready, item.deployed)] : []));
  return {
    items: items.length,
    created: spread(items.map((item) => seconds(item.created, item.deployed))),
    ready: ready.length > 0 ? spread(ready) : null,
  };
}

/** Services with the most deployed items first. */
export const leadByService = (items: readonly Released[]): (Lead & { service: string | null })[] =>
  [...Map.groupBy(items, (item) => item.service)]
    .map(([service, own]) => ({ service, ...leadOf(own) }))
    .sort((a, b) => b.items - a.items || (a.service ?? '').localeCompare(b.service ?? '', 'en'));

const DAY_MS = 86_400_000;

/**
 * The period in pieces of `days`, counted back from now; pieces in which nothing was deployed are left out, because there
 * is nothing to say about them.
 */
export function leadOverTime(
  items: readonly Released[],
  how: { now: Date; days: number },
): (Lead & { from: Date; to: Date })[] {
  const { now, days } = how;
  const length = days * DAY_MS;
  const byPiece = Map.groupBy(items, (item) =>
    Math.max(0, Math.floor((now.getTime() - item.deployed.getTime()) / length)),
  );
  return [...byPiece]
    .sort(([a], [b]) => b - a)
    .map(([piece, own]) => ({
      from: new Date(now.getTime() - (piece + 1) * length),
      to: new Date(now.getTime() - piece * length),
      ...leadOf(own),
    }));
}
