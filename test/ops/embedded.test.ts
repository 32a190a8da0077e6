import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, startPostgres } from '../../src/embedded.ts';
import { placeOf } from '../../src/local/place.ts';
import { isAlive, waitForExit } from '../../src/local/processes.ts';

let dir: string;
let home: string;
let started: Database[];
let children: ChildProcess[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-embedded-'));
  home = placeOf(dir);
  started = [];
  children = [];
});
afterEach(async () => {
  for (const database of started) await database.stop();
  for (const child of children) child.kill('SIGKILL');
  for (const folder of [dir, home]) rmSync(folder, { recursive: true, force: true });
});

async function start(more: { port?: number; throwAway?: boolean } = {}): Promise<Database> {
  const database = await startPostgres({ dir, log: () => {}, throwAway: true, ...more });
  started.push(database);
  return database;
}

/** A process of its own that starts the database and says where. */
async function startElsewhere(): Promise<{ owner: ChildProcess; url: string }> {
  const module = join(import.meta.dirname, '../../src/embedded.ts');
  const program = `const { startPostgres } = await import(process.argv[1]);
    const { url } = await startPostgres({ dir: process.argv[2], log: () => {}, throwAway: true });
    console.log(url); setInterval(() => {}, 1e6);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program, module, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(owner);
  const url = await new Promise<string>((resolve) =>
    owner.stdout!.once('data', (data) => resolve(String(data).trim())),
  );
  return { owner, url };
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = () => Number(readFileSync(join(home, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);

it('keeps its data, its password and its port between starts', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  const second = await start();
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  expect(second.url).toBe(first.url);
});

it('speaks UTF-8, listens on loopback only and asks for the password', async () => {
  const { url } = await start();
  expect(await query(url, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  expect(await query(url, "SELECT lower('ÄÖÉ') AS low")).toEqual([{ low: 'äöé' }]);
  expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  const wrong = new URL(url);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  expect(statSync(join(home, 'password')).mode & 0o777).toBe(0o600);
});

it('starts again after the server was killed and left its lock file', async () => {
  const first = await start({ throwAway: false });
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const pid = serverPid();
  process.kill(pid, 'SIGKILL');
  expect(await waitForExit(pid, 5000)).toBe(true);
  const second = await start();
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

it('starts although the lock file names a process that is something else now', async () => {
  const first = await start();
  await first.stop();
  writeFileSync(join(home, 'data', 'postmaster.pid'), `${process.pid}\n`);
  const second = await start();
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('goes when its owner is killed, and the next start finds the data', async () => {
  const { owner, url } = await startElsewhere();
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const pid = serverPid();
  owner.kill('SIGKILL');
  const next = await start();
  expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  expect(isAlive(pid)).toBe(false);
});

it('says which process uses the data already', async () => {
  const { owner } = await startElsewhere();
  await expect(start()).rejects.toThrow(
    `Lockstep already runs on ${home} (process ${owner.pid}): use that one, stop it, or choose another folder with LOCKSTEP_DATA=….`,
  );
});

it('finishes what an interrupted first start left half made', async () => {
  mkdirSync(join(home, 'data.new', 'base'), { recursive: true });
  writeFileSync(join(home, 'data.new', 'PG_VERSION'), '18\n');
  const { url } = await start();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('takes another port when its last one is in use, and says so when the port was demanded', async () => {
  const first = await start();
  const port = Number(new URL(first.url).port);
  await first.stop();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  try {
    const second = await start();
    expect(new URL(second.url).port).not.toBe(String(port));
    await second.stop();
    await expect(start({ port })).rejects.toThrow(
      `The database cannot listen on port ${port}: another program uses it.`,
    );
  } finally {
    other.close();
  }
});

describe('a broken data folder is one sentence with what, where and what to do', () => {
  const advice =
    /Put a backup of that folder in its place, or start with an empty one: `npm start -- --reset` deletes it\.$/;

  it('files that are no database', async () => {
    mkdirSync(join(home, 'data'), { recursive: true });
    writeFileSync(join(home, 'data', 'notes.txt'), 'hello');
    const failure = await start().catch((error: Error) => error.message);
    expect(failure).toMatch(/data cannot be used: it has files but no PG_VERSION/);
    expect(failure).toMatch(advice);
    expect(readFileSync(join(home, 'data', 'notes.txt'), 'utf8')).toBe('hello');
  });

  it('a missing part of the database', async () => {
    const first = await start();
    await first.stop();
    rmSync(join(home, 'data', 'global'), { recursive: true });
    const failure = await start().catch((error: Error) => error.message);
    expect(failure).toMatch(/^The database in \S+data cannot be used: .*global.*postgres\.log\)/);
    expect(failure).toMatch(advice);
  });

  it('another version', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(home, 'data', 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(/cannot be used: it was made by PostgreSQL 15 and this is 18\./);
  });

  it('a lost password', async () => {
    const first = await start();
    await first.stop();
    rmSync(join(home, 'password'));
    await expect(start()).rejects.toThrow(/cannot be used: its password file \S+password is missing\./);
  });

  // An ordinary user owns every file that it makes; another owner needs root.
  it.runIf(process.getuid?.() === 0)('another owner', async () => {
    const first = await start();
    await first.stop();
    chownSync(join(home, 'data'), 1, 1);
    await expect(start()).rejects.toThrow(
      /^The database in \S+data belongs to the user daemon, and this start would run it as postgres: start Lockstep as daemon, give it away with `chown -R postgres \S+data`, or /,
    );
  });
});
