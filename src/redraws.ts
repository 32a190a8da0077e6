import type { Order } from './store/commit.ts';

/** A person sees no difference, and Slack takes about one message a second and channel. */
const REDRAW_MS = 200;

export interface Redraws {
  /** Hand it over now? Otherwise it is handed over with those that follow. */
  isFirst(order: Order): boolean;
  /** Hands over what is held back. */
  flush(): void;
}

/**
 * Redraws of one item that come in quick succession: the first is handed over at once, of those that follow within
 * REDRAW_MS the last. Its run answers all that are open, so the others need no job of their own.
 */
export function createRedraws(push: (order: Order, answered: readonly string[]) => void): Redraws {
  const held = new Map<string, { orders: Order[]; timer: NodeJS.Timeout }>();
  const release = (key: string): void => {
    const orders = held.get(key)?.orders ?? [];
    const last = orders.pop();
    if (!last) return void held.delete(key);
    push(
      last,
      orders.map((order) => order.id),
    );
    hold(key);
  };
  const hold = (key: string): void => {
    const timer = setTimeout(release, REDRAW_MS, key);
    held.set(key, { orders: [], timer });
  };
  return {
    isFirst(order) {
      const key = `${order.job} ${order.itemId}`;
      const entry = held.get(key);
      if (entry) entry.orders.push(order);
      else hold(key);
      return entry === undefined;
    },
    flush() {
      for (const [key, { timer }] of [...held]) {
        clearTimeout(timer);
        release(key);
        clearTimeout(held.get(key)?.timer);
      }
    },
  };
}
