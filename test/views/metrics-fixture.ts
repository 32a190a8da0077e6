import type { MetricsData } from '../../views/metrics.ts';
import { AT } from './fixture.ts';

/** A month of a team that ships, in hours. */
const hours = (p50: number, p90: number) => ({ p50: p50 * 3600, p90: p90 * 3600 });
const lead = (items: number, created: [number, number], ready: [number, number]) => ({
  items,
  created: hours(...created),
  ready: hours(...ready),
});

const daysBefore = (days: number) => new Date(AT.getTime() - days * 86_400_000);

export const METRICS: MetricsData = {
  days: 30,
  capped: false,
  lead: lead(23, [77, 146], [33, 72]),
  services: [
    { service: 'storefront', ...lead(14, [70, 120], [30, 60]) },
    { service: 'reports', ...lead(8, [90, 160], [40, 80]) },
    { service: null, items: 1, created: hours(30, 30), ready: null },
  ],
  trend: {
    days: 5,
    pieces: [
      { from: daysBefore(20), ...lead(6, [90, 150], [40, 80]) },
      { from: daysBefore(10), ...lead(9, [80, 140], [35, 70]) },
      { from: daysBefore(5), ...lead(8, [70, 130], [30, 65]) },
    ],
  },
  columns: [
    { column: 'Planning', work: 1800, waiting: 0 },
    { column: 'For review', work: 0, waiting: 26 * 3600 },
    { column: 'In Development', work: 5 * 3600, waiting: 600 },
    { column: 'Preview', work: 2 * 3600, waiting: 14 * 3600 },
  ],
  waits: [
    { who: 'product_manager', seconds: 20 * 3600 },
    { who: 'reviewer', seconds: 14 * 3600 },
    { who: 'engineer', seconds: 6 * 3600 },
    { who: 'unblock', seconds: 600 },
  ],
  decisions: {
    all: 5.22,
    by: [
      { who: 'engineer', count: 2.13 },
      { who: 'product_manager', count: 1.09 },
    ],
  },
  delegated: 18,
  deployments: 25,
  rollbacks: 2,
  blocks: [
    { rule: 'the service tier is not T1', count: 6 },
    { rule: 'draft-prd has finished', count: 3 },
  ],
};

export const NO_METRICS: MetricsData = {
  days: 30,
  capped: false,
  lead: { items: 0, created: { p50: 0, p90: 0 }, ready: null },
  services: [],
  trend: { days: 5, pieces: [] },
  columns: [],
  waits: [],
  decisions: { all: 0, by: [] },
  delegated: 0,
  deployments: 0,
  rollbacks: 0,
  blocks: [],
};
