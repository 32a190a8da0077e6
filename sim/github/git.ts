import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GitResult {
  code: number;
  out: Buffer;
  err: string;
}

export interface GitCall {
  input?: string | Buffer;
  env?: Record<string, string>;
}

export interface Git {
  /** Environment for every git process of the stand-in: no prompts, no settings of the machine's user. */
  readonly env: Record<string, string>;
  /** Runs git and gives the result whatever its exit code. */
  run: (dir: string, args: string[], call?: GitCall) => Promise<GitResult>;
  /** Runs git, gives its output as text, and throws `GitError` when it fails. */
  text: (dir: string, args: string[], call?: GitCall) => Promise<string>;
}

export class GitError extends Error {
  override name = 'GitError';
}

// Unreachable commits must stay: deployments and reviews point at SHAs whose branch is long gone.
const settings = `[safe]
	directory = *
[gc]
	auto = 0
[receive]
	autogc = false
[core]
	autocrlf = false
	hooksPath = HOOKS
[http]
	receivepack = true
[user]
	name = GitHub
	email = noreply@github.com
[init]
	defaultBranch = main
[commit]
	gpgSign = false
[advice]
	detachedHead = false
[uploadpack]
	allowAnySHA1InWant = true
`;

/** Where the hooks of all repositories lie. */
export function hooksDir(home: string): string {
  return join(home, 'hooks');
}

/** Git with `home` and its own settings in there, so that what the machine's user configured changes nothing here. */
export function createGit(home: string): Git {
  // Also the name that a git from before GIT_CONFIG_GLOBAL (2.32) looks for.
  const configFile = join(home, '.gitconfig');
  mkdirSync(hooksDir(home), { recursive: true });
  writeFileSync(
    configFile,
    settings.replace('HOOKS', () => JSON.stringify(hooksDir(home))),
  );
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: configFile,
    GIT_TERMINAL_PROMPT: '0',
  };
  const run = (dir: string, args: string[], call: GitCall = {}) =>
    new Promise<GitResult>((resolve, reject) => {
      const child = spawn('git', args, { cwd: dir, env: { ...env, ...call.env }, stdio: ['pipe', 'pipe', 'pipe'] });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.on('error', (error: NodeJS.ErrnoException) =>
        // A missing working directory is reported with the same code as a missing program.
        reject(
          error.code === 'ENOENT' && existsSync(dir)
            ? new GitError('git is not installed, or not on the PATH.')
            : error,
        ),
      );
      child.on('close', (code) =>
        resolve({ code: code ?? -1, out: Buffer.concat(out), err: Buffer.concat(err).toString() }),
      );
      // Git may exit before it has read everything; its exit code says so, the broken pipe adds nothing.
      child.stdin.on('error', () => {});
      child.stdin.end(call.input ?? '');
    });
  const text = async (dir: string, args: string[], call?: GitCall) => {
    const result = await run(dir, args, call);
    if (result.code !== 0) throw new GitError(`git ${args[0]} failed (${result.code}): ${result.err.trim()}`);
    return result.out.toString();
  };
  return { env, run, text };
}

/** Environment that makes a commit by this author, committed by GitHub as the merge button does. */
export function authorEnv(author: { name: string; email: string }): Record<string, string> {
  return { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email };
}
