/** A GitHub stand-in on its own port with a small sample repository, a webhook receiver, and git as a person uses it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { createGitHub, type GitHub, type GitHubOptions } from '../../../sim/github/index.ts';
import { seedFromFolder } from '../../../sim/github/seed.ts';

export const owner = 'acme';
export const name = 'web';
export const here = { owner, repo: name };
export const secret = 'hook-secret';
export const botToken = 'bot-token';

export const sampleFiles: Record<string, string> = {
  'package.json': JSON.stringify({
    name: 'web',
    type: 'module',
    scripts: { test: 'node --test', start: 'node server.js' },
  }),
  'greeting.js': "export const greeting = 'Hello';\n",
  'server.js': `import { createServer } from 'node:http';
import { greeting } from './greeting.js';
createServer((req, res) => res.end(greeting + ' ' + process.env.APP_SHA)).listen(process.env.PORT, '127.0.0.1');
`,
  'greeting.test.js': `import test from 'node:test';
import assert from 'node:assert';
import { greeting } from './greeting.js';
test('greets', () => assert.match(greeting, /^[A-Z]/));
`,
  'docs/adr/0001-plain-node.md': '# Plain Node\n',
};

export interface Hook {
  event: string;
  guid: string;
  headers: IncomingHttpHeaders;
  raw: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are read field by field, as GitHub documents them.
  payload: any;
}

export interface Sandbox {
  github: GitHub;
  url: string;
  dir: string;
  hooks: Hook[];
  octokit: (token?: string) => Octokit;
  /** Stops the stand-in and starts it again on the same data. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
  clone: (token?: string) => Promise<Checkout>;
  /** Status that the webhook receiver answers with. */
  answer: { status: number };
}

export interface Checkout {
  dir: string;
  git: (...args: string[]) => Promise<string>;
  /** Makes a branch with these files changed, pushes it, and gives its SHA. */
  push: (branch: string, files: Record<string, string | null>, message?: string) => Promise<string>;
}

const run = promisify(execFile);

export async function writeFiles(dir: string, files: Record<string, string | null>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(dir, path);
    await mkdir(join(file, '..'), { recursive: true });
    if (content === null) await rm(file);
    else await writeFile(file, content);
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function hookReceiver(hooks: Hook[], answer: { status: number }) {
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString();
    const event = String(req.headers['x-github-event']);
    hooks.push({
      event,
      guid: String(req.headers['x-github-delivery']),
      headers: req.headers,
      raw,
      payload: JSON.parse(raw),
    });
    res.writeHead(answer.status).end('noted');
  });
  return { server, port: await listen(server) };
}

export async function sandbox(
  options: Partial<GitHubOptions> & { files?: Record<string, string> } = {},
): Promise<Sandbox> {
  const dir = await mkdtemp(join(tmpdir(), 'lockstep-github-test-'));
  const { files, ...rest } = options;
  await writeFiles(join(dir, 'sample'), files ?? sampleFiles);
  const hooks: Hook[] = [];
  const answer = { status: 200 };
  const receiver = await hookReceiver(hooks, answer);
  let github: GitHub;
  const server = createServer(async (req, res) => {
    if (!(await github.handle(req, res))) res.writeHead(404).end();
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const start = () =>
    createGitHub({
      dataDir: join(dir, 'data'),
      baseUrl: () => url,
      token: botToken,
      webhook: { url: `http://127.0.0.1:${receiver.port}/hooks`, secret },
      repos: [{ owner, name, seed: seedFromFolder(join(dir, 'sample')) }],
      log: (line) => {
        throw new Error(`The stand-in logged: ${line}`);
      },
      ...rest,
    });
  github = await start();
  let clones = 0;
  const box: Sandbox = {
    get github() {
      return github;
    },
    url,
    dir,
    hooks,
    answer,
    octokit: (token = botToken) => quietOctokit(url, token),
    restart: async () => {
      await github.close();
      github = await start();
    },
    close: async () => {
      await github.close();
      for (const one of [server, receiver.server]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      await rm(dir, { recursive: true, force: true });
    },
    clone: async (token = botToken) => {
      const at = join(dir, `clone-${++clones}`);
      const remote = `${url.replace('//', `//x-access-token:${token}@`)}/github/${owner}/${name}.git`;
      await run('git', ['clone', '--quiet', remote, at], { env: gitEnv(dir) });
      return checkout(at, gitEnv(dir));
    },
  };
  return box;
}

export function gitEnv(home: string): NodeJS.ProcessEnv {
  const who = { NAME: 'Emil Larsen', EMAIL: 'emil@example.com' };
  return {
    PATH: process.env.PATH,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  };
}

function checkout(dir: string, env: NodeJS.ProcessEnv): Checkout {
  const git = async (...args: string[]) => (await run('git', args, { cwd: dir, env })).stdout.trim();
  return {
    dir,
    git,
    push: async (branch, files, message = `Change on ${branch}`) => {
      await git('checkout', '--quiet', '-B', branch);
      await writeFiles(dir, files);
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
      await git('push', '--quiet', '--force', 'origin', branch);
      return git('rev-parse', 'HEAD');
    },
  };
}

/** Status and body of the error that a call ends with. */
export async function refusal(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    // biome-ignore lint/suspicious/noExplicitAny: Octokit's RequestError.
    const { status, response } = error as any;
    if (status === undefined) throw error;
    return { status: status as number, message: response?.data?.message as string, errors: response?.data?.errors };
  }
  throw new Error('The call succeeded');
}

export function quietOctokit(url: string, token = botToken): Octokit {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return new Octokit({ auth: token, baseUrl: `${url}/github/api/v3`, log });
}

/** Polls until the condition gives something. */
export async function until<T>(what: string, condition: () => Promise<T | undefined | false> | T | undefined | false) {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Waited in vain for ${what}`);
}
