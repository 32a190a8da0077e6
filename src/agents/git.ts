import { spawn } from 'node:child_process';

/** Where git finds itself and what it may see. */
export interface GitContext {
  /** PATH for git and nothing else of our environment */
  path: string;
  home: string;
  timeoutMs: number;
}

export interface GitCall {
  cwd: string;
  /** Set for calls in a worktree: git then ignores the `.git` file in it, which an agent could have replaced. */
  gitDir?: string;
  workTree?: string;
  indexFile?: string;
  /** The value of an Authorization header, sent to `url`'s host only. Never part of argv or of a config file. */
  auth?: { url: string; header: string };
  identity?: { name: string; email: string };
}

export interface GitResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** git's own refusal. The message is git's reason without credentials. */
export class GitError extends Error {
  readonly stderr: string;
  constructor(message: string, stderr: string) {
    super(message);
    this.name = 'GitError';
    this.stderr = stderr;
  }
}

const maxOutput = 32 * 1024 * 1024;

/**
 * Settings for every call: no hooks, no file-system monitor and no background work, whatever a repository's own
 * configuration says.
 */
const fixedConfig: [string, string][] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.quotePath', 'false'],
  ['core.autocrlf', 'false'],
  ['commit.gpgSign', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['credential.helper', ''],
];

export function gitEnv(context: { path: string; home: string }, call: GitCall): Record<string, string> {
  const config = [...fixedConfig];
  if (call.auth && /^https?:/.test(call.auth.url)) {
    config.push([`http.${new URL(call.auth.url).origin}/.extraHeader`, `Authorization: ${call.auth.header}`]);
  }
  const env: Record<string, string> = {
    PATH: context.path,
    HOME: context.home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(config.length),
  };
  config.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  if (call.gitDir) env.GIT_DIR = call.gitDir;
  if (call.workTree) env.GIT_WORK_TREE = call.workTree;
  if (call.indexFile) env.GIT_INDEX_FILE = call.indexFile;
  if (call.identity) {
    Object.assign(env, { GIT_AUTHOR_NAME: call.identity.name, GIT_AUTHOR_EMAIL: call.identity.email });
    Object.assign(env, { GIT_COMMITTER_NAME: call.identity.name, GIT_COMMITTER_EMAIL: call.identity.email });
  }
  return env;
}

/** Runs git and returns what it said, whatever its exit code. Throws when it can't be started or takes too long. */
export function tryGit(context: GitContext, call: GitCall, args: string[]): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: call.cwd,
      env: gitEnv(context, call),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: context.timeoutMs,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    let size = 0;
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxOutput) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-64 * 1024);
    });
    child.on('error', (error) => reject(new Error(`git can't be started: ${error.message}`)));
    child.on('close', (exitCode, signal) => {
      if (size > maxOutput) return reject(new GitError(`git ${args[0]} printed more than 32 MB`, ''));
      if (signal) {
        return reject(new GitError(`git ${args[0]} was stopped (${signal}) after ${context.timeoutMs} ms or less`, ''));
      }
      resolve({ exitCode, stdout: Buffer.concat(out).toString('utf8'), stderr: redact(stderr, call) });
    });
  });
}

/** Runs git and returns its output. Anything but success is a GitError with git's reason. */
export async function git(context: GitContext, call: GitCall, args: string[]): Promise<string> {
  const result = await tryGit(context, call, args);
  if (result.exitCode === 0) return result.stdout;
  throw new GitError(`git ${args[0]} failed: ${reason(result.stderr)}`, result.stderr);
}

/** The lines that carry the reason: hints and progress are left out. */
export function reason(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^hint:/.test(line));
  return lines.join(' ') || 'git gave no reason';
}

/** Takes credentials out of git's words: the header, each word of it, what base64 hides in it, user:password@. */
export function redact(text: string, call: GitCall): string {
  const header = call.auth?.header ?? '';
  const words = header.split(/\s+/).slice(1);
  const decoded = words.map((word) => Buffer.from(word, 'base64').toString('utf8').split(':').at(-1) ?? '');
  const secrets = [header, ...words, ...decoded].filter((secret) => secret.length >= 6);
  const cleaned = secrets.reduce((all, secret) => all.replaceAll(secret, '***'), text);
  return cleaned.replace(/(\w+:\/\/)[^/\s@]+@/g, '$1');
}
