import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { pino } from 'pino';
import { expect } from 'vitest';
import type { Job } from '../../jobs/job.ts';
import { notify } from '../../jobs/notify.ts';
import { boardOf } from '../../jobs/surface/board.ts';
import { drawHome } from '../../jobs/surface/home.ts';
import { judge } from '../../jobs/surface/judge.ts';
import { metricsOf } from '../../jobs/surface/metrics.ts';
import { milestoneOf } from '../../jobs/surface/milestone.ts';
import { syncPeople } from '../../jobs/sync-people.ts';
import { tick } from '../../jobs/tick.ts';
import { updateCard } from '../../jobs/update-card.ts';
import { updateHome } from '../../jobs/update-home.ts';
import { type Served, serve } from '../../sim/serve.ts';
import { createSlack, type Slack } from '../../sim/slack/index.ts';
import { type Advance, createAdvance } from '../../src/advance.ts';
import { drawAlerts } from '../../src/alerts.ts';
import { createAlerts } from '../../src/commands/alert.ts';
import { createCreateItem } from '../../src/commands/create-item.ts';
import { createIncidents } from '../../src/commands/incident.ts';
import { createMilestones } from '../../src/commands/milestone.ts';
import { createOpenHome } from '../../src/commands/open-home.ts';
import { createReceive } from '../../src/commands/receive.ts';
import { createRevise } from '../../src/commands/revise.ts';
import type { Deps } from '../../src/deps.ts';
import { diffSections } from '../../src/documents/diff.ts';
import { factsOfRevision } from '../../src/documents/document-facts.ts';
import { EMPTY_PRD, EMPTY_SPEC } from '../../src/documents/fields.ts';
import { hashFields, renderDocument } from '../../src/documents/render.ts';
import { sectionsOf } from '../../src/documents/sections.ts';
import { drawHomes } from '../../src/homes.ts';
import { createSlackApi } from '../../src/integrations/slack.ts';
import type { Event, NewFact } from '../../src/pipeline/types.ts';
import { runEffect } from '../../src/run-effect.ts';
import type { SlackInput } from '../../src/slack/input.ts';
import { createSlackListeners, type SlackListeners } from '../../src/slack/listeners.ts';
import { httpReceiverOptions, slackAppOptions } from '../../src/slack/options.ts';
import { alertsToDraw } from '../../src/store/alerts.ts';
import { insertRevision } from '../../src/store/documents.ts';
import { homesToDraw } from '../../src/store/homes.ts';
import { createLocks } from '../../src/store/locks.ts';
import { FEATURE_TEXT, feature } from '../pipeline/vocabulary.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';

/**
 * The product's Slack side as it runs: real Bolt behind signed HTTP, the strict stand-in, a real database. Only the
 * queue is missing: `redraw` runs what was ordered for the surface.
 */
export interface Product {
  slack: Slack;
  database: TestDatabase;
  deps: Deps;
  input: SlackInput;
  /** Where Slack sends to. */
  requestUrl: string;
  listeners: SlackListeners;
  signingSecret: string;
  /** What was logged, as parsed lines. */
  logged: Record<string, unknown>[];
  advance: Advance;
  /** Runs the open surface effects until none is left, oldest first. */
  redraw(): Promise<void>;
  /** Waits until nothing is on its way, then redraws. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const SURFACE = new Map<string, Job>([updateCard, updateHome, notify, tick].map((one) => [one.name, one]));
export const SERVICES = ['billing', 'payments-api', 'reports'];
const ROLES = {
  product_manager: ['@product'],
  engineer: ['@engineering'],
  reviewer: ['@reviewers'],
  release_manager: ['@release-managers'],
};

export async function startProduct(change: (input: SlackInput) => SlackInput = (input) => input): Promise<Product> {
  const database = await testDatabase();
  const secrets = { signingSecret: 'a signing secret', botToken: 'xoxb-the-bot', appToken: 'xapp-the-app' };
  let served: Served | undefined;
  const slack = createSlack({ baseUrl: () => served?.url ?? '', app: secrets, rateLimits: false });
  served = await serve([slack]);
  const keys = { ...secrets, apiUrl: `${served.url}/api/` };
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const { pool, db } = database;
  await db.insertInto('pipelines').values({ hash: 'h1', name: 'feature', text: FEATURE_TEXT }).execute();
  const definition = feature();
  const pipelines = {
    current: () => ({ hash: 'h1', definition }),
    names: () => ['feature'],
    byHash: async () => definition,
  };
  const common = { pool, pipelines, handOver: () => {}, now: () => new Date(), log, failpoint: () => {} };
  const advance = createAdvance(common);
  const locks = createLocks(pool);
  const catalog = {
    services: SERVICES.map((name) => ({ name, dependsOn: [], dependants: [] })),
  } as unknown as Deps['catalog'];
  const deps = {
    ...common,
    config: { roles: ROLES, github: { rosa: 'rosa-m' }, remind_after_hours: 4, max_attempts: 8 },
    db,
    advance,
    catalog,
    locks,
    slack: createSlackApi(keys, log),
  } as unknown as Deps;
  const createItem = createCreateItem({ ...common, catalog, level: 'ai_led' });
  const input = change({
    db: db as unknown as SlackInput['db'],
    advance,
    commands: {
      createItem,
      revise: createRevise({ db, advance }),
      receive: createReceive(pool, log),
      openHome: createOpenHome(db, common.now),
      incidents: createIncidents({ ...common, db, catalog }),
      milestones: createMilestones({ ...common, db, catalog, linear: null, apiUrl: null, channel: 'lockstep' }),
      alerts: createAlerts({ ...common, db, createItem, channel: 'lockstep' }),
    },
    triage: { channels: ['alerts'], has: async (channel) => channel === 'C01ALERTS' },
    judge: (itemId) => judge(deps, itemId),
    drawHome: (userId, send) => drawHome(deps, userId, send),
    readBoard: (userId, rows) => boardOf(deps, userId, { tab: 'board' }, rows),
    readMetrics: (days) => metricsOf(deps, days),
    readMilestone: (id) => milestoneOf(deps, id),
    sectionsOf,
    diffSections,
    catalog,
    agents: [
      { id: 'scripted', label: 'Scripted' },
      { id: 'manual', label: 'A person' },
    ],
    config: { channel: 'lockstep', default_agent: 'scripted' },
    log,
    now: common.now,
    failpoint: () => {},
  });
  const receiver = new HTTPReceiver({ ...httpReceiverOptions(keys), logLevel: LogLevel.ERROR, logger: quiet });
  const app = new App({ ...slackAppOptions(keys), receiver, logger: quiet });
  const listeners = createSlackListeners(app, input);
  const server = (await receiver.start({ port: 0, host: '127.0.0.1' })) as Server;
  const requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  slack.setRequestUrl(requestUrl);
  await syncPeople.run(deps, {}, new AbortController().signal);

  /** Without the pace, which is for the many. */
  const homesWanted = () =>
    homesToDraw(db, { now: common.now(), pace: { ms: -60_000, metricsMs: -60_000 }, limit: 1000 });
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const redraw = async () => {
    await drawAlerts(deps, await alertsToDraw(db, { now: inAnHour(), limit: 1000 }));
    for (let round = 0; round < 500; round += 1) {
      const row = await db
        .selectFrom('outbox')
        .select(['id', 'turn'])
        .where('job', 'in', [...SURFACE.keys()])
        .where('done_at', 'is', null)
        .orderBy('run_at')
        .orderBy('version')
        .orderBy('job', 'desc')
        .executeTakeFirst();
      if (!row) return drawHomes(deps, await homesWanted());
      const said = logged.length;
      const next = await runEffect(deps, SURFACE, { effect: row.id, turn: row.turn, starts: 1 });
      const wait = next ? next.runAt.getTime() - Date.now() : 0;
      if (wait > 5000) throw new Error(`${next!.job} was put off`);
      // Slack goes on refusing until its time is over; every other delay is cut short.
      const refused = logged.slice(said).some((line) => line.msg === 'asked to wait');
      if (next) await new Promise((resolve) => setTimeout(resolve, refused ? wait : 20));
    }
    throw new Error('the surface never comes to rest');
  };
  return {
    slack,
    database,
    deps,
    input,
    requestUrl,
    listeners,
    signingSecret: secrets.signingSecret,
    logged,
    advance,
    redraw,
    async settle() {
      await slack.idle();
      await listeners.settled();
      await redraw();
    },
    async close() {
      await slack.idle();
      await listeners.settled();
      server.closeAllConnections();
      await receiver.stop();
      await slack.close();
      await served?.close();
      locks.close();
      await database.drop();
    },
  };
}

/** Refusals are what these tests provoke; Bolt need not print them. */
const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  setName: () => {},
  getLevel: () => LogLevel.ERROR,
};

let asked = 0;
/** An item of Priya's, drawn. */
export async function newItem(product: Product, title = 'Export reports as CSV', requester = 'U01OLGA') {
  asked += 1;
  const created = await product.input.commands.createItem(
    {
      title,
      description: 'So that they can be sent.',
      requester: { id: requester, name: 'Olga Novak' },
      channel: 'lockstep',
    },
    { id: `test:${asked}`, kind: 'submit' },
  );
  if (created.kind !== 'created') throw new Error(created.kind);
  return { id: created.id, key: created.key };
}

export async function stateOf(product: Product, itemId: string) {
  return product.database.db.selectFrom('items').selectAll().where('id', '=', itemId).executeTakeFirstOrThrow();
}

/** A job reports: its visit is the current one. */
export async function finish(product: Product, itemId: string, job: string, facts: NewFact[] = []) {
  const { visit } = await stateOf(product, itemId);
  const event: Event = { type: 'finished', job, visit, facts, note: `${job} is done` };
  const result = await product.advance(itemId, event);
  expect(result.kind).not.toBe('refused');
}

export async function draft(
  product: Product,
  itemId: string,
  document: 'prd' | 'spec',
  text = 'Reports stay in the browser.',
) {
  const fields =
    document === 'prd'
      ? {
          ...EMPTY_PRD,
          problem: text,
          goals: ['A CSV file'],
          acceptance_criteria: 'Scenario: export\n  When I export\n  Then I get a file',
        }
      : { ...EMPTY_SPEC, approach: text, rollback: 'Deploy the version before.' };
  const item = await stateOf(product, itemId);
  const row = await insertRevision(product.database.db, {
    item_id: itemId,
    document,
    hash: hashFields(document, fields),
    fields,
    markdown: renderDocument({ document, key: item.key, title: item.title, authorKind: 'offline' }, fields),
    author_id: 'lockstep',
    author_name: 'Lockstep',
    author_kind: 'offline',
    order_key: `draft-${document}-${itemId}-${item.visit}`,
  });
  await finish(product, itemId, `draft-${document}`, factsOfRevision(row));
  return row;
}

/** An item whose PRD waits for a product manager. */
export async function inPrdReview(product: Product, title?: string) {
  const item = await newItem(product, title);
  await finish(product, item.id, 'enrich', [
    { name: 'service', value: 'reports', source: 'catalog' },
    { name: 'tier', value: 'T2', source: 'catalog' },
    {
      name: 'blast_radius',
      value: { level: 'low', score: 1, because: 'nothing depends on it', impacted: [] },
      source: 'catalog',
    },
    { name: 'active_incidents', value: { count: 0, items: [] }, source: 'incidents' },
  ]);
  // The gate of the next stage holds already, so a tick takes it on.
  await product.redraw();
  const prd = await draft(product, item.id, 'prd');
  await product.redraw();
  expect((await stateOf(product, item.id)).stage).toBe('prd_ready');
  return { ...item, prd };
}

export const history = (product: Product, itemId: string) =>
  product.database.db
    .selectFrom('stage_history')
    .select(['type', 'actor_id', 'to_stage', 'note', 'subject'])
    .where('item_id', '=', itemId)
    .orderBy('version')
    .execute();
