import type { Logger } from 'pino';
import type { Order } from './store/commit.ts';

/** When work happens: again and again, or together with what comes close behind. Knows nothing of the queue. */

/** Sends together what comes in while the send before is under way: nothing waits when nothing is. */
export function grouped(
  send: (orders: readonly Order[]) => Promise<void>,
): (orders: readonly Order[]) => Promise<void> {
  let next: { orders: Order[]; sent: Promise<void> } | null = null;
  let current: Promise<void> = Promise.resolve();
  return (orders) => {
    if (next) {
      next.orders.push(...orders);
      return next.sent;
    }
    const group = { orders: [...orders], sent: Promise.resolve() };
    next = group;
    group.sent = current.then(() => {
      next = null;
      return send(group.orders);
    });
    current = group.sent.catch(() => {});
    return group.sent;
  };
}

/** Calls `run` again and again, `everyMs` after its last end, until it is stopped. Errors are logged, never thrown. */
export function loop(log: Logger, name: string, everyMs: number, run: () => Promise<void>): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let current: Promise<void> = Promise.resolve();
  const round = () => {
    current = run()
      .catch((error: Error) => log.warn({ reason: error.message }, name))
      .finally(() => {
        if (!stopped) timer = setTimeout(round, everyMs);
      });
  };
  round();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
