import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { type Logger, pino } from 'pino';
import type { Job } from '../jobs/job.ts';
import { type Advance, createAdvance } from './advance.ts';
import { createAgents } from './agents/index.ts';
import type { CodingAgent } from './agents/types.ts';
import { type Catalog, loadCatalog } from './catalog/index.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database.ts';
import { createFailpoint, type Failpoint } from './failpoint.ts';
import { createGitHub, type GitHub } from './integrations/github.ts';
import { createLinear, type Linear } from './integrations/linear.ts';
import { createModel, type Model } from './integrations/model.ts';
import { createSlackApi, type SlackApi } from './integrations/slack.ts';
import type { Vocabulary } from './pipeline/types.ts';
import { backendOf, createHandover, type Handover } from './queue.ts';
import { createLocks, type Locks } from './store/locks.ts';
import { openPipelines, type Pipelines } from './store/pipelines.ts';
import { createSlackLimits } from './store/slack-limits.ts';
import type { Tables } from './store/tables.ts';

/** Everything that jobs and listeners work with, built once by an entry point. */
export interface Deps {
  config: Config;
  log: Logger;
  pool: Pool;
  db: Kysely<Tables>;
  pipelines: Pipelines;
  advance: Advance;
  catalog: Catalog;
  /** The background client; clicks are answered through Bolt's own. */
  slack: SlackApi;
  github: GitHub;
  /** null without a key. */
  linear: Linear | null;
  /** null without a model key: the offline drafter writes. */
  model: Model | null;
  agents: Readonly<Record<string, CodingAgent>>;
  /** One at a time for each name, over all processes. */
  locks: Locks;
  now: () => Date;
  failpoint: Failpoint;
}

export interface Built {
  deps: Deps;
  handover: Handover;
  close(): Promise<void>;
}

/** Keys and tokens never reach a log, wherever an error object carries them. */
const REDACTED = [
  'token',
  '*.token',
  '*.*.token',
  'authorization',
  '*.authorization',
  '*.headers.authorization',
  'err.config',
  'err.request',
  'err.response.headers',
  'password',
  '*.password',
];

export const createLog = (level: string, name: string): Logger =>
  pino({ level, base: { process: name }, redact: { paths: REDACTED, censor: '[secret]' } });

/** Jobs by name, as `jobs/index.ts` lists them; entry points hand them in. */
export type Jobs = ReadonlyMap<string, Job>;

/** The words that a pipeline file may use: jobs from their registry, roles from `lockstep.yml`. */
export function vocabulary(config: Pick<Config, 'roles'>, jobs: Jobs): Vocabulary {
  const words = [...jobs].map(([name, job]): [string, Vocabulary['jobs'][string]] => {
    const check = (params: unknown) => {
      const parsed = job.params.safeParse(params);
      return parsed.success
        ? null
        : parsed.error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; ');
    };
    return [name, { watch: job.watch ?? false, perHead: job.perHead ?? false, check }];
  });
  return { jobs: Object.fromEntries(words), roles: Object.keys(config.roles) };
}

/** Builds every client once. Throws ConfigError or PipelineError, with sentences, for what the team wrote wrongly. */
export async function buildDeps(config: Config, jobs: Jobs, name: 'web' | 'worker'): Promise<Built> {
  const log = createLog(config.logLevel, name);
  const { pool, db } = openDatabase(config.database, log, {
    name: `lockstep-${name}`,
    max: name === 'worker' ? 24 : 12,
  });
  const failpoint = createFailpoint(config.failAt);
  const now = () => new Date();
  const locks = createLocks(pool);
  const pipelines = await openPipelines(db, join(config.configDir, 'pipelines'), vocabulary(config, jobs));
  const catalog = loadCatalog(join(config.configDir, 'catalog'), join(config.dataDir, 'catalog'));
  const handover = createHandover({ backend: backendOf(config), log, pool }, jobs);
  const advance = createAdvance({ pool, pipelines, handOver: handover.handOver, now, log, failpoint });
  const deps: Deps = {
    config,
    log,
    pool,
    db,
    pipelines,
    advance,
    catalog,
    slack: createSlackApi(
      { botToken: config.slack.botToken, apiUrl: config.slack.apiUrl },
      log,
      config.slack.limits ? createSlackLimits(pool) : null,
    ),
    github: createGitHub(
      { token: config.github_api.token, apiUrl: config.github_api.apiUrl, gitUrl: config.github_api.gitUrl },
      log,
    ),
    linear: config.linear ? createLinear(config.linear, log) : null,
    model: config.anthropic ? createModel({ ...config.anthropic, settings: config.model }, log) : null,
    agents: createAgents(agentsConfig(config)),
    locks,
    now,
    failpoint,
  };
  return {
    deps,
    handover,
    async close() {
      await handover.close();
      locks.close();
      await db.destroy();
    },
  };
}

function agentsConfig(config: Config): Parameters<typeof createAgents>[0] {
  if (!config.agentScripts) return {};
  return {
    scripted: {
      root: join(config.dataDir, 'agents'),
      scriptsDir: config.agentScripts,
      path: config.path,
      stepDelayMs: config.agentStepMs,
    },
  };
}
