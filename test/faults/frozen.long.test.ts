import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../flows/lockstep.ts';
import { backends, report } from '../redis.ts';
import {
  buttonOf,
  expectSound,
  finishedTimes,
  itemOf,
  meetPeople,
  openTicket,
  press,
  type Road,
  reaches,
  startRoad,
} from './road.ts';

/** Workers that stand still, hang, or die of the same job again and again. */
let road: Road | undefined;
afterEach(() => road?.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(await backends(12))('queue on $name', ({ name, redis }) => {
  async function ready(): Promise<Road> {
    road = await startRoad({ processes: true, start: false, redis });
    await road.startWeb();
    await meetPeople(road);
    return road;
  }

  it('a job whose worker is killed five times is done, never given up by the queue', async () => {
    const road = await ready();
    let key = '';
    for (let n = 1; n <= 5; n += 1) {
      const worker = await road.startWorker({ FAIL_AT: 'before_effect@draft-prd' });
      key ||= await openTicket(road, 'Killed five times');
      expect(await worker.ended).toBe('SIGKILL');
    }
    await road.startWorker();
    report(`killed five times, queue on ${name}: done ${await reaches(road, key, 'prd_ready')} ms later`);
    expect(await finishedTimes(road, key, 'draft-prd')).toBe(1);
    await expectSound(road);
  });

  it('a job that always kills its worker is given up by our own budget, people are told, and Retry does it', async () => {
    const road = await ready();
    const file = join(road.config.configDir, 'lockstep.yml');
    await writeFile(file, `${await readFile(file, 'utf8')}\nmax_attempts: 2\n`);
    let key = '';
    for (let n = 1; n <= 2; n += 1) {
      const worker = await road.startWorker({ FAIL_AT: 'before_effect@draft-prd' });
      key ||= await openTicket(road, 'Always kills');
      expect(await worker.ended).toBe('SIGKILL');
    }
    await road.startWorker();
    await until(async () => (await itemOf(road, key)).status === 'blocked');
    expect((await itemOf(road, key)).reason).toMatch(/the worker died 2 times while it was doing this/);
    expect(await press(road, 'priya', 'retry', await buttonOf(road, key, 'retry'))).toMatchObject({ ok: true });
    await reaches(road, key, 'prd_ready');
    await expectSound(road);
  });

  it('a worker that is frozen for longer than its lock wakes up to find the work done, and does it no second time', async () => {
    const road = await ready();
    // Held in the middle of a job: the loop is blocked before the call, then the whole process stands still.
    const frozen = await road.startWorker({ FAIL_AT: 'block:500:before_effect@draft-prd' });
    const key = await openTicket(road, 'Frozen');
    await until(async () => (await itemOf(road, key)).stage === 'prd_draft');
    await pause(200);
    frozen.freeze();
    const began = Date.now();
    await road.startWorker();
    await reaches(road, key, 'prd_ready');
    report(`frozen worker, queue on ${name}: its item moved again after ${Date.now() - began} ms`);
    await pause(Math.max(0, 7_000 - (Date.now() - began)));
    frozen.thaw();
    await pause(1_500);
    expect(await finishedTimes(road, key, 'draft-prd')).toBe(1);
    const { rows } = await road.database.pool.query('SELECT count(*)::int AS n FROM revisions');
    expect(rows).toEqual([{ n: 1 }]);
    await expectSound(road);
  });

  it('a worker whose event loop is blocked for ten seconds changes nothing twice, and clicks are answered meanwhile', async () => {
    const road = await ready();
    await road.startWorker({ FAIL_AT: 'block:10000:after_effect@draft-prd' });
    const key = await openTicket(road, 'Blocked');
    await until(async () => (await itemOf(road, key)).stage === 'prd_draft');
    await pause(500);
    await road.startWorker();
    const began = Date.now();
    await road.slack.act('priya').command('/ticket help');
    expect(Date.now() - began, 'the process that answers people is another one').toBeLessThan(2_500);
    await reaches(road, key, 'prd_ready');
    report(`blocked worker, queue on ${name}: its item moved again after ${Date.now() - began} ms`);
    await pause(Math.max(0, 11_000 - (Date.now() - began)));
    expect(await finishedTimes(road, key, 'draft-prd')).toBe(1);
    const { rows } = await road.database.pool.query('SELECT count(*)::int AS n FROM revisions');
    expect(rows).toEqual([{ n: 1 }]);
    await expectSound(road);
  });
});
