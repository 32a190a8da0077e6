/**
 * A process that ends what the stand-in started when the stand-in itself is gone. It reads `+<group>` and `-<group>`
 * from its input; the input ends when the stand-in does, however that came about, and then every group that is still
 * listed is killed.
 */
import { createInterface } from 'node:readline';

const groups = new Set<number>();
const lines = createInterface({ input: process.stdin });

lines.on('line', (line) => {
  const group = Number(line.slice(1));
  if (!Number.isInteger(group) || group <= 1) return;
  if (line.startsWith('+')) groups.add(group);
  else groups.delete(group);
});
lines.on('close', () => {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // Already gone.
    }
  }
  process.exit(0);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
