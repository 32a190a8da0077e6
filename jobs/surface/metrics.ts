import type { Deps } from '../../src/deps.ts';
import { leadByService, leadOf, leadOverTime } from '../../src/metrics/figures.ts';
import { type MetricsRows, MOST_ITEMS, readMetrics } from '../../src/metrics/queries.ts';
import { BOARD_COLUMNS } from '../../views/board.ts';
import type { MetricsData } from '../../views/metrics.ts';
import type { Period } from '../../views/values.ts';

/** Points of the trend: fewer than twenty, each with enough behind it. */
const PIECE_DAYS: Readonly<Record<Period, number>> = { 7: 1, 30: 5, 90: 10 };
const DAY_MS = 86_400_000;

export async function metricsOf(deps: Pick<Deps, 'db' | 'now'>, days: Period): Promise<MetricsData> {
  const now = deps.now();
  return toMetrics(await readMetrics(deps.db, new Date(now.getTime() - days * DAY_MS)), { days, now });
}

/** Sums become averages of an item; columns stand in the order of the board. */
export function toMetrics(rows: MetricsRows, how: { days: Period; now: Date }): MetricsData {
  const { released, spent, asked, deployments, rollbacks, blocks } = rows;
  const items = Math.max(1, released.length);
  const total = (list: MetricsRows['spent']) => list.reduce((sum, one) => sum + one.seconds, 0) / items;
  const columns = BOARD_COLUMNS.map((column) => {
    const here = spent.filter((one) => one.column === column);
    const work = total(here.filter((one) => one.waited === null));
    return { column, work, waiting: total(here) - work };
  });
  const byWhom = Map.groupBy(
    spent.filter((one) => one.waited !== null),
    (one) => one.waited!,
  );
  const pieceDays = PIECE_DAYS[how.days];
  return {
    days: how.days,
    capped: released.length >= MOST_ITEMS,
    lead: leadOf(released),
    services: leadByService(released),
    trend: { days: pieceDays, pieces: leadOverTime(released, { now: how.now, days: pieceDays }) },
    columns: columns.filter((one) => one.work + one.waiting > 0),
    waits: [...byWhom].map(([who, list]) => ({ who, seconds: total(list) })).sort((a, b) => b.seconds - a.seconds),
    decisions: {
      all: released.reduce((sum, one) => sum + one.decisions, 0) / items,
      by: asked.map(({ who, count }) => ({ who, count: count / items })),
    },
    delegated: released.filter((one) => one.agent !== null).length,
    deployments,
    rollbacks,
    blocks: blocks.map(({ reason, count }) => ({ rule: reason, count })),
  };
}
