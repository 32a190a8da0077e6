import { join, resolve } from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { pino } from 'pino';
import { jobs } from '../../jobs/index.ts';
import { createAdvance } from '../../src/advance.ts';
import { loadCatalog } from '../../src/catalog/index.ts';
import { createCreateItem } from '../../src/commands/create-item.ts';
import { readSettings } from '../../src/config.ts';
import { vocabulary } from '../../src/deps.ts';
import { factsOfRevision } from '../../src/documents/document-facts.ts';
import { EMPTY_PRD, EMPTY_SPEC } from '../../src/documents/fields.ts';
import { hashFields, renderDocument } from '../../src/documents/render.ts';
import type { Event, NewFact, Priority } from '../../src/pipeline/types.ts';
import { insertRevision } from '../../src/store/documents.ts';
import { openPipelines } from '../../src/store/pipelines.ts';
import type { Tables } from '../../src/store/tables.ts';
import { openPool } from '../postgres.ts';

/**
 * A month of a team in a database that nothing else works on yet: every item comes by the front door and goes through
 * the one door, only the clock is turned. So its history is as real as any, and metrics have something to count.
 */
const CONFIG = resolve(import.meta.dirname, '../../config');
const HOUR = 3_600_000;
const PEOPLE = {
  priya: ['U01PRIYA', 'Priya Patel', ['product_manager']],
  emil: ['U01EMIL', 'Emil Larsen', ['engineer']],
  rosa: ['U01ROSA', 'Rosa Marin', ['engineer', 'reviewer']],
  remo: ['U01REMO', 'Remo Keller', ['release_manager']],
  olga: ['U01OLGA', 'Olga Novak', []],
} as const;
type Who = keyof typeof PEOPLE;
const actor = (who: Who) => ({ id: PEOPLE[who][0], name: PEOPLE[who][1], roles: [] });

/** How far an item came: the last step of the road that it took. */
export type Until =
  | 'created'
  | 'enriched'
  | 'prd drafted'
  | 'prd approved'
  | 'spec drafted'
  | 'scored'
  | 'delegated'
  | 'in review'
  | 'on staging'
  | 'release ready'
  | 'in production'
  | 'rolled back';

export interface Life {
  title: string;
  service: string;
  by: Who;
  priority?: Priority;
  tier?: 'T1' | 'T2' | 'T3';
  until: Until;
  /** Hours before now at which its last step was. */
  ended: number;
  /** How long people take, in hours, at each of their decisions. */
  pace: number;
  agent?: 'scripted' | 'manual';
}

export async function liveThrough(url: string, lives: readonly Life[], now = new Date()): Promise<void> {
  const pool = openPool(url, 2);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await seat(db, now);
    const world = await openWorld(db, pool);
    for (const life of lives) await live(world, life, now);
    // What was ordered on the way has happened elsewhere, as far as anybody can see.
    await db.updateTable('outbox').set({ done_at: now, result: 'done' }).where('done_at', 'is', null).execute();
  } finally {
    await db.destroy();
  }
}

async function seat(db: Kysely<Tables>, now: Date): Promise<void> {
  for (const [name, [id, real_name, roles]] of Object.entries(PEOPLE)) {
    const person = {
      id,
      name,
      real_name,
      github_login: null,
      guest: false,
      deleted: false,
      team_id: 'T01ACME',
      seen_at: now,
    };
    await db
      .insertInto('people')
      .values(person)
      .onConflict((it) => it.doNothing())
      .execute();
    for (const role of roles) {
      const member = { role, user_id: id, source: 'lives', seen_at: now };
      await db
        .insertInto('role_members')
        .values(member)
        .onConflict((it) => it.doNothing())
        .execute();
    }
  }
}

type World = Awaited<ReturnType<typeof openWorld>>;

async function openWorld(db: Kysely<Tables>, pool: pg.Pool) {
  const clock = { now: new Date() };
  const settings = readSettings(join(CONFIG, 'lockstep.yml'));
  const pipelines = await openPipelines(db, join(CONFIG, 'pipelines'), vocabulary(settings, jobs));
  const common = {
    pool,
    pipelines,
    handOver: () => {},
    now: () => clock.now,
    log: pino({ level: 'silent' }),
    failpoint: () => {},
  };
  const catalog = loadCatalog(join(CONFIG, 'catalog'), join(CONFIG, 'catalog'));
  const createItem = createCreateItem({ ...common, catalog, level: 'ai_led' });
  return { clock, db, createItem, advance: createAdvance(common) };
}

/** Time is told backwards from the last step, so the first step is as long ago as all of them took. */
async function live(world: World, life: Life, now: Date): Promise<void> {
  const all = road(life);
  const steps = all.slice(0, all.findLastIndex((step) => step.end === life.until) + 1);
  const took = steps.reduce((sum, step) => sum + step.hours, 0);
  world.clock.now = new Date(now.getTime() - (life.ended + took) * HOUR);
  const { id: requester, name } = actor(life.by);
  const { title, service, priority = null } = life;
  const created = await world.createItem(
    { title, description: '', service, priority, requester: { id: requester, name }, channel: 'lockstep' },
    null,
  );
  if (created.kind !== 'created') throw new Error(created.kind);
  for (const step of steps) {
    world.clock.now = new Date(world.clock.now.getTime() + step.hours * HOUR);
    const { visit } = await itemOf(world, created.id);
    for (const event of await step.events(world, created.id, visit)) await take(world, created.id, event);
  }
}

async function take(world: World, itemId: string, event: Event): Promise<void> {
  const result = await world.advance(itemId, event);
  if (result.kind === 'refused') throw new Error(`${event.type} of ${itemId}: ${result.reason}`);
  if (result.kind !== 'moved') return;
  // A stage whose gate holds already is left at once.
  await world.advance(itemId, { type: 'ticked' });
}

const itemOf = (world: World, itemId: string) =>
  world.db.selectFrom('items').select(['visit', 'key', 'title']).where('id', '=', itemId).executeTakeFirstOrThrow();

interface Step {
  hours: number;
  /** Set on the last step of each part of the road. */
  end?: Until;
  events(world: World, itemId: string, visit: number): Promise<Event[]> | Event[];
}

const fact = (name: string, value: unknown, subject = ''): NewFact => ({ name, value, source: 'lives', subject });

const does = (job: string, ...facts: NewFact[]): Step => ({
  hours: 0.05,
  events: (_world, _item, visit) => [{ type: 'finished', job, visit, facts, note: '' }],
});
const sees = (...facts: NewFact[]): Step => ({ hours: 0.1, events: () => [{ type: 'observed', facts, note: '' }] });
const ends = (end: Until, step: Step, hours = step.hours): Step => ({ ...step, hours, end });

type Subject = 'prd' | 'spec' | 'head' | 'merge';
const approves = (who: Who, of: Subject, how: { hours: number; sha?: string; choice?: string }): Step => ({
  hours: how.hours,
  async events(world, itemId, visit) {
    const subject = of === 'prd' || of === 'spec' ? await hashOf(world, itemId, of) : (how.sha ?? '');
    const choice = how.choice ? { choice: how.choice } : {};
    return [{ type: 'approved', actor: actor(who), visit, of, subject, ...choice }];
  },
});

/** From the ticket to production; machines take minutes, people the time that they take. */
function road(life: Life): Step[] {
  const { pace, tier = 'T2', agent = 'scripted' } = life;
  const sha = (what: string) => Buffer.from(`${what} ${life.title}`).toString('hex').padEnd(40, '0').slice(0, 40);
  const [head, merge] = [sha('head'), sha('merge')];
  const engineer = life.by === 'emil' ? 'rosa' : 'emil';
  return [
    ends('created', { hours: 0, events: () => [] }),
    ends(
      'enriched',
      does(
        'enrich',
        fact('tier', tier),
        fact('owner', 'team'),
        fact('blast_radius', { level: 'low', score: 1, because: 'nothing depends on it', impacted: [] }),
        fact('active_incidents', { count: 0, items: [] }),
      ),
    ),
    ends('prd drafted', { hours: 0.1, events: (world, itemId, visit) => drafts(world, itemId, visit, 'prd') }),
    ends('prd approved', approves('priya', 'prd', { hours: 6 * pace })),
    ends('spec drafted', { hours: 0.1, events: (world, itemId, visit) => drafts(world, itemId, visit, 'spec') }),
    approves(engineer, 'spec', { hours: 4 * pace }),
    ends('scored', does('score')),
    approves(engineer, 'spec', { hours: 2 * pace, choice: agent }),
    ends('delegated', does('delegate')),
    ...implementation(life, head),
    approves('rosa', 'head', { hours: 7 * pace, sha: head }),
    ...delivery(life, { head, merge, before: sha('before') }),
  ];
}

const pull = ({ title, service }: Life, headSha: string, state: 'open' | 'merged'): NewFact =>
  fact('pr', { number: 40 + title.length, url: `https://github.test/acme/${service}/pull/7`, title, headSha, state });

function implementation(life: Life, head: string): Step[] {
  const run = { name: 'test', conclusion: 'success', url: '', summary: '' };
  return [
    { ...does('poll-agent', pull(life, head, 'open')), hours: life.agent === 'manual' ? 9 * life.pace : 0.7 },
    sees(fact('checks', { conclusion: 'success', runs: [run] }, head)),
    does('review-diff', fact('diff_review', { verdict: 'pass', findings: [], matrix: [] }, head)),
    does('provision-preview', fact('preview', { state: 'ready', url: 'https://preview.test/', because: '' }, head)),
    ends(
      'in review',
      does(
        'ping-reviewer',
        fact('reviewer', { id: 'U01ROSA', name: 'Rosa Marin', login: 'rosa-m', because: 'code owner' }),
      ),
    ),
  ];
}

function delivery(life: Life, { head, merge, before }: { head: string; merge: string; before: string }): Step[] {
  const there = {
    state: 'success',
    sha: merge,
    previousSha: before,
    url: 'https://x.test/',
    logUrl: null,
    because: '',
    at: '',
  };
  const checks = { verdict: 'pass', checks: [], risk: { level: 'low', parts: [] }, back: before };
  return [
    does('merge', pull(life, head, 'merged'), fact('merge', { sha: merge, at: '' }, merge)),
    ends('on staging', does('deploy', fact('staging', there, merge))),
    { ...does('soak', fact('soak', { until: '2020-01-01T00:00:00.000Z' }, merge)), hours: 0.3 },
    does('pre-deploy-checks', fact('deploy_checks', checks, merge)),
    ends('release ready', does('release-notes', fact('release_notes', { markdown: 'x', revision: 1 }, merge))),
    approves('remo', 'merge', { hours: 3 * life.pace, sha: merge }),
    does('deploy'),
    sees(fact('production', there, merge)),
    ends('in production', sees(fact('watch', { state: 'healthy', until: '', because: 'quiet' }, merge)), 0.5),
    {
      hours: 5,
      events: (_world, _item, visit) => [
        { type: 'rollback_requested', actor: actor('remo'), visit, note: 'errors went up' },
      ],
    },
    ends('rolled back', does('rollback', fact('rollback', { state: 'done', toSha: before, because: '' }, merge))),
  ];
}

const FIELDS = {
  prd: {
    ...EMPTY_PRD,
    goals: ['It works'],
    acceptance_criteria: 'Scenario: it works\n  When I look\n  Then it is there',
  },
  spec: { ...EMPTY_SPEC, rollback: 'Deploy the version before.' },
};

async function drafts(world: World, itemId: string, visit: number, document: 'prd' | 'spec'): Promise<Event[]> {
  const { key, title } = await itemOf(world, itemId);
  const fields =
    document === 'prd' ? { ...FIELDS.prd, problem: `${title}.` } : { ...FIELDS.spec, approach: `${title}.` };
  const row = await insertRevision(world.db, {
    item_id: itemId,
    document,
    hash: hashFields(document, fields),
    fields,
    markdown: renderDocument({ document, key, title, authorKind: 'offline' }, fields),
    author_id: 'lockstep',
    author_name: 'Lockstep',
    author_kind: 'offline',
    order_key: `${document}-${itemId}-${visit}`,
  });
  return [{ type: 'finished', job: `draft-${document}`, visit, facts: factsOfRevision(row), note: '' }];
}

async function hashOf(world: World, itemId: string, document: 'prd' | 'spec'): Promise<string> {
  const row = await world.db
    .selectFrom('revisions')
    .select('hash')
    .where('item_id', '=', itemId)
    .where('document', '=', document)
    .orderBy('number', 'desc')
    .executeTakeFirstOrThrow();
  return row.hash;
}
