/** The work side of Lockstep on a bench: real Postgres, the real door and jobs, the GitHub stand-in, git and npm test. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { jobs as allJobs } from '../../jobs/index.ts';
import { done, type Job } from '../../jobs/job.ts';
import { createGitHub as createStandIn, type GitHub as StandIn } from '../../sim/github/index.ts';
import { seedFromFolder } from '../../sim/github/seed.ts';
import { sampleRepos, scriptsDir } from '../../sim/sample/index.ts';
import { createAdvance } from '../../src/advance.ts';
import { createAgents } from '../../src/agents/index.ts';
import { loadCatalog } from '../../src/catalog/index.ts';
import { createCreateItem, type NewTicket } from '../../src/commands/create-item.ts';
import { createReceive } from '../../src/commands/receive.ts';
import { createRevise } from '../../src/commands/revise.ts';
import type { Config } from '../../src/config.ts';
import { type Deps, vocabulary } from '../../src/deps.ts';
import { createGitHub } from '../../src/integrations/github.ts';
import type { Model } from '../../src/integrations/model.ts';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import type { Event, Facts, State } from '../../src/pipeline/types.ts';
import { runEffect } from '../../src/run-effect.ts';
import { createLocks } from '../../src/store/locks.ts';
import { loadState } from '../../src/store/state.ts';
import { type Answer, handleGitHubWebhook } from '../../src/webhooks/github.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TOKEN = 'bench-token';
const SECRET = 'bench-secret';

/** Slack id, GitHub login, roles. */
export const PEOPLE = {
  priya: { id: 'UPRIYA', name: 'Priya Raman', login: 'priya', roles: ['product_manager'] },
  emil: { id: 'UEMIL', name: 'Emil Sandberg', login: 'emil', roles: ['engineer', 'reviewer'] },
  rosa: { id: 'UROSA', name: 'Rosa Lindqvist', login: 'rosa', roles: ['engineer', 'reviewer'] },
  remo: { id: 'UREMO', name: 'Remo Keller', login: 'remo', roles: ['release_manager'] },
} as const;
export type Who = keyof typeof PEOPLE;

export interface BenchOptions {
  model?: Model | null;
  /** Changes the text of feature.yml, e.g. to shorten a wait. */
  pipeline?: (text: string) => string;
  /** Every job does its work, is killed before its end is recorded, and does it again. */
  twice?: boolean;
  /** False: webhooks get nowhere, as when Lockstep was down. */
  webhooks?: boolean;
}

export type Bench = Awaited<ReturnType<typeof workbench>>;

export async function workbench(options: BenchOptions = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  const database = await testDatabase();
  const log = pino({ level: process.env.BENCH_LOG ?? 'silent' });
  let standIn: StandIn;
  let hook: (request: { headers: never; rawBody: Buffer }) => Promise<Answer> = async () => ({ status: 503, body: '' });
  const server: Server = createServer(async (request, response) => {
    if (request.url === '/webhooks/github') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await hook({ headers: request.headers as never, rawBody: Buffer.concat(chunks) });
      response.writeHead(answer.status).end(answer.body);
    } else if (!(await standIn.handle(request, response))) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  standIn = await createStandIn({
    dataDir: join(dir, 'github'),
    baseUrl: () => url,
    token: TOKEN,
    webhook: { url: `${url}/webhooks/github`, secret: SECRET },
    repos: sampleRepos.map(({ owner, name, dir: folder, description }) => ({
      owner,
      name,
      description,
      seed: seedFromFolder(folder),
    })),
  });

  const config = {
    channel: 'C1',
    roles: { product_manager: [], engineer: [], reviewer: [], release_manager: [] },
    github: {},
    default_level: 'ai_led',
    default_agent: 'scripted',
    branch_prefix: 'lockstep',
    agent_minutes: 5,
    max_attempts: 8,
    model: { default: 'm', skills: {}, max_usd_per_item: 5, prices: {} },
    github_api: { token: TOKEN, webhookSecret: SECRET, apiUrl: `${url}/github/api/v3`, gitUrl: `${url}/github` },
    configDir: join(root, 'config'),
    dataDir: join(dir, 'data'),
    path: process.env.PATH ?? '',
  } as unknown as Config;
  const edit = options.pipeline ?? ((text: string) => text);
  const text = edit(
    readFileSync(join(root, 'config/pipelines/feature.yml'), 'utf8').replace('minutes: 30', 'minutes: 0.01'),
  );
  const definition = parsePipeline(text, 'feature.yml', vocabulary(config, allJobs));
  await database.db.insertInto('pipelines').values({ hash: 'h1', name: 'feature', text }).execute();
  const pipelines = {
    current: () => ({ hash: 'h1', definition }),
    names: () => ['feature'],
    byHash: async () => definition,
  };
  const base = { pool: database.pool, pipelines, now: () => new Date(), log, failpoint: () => {}, handOver: () => {} };
  const advance = createAdvance(base);
  const catalog = loadCatalog(join(root, 'config/catalog'));
  const deps: Deps = {
    ...base,
    config,
    db: database.db,
    advance,
    catalog,
    slack: null as never,
    github: createGitHub(config.github_api, log),
    linear: null,
    model: options.model ?? null,
    locks: createLocks(database.pool),
    agents: createAgents({
      scripted: { root: join(dir, 'data', 'agents'), scriptsDir, path: process.env.PATH ?? '' },
    }),
  };
  const receive = createReceive(database.pool, log);
  const webhookDeps = { db: database.db as never, advance, receive, secret: SECRET, log };
  if (options.webhooks !== false) hook = (incoming) => handleGitHubWebhook(incoming, webhookDeps);
  const createItem = createCreateItem({ ...base, catalog, level: 'ai_led' });
  await seedPeople(database.db);

  const jobs = quietSurface(options.twice ? everyJobTwice(allJobs) : allJobs);
  const items: string[] = [];
  let stopped = false;
  const pump = (async () => {
    while (!stopped) {
      const ran = await runDue(deps, jobs);
      if (ran === 0) await sleep(15);
    }
  })();

  const look = async (id: string) => (await loadState(database.pool, id))!;
  const until = async (id: string, what: string, holds: (seen: Seen) => boolean, ms = 40_000): Promise<Seen> => {
    const end = Date.now() + ms;
    for (;;) {
      const { row, state } = await look(id);
      const seen = { ...row, facts: state.facts, state } as Seen;
      if (holds(seen)) return seen;
      if (Date.now() > end) throw new Error(`waited in vain for ${what}\n${await stuck(database, seen)}`);
      await sleep(30);
    }
  };
  const stage = (id: string, name: string, ms?: number) =>
    until(id, `stage ${name}`, (seen) => seen.stage === name, ms);
  const act = (id: string, event: Event) => advance(id, event);
  const actor = (who: Who) => ({ id: PEOPLE[who].id, name: PEOPLE[who].name, roles: [] });
  const decide = async (id: string, who: Who, of: 'prd' | 'spec' | 'head' | 'merge', more: object = {}) => {
    const { row, state } = await look(id);
    const subject = subjectOf(state.facts, of);
    return advance(id, { type: 'approved', actor: actor(who), visit: row.visit, of, subject, ...more } as Event);
  };

  return {
    dir,
    url,
    standIn,
    deps,
    jobs,
    database,
    webhookDeps,
    revise: createRevise({ db: database.db, advance }),
    look,
    until,
    stage,
    act,
    actor,
    decide,
    /** From a ticket to an open pull request, every gate by its click. */
    async untilPreview(given: Partial<NewTicket> & { title: string }, agent = 'scripted') {
      const { id, key } = await this.open(given);
      await stage(id, 'prd_ready');
      await decide(id, 'priya', 'prd');
      await stage(id, 'spec_ready');
      await decide(id, 'emil', 'spec');
      await until(
        id,
        'the Delegate button',
        ({ state }) => state.item.stage === 'ready' && asks(state, 'role:engineer'),
      );
      await decide(id, 'emil', 'spec', { choice: agent });
      return { id, key };
    },
    async open(ticket: Partial<NewTicket> & { title: string }, requester: Who = 'priya') {
      const { id, name } = PEOPLE[requester];
      const given = { description: '', channel: 'C1', requester: { id, name }, ...ticket };
      const created = await createItem(given, { id: `test:${ticket.title}:${items.length}`, kind: 'test' });
      if (created.kind === 'refused') throw new Error(created.reason);
      items.push(created.id);
      return created;
    },
    async close() {
      stopped = true;
      await pump;
      await standIn.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      deps.locks.close();
      await database.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export type Seen =
  Awaited<ReturnType<typeof loadState>> extends infer L | null
    ? L extends { row: infer R; state: infer S }
      ? R & { facts: Facts; state: S }
      : never
    : never;

/** Everything that tells why an item stands still. */
async function stuck(database: TestDatabase, seen: Seen): Promise<string> {
  const facts = Object.entries(seen.facts).map(
    ([name, one]) => `  ${name}: ${JSON.stringify(one.value).slice(0, 400)}`,
  );
  const { rows } = await database.pool.query<{ job: string; attempts: number; error: string | null }>(
    'SELECT job, attempts, error FROM outbox WHERE item_id = $1 AND done_at IS NULL',
    [seen.state.item.id],
  );
  const open = rows.map((row) => `  ${row.job} (${row.attempts}) ${row.error ?? ''}`);
  return [`${seen.stage} ${seen.status}: ${seen.reason}`, 'open work:', ...open, 'facts:', ...facts].join('\n');
}

export function asks(state: State, who: string): boolean {
  return state.waits.some((wait) => wait.who === who);
}

function subjectOf(facts: Facts, of: string): string {
  const value = (name: string) => (facts[name]?.value ?? {}) as Record<string, string>;
  if (of === 'head') return value('pr').headSha ?? '';
  if (of === 'merge') return value('merge').sha ?? '';
  return value(of).hash ?? '';
}

/** Cards and threads have their own tests; here their orders are closed and nothing is posted. */
function quietSurface(all: ReadonlyMap<string, Job>): Map<string, Job> {
  const quiet = ['update-card', 'update-home', 'notify'];
  return new Map(
    [...all].map(([name, job]) => [name, quiet.includes(name) ? { ...job, run: async () => done() } : job]),
  );
}

function everyJobTwice(all: ReadonlyMap<string, Job>): Map<string, Job> {
  const run =
    (job: Job): Job['run'] =>
    async (input) => {
      await job.run(input);
      const { row, state } = (await loadState(input.deps.pool, input.state.item.id))!;
      return job.run({ ...input, item: row, state });
    };
  return new Map([...all].map(([name, job]) => [name, { ...job, run: run(job) }]));
}

/** What the queue does, without a queue: every due effect once. Effects of one round run side by side. */
async function runDue(deps: Deps, jobs: ReadonlyMap<string, Job>): Promise<number> {
  const { rows } = await deps.pool.query<{ id: string; turn: number }>(
    'SELECT id, turn FROM outbox WHERE done_at IS NULL AND run_at <= now() ORDER BY run_at LIMIT 12',
  );
  await Promise.all(rows.map(({ id, turn }) => runEffect(deps, jobs, { effect: id, turn, starts: 1 })));
  return rows.length;
}

async function seedPeople(db: Deps['db']): Promise<void> {
  const seen_at = new Date();
  for (const { id, name, login, roles } of Object.values(PEOPLE)) {
    const person = {
      id,
      name: login,
      real_name: name,
      github_login: login,
      guest: false,
      deleted: false,
      team_id: 'T1',
      seen_at,
    };
    await db.insertInto('people').values(person).execute();
    for (const role of roles) {
      await db.insertInto('role_members').values({ role, user_id: id, source: 'test', seen_at }).execute();
    }
  }
}
