/** A clean checkout of one commit with what it needs installed, and the environment that its scripts see. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { checkOut } from './merge.ts';
import type { Repo } from './model.ts';
import type { RunningProcess } from './processes.ts';
import type { World } from './world.ts';

export interface PackageFile {
  scripts: Record<string, string>;
  hasDependencies: boolean;
}

/** Replaces whatever is in `dir` by this commit. */
export async function prepareCheckout(world: World, repo: Repo, sha: string, dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await checkOut(world, repo, sha, dir);
}

/** The parts of package.json that matter here; null when there is none or it cannot be read. */
export async function readPackage(dir: string): Promise<PackageFile | null> {
  try {
    const parsed = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as Record<string, unknown>;
    const count = (key: string) => Object.keys((parsed[key] as object | undefined) ?? {}).length;
    return {
      scripts: (parsed.scripts as Record<string, string> | undefined) ?? {},
      hasDependencies: count('dependencies') + count('devDependencies') + count('optionalDependencies') > 0,
    };
  } catch {
    return null;
  }
}

/** What a script of the repository sees: a PATH, an empty home, and none of our tokens or connection strings. */
export function scriptEnv(world: World, home: string, extra: Record<string, string>): Record<string, string> {
  // Under `npm start` our own PATH begins with our dependencies' commands; a clean checkout must not find those.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((part) => !/node_modules[\\/]\.bin$|node-gyp-bin$/.test(part));
  const registry = process.env.npm_config_registry;
  return {
    PATH: [dirname(world.node), ...path].join(delimiter),
    HOME: home,
    TMPDIR: process.env.TMPDIR ?? '/tmp',
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
    ...(registry ? { npm_config_registry: registry } : {}),
    ...extra,
  };
}

export interface Log {
  write: (chunk: string | Buffer) => void;
  close: () => Promise<void>;
}

export async function openLog(file: string, append = false): Promise<Log> {
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: append ? 'a' : 'w' });
  stream.on('error', () => {});
  return {
    write: (chunk) => void stream.write(chunk),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are control characters.
const colours = /\u001b\[[0-9;]*[A-Za-z]/g;

/** The end of a log, without terminal colours; empty when there is no log. */
export async function logTail(file: string, lines = 200): Promise<string> {
  try {
    const text = (await readFile(file, 'utf8')).replace(colours, '').trimEnd();
    return text.split('\n').slice(-lines).join('\n').slice(-60_000);
  } catch {
    return '';
  }
}

export interface ScriptRun {
  dir: string;
  home: string;
  log: Log;
  extra?: Record<string, string>;
}

/** `npm <args>` in a checkout. */
export function startNpm(world: World, args: string[], run: ScriptRun): RunningProcess {
  run.log.write(`$ npm ${args.join(' ')}\n`);
  return world.processes.start({
    command: 'npm',
    args,
    cwd: run.dir,
    env: scriptEnv(world, run.home, run.extra ?? {}),
    output: run.log.write,
  });
}

/** Arguments for npm that install what package.json asks for; null when it asks for nothing. */
export async function installArgs(dir: string, file: PackageFile): Promise<string[] | null> {
  if (!file.hasDependencies) return null;
  const locked = await readFile(join(dir, 'package-lock.json')).then(
    () => true,
    () => false,
  );
  return [locked ? 'ci' : 'install', '--no-progress'];
}
