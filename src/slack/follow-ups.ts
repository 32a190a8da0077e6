import type { Logger } from 'pino';

/** What happens after an acknowledgement and must not delay it. A failure is logged; nothing depends on it. */
export interface FollowUps {
  run(what: string, work: (() => Promise<void>) | undefined): void;
  /** Resolves when none is under way: for an orderly stop, and for tests. */
  settled(): Promise<void>;
}

export function createFollowUps(log: Logger): FollowUps {
  const running = new Set<Promise<void>>();
  return {
    run(what, work) {
      if (!work) return;
      // One turn of the event loop later: Bolt writes the answer when the listener has returned, and drawing a modal
      // first would only delay it.
      const done: Promise<void> = nextTurn()
        .then(work)
        .catch((error: Error) => log.warn({ after: what, reason: error.message }, 'answer not delivered'))
        .finally(() => running.delete(done));
      running.add(done);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** The database did not answer in time. Whether the row was written is not known; doing it again is harmless. */
export class TooLate extends Error {
  override name = 'TooLate';
}

/** The work's result, or TooLate after `ms`. */
export async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
