import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../flows/lockstep.ts';
import { type Queue, report } from '../redis.ts';
import {
  approve,
  buttonOf,
  expectSound,
  finishedTimes,
  meetPeople,
  openTicket,
  type Road,
  reaches,
  startRoad,
} from './road.ts';

/** The goal is 10 s, which `bench/recovery.ts` measures; here a busy machine must not look like a fault. */
const PICKUP_MS = 30_000;

/** Workers die at every point of a job, on one of the queues. */
export function testKilledWorkers({ name, redis }: Queue): void {
  let road: Road;
  beforeAll(async () => {
    road = await startRoad({ processes: true, start: false, redis });
    await road.startWeb();
    await meetPeople(road);
  }, 60_000);
  afterAll(() => road?.close());

  /** The next item meets a worker that dies at this point; the item is left where it was. */
  async function dies(title: string, failAt: string): Promise<{ key: string; at: number }> {
    const worker = await road.startWorker({ FAIL_AT: failAt });
    const key = await openTicket(road, title);
    expect(await worker.ended).toBe('SIGKILL');
    return { key, at: Date.now() };
  }

  it('moves their items again, each effect done once', async () => {
    // #3, #4 and #5 of the fault matrix, one after another, so that one wait serves them all.
    const victims = [
      await dies('Killed before the call', 'before_effect@enrich'),
      await dies('Killed between call and commit', 'after_effect@draft-prd'),
      await dies('Killed between commit and hand-over', 'after_commit_before_add@finished'),
      await dies('Killed while it posts', 'after_effect@update-card'),
    ];
    const next = await road.startWorker({ LOG_LEVEL: 'info' });
    await until(() => /is ready/.test(next.output()));
    const began = Date.now();
    const times = await Promise.all(victims.map(({ key }) => reaches(road, key, 'prd_ready')));
    const laps = victims.map(
      ({ at }, index) => `${began - at + times[index]!} ms (${times[index]} of it with a worker)`,
    );
    report(`killed workers, queue on ${name}: moved again after ${laps.join(', ')}`);
    expect(Math.max(...times)).toBeLessThan(PICKUP_MS);
    for (const { key } of victims) {
      expect(await finishedTimes(road, key, 'enrich')).toBe(1);
      expect(await finishedTimes(road, key, 'draft-prd')).toBe(1);
      await buttonOf(road, key, 'approve');
    }
    const { rows } = await road.database.pool.query('SELECT count(*)::int AS n FROM revisions');
    expect(rows[0].n).toBe(victims.length);
    await approve(road, victims[1]!.key);
    await reaches(road, victims[1]!.key, 'signed');
    await expectSound(road);
  }, 60_000);
}
