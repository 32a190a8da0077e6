import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { broken, inspect, MAJOR } from './local/cluster.ts';
import { createKeeper } from './local/keeper.ts';
import { DatabaseError, findPlace, type Place } from './local/place.ts';
import { freePort } from './local/ports.ts';
import { commandOf, isAlive, waitForExit } from './local/processes.ts';

export interface Database {
  url: string;
  /** Folder with `data/`, `password` and `postgres.log`. */
  home: string;
  /** Resolves when the server has ended without `stop`. */
  lost: Promise<void>;
  /** Stops cleanly; open connections are closed by the server. Safe to call twice. */
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Folder for the data, made when missing. */
  dir: string;
  /** Default: the port of the last start when it is free, else any free one. */
  port?: number;
  /** Receives one line for each thing worth knowing. */
  log: (line: string) => void;
  /** For throw-away data only: nothing is forced to disk, so a crash of the machine may lose the database. */
  throwAway?: boolean;
}

const START_MS = 30_000;
const STOP_MS = 10_000;
/** A Lockstep that was killed this moment is not gone yet. */
const GOING_MS = 1_000;

/**
 * Starts the PostgreSQL that comes with npm, on 127.0.0.1 only, with a password of its own. The data stays between
 * starts; the server goes with this process however it ends. Throws DatabaseError with one sentence.
 */
export async function startPostgres(options: DatabaseOptions): Promise<Database> {
  const place = findPlace(options.dir);
  const data = join(place.home, 'data');
  openFolder(place);
  await endOrphan(place.home, data);
  if (inspect(place.home, place.user?.uid) === 'nothing') await initialise(place, data, options);
  const password = readPassword(place.home);
  writeFileSync(join(place.home, 'owner'), String(process.pid));
  const { server, port } = await launchOnFreePort(place, data, options);
  writeFileSync(join(place.home, 'port'), String(port));
  options.log(`PostgreSQL ${MAJOR} on 127.0.0.1:${port}, data in ${data}`);
  const url = `postgres://lockstep:${password}@127.0.0.1:${port}/postgres`;
  let stopping = false;
  const lost = new Promise<void>((resolve) => server.once('exit', () => stopping || resolve()));
  return {
    url,
    home: place.home,
    lost,
    stop() {
      stopping = true;
      return stop(server);
    },
  };
}

/** Makes the folder, and lets the OS user of the database through it whatever the umask says. */
function openFolder(place: Place): void {
  const first = mkdirSync(place.home, { recursive: true });
  if (!place.user) return;
  chmodSync(place.home, 0o755);
  if (!first) return;
  for (let folder = place.home; folder.length >= first.length; folder = dirname(folder)) chmodSync(folder, 0o755);
}

async function initialise(place: Place, data: string, options: DatabaseOptions): Promise<void> {
  // Made beside and renamed, so that a start that was interrupted leaves no half-made database behind.
  const unfinished = `${data}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  const file = `${data}.password`;
  writeFileSync(file, password, { mode: 0o600 });
  for (const path of place.user ? [unfinished, file] : []) chownSync(path, place.user!.uid, place.user!.gid);
  const { code, output } = await run(join(place.bin, 'initdb'), place, [
    `--pgdata=${unfinished}`,
    '--username=lockstep',
    `--pwfile=${file}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(options.throwAway ? ['--no-sync'] : []),
  ]);
  rmSync(file, { force: true });
  if (code !== 0) {
    throw new DatabaseError(`The database folder ${data} could not be made: ${lastSentence(output)}`);
  }
  writeFileSync(join(place.home, 'password'), password, { mode: 0o600 });
  renameSync(unfinished, data);
}

async function launchOnFreePort(place: Place, data: string, options: DatabaseOptions) {
  const patience = Date.now() + STOP_MS;
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort(attempt === 1 ? readNumber(join(place.home, 'port')) : null));
    const server = await launch(place, data, port, options);
    if (typeof server !== 'string') return { server, port };
    if (server === 'sessions left' && Date.now() < patience) {
      await pause(200);
    } else if (server === 'sessions left') {
      throw broken(data, 'sessions of a server that was killed still use it');
    } else if (options.port !== undefined || attempt === 5) {
      throw new DatabaseError(`The database cannot listen on port ${port}: another program uses it.`);
    }
  }
}

async function launch(
  place: Place,
  data: string,
  port: number,
  options: DatabaseOptions,
): Promise<ChildProcess | 'port taken' | 'sessions left'> {
  const logFile = join(place.home, 'postgres.log');
  const log = openSync(logFile, 'w', 0o600);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    'log_timezone=UTC',
    ...(options.throwAway ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
  ];
  // A group of its own: Ctrl-C in the terminal reaches us only, and we stop the server last.
  const server = spawn(
    join(place.bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...place.user, cwd: place.home, stdio: ['ignore', log, log], detached: true, windowsHide: true },
  );
  closeSync(log);
  let failure: Error | null = null;
  server.on('error', (error) => {
    failure = error;
  });
  const keeper = createKeeper();
  if (server.pid) keeper.watch(server.pid, 'SIGINT', 'SIGQUIT');
  server.on('exit', () => {
    keeper.forget(server.pid!);
    keeper.close();
  });
  const until = Date.now() + START_MS;
  while (!failure && server.exitCode === null && server.signalCode === null) {
    if (isReady(data)) return server;
    if (Date.now() > until) {
      server.kill('SIGKILL');
      throw new DatabaseError(`The database in ${data} was not ready within ${START_MS / 1000} s; see ${logFile}.`);
    }
    await pause(10);
  }
  if (failure) throw cannotRun(failure);
  const output = readFileSync(logFile, 'utf8');
  if (/could not bind|could not create any TCP\/IP sockets/.test(output)) return 'port taken';
  // The server was killed and its sessions have not noticed yet; they do when their statement ends.
  if (/pre-existing shared memory block/.test(output)) return 'sessions left';
  throw broken(data, lastSentence(output), logFile);
}

/** The eighth line of postmaster.pid is the server's own word for its state. */
function isReady(data: string): boolean {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/**
 * A server that still runs on this data: of a Lockstep that lives, and then this start is one too many; of one that
 * was killed, and then it is stopped; or no server at all, only a number that another program has now.
 */
async function endOrphan(home: string, data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const pid = readNumber(pidFile);
  if (!pid) return;
  const command = isAlive(pid) ? commandOf(pid) : null;
  if (!isAlive(pid) || (command !== null && !command.includes(data))) {
    rmSync(pidFile, { force: true });
    return;
  }
  const owner = readNumber(join(home, 'owner'));
  if (owner && owner !== process.pid && !(await waitForExit(owner, GOING_MS))) {
    throw new DatabaseError(
      `Lockstep already runs on ${home} (process ${owner}): use that one, stop it, or choose another folder with LOCKSTEP_DATA=….`,
    );
  }
  process.kill(pid, 'SIGINT');
  if (await waitForExit(pid, STOP_MS)) return;
  throw new DatabaseError(
    `A PostgreSQL server (process ${pid}) still uses ${data} and does not stop: end it with \`kill -9 ${pid}\`, then start again.`,
  );
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  // SIGINT is PostgreSQL's fast shutdown: sessions end, everything is written.
  server.kill('SIGINT');
  const hard = setTimeout(() => server.kill('SIGQUIT'), STOP_MS);
  await gone;
  clearTimeout(hard);
}

function run(program: string, place: Place, args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...place.user, cwd: place.home, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => reject(cannotRun(error)));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function readPassword(home: string): string {
  const file = join(home, 'password');
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8');
}

function readNumber(file: string): number | null {
  try {
    const number = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return number > 0 ? number : null;
  } catch {
    return null;
  }
}

/** What PostgreSQL said last, without its time stamps. */
function lastSentence(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /\b(FATAL|PANIC|ERROR)\b|error:/.test(line));
  const line = telling.at(-1) ?? lines.at(-1) ?? 'it ended without a word';
  return line.replace(/^.*?(?:FATAL|PANIC|ERROR|error):\s*/, '').trim();
}

function cannotRun(error: Error): DatabaseError {
  return new DatabaseError(
    `The embedded PostgreSQL does not run on this machine (${error.message}): set DATABASE_URL to a PostgreSQL 13 or newer of your own.`,
  );
}
