import { afterEach, describe, expect, it } from 'vitest';
import { arrives, clicks, create, goes } from '../flows/crew.ts';
import { type Lockstep, sampleTickets, startLockstep, untilPeopleAreKnown } from '../flows/lockstep.ts';
import { backends, report, wipe } from '../redis.ts';
import { expectSound, historyOf } from './road.ts';

/** The whole road, while its worker is killed at named points and another takes over. */
let road: Lockstep | undefined;
afterEach(() => road?.close());

const twice = (...jobs: string[]): string[] => jobs.flatMap((job) => [`before_effect@${job}`, `after_effect@${job}`]);

/** Jobs of one stage run beside each other, so each road kills one of them, before its work and after it. */
const ROADS: string[][] = [
  twice('enrich', 'delegate', 'watch-checks', 'merge', 'soak'),
  twice('draft-prd', 'poll-agent', 'review-diff', 'deploy', 'pre-deploy-checks'),
  twice('draft-spec', 'provision-preview', 'watch-deploy', 'release-notes'),
  twice('update-card', 'notify', 'score', 'ping-reviewer'),
  twice('update-home', 'tick', 'rollback'),
  [
    'before_commit@finished',
    'after_commit@finished',
    'after_commit_before_add@finished',
    'before_commit@observed',
    'after_commit@observed',
    'after_commit_before_add@observed',
  ],
];
const queues = await backends(11);

/** One worker at a time; whoever dies is followed by one that dies at the next point, the last one lives. */
async function mortals(road: Lockstep, points: readonly string[]): Promise<string[]> {
  const fired: string[] = [];
  const next = async (): Promise<void> => {
    const point = points[fired.length];
    const worker = await road.startWorker(point ? { FAIL_AT: point } : {});
    void worker.ended.then((how) => {
      if (how !== 'SIGKILL' || !point) return;
      fired.push(point);
      void next();
    });
  };
  await next();
  return fired;
}

describe.each(ROADS.map((points, index) => ({ points, queue: queues[index % queues.length]! })))(
  'workers killed at $points.0 … $points.length points, queue on $queue.name',
  ({ points, queue }) => {
    it('bring the item to production, and back where it is rolled back', async () => {
      if (queue.redis) await wipe(queue.redis);
      road = await startLockstep({
        processes: true,
        start: false,
        slackPace: { rateLimits: false },
        inProduction: ['storefront'],
        ...(queue.redis ? { redis: queue.redis } : {}),
      });
      await road.startWeb();
      const first = await road.startWorker();
      await untilPeopleAreKnown(road);
      await first.stop();
      const [ticket] = await sampleTickets();
      const began = Date.now();
      const fired = await mortals(road, points);
      const key = await create(road, ticket!);
      await goes(road, key, 'deployed');
      if (points.includes('after_effect@rollback')) {
        await clicks(road, key, 'remo', 'rollback');
        await arrives(road, key, 'release');
      }
      report(`${points.length} kills on the way: ${Date.now() - began} ms`);
      expect(fired).toEqual(points);
      const rows = await historyOf(road, key);
      expect(rows.filter((row) => row.type === 'failed')).toEqual([]);
      await expectSound(road);
    });
  },
);
