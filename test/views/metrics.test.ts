import { describe, expect, it } from 'vitest';
import { duration, type MetricsData, metricsHome, metricsMessage } from '../../views/metrics.ts';
import { AT, expectGoodMessage, expectGoodView, HOSTILE, LONG, reads } from './fixture.ts';
import { METRICS, NO_METRICS } from './metrics-fixture.ts';

const look = { state: { tab: 'metrics' }, now: AT, charts: true } as const;

describe('Metrics', () => {
  it('say the number in a sentence first, then show it', () => {
    const view = metricsHome(METRICS, look);
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "# Half of 23 items reached production within 3.2 days
      [Queue] [Board] [● Metrics] [New Ticket]
      [static_select: Last 7 days / Last 30 days / Last 90 days]
      From the ticket to production, in the last 30 days. 9 of 10 took at most 6.1 days. From ready to production: half within 33 hours, 9 of 10 within 3 days.
      | *Deployments* | 25, 2 rolled back (8 %)
      | *Left to agents* | 18 of 23 items (78 %)
      | *Decisions by people* | 5.2 an item, most by engineers (2.1)
      | *Blocks most* | “the service tier is not T1” (6 of 9 times)
      ~ Lead time by when it was deployed (line; deployed in the 5 days from; days to production)
      ~ Oct 31 Nov 10 Nov 15
      ~ Half within: 3.8 3.3 2.9
      ~ 9 of 10 within: 6.3 5.8 5.4
      ~ Where the time goes (bar; ; hours an item)
      ~ Planning For review In Development Preview
      ~ Work: 0.5 0 5 2
      ~ Waiting for people: 0 26 0.2 14
      *On average an item was 7.5 hours at work and waited 40 hours for people*
      It was longest in For review: 26 hours.
      It waited 20 hours for product managers, 14 hours for reviewers, 6 hours for engineers, 10 min for somebody to unblock it.
      = Lead time by service, last 30 days, from the ticket and from ready
      = Service | Items | Half | 9 of 10 | Half, ready | 9 of 10, ready
      = storefront | 14 | 2.9 days | 5 days | 30 hours | 2.5 days
      = reports | 8 | 3.8 days | 6.7 days | 40 hours | 3.3 days
      = No service | 1 | 30 hours | 30 hours | – | –
        Counted from history, once an item, when it first reached production. Time belongs to whoever ended it: up to a decision it waited for that role, up to a report it was at work.
        <!date^1795171320^Updated {date_short_pretty} at {time}|Updated 2026-11-20 10:42 UTC> · \`/ticket help\` says what else there is"
    `);
  });

  it('say the same in words where Slack takes no charts', () => {
    const view = metricsHome(METRICS, { ...look, charts: false });
    expectGoodView(view);
    const words = reads(view);
    expect(words).not.toMatch(/^[~=] /m);
    expect(words.slice(words.indexOf('*On average'))).toMatchInlineSnapshot(`
      "*On average an item was 7.5 hours at work and waited 40 hours for people*
      It was longest in For review: 26 hours.
      It waited 20 hours for product managers, 14 hours for reviewers, 6 hours for engineers, 10 min for somebody to unblock it.
      • Planning: 30 min work, 0 s waiting
      • For review: 0 s work, 26 hours waiting
      • In Development: 5 hours work, 10 min waiting
      • Preview: 2 hours work, 14 hours waiting
      *Lead time by service*
      • storefront: 14 items, half within 2.9 days, 9 of 10 within 5 days
      • reports: 8 items, half within 3.8 days, 9 of 10 within 6.7 days
      • No service: 1 item, half within 30 hours, 9 of 10 within 30 hours
        Counted from history, once an item, when it first reached production. Time belongs to whoever ended it: up to a decision it waited for that role, up to a report it was at work.
        <!date^1795171320^Updated {date_short_pretty} at {time}|Updated 2026-11-20 10:42 UTC> · \`/ticket help\` says what else there is"
    `);
  });

  it('say honestly that there is nothing yet', () => {
    const view = metricsHome(NO_METRICS, look);
    expectGoodView(view);
    expect(reads(view)).toMatchInlineSnapshot(`
      "# Nothing was deployed in the last 30 days
      [Queue] [Board] [● Metrics] [New Ticket]
      [static_select: Last 7 days / Last 30 days / Last 90 days]
      Lead time, waiting time and decisions are counted from items that reach production for the first time. Choose a longer period, or see on the Board what is on its way.
        <!date^1795171320^Updated {date_short_pretty} at {time}|Updated 2026-11-20 10:42 UTC> · \`/ticket help\` says what else there is"
    `);
    const again = metricsHome({ ...NO_METRICS, deployments: 1, rollbacks: 1 }, look);
    expect(reads(again)).toContain('What was deployed had been in production before.');
  });

  it('of one item need no halves', () => {
    const [lead] = METRICS.services;
    const one: MetricsData = { ...METRICS, lead: { ...lead!, items: 1 }, delegated: 0, trend: { days: 5, pieces: [] } };
    const view = metricsHome(one, look);
    expectGoodView(view);
    expect(reads(view)).toContain('# 1 item reached production, in 2.9 days');
    expect(reads(view)).toContain('It was ready for 30 hours of that.');
    expect(reads(view)).not.toContain('~ Lead time');
  });

  it('hold 300 services, hostile names and every column', () => {
    const lead = METRICS.lead;
    const many: MetricsData = {
      ...METRICS,
      capped: true,
      services: Array.from({ length: 300 }, (_, index) => ({ service: `${index} ${HOSTILE}`, ...lead })),
      trend: {
        days: 1,
        pieces: Array.from({ length: 40 }, (_, day) => ({ from: new Date(day * 86_400_000), ...lead })),
      },
      columns: Array.from({ length: 7 }, (_, index) => ({ column: `${index}${HOSTILE}`, work: 1e9, waiting: 1e9 })),
      waits: Array.from({ length: 20 }, () => ({ who: LONG, seconds: 1e9 })),
      decisions: { all: 99, by: [{ who: LONG, count: 9 }] },
      blocks: [{ rule: LONG, count: 1000 }],
      deployments: 1000,
      rollbacks: 1000,
    };
    for (const charts of [true, false]) expectGoodView(metricsHome(many, { ...look, charts }));
    expectGoodMessage(metricsMessage(many));
  });

  it('answer /ticket in short', () => {
    const message = metricsMessage(METRICS);
    expectGoodMessage(message);
    expect(reads(message)).toMatchInlineSnapshot(`
      "*Half of 23 items reached production within 3.2 days*
      From the ticket to production, in the last 30 days. 9 of 10 took at most 6.1 days. From ready to production: half within 33 hours, 9 of 10 within 3 days.
      *On average an item was 7.5 hours at work and waited 40 hours for people*
      It was longest in For review: 26 hours.
      It waited 20 hours for product managers, 14 hours for reviewers, 6 hours for engineers, 10 min for somebody to unblock it.
      | *Deployments* | 25, 2 rolled back (8 %)
      | *Left to agents* | 18 of 23 items (78 %)
      | *Decisions by people* | 5.2 an item, most by engineers (2.1)
      | *Blocks most* | “the service tier is not T1” (6 of 9 times)
        The Metrics tab in the Home of this app has charts, other periods and each service."
    `);
    expectGoodMessage(metricsMessage(NO_METRICS));
  });

  it.each([
    [0, '0 s'],
    [89, '89 s'],
    [90, '2 min'],
    [5399, '90 min'],
    [5400, '1.5 hours'],
    [47 * 3600, '47 hours'],
    [60 * 3600, '2.5 days'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));
});
