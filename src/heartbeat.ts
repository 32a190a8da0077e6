import { rm, writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { loop } from './pace.ts';

const BEAT_MS = 5_000;

/**
 * Touches a file again and again, for as long as `check` holds. Whoever looks after the process reads its age: it grows
 * where the check fails, and where the process stands still and could answer nobody. A clean end removes it.
 */
export function startHeartbeat(file: string, log: Logger, check: () => Promise<void>): { stop(): Promise<void> } {
  const beats = loop(log, 'heartbeat', BEAT_MS, async () => {
    await check();
    await writeFile(file, `${new Date().toISOString()}\n`);
  });
  return {
    async stop() {
      await beats.stop();
      await rm(file, { force: true });
    },
  };
}
