import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeOf } from '../../src/local/place.ts';
import { embeddedUrl, otherUser, queryAt, type Start, startLocal, type User, untilGone } from './start.ts';

/**
 * Where root runs the tests, both kinds of user are tested: root, whose database runs as somebody else, and `nobody`.
 * Run by an ordinary user, every other test of `npm start` is about that user.
 */

const ROOT = resolve(import.meta.dirname, '../..');

let dir: string;
let starts: Start[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-users-'));
  starts = [];
});
afterEach(async () => {
  for (const start of starts) {
    const family = start.family();
    start.child.kill('SIGKILL');
    await start.ended;
    await untilGone(family, 10_000);
  }
  for (const folder of [placeOf(join(dir, 'data/postgres')), dir]) rmSync(folder, { recursive: true, force: true });
});

/** Starts, stops and starts again, as a person does. Answers whose processes ran. */
async function comesAndGoes(user?: User): Promise<number[]> {
  const data = join(dir, 'data');
  const first = await startLocal(data, { user });
  starts.push(first);
  const url = await first.ready;
  expect((await fetch(url)).status).toBe(200);
  await queryAt(embeddedUrl(data), 'CREATE TABLE kept AS SELECT 42 AS answer');
  const family = first.family();
  const owners = family.flatMap(userOf);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  await untilGone(family, 5_000);

  const second = await startLocal(data, { user });
  starts.push(second);
  await second.ready;
  expect(await queryAt(embeddedUrl(data), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  expect(first.err() + second.err()).toBe('');
  return [...new Set(owners)].sort((one, other) => one - other);
}

/** None when the process has ended by now, as a git that was at work does. */
function userOf(pid: number): number[] {
  try {
    return [Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])];
  } catch {
    return [];
  }
}

/** What an ordinary user lacks to run this checkout, or null. */
function lacks({ uid, gid }: User): string | null {
  const look = `for (const name of ['src/local.ts', 'node_modules/pg/package.json']) fs.accessSync(name, fs.constants.R_OK)`;
  const { status, error, stderr } = spawnSync(process.execPath, ['-e', look], {
    uid,
    gid,
    cwd: ROOT,
    encoding: 'utf8',
  });
  return status === 0 ? null : `${ROOT} cannot be read by other users: ${error?.message ?? stderr}`;
}

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('where root runs the tests', () => {
  it('an ordinary user starts and stops it, and everything runs as that user', async ({ skip }) => {
    // Everything of theirs is below their home; what is above it they can only pass through.
    chmodSync(dir, 0o711);
    const user = otherUser(mkdtempSync(join(dir, 'home-')))!;
    const missing = lacks(user);
    skip(missing !== null, missing ?? '');
    mkdirSync(join(dir, 'data'));
    otherUser(join(dir, 'data'));
    expect(await comesAndGoes(user)).toEqual([user.uid]);
    for (const name of ['local.json', 'postgres/data', 'github', 'logs']) {
      expect(statSync(join(dir, 'data', name)).uid, name).toBe(user.uid);
    }
  });

  it('root starts it in a folder that is closed to others: the database is elsewhere, as its own user', async () => {
    chmodSync(dir, 0o700);
    const owners = await comesAndGoes();
    const home = placeOf(join(dir, 'data/postgres'));
    expect(home).toMatch(/^\/var\/lib\/lockstep\/postgres-[0-9a-f]{8}$/);
    expect(existsSync(join(dir, 'data/postgres'))).toBe(false);
    expect(owners).toEqual([0, statSync(join(home, 'data')).uid]);
    expect(owners[1]).toBeGreaterThan(0);
  });

  it('root starts it in a folder that is open to others: the database is in it, as its own user', async () => {
    chmodSync(dir, 0o755);
    const owners = await comesAndGoes();
    expect(owners).toEqual([0, statSync(join(dir, 'data/postgres/data')).uid]);
    expect(owners[1]).toBeGreaterThan(0);
  });
});
