import type { RequestListener } from 'node:http';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { jobs } from '../jobs/index.ts';
import { boardOf } from '../jobs/surface/board.ts';
import { drawHome } from '../jobs/surface/home.ts';
import { judge } from '../jobs/surface/judge.ts';
import { metricsOf } from '../jobs/surface/metrics.ts';
import { milestoneOf } from '../jobs/surface/milestone.ts';
import { createAlerts } from './commands/alert.ts';
import { createCreateItem } from './commands/create-item.ts';
import { createIncidents } from './commands/incident.ts';
import { createMilestones } from './commands/milestone.ts';
import { createOpenHome } from './commands/open-home.ts';
import { createReceive, type Receive } from './commands/receive.ts';
import { createRevise } from './commands/revise.ts';
import { type Config, readConfig } from './config.ts';
import { forReading } from './database.ts';
import { type Built, buildDeps, type Deps } from './deps.ts';
import { diffSections } from './documents/diff.ts';
import { sectionsOf } from './documents/sections.ts';
import { closeServer, listen, type Route, readBody, serveRoutes } from './http.ts';
import { runProcess } from './process.ts';
import { boltLogger } from './slack/bolt-logger.ts';
import type { Triage } from './slack/input.ts';
import { createSlackListeners, type SlackListeners } from './slack/listeners.ts';
import { httpReceiverOptions, SLACK_BODY_LIMIT, slackAppOptions } from './slack/options.ts';
import { startTriage } from './triage.ts';
import { GITHUB_BODY_LIMIT, handleGitHubWebhook } from './webhooks/github.ts';

/** Takes what comes in: clicks, commands, submits and events of Slack, webhooks of GitHub. Answers how to stop it. */
export async function startWeb(config: Config): Promise<() => Promise<void>> {
  const built = await buildDeps(config, jobs, 'web');
  const { deps } = built;
  const receive = createReceive(deps.pool, deps.log);
  const { app, receiver } = createSlackApp(config, deps);
  const triage = startTriage(config.triage, deps);
  const listeners = listenToSlack(app, built, { receive, triage });
  await app.init();
  const routes: Record<string, Route> = {
    'GET /healthz': async () => ({ status: 200, body: 'ok\n' }),
    'GET /readyz': () => readiness(deps),
    'POST /webhooks/github': githubRoute(deps, receive),
  };
  const otherwise = receiver instanceof HTTPReceiver ? hangingUp(receiver.requestListener) : null;
  const server = serveRoutes(routes, otherwise, (error) => deps.log.error({ err: error }, 'request failed'));
  const port = await listen(server, config.port, config.host);
  if (receiver instanceof SocketModeReceiver) await receiver.start();
  deps.log.info({ port, slack: otherwise ? 'http' : 'socket mode' }, 'web is ready');
  return async () => {
    if (receiver instanceof SocketModeReceiver) await receiver.stop();
    await closeServer(server);
    await listeners.settled();
    await triage.stop();
    await built.close();
  };
}

function createSlackApp(config: Config, deps: Deps): { app: App; receiver: HTTPReceiver | SocketModeReceiver } {
  const { botToken, apiUrl, appToken, signingSecret } = config.slack;
  const keys = { botToken, apiUrl, signingSecret: signingSecret ?? '' };
  const logger = boltLogger(deps.log);
  const receiver = appToken
    ? new SocketModeReceiver({ appToken, logger, installerOptions: { clientOptions: { slackApiUrl: apiUrl } } })
    : new HTTPReceiver({ ...httpReceiverOptions(keys), logger });
  deps.log.debug({ socketMode: appToken !== null }, 'slack');
  return { app: new App({ ...slackAppOptions(keys), receiver, logger, deferInitialization: true }), receiver };
}

function listenToSlack(
  app: App,
  { deps, handover }: Built,
  { receive, triage }: { receive: Receive; triage: Triage },
): SlackListeners {
  const { config, advance, pool, db, catalog, pipelines, now, log, failpoint, linear } = deps;
  const level = config.default_level;
  const { handOver } = handover;
  const createItem = createCreateItem({ pool, pipelines, catalog, level, handOver, now, log, failpoint });
  return createSlackListeners(app, {
    db: forReading(db),
    advance,
    commands: {
      createItem,
      revise: createRevise({ db, advance }),
      receive,
      openHome: createOpenHome(db, now),
      milestones: createMilestones({
        ...{ pool, db, catalog, linear, now, log, failpoint },
        apiUrl: config.linear?.apiUrl ?? null,
        channel: config.channel,
      }),
      incidents: createIncidents({ pool, db, catalog, handOver, now, log, failpoint }),
      alerts: createAlerts({ pool, db, createItem, channel: config.channel, now, log }),
    },
    triage,
    judge: (itemId) => judge(deps, itemId),
    drawHome: (userId, send) => drawHome(deps, userId, send),
    readBoard: (userId, rows) => boardOf(deps, userId, { tab: 'board' }, rows),
    readMetrics: (days) => metricsOf(deps, days),
    readMilestone: (id) => milestoneOf(deps, id),
    sectionsOf,
    diffSections,
    catalog,
    agents: Object.keys(deps.agents).map((id) => ({ id, label: AGENT_LABELS[id] ?? id })),
    config,
    log,
    now,
    failpoint,
  });
}

const AGENT_LABELS: Readonly<Record<string, string>> = {
  manual: 'A person (I take it over)',
  scripted: 'Scripted agent (local workspace)',
};

/**
 * What is too large is not read to its end, so nothing may follow it on the same connection: a click that did would
 * wait behind the rest and be lost.
 */
function hangingUp(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (Number(request.headers['content-length']) > SLACK_BODY_LIMIT) response.shouldKeepAlive = false;
    listener(request, response);
  };
}

/** Ready means that a click can be recorded. */
async function readiness(deps: Deps): ReturnType<Route> {
  try {
    await deps.pool.query('SELECT 1');
    return { status: 200, body: 'ready\n' };
  } catch {
    return { status: 503, body: 'the database cannot be reached\n' };
  }
}

function githubRoute(deps: Deps, receive: Receive): Route {
  const { db, advance, log } = deps;
  return async (request) => {
    const rawBody = await readBody(request, GITHUB_BODY_LIMIT);
    if (!rawBody) {
      log.warn({ from: 'github' }, 'refused: the body is larger than 4 MB');
      return { status: 413, body: 'The body is larger than 4 MB.\n' };
    }
    const secret = deps.config.github_api.webhookSecret;
    return handleGitHubWebhook(
      { headers: request.headers, rawBody },
      { db: forReading(db), advance, receive, secret, log },
    );
  };
}

if (import.meta.main) await runProcess(() => startWeb(readConfig()));
