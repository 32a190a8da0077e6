import { existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataError } from '../sim/data-error.ts';
import { startWorkspace, type Workspace } from '../sim/workspace.ts';
import { CatalogError, loadCatalog } from './catalog/index.ts';
import { ConfigError, readSettings } from './config.ts';
import { type Database, startPostgres } from './embedded.ts';
import { createChildren } from './local/children.ts';
import { chooseWebPort, webAddress, workspacePort } from './local/choose-ports.ts';
import { confirm } from './local/confirm.ts';
import { claim, type Local, readLocal, release, whoRuns, wipe, writeLocal } from './local/data.ts';
import { childEnvironment } from './local/environment.ts';
import { greeting } from './local/greeting.ts';
import { obstacle } from './local/obstacle.ts';
import { readOptions, USAGE } from './local/options.ts';
import { chooseParts, type Parts } from './local/parts.ts';
import { DatabaseError, placeOf } from './local/place.ts';
import { portSentence } from './local/ports.ts';
import { addRepository, RepositoryError } from './local/repository.ts';
import { Sentence } from './local/sentence.ts';
import { migrate } from './migrate.ts';

/** `npm start`: the whole product on this machine, with a stand-in for every part whose keys are not set. */

const ROOT = resolve(import.meta.dirname, '..');
const READY_MS = 60_000;
/** For the children, before they are ended; everything together stops in about three seconds. */
const STOP_MS = 2_000;

/** The start was cut short by Ctrl-C. */
class Stopped extends Error {}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await main();

async function main(): Promise<void> {
  process.chdir(ROOT);
  const closers: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | null = null;
  /** Things are closed in the reverse order of their start. */
  const own = (close: () => Promise<void> | void): void => {
    closers.push(close);
  };
  const stop = (code: number): Promise<void> => {
    stopping ??= (async () => {
      for (const close of closers.reverse()) await close();
      process.exit(code);
    })();
    return stopping;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A second Ctrl-C ends this process; its keepers then end what it started.
      if (stopping) process.exit(130);
      say('Stopping …');
      void stop(0);
    });
  }
  const fail = (error: unknown): void => {
    if (error instanceof Stopped || stopping) return;
    process.stderr.write(`${sentenceOf(error)}\n`);
    void stop(1);
  };
  // Such as a disk that is full in the middle of the day.
  process.on('uncaughtException', fail);
  const check = (): void => {
    if (stopping) throw new Stopped();
  };
  await start({ own, check, fail }).catch(fail);
}

interface Run {
  own(close: () => Promise<void> | void): void;
  /** Throws when the person has asked to stop. */
  check(): void;
  /** Says why, and stops everything. */
  fail(error: unknown): void;
}

async function start(run: Run): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') throw new Sentence(options);
  if (options.help) return say(USAGE);
  readDotEnv();
  const { parts, problems } = chooseParts(process.env);
  if (problems.length > 0) throw new Sentence(problems.join('\n'));
  if (options.repo && parts.github === 'real') {
    throw new Sentence(
      '--repo loads a repository into the local GitHub, but GITHUB_TOKEN is set: unset it, or leave --repo out.',
    );
  }
  const dataDir = dataFolder();
  const configDir = resolve(process.env.LOCKSTEP_CONFIG || 'config');
  const settings = readSettings(join(configDir, 'lockstep.yml'));
  const port = workspacePort(process.env);
  const needsWorkspace = parts.slack === 'stand-in' || parts.github === 'stand-in';
  if (options.reset) await reset(dataDir, options.yes, parts);

  mkdirSync(dataDir, { recursive: true });
  const taken = claim(dataDir, needsWorkspace ? `http://127.0.0.1:${port}` : 'no page');
  if (taken) throw new Sentence(taken);
  run.own(() => release(dataDir));
  const local = readLocal(dataDir);
  const webPort = await chooseWebPort(process.env, parts, local);
  writeLocal(dataDir, { ...local, webPort });
  const webUrl = webAddress(process.env, webPort);

  // The port first: a taken one is said before anything else starts.
  const workspace = needsWorkspace ? await openWorkspace(run, { parts, local, port, dataDir, webUrl }) : null;
  run.check();
  if (options.repo) {
    const takenNames = loadCatalog(join(configDir, 'catalog')).services.map((service) => service.name);
    say(await addRepository(workspace!.github!, options.repo, { dataDir, takenNames }));
  }
  const database = parts.database ?? (await openDatabase(run, dataDir));
  run.check();
  await migrate(database).catch((error: Error) => {
    throw new Sentence(
      `The database cannot be prepared: ${error.message || (error as NodeJS.ErrnoException).code}. Is ${withoutPassword(database)} right and running?`,
    );
  });
  run.check();

  const children = createChildren({
    env: childEnvironment({
      own: process.env,
      parts,
      local,
      database,
      webPort,
      dataDir,
      scripts: join(ROOT, 'sim/sample/scripts'),
      slackApiUrl: workspace?.slackApiUrl ?? null,
      githubApiUrl: workspace?.githubApiUrl ?? null,
      githubGitUrl: workspace?.githubGitUrl ?? null,
      linearApiUrl: workspace?.linearApiUrl ?? null,
    }),
    logs: join(dataDir, 'logs'),
    verbose: Boolean(process.env.LOG_LEVEL),
    say,
  });
  run.own(() => children.stop(STOP_MS));
  children.keep('web', join(ROOT, 'src/web.ts'));
  children.keep('worker', join(ROOT, 'src/worker.ts'));
  await Promise.race([ready(webUrl, dataDir), children.failure]).catch((error: Error) => {
    throw new Sentence(error.message);
  });
  run.check();
  children.settled();
  say(
    greeting({
      parts,
      url: workspace?.url ?? webUrl,
      webUrl,
      dataDir: relative(ROOT, dataDir).startsWith('..') ? dataDir : relative(ROOT, dataDir),
      channel: settings.channel,
    }),
  );
}

function dataFolder(): string {
  return resolve(process.env.LOCKSTEP_DATA || '.data');
}

function readDotEnv(): void {
  if (!existsSync('.env')) return;
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    throw new Sentence(`.env cannot be read (${(error as Error).message}).`);
  }
}

async function reset(dataDir: string, yes: boolean, parts: Parts): Promise<void> {
  const running = whoRuns(dataDir);
  if (running)
    throw new Sentence(`Lockstep runs on ${dataDir} (process ${running.pid}): stop it before its data is deleted.`);
  if (!yes) {
    if (!process.stdin.isTTY) throw new Sentence('--reset deletes data and nobody is there to ask: add --yes.');
    const sure = await confirm(`Delete everything in ${dataDir}: items, conversations, repositories? (y/N) `);
    if (!sure) throw new Sentence('Nothing was deleted.');
  }
  const refused = wipe(dataDir);
  if (refused) throw new Sentence(refused);
  say(`Deleted ${dataDir}.${parts.database ? ' The database of DATABASE_URL was left as it is.' : ''}`);
}

interface WorkspaceInput {
  parts: Parts;
  local: Local;
  port: number;
  dataDir: string;
  webUrl: string;
}

async function openWorkspace(run: Run, { parts, local, port, dataDir, webUrl }: WorkspaceInput): Promise<Workspace> {
  try {
    const workspace = await startWorkspace({
      port,
      dataDir,
      slack:
        parts.slack === 'stand-in'
          ? {
              signingSecret: local.slackSigningSecret,
              botToken: local.slackBotToken,
              appToken: local.slackAppToken,
              requestUrl: `${webUrl}/slack/events`,
            }
          : null,
      github:
        parts.github === 'stand-in'
          ? {
              token: local.githubToken,
              webhookSecret: local.githubWebhookSecret,
              webhookUrl: `${webUrl}/webhooks/github`,
            }
          : null,
      linear: parts.linear === 'stand-in' ? { key: local.linearKey } : null,
      log: say,
    });
    run.own(() => workspace.close());
    return workspace;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== 'listen' || !code) throw error;
    throw new Sentence(portSentence(port, code, { name: 'LOCKSTEP_PORT', usual: 4000 }));
  }
}

/** The embedded database, started again on the same port when it dies. */
async function openDatabase(run: Run, dataDir: string): Promise<string> {
  const options = { dir: join(dataDir, 'postgres'), log: () => {} };
  let current: Database = await startPostgres(options);
  let closed = false;
  run.own(async () => {
    closed = true;
    await current.stop();
  });
  const port = Number(new URL(current.url).port);
  const follow = async (): Promise<void> => {
    for (;;) {
      await current.lost;
      if (closed) return;
      say('The database ended by itself; starting it again.');
      current = await startPostgres({ ...options, port });
    }
  };
  void follow().catch(run.fail);
  return current.url;
}

async function ready(webUrl: string, dataDir: string): Promise<void> {
  const until = Date.now() + READY_MS;
  let last = 'no answer';
  while (Date.now() < until) {
    try {
      const answer = await fetch(`${webUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return;
      last = (await answer.text()).slice(0, 500);
    } catch {
      // Not listening yet.
    }
    await pause(50);
  }
  throw new Sentence(`Lockstep was not ready within ${READY_MS / 1000} s (${last}); see ${join(dataDir, 'logs')}.`);
}

/** One sentence for what a person can put right; everything else is a mistake of ours and keeps its stack. */
function sentenceOf(error: unknown): string {
  const kinds = [Sentence, ConfigError, CatalogError, DatabaseError, DataError, RepositoryError];
  if (kinds.some((kind) => error instanceof kind)) return (error as Error).message;
  const data = dataFolder();
  return obstacle(error, [data, placeOf(join(data, 'postgres'))]) ?? (error as Error).stack ?? String(error);
}

function withoutPassword(url: string): string {
  return url.replace(/:\/\/([^:@/]*):[^@/]*@/, '://$1:…@');
}
