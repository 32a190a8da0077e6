import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createKeeper } from './keeper.ts';

/** The processes of the product, started again when they die, until they are told to stop. */
export interface Children {
  /** Starts a program and keeps it running. */
  keep(name: string, file: string): void;
  /** Rejects as soon as a kept program dies; for the time until everything is ready. */
  failure: Promise<never>;
  /** Call when everything is ready: from then on a death is a restart and not a failed start. */
  settled(): void;
  /** Asks all of them to end, and ends them after `ms`. */
  stop(ms: number): Promise<void>;
  /** Ends them at once. */
  kill(): void;
}

export interface ChildrenOptions {
  env: Record<string, string | undefined>;
  /** Folder for one log file for each program; the one of the last start is kept as `<name>.1.log`. */
  logs: string;
  /** Show every log line on the console, not only errors. */
  verbose: boolean;
  say: (line: string) => void;
}

const BACKOFF_MS = [200, 500, 1_000, 2_000, 5_000, 10_000];
/** A program that ran this long starts again at once. */
const STEADY_MS = 30_000;

interface Kept {
  name: string;
  child: ChildProcess | null;
  deaths: number;
  timer: NodeJS.Timeout | null;
}

export function createChildren(options: ChildrenOptions): Children {
  const keeper = createKeeper();
  const kept: Kept[] = [];
  let stopping = false;
  let settled = false;
  let fail: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failure.catch(() => {});

  const launch = (name: string, file: string): { child: ChildProcess; words: () => string } => {
    const log = openLog(options.logs, name);
    // A group of its own: Ctrl-C in the terminal reaches us only, and we stop things in order.
    const child = spawn(process.execPath, [file], {
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      windowsHide: true,
    });
    if (child.pid) keeper.watch(child.pid, 'SIGTERM', 'SIGKILL');
    child.once('exit', () => keeper.forget(child.pid!));
    const words: string[] = [];
    follow(child, log, (line) => {
      const shown = options.verbose ? line : errorIn(line);
      if (shown === null) return;
      words.push(shown);
      if (words.length > 20) words.shift();
      if (settled && !stopping) options.say(options.verbose ? line : `${name}: ${shown}`);
    });
    return { child, words: () => words.join('\n') };
  };

  const start = (one: Kept, file: string): void => {
    const began = Date.now();
    const { child, words } = launch(one.name, file);
    one.child = child;
    // 'close' comes after the last word of its output.
    child.once('close', (code, signal) => {
      one.child = null;
      if (stopping) return;
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      if (!settled)
        return fail(new Error(words() || `${one.name} ${how}; see ${join(options.logs, `${one.name}.log`)}`));
      if (Date.now() - began > STEADY_MS) one.deaths = 0;
      const wait = BACKOFF_MS[Math.min(one.deaths++, BACKOFF_MS.length - 1)]!;
      options.say(`${one.name} ${how}; starting it again in ${wait / 1000} s.`);
      one.timer = setTimeout(() => start(one, file), wait);
    });
  };

  return {
    failure,
    settled() {
      settled = true;
    },
    keep(name, file) {
      const one: Kept = { name, child: null, deaths: 0, timer: null };
      kept.push(one);
      start(one, file);
    },
    async stop(ms) {
      stopping = true;
      const running = kept.flatMap((one) => {
        if (one.timer) clearTimeout(one.timer);
        return one.child && one.child.exitCode === null && one.child.signalCode === null ? [one.child] : [];
      });
      const ends = running.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of running) child.kill('SIGTERM');
      const hard = setTimeout(() => {
        for (const child of running) child.kill('SIGKILL');
      }, ms);
      await Promise.all(ends);
      clearTimeout(hard);
      keeper.close();
    },
    kill() {
      stopping = true;
      for (const { child } of kept) child?.kill('SIGKILL');
    },
  };
}

function openLog(folder: string, name: string): WriteStream {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  if (existsSync(file)) renameSync(file, join(folder, `${name}.1.log`));
  const stream = createWriteStream(file, { mode: 0o600 });
  stream.on('error', () => {});
  return stream;
}

function follow(child: ChildProcess, log: WriteStream, each: (line: string) => void): void {
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      each(line);
    });
  }
  child.once('close', () => log.end());
}

/** The sentence of an error line: pino's from level 50, and of what a crash prints all but the stack. */
function errorIn(line: string): string | null {
  if (!line.startsWith('{')) return line.trim() === '' || /^\s+at |^Node\.js v/.test(line) ? null : line;
  if (!/"level":(50|60)\b/.test(line)) return null;
  try {
    const { msg, item, err } = JSON.parse(line) as { msg?: string; item?: string; err?: { message?: string } };
    return [item && `[${item}]`, msg, err?.message].filter(Boolean).join(' ');
  } catch {
    return line;
  }
}
