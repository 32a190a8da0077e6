import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jobs } from '../../jobs/index.ts';
import { drawHomes, HOME_PACE, startHomes } from '../../src/homes.ts';
import { Refused, RetryLater } from '../../src/integrations/errors.ts';
import { runEffect } from '../../src/run-effect.ts';
import { homesToDraw, wantHomes } from '../../src/store/homes.ts';
import { reads } from '../views/fixture.ts';
import { inPrdReview, newItem, type Product, startProduct, stateOf } from './fixture.ts';

/** Many changes at once, and a Home that is drawn from two sides: how often it is published, and what it ends with. */

let product: Product;
/** Who was published to, oldest first. */
let published: string[];
/** What the clock of the worker says; it stands still unless a test moves it. */
let clock: Date;
let deps: Product['deps'];

beforeAll(async () => {
  product = await startProduct();
  deps = {
    ...product.deps,
    now: () => clock,
    slack: {
      ...product.deps.slack,
      async publishHome(user: string, view: never) {
        await product.deps.slack.publishHome(user, view);
        published.push(user);
      },
    },
  };
});
afterAll(() => product.close());
beforeEach(() => {
  published = [];
  clock = new Date();
});

const as = (name: string) => product.slack.act(name);
const home = (name: string) => reads(product.slack.state.home(name)!);
const passes = (ms: number): void => {
  clock = new Date(clock.getTime() + ms);
};
/** Long after everything that was published so far, by whichever clock. */
const muchLater = (): void => {
  clock = new Date(Date.now() + 5000);
};

/** One look of a worker: whose time has come is drawn. */
async function look(): Promise<void> {
  await drawHomes(deps, await homesToDraw(deps.db, { now: clock, pace: HOME_PACE, limit: 50 }));
}

/** As a worker runs what was ordered: eight at a time. */
async function runOrders(): Promise<number> {
  const orders = await deps.db
    .selectFrom('outbox')
    .select(['id', 'turn'])
    .where('job', '=', 'update-home')
    .where('done_at', 'is', null)
    .execute();
  for (let at = 0; at < orders.length; at += 8) {
    const some = orders.slice(at, at + 8);
    await Promise.all(some.map(({ id, turn }) => runEffect(deps, jobs, { effect: id, turn, starts: 1 })));
  }
  return orders.length;
}

describe('twenty items that change at once', () => {
  it('are at most two publishes for each person, and the last has them all', async () => {
    const items: Awaited<ReturnType<typeof inPrdReview>>[] = [];
    for (let index = 0; index < 20; index += 1) items.push(await inPrdReview(product, `Many ${index}`));
    for (const name of ['priya', 'olga', 'emil']) await as(name).home();
    await product.settle();
    await as('emil').clickHome('home_board');
    await product.settle();
    expect(home('priya')).toMatch(/^# 20 decisions wait on you/);
    expect(home('emil')).toContain('# For review (20)');
    muchLater();

    const approve = async (item: (typeof items)[number]) => {
      const { visit } = await stateOf(product, item.id);
      const actor = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
      return product.advance(item.id, { type: 'approved', actor, visit, of: 'prd', subject: item.prd.hash });
    };
    // The worker looks all the time while they come in.
    const done = Promise.all(items.map(approve)).then(async () => {
      expect(await runOrders()).toBe(20);
    });
    let over = false;
    void done.finally(() => {
      over = true;
    });
    while (!over) await look();
    await done;
    await look();
    const people = ['U01PRIYA', 'U01OLGA', 'U01EMIL'];
    const counts = () => people.map((person) => published.filter((one) => one === person).length);
    expect(Math.max(...counts())).toBeLessThanOrEqual(1);
    passes(HOME_PACE.ms);
    await look();
    expect(Math.max(...counts())).toBeLessThanOrEqual(2);
    expect(home('priya')).toMatch(/^# Nothing waits on you/);
    expect(home('olga').match(/Drafting the tech spec/g)).toHaveLength(20);
    expect(home('emil')).toContain('# Planning (20)');
    expect(home('emil')).not.toContain('# For review');
    passes(60_000);
    published = [];
    await look();
    expect(published).toEqual([]);
  });
});

describe('a Home that is to be drawn', () => {
  it('is tried again when Slack says so, by a worker that waits that long', async () => {
    await as('priya').home();
    await product.settle();
    await newItem(product, 'Not yet', 'U01PRIYA');
    await runOrders();
    const tries: number[] = [];
    const slack = {
      ...product.deps.slack,
      async publishHome(user: string, view: never) {
        if (user === 'U01PRIYA') tries.push(Date.now());
        if (user === 'U01PRIYA' && tries.length === 1) throw new RetryLater('wait', 1500);
        await product.deps.slack.publishHome(user, view);
      },
    };
    const worker = startHomes({ ...product.deps, slack });
    try {
      await product.slack.until(() => home('priya').includes('Not yet'), 30_000);
    } finally {
      await worker.stop();
    }
    expect(tries).toHaveLength(2);
    expect(tries[1]! - tries[0]!).toBeGreaterThanOrEqual(1450);
  });

  it('is drawn by the next worker when one was killed between', async () => {
    await as('priya').home();
    await product.settle();
    const { key } = await newItem(product, 'Survives', 'U01PRIYA');
    await runOrders();
    // Nothing but the row knows. Another worker starts.
    const worker = startHomes(product.deps);
    try {
      await product.slack.until(() => home('priya').includes(`*${key}*  Survives`), 30_000);
    } finally {
      await worker.stop();
    }
  });

  it('waits while Slack asks to, and is drawn then', async () => {
    await as('priya').home();
    await product.settle();
    await newItem(product, 'Waits for Slack', 'U01PRIYA');
    await runOrders();
    muchLater();
    const refusing = { ...deps.slack, publishHome: async () => Promise.reject(new RetryLater('wait', 3000)) };
    await expect(drawHomes({ ...deps, slack: refusing }, ['U01PRIYA'])).rejects.toThrow('wait');
    expect(home('priya')).not.toContain('Waits for Slack');
    await look();
    expect(home('priya')).toContain('Waits for Slack');
  });

  it('of somebody who has left is given up, and holds up nobody', async () => {
    await as('priya').home();
    await as('olga').home();
    await product.settle();
    await wantHomes(deps.db, ['user:U01PRIYA', 'user:U01OLGA'], 'own');
    await deps.db.updateTable('homes').set({ published_hash: null }).execute();
    muchLater();
    const slack = {
      ...deps.slack,
      async publishHome(user: string, view: never) {
        if (user === 'U01OLGA') throw new Refused('Slack refused views.publish: user_not_found.', 'user_not_found');
        await deps.slack.publishHome(user, view);
      },
    };
    await drawHomes({ ...deps, slack }, ['U01OLGA', 'U01PRIYA']);
    expect(published).toEqual(['U01PRIYA']);
    expect(await homesToDraw(deps.db, { now: clock, pace: HOME_PACE, limit: 50 })).toEqual([]);
  });
});

describe('a click while a worker draws', () => {
  it('ends with what was clicked, whoever was first', async () => {
    await as('remo').home();
    await product.settle();
    await newItem(product, 'Meanwhile', 'U01REMO');
    await runOrders();
    muchLater();
    // The worker has read the queue and is about to publish it.
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached = () => {};
    const publishing = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const slow = {
      ...deps.slack,
      async publishHome(user: string, view: never) {
        reached();
        await held;
        await deps.slack.publishHome(user, view);
      },
    };
    const drawing = drawHomes({ ...deps, slack: slow }, ['U01REMO']);
    await publishing;
    await as('remo').clickHome('home_board');
    release();
    await drawing;
    await product.settle();
    expect(home('remo')).toContain('[Queue] [● Board]');
  });
});
