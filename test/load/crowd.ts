import { resolve } from 'node:path';
import type { Event } from '../../src/pipeline/types.ts';
import { loadState } from '../../src/store/state.ts';
import { type Lockstep, type Running, startLockstep, until, untilPeopleAreKnown } from '../flows/lockstep.ts';
import { type Door, openDoor } from './door.ts';

/** Two hundred items in flight, where a team has them: most of them wait for somebody. */
const STANDS: Readonly<Record<string, number>> = {
  prd_ready: 90,
  spec_ready: 50,
  ready: 10,
  in_development: 10,
  preview: 30,
  release: 10,
};

export interface Item {
  id: string;
  key: string;
  stage: string;
}

export interface Crowd {
  lockstep: Lockstep;
  door: Door;
  items: readonly Item[];
  web: Running;
  worker: Running;
}

const PRIYA = { id: 'U01PRIYA', name: 'Priya Patel', roles: [] };
const EMIL = { id: 'U01EMIL', name: 'Emil Larsen', roles: [] };
const ROSA = { id: 'U01ROSA', name: 'Rosa Marin', roles: [] };

/**
 * Web and worker as processes, with two hundred items on the board and in the channel. To get there the clock of Slack
 * runs fast and nobody keeps its limits; both begin when everything is drawn.
 */
export async function gather(): Promise<Crowd> {
  const clock = fastClock(1000);
  const lockstep = await startLockstep({
    processes: true,
    start: false,
    worker: resolve(import.meta.dirname, 'worker.ts'),
    slackPace: { now: clock.now, dataFile: undefined },
  });
  try {
    return await fill(lockstep, clock);
  } catch (error) {
    await lockstep.close();
    throw error;
  }
}

async function fill(lockstep: Lockstep, clock: FastClock): Promise<Crowd> {
  const web = await lockstep.startWeb();
  const hasty = await lockstep.startWorker({ LOCKSTEP_SLACK_LIMITS: 'off', TOLD_MS: '200' });
  await untilPeopleAreKnown(lockstep);
  const door = await openDoor(lockstep);
  const items: Item[] = [];
  for (const [stage, count] of Object.entries(STANDS)) {
    for (let nth = 1; nth <= count; nth += 1) items.push(await open(door, `${stage} ${nth}`, stage));
  }
  await leadAll(lockstep, door, items);
  await untilDrawn(lockstep);
  await hasty.stop();
  const worker = await lockstep.startWorker();
  for (const item of items) {
    if (item.stage === 'in_development') await decide(lockstep, door, item, 'ready');
  }
  await untilDrawn(lockstep);
  clock.slowDown();
  await lockstep.database.pool.query('TRUNCATE slack_limits');
  return { lockstep, door, items, web, worker };
}

interface FastClock {
  now(): number;
  slowDown(): void;
}

/** Runs `times` as fast as the real one until it is slowed down; then it goes on from there, limits forgotten. */
function fastClock(times: number): FastClock {
  const began = Date.now();
  let ahead: number | null = null;
  const fast = () => (Date.now() - began) * times;
  return {
    now: () => Math.floor(ahead === null ? began + fast() : Date.now() + ahead),
    slowDown() {
      ahead = began + fast() - Date.now() + 120_000;
    },
  };
}

const DESCRIPTION = `So that it can be measured.

\`\`\`gherkin
Scenario: It is there
  Given an item
  When I look at it
  Then it is there
\`\`\`
`;

async function open(door: Door, title: string, stage: string): Promise<Item> {
  const ticket = { title, description: DESCRIPTION, service: 'storefront', requester: PRIYA, channel: 'lockstep' };
  const created = await door.createItem(ticket, null);
  if (created.kind === 'refused') throw new Error(created.reason);
  return { id: created.id, key: created.key, stage };
}

/** Decides whatever is asked on the way, until each item stands where it shall and asks. One look at all of them a time. */
async function leadAll(lockstep: Lockstep, door: Door, items: readonly Item[]): Promise<void> {
  await until(async () => {
    const { rows } = await lockstep.database.pool.query<{ id: string; stage: string; asks: boolean }>(
      `SELECT id::text, stage, EXISTS (SELECT FROM waits WHERE item_id = items.id) AS asks FROM items`,
    );
    const now = new Map(rows.map((row) => [row.id, row]));
    const under = items.filter(({ id, stage }) => now.get(id)!.stage !== last(stage) || !now.get(id)!.asks);
    for (const item of under) {
      const { stage, asks } = now.get(item.id)!;
      if (asks) await decide(lockstep, door, item, stage);
    }
    if (under.length > 0) throw new Error(`${under.length} are under way, ${JSON.stringify(now.get(under[0]!.id))}`);
    return true;
  }, 300_000);
}

/** Whoever works on it would be done at once, so that is begun later. */
const last = (stage: string): string => (stage === 'in_development' ? 'ready' : stage);

async function decide({ database }: Lockstep, { advance }: Door, { id }: Item, stage: string): Promise<void> {
  const { state } = (await loadState(database.pool, id))!;
  const { visit } = state.item;
  const hash = (name: string, key: string) => String((state.facts[name]!.value as Record<string, unknown>)[key]);
  const events: Record<string, () => Event> = {
    prd_ready: () => ({ type: 'approved', actor: PRIYA, visit, of: 'prd', subject: hash('prd', 'hash') }),
    spec_ready: () => ({ type: 'approved', actor: EMIL, visit, of: 'spec', subject: hash('spec', 'hash') }),
    ready: () => ({
      type: 'approved',
      actor: EMIL,
      visit,
      of: 'spec',
      subject: hash('spec', 'hash'),
      choice: 'scripted',
    }),
    preview: () => ({ type: 'approved', actor: ROSA, visit, of: 'head', subject: hash('pr', 'headSha') }),
  };
  const result = await advance(id, events[stage]!());
  if (result.kind === 'refused') throw new Error(result.reason);
}

const untilDrawn = ({ database, output }: Lockstep) =>
  until(async () => {
    const { rows } = await database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM outbox WHERE done_at IS NULL AND visit IS NULL`,
    );
    if (rows[0]!.n > 0) throw new Error(`${rows[0]!.n} are not drawn\n${output().slice(-2000)}`);
    return true;
  }, 300_000);
