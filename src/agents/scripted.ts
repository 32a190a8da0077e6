import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { identify, isAlive, killGroup, minimalEnv } from './process.ts';
import {
  claimStart,
  latestStart,
  type RunOrder,
  type RunStart,
  readChild,
  readOrder,
  readStatus,
  runFolder,
  standing,
  writeJson,
} from './run-folder.ts';
import type { AgentRef, AgentSnapshot, AgentTask, CodingAgent } from './types.ts';
import { isFinal } from './types.ts';

export interface ScriptedConfig {
  /** Absolute folder for runs; shared by all workers of one machine. */
  root: string;
  /** Absolute folder of scripts, `<repository>/<name>.json` */
  scriptsDir: string;
  /** PATH for the child: where npm and git are. Nothing else of the environment is passed on. */
  path: string;
  /** A pause before each step, so that a person can watch. */
  stepDelayMs?: number;
}

const program = fileURLToPath(new URL('./scripted-run.ts', import.meta.url));
const diedWords = "the agent's process ended without a result";

/**
 * The agent of the local workspace: it follows a script, but edits a real checkout and really runs its tests. Its
 * process is detached: it goes on when the worker that started it ends, and any worker can ask how it stands.
 */
export function createScriptedAgent(config: ScriptedConfig): CodingAgent {
  return {
    kind: 'scripted',
    can: { followUp: true, cancel: true, stream: false, reportsCost: false, opensPr: false },
    launch: (task, ctl) => launch(config, task, ctl.signal),
    poll: (ref) => poll(config, ref),
    cancel: (ref) => cancel(config, ref),
  };
}

async function launch(config: ScriptedConfig, task: AgentTask, signal: AbortSignal): Promise<AgentRef> {
  signal.throwIfAborted();
  if (!task.workspace || !path.isAbsolute(task.workspace)) {
    throw new Error('the scripted agent works on this machine: the task needs the absolute path of a checkout');
  }
  const ref: AgentRef = { kind: 'scripted', externalId: task.runId };
  const folder = runFolder(config.root, task.runId);
  const last = latestStart(folder);
  if (last && !needsNewStart(last, task)) return ref;
  if (last) await endProcess(last);
  const start = claimStart(folder, (last?.number ?? 0) + 1);
  if (start) await spawnChild(config, start, task);
  return ref;
}

/** A run starts again when its process died without a result, or when the caller asks for a later attempt. */
function needsNewStart(last: RunStart, task: AgentTask): boolean {
  if (standing(last, Date.now()) === 'dead') return true;
  return (task.attempt ?? 1) > (readOrder(last)?.attempt ?? 1);
}

async function spawnChild(config: ScriptedConfig, start: RunStart, task: AgentTask): Promise<void> {
  const order: RunOrder = {
    task,
    attempt: task.attempt ?? 1,
    scriptsDir: config.scriptsDir,
    path: config.path,
    stepDelayMs: config.stepDelayMs ?? 0,
    deadline: Date.now() + task.limits.minutes * 60_000,
  };
  writeJson(start.dir, 'task.json', order);
  const tmp = path.join(start.dir, 'tmp');
  mkdirSync(tmp, { recursive: true });
  const output = openSync(path.join(start.dir, 'output.log'), 'a');
  try {
    const child = spawn(process.execPath, [program, start.dir], {
      cwd: start.dir,
      env: minimalEnv({ path: config.path, home: start.dir, tmp }),
      stdio: ['ignore', output, output],
      detached: true,
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    writeJson(start.dir, 'child.json', identify(child.pid!));
    child.unref();
  } finally {
    closeSync(output);
  }
}

async function poll(config: ScriptedConfig, ref: AgentRef): Promise<AgentSnapshot> {
  const start = latestStart(runFolder(config.root, ref.externalId));
  if (!start) return { state: 'failed', error: 'this run is not on this machine' };
  const now = Date.now();
  const order = readOrder(start);
  const stands = standing(start, now);
  const status = readStatus(start) ?? { state: 'queued', branch: order?.task.branch };
  if (stands === 'final') return status;
  if (stands === 'dead') return { ...status, state: 'failed', error: diedWords };
  if (order && now > order.deadline) return endWith(start, timedOut(status, order));
  return status;
}

function timedOut(status: AgentSnapshot, order: RunOrder): AgentSnapshot {
  const error = `The time limit of ${order.task.limits.minutes} minutes was reached.`;
  return { ...status, state: 'timed_out', error };
}

/** Ends a run that has no result yet: its processes first, so that they can't write over the final state. */
async function endWith(start: RunStart, final: AgentSnapshot): Promise<AgentSnapshot> {
  const before = readStatus(start);
  if (before && isFinal(before.state)) return before;
  await endProcess(start);
  const last = readStatus(start);
  if (last && isFinal(last.state)) return last;
  writeJson(start.dir, 'status.json', final);
  return final;
}

async function cancel(config: ScriptedConfig, ref: AgentRef): Promise<void> {
  const start = latestStart(runFolder(config.root, ref.externalId));
  if (start) await endWith(start, { ...readStatus(start), state: 'cancelled', error: 'Stopped by a person.' });
}

/** Ends what is left of a start's process group and waits until its leader is gone (at most 5 s). */
async function endProcess(start: RunStart): Promise<void> {
  const child = readChild(start);
  if (!child) return;
  killGroup(child);
  for (let tries = 0; tries < 250 && isAlive(child); tries++) await sleep(20);
}
