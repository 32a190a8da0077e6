import { spawn } from 'node:child_process';

/** Ends processes when this one is gone, however it went: nothing that we start outlives even a `kill -9`. */
export interface Keeper {
  /** `soft` is sent first, `hard` to what still runs four seconds later. */
  watch(pid: number, soft: NodeJS.Signals, hard: NodeJS.Signals): void;
  /** To be called when the process has ended, before its number can belong to another one. */
  forget(pid: number): void;
  close(): void;
}

/** The keeper's program: it reads orders from a pipe whose other end closes only when its owner dies. */
const PROGRAM = `
  const watched = new Map();
  const send = (pid, signal) => { try { process.kill(pid, signal); } catch {} };
  let rest = '';
  process.stdin.on('data', (chunk) => {
    const lines = (rest + chunk).split('\\n');
    rest = lines.pop();
    for (const line of lines) {
      const [order, pid, soft, hard] = line.split(' ');
      if (order === 'watch') watched.set(Number(pid), { soft, hard });
      else watched.delete(Number(pid));
    }
  });
  process.stdin.on('close', () => {
    for (const [pid, { soft }] of watched) send(pid, soft);
    if (watched.size === 0) return;
    const until = Date.now() + 4000;
    setInterval(() => {
      for (const pid of watched.keys()) try { process.kill(pid, 0); } catch (e) { if (e.code === 'ESRCH') watched.delete(pid); }
      if (watched.size > 0 && Date.now() < until) return;
      for (const [pid, { hard }] of watched) send(pid, hard);
      process.exit();
    }, 50);
  });`;

/** Starts the keeper: one small process of its own group, so that Ctrl-C in the terminal does not reach it. */
export function createKeeper(): Keeper {
  const keeper = spawn(process.execPath, ['--input-type=commonjs', '-e', PROGRAM], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    windowsHide: true,
  });
  keeper.on('error', () => {});
  keeper.stdin.on('error', () => {});
  keeper.unref();
  (keeper.stdin as unknown as { unref?: () => void }).unref?.();
  return {
    watch: (pid, soft, hard) => void keeper.stdin.write(`watch ${pid} ${soft} ${hard}\n`),
    forget: (pid) => void keeper.stdin.write(`forget ${pid}\n`),
    close: () => void keeper.stdin.end(),
  };
}
