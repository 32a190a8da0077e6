import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../../src/local/ports.ts';
import { isAlive } from '../../src/local/processes.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** `npm start` as a real process, without npm in between. */
export interface Start {
  child: ChildProcess;
  /** The one address that it printed. Rejects with everything that was printed when it ends before that. */
  ready: Promise<string>;
  /** Milliseconds from the start to `ready`. */
  took(): number;
  /** Code with which it ended. */
  ended: Promise<number | null>;
  out(): string;
  err(): string;
  /** Every process that it has started by now, theirs included. */
  family(): number[];
}

/** Keys of the machine that runs the tests must not decide what is real in them. */
const NOTHING_SET = {
  DATABASE_URL: '',
  REDIS_URL: '',
  SLACK_BOT_TOKEN: '',
  SLACK_SIGNING_SECRET: '',
  SLACK_APP_TOKEN: '',
  SLACK_API_URL: '',
  GITHUB_TOKEN: '',
  GITHUB_WEBHOOK_SECRET: '',
  GITHUB_API_URL: '',
  GITHUB_GIT_URL: '',
  ANTHROPIC_API_KEY: '',
  ANTHROPIC_BASE_URL: '',
  PORT: '',
  HOST: '',
  LOG_LEVEL: '',
};

export async function startLocal(
  dataDir: string,
  more: { env?: Record<string, string>; args?: string[] } = {},
): Promise<Start> {
  const port = more.env?.LOCKSTEP_PORT ?? String(await freePort());
  const began = Date.now();
  const child = spawn(process.execPath, [join(ROOT, 'src/local.ts'), ...(more.args ?? [])], {
    env: { ...process.env, ...NOTHING_SET, LOCKSTEP_DATA: dataDir, LOCKSTEP_PORT: port, ...more.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { out: '', err: '' };
  const times = { ready: 0 };
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  child.stderr.on('data', (chunk) => {
    printed.err += chunk;
  });
  const ready = new Promise<string>((done, fail) => {
    child.stdout.on('data', (chunk) => {
      printed.out += chunk;
      const url = /Lockstep is ready: (\S+)/.exec(printed.out)?.[1];
      if (!url) return;
      times.ready ||= Date.now();
      done(url);
    });
    void ended.then((code) => fail(new Error(`ended with ${code}\n${printed.out}${printed.err}`)));
  });
  ready.catch(() => {});
  return {
    child,
    ready,
    took: () => times.ready - began,
    ended,
    out: () => printed.out,
    err: () => printed.err,
    family: () => descendants(child.pid!),
  };
}

function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    pairs.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Rejects, with who they are, while some of them still run after `ms`. */
export async function untilGone(pids: readonly number[], ms: number): Promise<void> {
  await vi.waitFor(
    () => {
      const left = pids.filter(isAlive);
      if (left.length > 0) throw new Error(`still there: ${left.map(describeProcess).join('; ')}`);
    },
    { timeout: ms, interval: 50 },
  );
}

function describeProcess(pid: number): string {
  try {
    return `${pid} ${execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .slice(0, 120)}`;
  } catch {
    return String(pid);
  }
}

/** One call of Slack's Web API on the local Slack, with the app's own token. */
export async function slackCall(
  url: string,
  dataDir: string,
  method: string,
  params: Record<string, string>,
): Promise<Record<string, unknown>> {
  const { slackBotToken } = JSON.parse(readFileSync(join(dataDir, 'local.json'), 'utf8')) as { slackBotToken: string };
  const answer = await fetch(`${url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slackBotToken}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(params).toString(),
  });
  return (await answer.json()) as Record<string, unknown>;
}
