import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, type ProcessId } from './process.ts';
import type { AgentSnapshot, AgentTask } from './types.ts';
import { isFinal } from './types.ts';

/**
 * One run on disk: `runs/<runId>/<n>/` for its n-th start, holding `task.json`, `child.json` (pid), `status.json` and
 * `output.log`. Making folder n is the claim, so two workers that launch one run at once start one process.
 */
export interface RunStart {
  dir: string;
  number: number;
}

/** What the child needs beside the task. */
export interface RunOrder {
  task: AgentTask;
  /** The task's own attempt number, see `AgentTask.attempt` */
  attempt: number;
  scriptsDir: string;
  /** PATH for npm, node and git */
  path: string;
  stepDelayMs: number;
  /** Milliseconds since the epoch after which the run has timed out */
  deadline: number;
}

/** How long a claimed start may be without a process before it counts as dead. */
const startingMs = 10_000;

export function runFolder(root: string, runId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(runId) || runId.includes('..')) {
    throw new Error(`"${runId}" can't be a run's id: letters, digits, dot, dash and underscore only`);
  }
  return path.join(root, 'runs', runId);
}

/** The newest start of a run, or null when it was never launched. */
export function latestStart(folder: string): RunStart | null {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return null;
  }
  const number = Math.max(0, ...names.filter((name) => /^\d+$/.test(name)).map(Number));
  return number === 0 ? null : { number, dir: path.join(folder, String(number)) };
}

/** Claims start n for this caller; null when another caller was first. */
export function claimStart(folder: string, number: number): RunStart | null {
  mkdirSync(folder, { recursive: true });
  const dir = path.join(folder, String(number));
  try {
    mkdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  return { number, dir };
}

/** True when a later start exists: the process of this one must not write any more. */
export function isSuperseded(start: RunStart): boolean {
  return (latestStart(path.dirname(start.dir))?.number ?? 0) > start.number;
}

export function writeJson(dir: string, name: string, value: unknown): void {
  const temporary = path.join(dir, `.${name}.${randomUUID()}`);
  writeFileSync(temporary, JSON.stringify(value, null, 2));
  renameSync(temporary, path.join(dir, name));
}

function readJson<T>(dir: string, name: string): T | null {
  try {
    return JSON.parse(readFileSync(path.join(dir, name), 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function readOrder(start: RunStart): RunOrder | null {
  return readJson<RunOrder>(start.dir, 'task.json');
}

export function readStatus(start: RunStart): AgentSnapshot | null {
  return readJson<AgentSnapshot>(start.dir, 'status.json');
}

export function readChild(start: RunStart): ProcessId | null {
  return readJson<ProcessId>(start.dir, 'child.json');
}

/** Where a start stands: it ended with a result, its process works (or is about to), or its process is gone. */
export function standing(start: RunStart, now: number): 'final' | 'alive' | 'dead' {
  if (isFinal(readStatus(start)?.state ?? 'queued')) return 'final';
  const child = readChild(start);
  const alive = child ? isAlive(child) : now - statSync(start.dir).mtimeMs < startingMs;
  if (alive) return 'alive';
  // It may have written its result between the first look and its end.
  return isFinal(readStatus(start)?.state ?? 'queued') ? 'final' : 'dead';
}
