import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { placeOf } from './place.ts';
import { commandOf, isAlive } from './processes.ts';

/** What the local workspace keeps between starts, beside the data of its parts: `<data>/local.json`. */
export interface Local {
  /** Last port of the web process, so that addresses in other programs stay right. */
  webPort: number | null;
  /** Made up once; they are worth something only against the stand-ins of this folder. */
  slackSigningSecret: string;
  slackBotToken: string;
  slackAppToken: string;
  githubToken: string;
  githubWebhookSecret: string;
  linearKey: string;
}

const FILE = 'local.json';
const RUNNING = 'running';

export function readLocal(dataDir: string): Local {
  const file = join(dataDir, FILE);
  const fresh = (): string => randomBytes(16).toString('hex');
  const made: Local = {
    webPort: null,
    slackSigningSecret: fresh(),
    slackBotToken: `xoxb-local-${fresh()}`,
    slackAppToken: `xapp-local-${fresh()}`,
    githubToken: `local-${fresh()}`,
    githubWebhookSecret: fresh(),
    linearKey: `lin_api_local${fresh()}`,
  };
  let kept: Partial<Local> = {};
  if (existsSync(file)) {
    try {
      kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Local>;
    } catch {
      // Worth nothing outside this folder: made again.
    }
  }
  const local = { ...made, ...kept };
  writeLocal(dataDir, local);
  return local;
}

export function writeLocal(dataDir: string, local: Local): void {
  const file = join(dataDir, FILE);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(local, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Says that this process works on the data now. Gives a sentence when another one does. */
export function claim(dataDir: string, url: string): string | null {
  const running = whoRuns(dataDir);
  if (running) {
    return `Lockstep already runs on ${dataDir} (process ${running.pid}, ${running.url}): use that one, stop it, or choose another folder with LOCKSTEP_DATA=….`;
  }
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, RUNNING), `${process.pid}\n${url}\n`);
  return null;
}

export function release(dataDir: string): void {
  rmSync(join(dataDir, RUNNING), { force: true });
}

export function whoRuns(dataDir: string): { pid: number; url: string } | null {
  const file = join(dataDir, RUNNING);
  if (!existsSync(file)) return null;
  const [first = '', url = ''] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(first);
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) return null;
  // The number may belong to another program by now.
  const command = commandOf(pid);
  return command === null || command.includes('local.ts') ? { pid, url } : null;
}

/** Deletes the data; gives a sentence where the folder was not made by Lockstep. */
export function wipe(dataDir: string): string | null {
  const database = placeOf(join(dataDir, 'postgres'));
  const ours = existsSync(join(dataDir, FILE)) || !existsSync(dataDir) || readdirSync(dataDir).length === 0;
  if (!ours) return `${dataDir} has files and no ${FILE}, so Lockstep did not make it and does not delete it.`;
  for (const folder of [database, dataDir]) rmSync(folder, { recursive: true, force: true });
  return null;
}
