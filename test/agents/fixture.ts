import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentSnapshot, AgentTask, CodingAgent } from '../../src/agents/types.ts';
import { isFinal } from '../../src/agents/types.ts';
import { openWorkspace, type Workspace } from '../../src/agents/workspace.ts';
import type { WorkspaceOptions } from '../../src/agents/workspace-place.ts';

export const PATH = process.env.PATH ?? '';

const gitEnv = {
  PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Rosa',
  GIT_AUTHOR_EMAIL: 'rosa@acme.test',
  GIT_COMMITTER_NAME: 'Rosa',
  GIT_COMMITTER_EMAIL: 'rosa@acme.test',
};

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: gitEnv, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

export function writeFiles(dir: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
}

const greeter = {
  'package.json': JSON.stringify({ name: 'greeter', type: 'module', scripts: { test: 'node --test' } }),
  'src/greet.js': "export const greet = (name) => 'Hello ' + name;\n",
  'db/001.sql': 'create table people (name text);\n',
  'test/greet.test.js':
    "import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { greet } from '../src/greet.js';\n" +
    "test('greets', () => assert.match(greet('Ada'), /Ada/));\n",
};

const newTest =
  "import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { greet } from '../src/greet.js';\n" +
  "test('Scenario: a greeting ends with a bang', () => assert.equal(greet('Ada'), 'Hello Ada!'));\n";

export const bangScript = {
  match: { title: 'exclamation' },
  summary: 'Greetings end with an exclamation mark.',
  plan: ['Write the test', 'See it fail', 'Add the mark', 'See it pass'],
  tests: [{ path: 'test/bang.test.js', write: newTest }],
  changes: [{ path: 'src/greet.js', find: "'Hello ' + name;", replace: "'Hello ' + name + '!';" }],
  followUps: [{ match: 'comment', edits: [{ path: 'src/greet.js', append: '// greets with an exclamation mark\n' }] }],
};

/** A temporary folder with a real bare repository `origin.git`, its base commit, and a folder of scripts. */
export function makeWorld() {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'lockstep-agents-')));
  const origin = path.join(root, 'origin.git');
  const seed = path.join(root, 'seed');
  mkdirSync(seed);
  git(root, 'init', '-q', '--bare', '-b', 'main', origin);
  git(seed, 'init', '-q', '-b', 'main');
  writeFiles(seed, greeter);
  git(seed, 'add', '-A');
  git(seed, 'commit', '-q', '-m', 'The greeter');
  git(seed, 'push', '-q', origin, 'main');
  const baseSha = git(seed, 'rev-parse', 'HEAD');
  const scriptsDir = path.join(root, 'scripts');
  const script = (name: string, content: unknown) =>
    writeFiles(scriptsDir, { [`greeter/${name}.json`]: JSON.stringify(content) });
  script('bang', bangScript);
  const options: WorkspaceOptions = {
    root: path.join(root, 'agents'),
    path: PATH,
    cloneUrl: origin,
    repo: 'acme/greeter',
    baseSha,
    branch: 'lockstep/ls-1',
    key: 'LS-1',
  };
  return {
    root,
    origin,
    seed,
    baseSha,
    scriptsDir,
    script,
    options,
    open: (more: Partial<WorkspaceOptions> = {}) => openWorkspace({ ...options, ...more }),
    dispose: () => rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

export type World = ReturnType<typeof makeWorld>;

export function taskFor(workspace: Workspace, more: Partial<AgentTask> = {}): AgentTask {
  return {
    runId: 'run-1',
    repo: 'acme/greeter',
    baseSha: workspace.baseSha,
    branch: workspace.branch,
    title: 'Greet with an exclamation mark',
    prompt: 'Greet with an exclamation mark',
    workspace: workspace.dir,
    doNotTouch: [],
    limits: { minutes: 2 },
    ...more,
  };
}

/** Waits until something holds; fails with what was last seen. */
export async function until<T>(look: () => Promise<T> | T, holds: (seen: T) => boolean, ms = 30_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`still not so after ${ms} ms: ${JSON.stringify(seen)}`);
    await sleep(20);
  }
}

export async function untilDone(agent: CodingAgent, runId = 'run-1'): Promise<AgentSnapshot> {
  return until(
    () => agent.poll({ kind: agent.kind, externalId: runId }),
    (seen) => isFinal(seen.state),
  );
}
