import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSound, itemOf, meetPeople, type Road, startRoad } from '../faults/road.ts';
import { blocks, read } from './crew.ts';
import { until } from './lockstep.ts';
import { milestoneCrew, PIPELINE } from './milestone.ts';
import { interaction, signed, toSlackUrl } from './signed.ts';

/** Milestones where something is otherwise: a small cap, no key, a confirm that comes twice. */

let road: Road;
const { as, addressOf, says, start, made, itemFor, shows, approves } = milestoneCrew(() => road);

describe('a milestone with a cap', () => {
  beforeAll(async () => {
    road = await startRoad({ pipeline: PIPELINE, start: false });
    await appendFile(join(road.env.LOCKSTEP_CONFIG!, 'lockstep.yml'), '\nmilestone: { parallel: 2 }\n');
  }, 60_000);
  afterAll(() => road?.close());

  it('begins as many as may be at work, blockers first, also when the worker comes later', async () => {
    // The blocked one stands first in the project.
    const { issues } = road.linear.projects[0]!;
    issues.unshift(issues.splice(11, 1)[0]!);
    await meetPeople(road);
    await road.startWeb();
    await start(0);
    expect(await made()).toEqual([]);
    await road.startWorker();
    const [first, second] = [await itemFor('SHOP-7'), await itemFor('SHOP-12')];
    // A blocked one takes no room, so one more has begun.
    await blocks(road, second);
    const third = await itemFor('SHOP-1');
    await shows(/not begun 9/);
    expect(await shows(/Blocked \(1\)/)).toContain('at most 2 at work at the same time');
    expect((await made()).map((one) => one.key)).toEqual([first, second, third]);

    await approves(third);
    await itemFor('SHOP-2');
    await shows(/not begun 8/);
    expect(await made()).toHaveLength(4);
    await expectSound(road);
  }, 120_000);
});

describe('without a key', () => {
  beforeAll(async () => {
    road = await startRoad({ pipeline: PIPELINE, start: false });
    await meetPeople(road);
    await road.startWeb({ LINEAR_API_KEY: '' });
  }, 60_000);
  afterAll(() => road?.close());

  it('says so, before anything is opened, and a sentence stays a ticket', async () => {
    expect([await says(''), await says(addressOf(0))]).toMatchInlineSnapshot(`
      [
        "No milestone was started yet. They are read from Linear, and LINEAR_API_KEY is not set (docs/configuration.md).",
        "Milestones are read from Linear, and Lockstep has no key for it: LINEAR_API_KEY is not set (docs/configuration.md).",
      ]
    `);
    await says('dates are wrong on the board');
    await as('priya').untilModal('intake');
    expect(read(await as('priya').untilModal('intake'))).toContain('milestone dates are wrong on the board');
  });
});

describe('a confirm that is delivered twice', () => {
  beforeAll(async () => {
    road = await startRoad({ pipeline: PIPELINE });
  }, 60_000);
  afterAll(() => road?.close());

  it('starts once', async () => {
    await says(addressOf(1));
    const { private_metadata } = await as('priya').untilModal('milestone');
    const submit = interaction({
      type: 'view_submission',
      user: { id: 'U01PRIYA', team_id: 'T01ACME' },
      view: { id: 'V9', hash: 'h', callback_id: 'milestone', private_metadata, state: { values: {} } },
    });
    const twice = [signed(road, submit), signed(road, submit)].map((one) => toSlackUrl(road, one));
    expect((await Promise.all(twice)).map((one) => one.status)).toEqual([200, 200]);
    await as('priya').closeModal();
    await itemFor('NEWS-2');
    const { starts } = await road.database.db.selectFrom('milestones').select('starts').executeTakeFirstOrThrow();
    expect(starts).toBe(1);
    expect(await made()).toHaveLength(2);
  }, 60_000);

  it('waits for an issue of elsewhere until Linear says that it is closed', async () => {
    road.linear.issue('NEWS-2').blockedBy = ['SHOP-13'];
    await start(1);
    const waiting = await itemFor('NEWS-2');
    expect(await blocks(road, waiting)).toBe('everything that blocks it is done: SHOP-13 is no item here');
    road.linear.issue('SHOP-13').state = 'completed';
    await start(1);
    await until(async () => (await itemOf(road, waiting)).status === 'active', 60_000);
    expect(await made()).toHaveLength(2);
  }, 60_000);
});

describe('a worker that dies', () => {
  beforeAll(async () => {
    road = await startRoad({ pipeline: PIPELINE, start: false, processes: true });
    await meetPeople(road);
    await road.startWeb();
  }, 60_000);
  afterAll(() => road?.close());

  it.each(['after_commit@created', 'after_commit_before_add@created'])(
    '%s makes no issue two items',
    async (FAIL_AT) => {
      await start(FAIL_AT === 'after_commit@created' ? 0 : 1);
      const dying = await road.startWorker({ FAIL_AT });
      await dying.ended;
      const before = (await made()).length;
      expect(before).toBeGreaterThan(0);
      const worker = await road.startWorker();
      await itemFor(FAIL_AT === 'after_commit@created' ? 'SHOP-12' : 'NEWS-2');
      const origins = (await made()).map((one) => one.origin);
      expect(new Set(origins).size).toBe(origins.length);
      await expectSound(road);
      // The next one has to die while it makes an item.
      await worker.stop();
    },
    120_000,
  );
});
