import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessId } from './process.ts';

interface Holder extends ProcessId {
  host: string;
  token: string;
}

export interface LockOptions {
  /** How long to wait for another holder before giving up. */
  waitMs: number;
  /** A lock of another machine is taken over when it is older than this. */
  staleMs: number;
}

/**
 * Runs `work` while holding a lock file: one at a time over all callers and processes. A lock whose process is gone
 * (killed in the middle) is taken over at once; one from another machine after `staleMs`.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const me: Holder = { ...identify(process.pid), host: hostname(), token: randomUUID() };
  const until = Date.now() + options.waitMs;
  while (!take(file, me)) {
    breakIfStale(file, options.staleMs);
    if (Date.now() > until) throw new Error('another process has been working on this repository for too long');
    await sleep(20 + Math.random() * 30);
  }
  try {
    return await work();
  } finally {
    if (readHolder(file)?.token === me.token) unlinkSync(file);
  }
}

/** Written aside and linked into place: the file never exists without its content. */
function take(file: string, me: Holder): boolean {
  const temporary = `${file}.${me.token}`;
  writeFileSync(temporary, JSON.stringify(me));
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(temporary);
  }
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function breakIfStale(file: string, staleMs: number): void {
  const holder = readHolder(file);
  if (!holder) return;
  const here = holder.host === hostname();
  const stale = here ? !isAlive(holder) : ageMs(file) > staleMs;
  if (!stale) return;
  const aside = `${file}.stale.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another waiter was first
  }
  // A new holder may have come between the look and the rename: then it gets its lock back.
  if (readHolder(aside)?.token !== holder.token) {
    try {
      linkSync(aside, file);
    } catch {
      // somebody else holds it by now
    }
  }
  unlinkSync(aside);
}

function ageMs(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
