import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { LEVELS } from './pipeline/types.ts';

/** A mistake in the environment or in a file that the team edits: one sentence a line, shown as it is. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const Environment = z.object({
  DATABASE_URL: z.string().min(1),
  REDIS_URL: z.string().min(1).optional(),
  /** Begins every key in Redis; another one for each installation that shares it. */
  LOCKSTEP_REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]+$/)
    .default('lockstep'),
  SLACK_BOT_TOKEN: z.string().min(1),
  /** What Slack signs its requests with; not needed with Socket Mode. */
  SLACK_SIGNING_SECRET: z.string().min(1).optional(),
  /** `xapp-…`: set it to take events by Socket Mode, without a public URL. */
  SLACK_APP_TOKEN: z.string().min(1).optional(),
  SLACK_API_URL: z.url().default('https://slack.com/api/'),
  /** off: calls are made without regard to Slack's limits, for a stand-in that has none. */
  LOCKSTEP_SLACK_LIMITS: z.enum(['on', 'off']).default('on'),
  GITHUB_TOKEN: z.string().min(1),
  GITHUB_WEBHOOK_SECRET: z.string().min(1),
  GITHUB_API_URL: z.url().default('https://api.github.com'),
  /** Where git clones from and pushes to; `<this>/<owner>/<repo>.git`. */
  GITHUB_GIT_URL: z.url().default('https://github.com'),
  /** Milestones are read from Linear where it is set. */
  LINEAR_API_KEY: z.string().min(1).optional(),
  LINEAR_API_URL: z.url().default('https://api.linear.app/graphql'),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  ANTHROPIC_BASE_URL: z.url().optional(),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  LOCKSTEP_CONFIG: z.string().default('config'),
  /** Clones, worktrees and agent runs. */
  LOCKSTEP_DATA: z.string().default('.data'),
  /** File that the worker touches every few seconds while it can reach its database and its queue. */
  LOCKSTEP_HEARTBEAT: z.string().optional(),
  /** Folder of scripts of the `scripted` agent; the agent is offered only where it is set. */
  LOCKSTEP_AGENT_SCRIPTS: z.string().optional(),
  /** Pause between the steps of the `scripted` agent, so that a person can watch. */
  LOCKSTEP_AGENT_STEP_MS: z.coerce.number().int().min(0).default(0),
  /** Where npm and git are: all that agents get of our environment. */
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Fault injection for tests: `name` or `name@job`, see `failpoint.ts`. */
  FAIL_AT: z.string().optional(),
});

const Model = z.strictObject({
  /** Model of every skill that names no other. */
  default: z.string().default('claude-sonnet-5-5'),
  skills: z.record(z.string(), z.string()).default({}),
  max_usd_per_item: z.number().positive().default(5),
  /** Dollars for a million tokens, for the estimate that is stored with each draft. Token counts are the truth. */
  prices: z
    .record(z.string(), z.strictObject({ input: z.number(), output: z.number(), cached: z.number() }))
    .default({}),
});

const Milestone = z.strictObject({
  /** Items of one milestone that are at work at the same time; the next begins when one is done. */
  parallel: z.number().int().positive().default(12),
});

const NOT_A_CHANNEL = 'this is no channel (allowed: a name such as alerts, an id such as C0123ABCD)';
/** `alerts`, `#alerts` or `C0123ABCD`. */
const CHANNEL = /^(?:#?[\p{Ll}\p{Lo}\p{N}_-]{1,80}|[CG][A-Z0-9]{7,})$/u;

const Settings = z.strictObject({
  /** Channel where the cards of new items are posted, by name or id. */
  channel: z.string().default('lockstep'),
  /** Role -> Slack user ids (`U…`) or user group handles (`@engineering`). */
  roles: z.record(z.string().regex(/^[a-z][a-z_]*$/, 'a role is lower case with underscores'), z.array(z.string())),
  /** Slack handle -> GitHub login. */
  github: z.record(z.string(), z.string()).default({}),
  default_level: z.enum(LEVELS).default('ai_led'),
  default_agent: z.string().default('manual'),
  branch_prefix: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .default('lockstep'),
  agent_minutes: z.number().positive().default(30),
  remind_after_hours: z.number().positive().default(4),
  /** Channels in which messages of other apps are alerts, by name or id. */
  triage: z
    .array(z.string(NOT_A_CHANNEL).regex(CHANNEL, NOT_A_CHANNEL), 'allowed: a list of channels, [alerts]')
    .default([]),
  max_attempts: z.number().int().positive().default(8),
  model: Model.prefault({}),
  milestone: Milestone.prefault({}),
});
export type Settings = z.infer<typeof Settings>;

export interface Config extends Settings {
  database: string;
  redis: string | null;
  redisPrefix: string;
  slack: { botToken: string; signingSecret: string | null; appToken: string | null; apiUrl: string; limits: boolean };
  github_api: { token: string; webhookSecret: string; apiUrl: string; gitUrl: string };
  /** null without a key: there are no milestones. */
  linear: { apiKey: string; apiUrl: string } | null;
  anthropic: { apiKey: string; baseUrl: string | null } | null;
  host: string;
  port: number;
  configDir: string;
  dataDir: string;
  heartbeat: string | null;
  agentScripts: string | null;
  agentStepMs: number;
  path: string;
  logLevel: string;
  failAt: string | null;
}

/** Reads the environment and `lockstep.yml`. Throws ConfigError that names every wrong variable or line at once. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return given[name] === undefined ? `${name} is not set` : `${name} is wrong: ${issue.message}`;
    });
    throw new ConfigError(`${lines.join('\n')}\nRun \`npm run doctor\` to see what each one is for.`);
  }
  const env = parsed.data;
  if (!env.SLACK_SIGNING_SECRET && !env.SLACK_APP_TOKEN) {
    throw new ConfigError(
      'Set SLACK_SIGNING_SECRET (events by HTTP) or SLACK_APP_TOKEN (Socket Mode, without a public address).',
    );
  }
  const configDir = resolve(env.LOCKSTEP_CONFIG);
  return {
    ...readSettings(join(configDir, 'lockstep.yml')),
    database: env.DATABASE_URL,
    redis: env.REDIS_URL ?? null,
    redisPrefix: env.LOCKSTEP_REDIS_PREFIX,
    slack: {
      botToken: env.SLACK_BOT_TOKEN,
      signingSecret: env.SLACK_SIGNING_SECRET ?? null,
      appToken: env.SLACK_APP_TOKEN ?? null,
      apiUrl: env.SLACK_API_URL,
      limits: env.LOCKSTEP_SLACK_LIMITS === 'on',
    },
    github_api: {
      token: env.GITHUB_TOKEN,
      webhookSecret: env.GITHUB_WEBHOOK_SECRET,
      apiUrl: env.GITHUB_API_URL,
      gitUrl: env.GITHUB_GIT_URL,
    },
    linear: env.LINEAR_API_KEY ? { apiKey: env.LINEAR_API_KEY, apiUrl: env.LINEAR_API_URL } : null,
    anthropic: env.ANTHROPIC_API_KEY
      ? { apiKey: env.ANTHROPIC_API_KEY, baseUrl: env.ANTHROPIC_BASE_URL ?? null }
      : null,
    host: env.HOST,
    port: env.PORT,
    configDir,
    dataDir: resolve(env.LOCKSTEP_DATA),
    heartbeat: env.LOCKSTEP_HEARTBEAT ? resolve(env.LOCKSTEP_HEARTBEAT) : null,
    agentScripts: env.LOCKSTEP_AGENT_SCRIPTS ? resolve(env.LOCKSTEP_AGENT_SCRIPTS) : null,
    agentStepMs: env.LOCKSTEP_AGENT_STEP_MS,
    path: env.PATH,
    logLevel: env.LOG_LEVEL,
    failAt: env.FAIL_AT ?? null,
  };
}

/** Reads `lockstep.yml`; every error names the file, the line and what is allowed. */
export function readSettings(file: string): Settings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(
      `${file} cannot be read. It names your channel and roles; the one that ships is a good start.`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`).join('\n'),
    );
  }
  const parsed = Settings.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues
      .map((issue) => {
        const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
        const node = document.getIn([...issue.path, ...keys.slice(0, 1)] as (string | number)[], true) as
          | { range?: [number, number, number] }
          | undefined;
        const line = node?.range ? lines.linePos(node.range[0]).line : 1;
        const allowed = keys.length > 0 ? ` (allowed: ${Object.keys(Settings.shape).join(', ')})` : '';
        return `${file}:${line}: ${[...issue.path, ...keys].join('.') || 'the file'}: ${issue.message}${allowed}`;
      })
      .join('\n'),
  );
}
