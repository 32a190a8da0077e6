import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import pg from 'pg';
import { vi } from 'vitest';
import { placeOf } from '../../src/local/place.ts';
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
export const NOTHING_SET = {
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
  LINEAR_API_KEY: '',
  ANTHROPIC_API_KEY: '',
  ANTHROPIC_BASE_URL: '',
  PORT: '',
  HOST: '',
  LOG_LEVEL: '',
};

/** Somebody of this machine who is not root. */
export interface User {
  uid: number;
  gid: number;
  home: string;
}

export interface StartOptions {
  env?: Record<string, string>;
  args?: string[];
  /** Left out: whoever runs the tests. */
  user?: User;
}

export async function startLocal(dataDir: string, more: StartOptions = {}): Promise<Start> {
  const port = more.env?.LOCKSTEP_PORT ?? String(await freePort());
  const began = Date.now();
  const { uid, gid } = more.user ?? {};
  const child = spawn(process.execPath, [join(ROOT, 'src/local.ts'), ...(more.args ?? [])], {
    env: { ...environmentOf(more.user), ...NOTHING_SET, LOCKSTEP_DATA: dataDir, LOCKSTEP_PORT: port, ...more.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(more.user ? { uid, gid } : {}),
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

/** Another user has none of our variables, and a PATH without what is in our own home. */
function environmentOf(user: User | undefined): NodeJS.ProcessEnv {
  if (!user) return process.env;
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.startsWith(homedir()));
  return { PATH: path.join(delimiter), HOME: user.home, TZ: 'UTC' };
}

/** The user `nobody` with `home` as a home of their own, where root runs the tests; otherwise nobody is needed. */
export function otherUser(home: string): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  const user = { uid: id('-u'), gid: id('-g'), home };
  chownSync(home, user.uid, user.gid);
  return user;
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

/** Address of the embedded database of a data folder, as its own files say. */
export function embeddedUrl(dataDir: string): string {
  const home = placeOf(join(dataDir, 'postgres'));
  const [password, port] = ['password', 'port'].map((name) => readFileSync(join(home, name), 'utf8'));
  return `postgres://lockstep:${password}@127.0.0.1:${port}/postgres`;
}

export async function queryAt(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Does one thing as a person, as the page of the local workspace does it. */
export async function actOnPage(url: string, as: string, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/client/${path}`, {
    method: 'POST',
    headers: { 'x-act-as': as, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, unknown>;
}

/** Opens the intake form on the page and submits it as it is filled in by the command. */
export async function createTicket(url: string, as: string, title: string): Promise<void> {
  const stop = new AbortController();
  const stream = await fetch(`${url}/client/events?as=${as}`, { signal: stop.signal });
  const opened = viewFrom(stream);
  const asked = await actOnPage(url, as, 'command', { channel: 'C01LOCKSTEP', text: `/ticket new ${title}` });
  if (!asked.ok) throw new Error(`the command was refused: ${JSON.stringify(asked)}`);
  const view = await opened;
  stop.abort();
  const submitted = await actOnPage(url, as, 'submit', { view_id: view, values: {} });
  if (!submitted.ok) throw new Error(`the form was refused: ${JSON.stringify(submitted)}`);
}

/** Id of the first form that can be submitted among the events of a page. */
async function viewFrom(stream: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const frames = text.split('\n\n');
    text = frames.pop()!;
    for (const frame of frames.filter((one) => one.startsWith('data: '))) {
      const event = JSON.parse(frame.slice(6)) as { type: string; view?: { id: string; submit?: unknown } };
      if (/^view_(opened|updated)$/.test(event.type) && event.view?.submit) return event.view.id;
    }
  }
  throw new Error('the page got no form');
}
