import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Logger } from 'pino';

/** What Bolt says becomes lines of our log: refused signatures, bodies that are too large, lost sockets. */
export function boltLogger(log: Logger): BoltLogger {
  const bolt = log.child({ by: 'bolt' });
  const write =
    (level: 'debug' | 'warn' | 'error') =>
    (...said: unknown[]): void =>
      bolt[level](said.map((one) => (one instanceof Error ? one.message : String(one))).join(' '));
  return {
    debug: write('debug'),
    // Bolt tells every start and reconnect; that is no news to people who run it.
    info: write('debug'),
    warn: write('warn'),
    error: write('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
