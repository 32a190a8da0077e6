import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RunningProcess {
  readonly pid: number;
  /** Settles when the process has ended and everything that it started is gone. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  /** Asks the whole group to end, and makes it end after a second. */
  stop: () => Promise<void>;
  /** Ends the whole group at once. */
  kill: () => Promise<void>;
}

export interface ProcessCall {
  command: string;
  args: string[];
  /** Hand `command` to the shell as it is, as npm does with a script. */
  shell?: boolean;
  cwd: string;
  env: Record<string, string>;
  output: (chunk: Buffer) => void;
}

/** Starts processes in groups of their own that never outlive this one, even when it is killed. */
export interface Processes {
  start: (call: ProcessCall) => RunningProcess;
  close: () => Promise<void>;
}

const graceMs = 1_000;

export function createProcesses(node = process.execPath): Processes {
  const running = new Set<RunningProcess>();
  let keeper: ChildProcess | undefined;
  let closed = false;

  const startKeeper = () => {
    const script = fileURLToPath(new URL('./keeper.ts', import.meta.url));
    // In a session of its own: Ctrl-C in the terminal must not take it away before its work is done.
    keeper = spawn(node, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    keeper.stdin?.on('error', () => {});
    keeper.unref();
    (keeper.stdin as unknown as { unref?: () => void } | null)?.unref?.();
    keeper.on('exit', () => {
      keeper = undefined;
      if (closed) return;
      startKeeper();
      for (const one of running) tell(`+${one.pid}`);
    });
    keeper.on('error', () => {});
  };
  const tell = (line: string) => {
    if (!keeper && !closed) startKeeper();
    keeper?.stdin?.write(`${line}\n`);
  };

  const start = (call: ProcessCall): RunningProcess => {
    if (closed) throw new Error('The stand-in is closing: nothing new is started.');
    const child = spawn(call.command, call.args, {
      cwd: call.cwd,
      env: call.env,
      shell: call.shell ?? process.platform === 'win32',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const pid = child.pid ?? 0;
    if (pid) tell(`+${pid}`);
    child.stdout.on('data', call.output);
    child.stderr.on('data', call.output);
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.on('error', (error) => {
        call.output(Buffer.from(`${error.message}\n`));
        resolve({ code: 127, signal: null });
      });
      child.on('exit', (code, signal) => {
        // Whatever the process left running in its group ends with it.
        killGroup(pid, 'SIGKILL');
        tell(`-${pid}`);
        resolve({ code, signal });
      });
    });
    const one: RunningProcess = {
      pid,
      ended,
      stop: async () => {
        killGroup(pid, 'SIGTERM');
        const timer = setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs);
        await ended;
        clearTimeout(timer);
      },
      kill: async () => {
        killGroup(pid, 'SIGKILL');
        await ended;
      },
    };
    running.add(one);
    ended.then(() => running.delete(one));
    return one;
  };

  return {
    start,
    close: async () => {
      closed = true;
      await Promise.all([...running].map((one) => one.stop()));
      keeper?.stdin?.end();
    },
  };
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  if (!pid) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is already gone.
  }
}
