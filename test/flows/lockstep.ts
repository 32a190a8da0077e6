import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { GitHub } from '../../sim/github/index.ts';
import type { Linear } from '../../sim/linear/index.ts';
import type { Slack } from '../../sim/slack/index.ts';
import { startWorkspace, type WorkspaceOptions } from '../../sim/workspace.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { startWeb } from '../../src/web.ts';
import { startWorker } from '../../src/worker.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';
import { forget, testPrefix } from '../redis.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** One process of the product, inside the test's own or a real one that can be killed. */
export interface Running {
  pid: number;
  /** SIGKILL, as a crash would. Resolves when it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** SIGSTOP: it stands still with its locks, until `thaw`. Only for real processes. */
  freeze(): void;
  thaw(): void;
  /** What this one has printed; nothing of one that runs inside the test. */
  output(): string;
  /** Resolves with the signal or exit code when it ends by itself. */
  ended: Promise<string>;
}

export interface Lockstep {
  slack: Slack;
  github: GitHub;
  linear: Linear;
  database: TestDatabase;
  env: Record<string, string>;
  config: Config;
  webUrl: string;
  /** Page of the workspace. */
  url: string;
  dataDir: string;
  startWeb(env?: Record<string, string>): Promise<Running>;
  startWorker(env?: Record<string, string>): Promise<Running>;
  /** Console output of the processes started so far. */
  output(): string;
  close(): Promise<void>;
}

export interface LockstepOptions {
  /** Left out: Redis where REDIS_URL is set. null: Postgres all the same. */
  redis?: string | null;
  socketMode?: boolean;
  /** Real child processes, to be killed; otherwise everything runs inside the test. */
  processes?: boolean;
  /** With `processes`: the file that is run as worker instead of the product's own. */
  worker?: string;
  /** false: start none, the test does it. */
  start?: boolean;
  /** A server of the test's own; otherwise a copy of the template. Dropped at the end. */
  database?: TestDatabase;
  slackPace?: WorkspaceOptions['slackPace'];
  /** Sample repositories that are in production from the beginning. Default: none, for the time it takes. */
  inProduction?: readonly string[];
  env?: Record<string, string>;
}

/** The whole product on throw-away data: real Postgres, real queue, the stand-ins over HTTP, web and worker. */
export async function startLockstep(options: LockstepOptions = {}): Promise<Lockstep> {
  const database = options.database ?? (await testDatabase());
  const dataDir = await mkdtemp(join(tmpdir(), 'lockstep-flow-'));
  const webPort = await freePort();
  const secret = () => randomBytes(8).toString('hex');
  const keys = {
    signing: secret(),
    bot: `xoxb-${secret()}`,
    app: `xapp-${secret()}`,
    github: secret(),
    webhook: secret(),
    linear: `lin_api_${secret()}`,
  };
  const webUrl = `http://127.0.0.1:${webPort}`;
  const requestUrl = options.socketMode ? {} : { requestUrl: `${webUrl}/slack/events` };
  const workspace = await startWorkspace({
    port: 0,
    dataDir: join(dataDir, 'workspace'),
    slack: { signingSecret: keys.signing, botToken: keys.bot, appToken: keys.app, ...requestUrl },
    github: {
      token: keys.github,
      webhookSecret: keys.webhook,
      webhookUrl: `${webUrl}/webhooks/github`,
      inProduction: options.inProduction ?? [],
    },
    linear: { key: keys.linear },
    ...(options.slackPace ? { slackPace: options.slackPace } : {}),
    log: () => {},
  });
  const prefix = testPrefix();
  const redis = options.redis === undefined ? process.env.REDIS_URL : options.redis;
  const env: Record<string, string> = {
    DATABASE_URL: database.url,
    // With REDIS_URL set the whole suite runs on Redis; everybody has keys of their own there.
    ...(redis ? { REDIS_URL: redis, LOCKSTEP_REDIS_PREFIX: prefix } : {}),
    SLACK_BOT_TOKEN: keys.bot,
    SLACK_SIGNING_SECRET: keys.signing,
    ...(options.socketMode ? { SLACK_APP_TOKEN: keys.app } : {}),
    SLACK_API_URL: workspace.slackApiUrl!,
    ...(options.slackPace?.rateLimits === false ? { LOCKSTEP_SLACK_LIMITS: 'off' } : {}),
    GITHUB_TOKEN: keys.github,
    GITHUB_WEBHOOK_SECRET: keys.webhook,
    GITHUB_API_URL: workspace.githubApiUrl!,
    GITHUB_GIT_URL: workspace.githubGitUrl!,
    LINEAR_API_KEY: keys.linear,
    LINEAR_API_URL: workspace.linearApiUrl!,
    HOST: '127.0.0.1',
    PORT: String(webPort),
    LOCKSTEP_CONFIG: join(ROOT, 'config'),
    LOCKSTEP_DATA: dataDir,
    LOCKSTEP_AGENT_SCRIPTS: join(ROOT, 'sim/sample/scripts'),
    PATH: process.env.PATH ?? '',
    TZ: 'UTC',
    LOG_LEVEL: process.env.TEST_LOG ?? 'error',
    ...options.env,
  };
  const running: Running[] = [];
  const printed: string[] = [];
  const own = (one: Running): Running => {
    running.push(one);
    return one;
  };
  const start = (entry: 'web' | 'worker', extra: Record<string, string> = {}) =>
    options.processes
      ? spawnEntry(fileOf(entry, options), { ...env, ...extra }, printed)
      : runInside(entry, { ...env, ...extra });
  const lockstep: Lockstep = {
    slack: workspace.slack!,
    github: workspace.github!,
    linear: workspace.linear!,
    database,
    env,
    config: readConfig(env),
    webUrl,
    url: workspace.url,
    dataDir,
    startWeb: async (extra) => {
      const web = own(await start('web', extra));
      await untilReady(webUrl, web);
      return web;
    },
    startWorker: async (extra) => own(await start('worker', extra)),
    output: () => printed.join(''),
    async close() {
      await Promise.all(running.map((one) => one.stop()));
      if (redis) await forget(redis, prefix);
      await workspace.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  if (options.start !== false) {
    await lockstep.startWeb();
    await lockstep.startWorker();
    await untilPeopleAreKnown(lockstep);
  }
  return lockstep;
}

/** Roles come from Slack's user groups; until they are read, every click is refused, which is right but no test. */
export async function untilPeopleAreKnown(lockstep: Lockstep): Promise<void> {
  await until(async () => {
    const rows = await lockstep.database.db.selectFrom('role_members').select('role').distinct().execute();
    return rows.length >= 4;
  });
}

async function runInside(entry: 'web' | 'worker', env: Record<string, string>): Promise<Running> {
  const config = readConfig(env);
  const stop = entry === 'web' ? await startWeb(config) : await startWorker(config);
  let stopped: Promise<void> | undefined;
  const once = (): Promise<void> => {
    stopped ??= stop();
    return stopped;
  };
  const cannot = () => {
    throw new Error('only a real process can be frozen');
  };
  return {
    pid: process.pid,
    kill: once,
    stop: once,
    freeze: cannot,
    thaw: cannot,
    output: () => '',
    ended: new Promise(() => {}),
  };
}

const fileOf = (entry: 'web' | 'worker', { worker }: LockstepOptions): string =>
  entry === 'worker' && worker ? worker : join(ROOT, `src/${entry}.ts`);

async function spawnEntry(file: string, env: Record<string, string>, printed: string[]): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [file], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const own: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      own.push(String(chunk));
      printed.push(String(chunk));
    });
  }
  const ended = new Promise<string>((done) => child.once('exit', (code, signal) => done(signal ?? String(code))));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid!,
    kill: () => end('SIGKILL'),
    stop: () => {
      // One that stands still would never hear it.
      child.kill('SIGCONT');
      return end('SIGTERM');
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    output: () => own.join(''),
    ended,
  };
}

async function untilReady(url: string, web: Running): Promise<void> {
  let gone: string | undefined;
  void web.ended.then((how) => {
    gone = how;
  });
  await until(async () => {
    if (gone) throw new Error(`web ended: ${gone}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    return response?.ok;
  });
}

/** Asks again until the answer is truthy; the last error or answer is in the message when time is over. */
export async function until<T>(ask: () => Promise<T> | T, timeoutMs = 30_000): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer as NonNullable<T>;
      last = answer;
    } catch (error) {
      last = error;
      if (error instanceof Error && /^web ended/.test(error.message)) throw error;
    }
    if (Date.now() > end) throw new Error(`it did not happen in ${timeoutMs} ms; last: ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

export interface SampleTicket {
  title: string;
  description: string;
  service?: string;
  priority?: string;
}

export async function sampleTickets(): Promise<SampleTicket[]> {
  return JSON.parse(await readFile(join(ROOT, 'sim/sample/tickets.json'), 'utf8'));
}
