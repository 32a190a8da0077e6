import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLater } from './errors.ts';

/** How often calls of one kind may be made. */
export interface Limit {
  /** Calls at once after a quiet time. */
  burst: number;
  perMinute: number;
}

/** Turns for calls, the same for all processes that talk to one workspace; the store keeps them. */
export interface Turns {
  take(key: string, limit: Limit, patienceMs: number): Promise<{ granted: boolean; ms: number }>;
  pause(key: string, limit: Limit, ms: number): Promise<void>;
}

/**
 * How long a call may wait for its turn.
 * - `short`: a moment in place, then the job is put off, so that what changes meanwhile becomes the same call.
 * - `long`: until its turn. For reads of many pages and for chores, which would have to begin again.
 * - `none`: not at all.
 * - `progress`: not at all, and only while half of the burst is free, so that what people wait for goes first.
 */
export type Patience = 'short' | 'long' | 'none' | 'progress';

/**
 * Slack counts each method by itself, for one app in one workspace: 20 calls a minute in tier 2, 50 in tier 3, 100 in
 * tier 4, and about one message a second in a channel. Burst and rate together stay below, because calls need different
 * times to get there; what is left of tier 4 is for clicks, which ask nobody.
 */
const TIER_2: Limit = { burst: 5, perMinute: 14 };
const TIER_3: Limit = { burst: 8, perMinute: 40 };
const TIER_4: Limit = { burst: 20, perMinute: 60 };
const CHANNEL: Limit = { burst: 3, perMinute: 60 };

const LIMITS: Readonly<Record<string, Limit>> = {
  'chat.postMessage': CHANNEL,
  'chat.update': TIER_3,
  'chat.postEphemeral': TIER_4,
  'conversations.history': TIER_3,
  'conversations.replies': TIER_3,
  'conversations.join': TIER_3,
  'conversations.list': TIER_2,
  'users.list': TIER_2,
  'usergroups.list': TIER_2,
  'views.publish': TIER_4,
};

const PATIENCE_MS: Readonly<Record<Patience, number>> = { short: 2_000, long: 10 * 60_000, none: 0, progress: 0 };
/** Whoever is put off comes back one by one; the end of a longer line is not known so far ahead. */
const LINE_MS = 20_000;
/** Between two edits of one message that only show progress. */
const PROGRESS_MS = 3_000;
/** How often a call that waits in place is made again after Slack asked to wait. */
const REPEATS = 3;

export interface Call {
  method: string;
  /** Where Slack counts each channel by itself. */
  channel?: string;
  /** The message that is edited. */
  ts?: string;
  patience?: Patience;
}

export interface Pace {
  /** Makes the call when it is its turn. Throws RetryLater, without a call, when that is too far away. */
  run<T>(call: Call, make: () => Promise<T>): Promise<T>;
}

interface Log {
  warn(fields: object, message: string): void;
}

/** Keeps background calls within Slack's limits, over all processes. Without `turns` every call is made at once. */
export function createPace(turns: Turns | null, log: Log): Pace {
  const edits = createEdits();

  /** Without an answer the call is made: Slack's own refusals are a limit too. */
  const ask = (key: string, limit: Limit, patienceMs: number) =>
    turns!.take(key, limit, patienceMs).catch((error: Error) => {
      log.warn({ slack: key, reason: error.message }, 'limits of Slack could not be asked');
      return { granted: true, ms: 0 };
    });

  async function awaitTurn({ patience = 'short', ...call }: Call, limit: Limit): Promise<void> {
    const key = keyOf(call);
    const progress = patience === 'progress';
    if (progress) edits.check(call);
    const allowed = progress ? { ...limit, burst: limit.burst / 2 } : limit;
    const { granted, ms } = await ask(key, allowed, PATIENCE_MS[patience]);
    if (granted) {
      edits.note(call, progress ? PROGRESS_MS : 0);
      return ms > 0 ? sleep(ms) : undefined;
    }
    // Nobody who is waited for stands behind progress.
    const line = await ask(`${key} ${progress ? 'progress' : 'line'}`, { ...limit, burst: 1 }, LINE_MS);
    const wait = ms + line.ms;
    if (progress) edits.note(call, wait);
    throw new RetryLater(`${key} has reached the pace that Slack allows`, wait);
  }

  return {
    async run(call, make) {
      const limit = LIMITS[call.method];
      if (!turns || !limit) return make();
      for (let nth = 1; ; nth += 1) {
        await awaitTurn(call, limit);
        try {
          return await make();
        } catch (error) {
          if (!(error instanceof RetryLater)) throw error;
          await turns.pause(keyOf(call), limit, error.ms).catch(() => {
            throw error;
          });
          if (call.patience !== 'long' || nth > REPEATS) throw error;
        }
      }
    },
  };
}

/** Slack counts messages by channel. */
const keyOf = ({ method, channel }: Call): string =>
  method === 'chat.postMessage' && channel ? `${method} ${channel}` : method;

/** When a message may show progress again: some seconds after it did, or when its turn comes. */
function createEdits() {
  const next = new Map<string, number>();
  return {
    /** Throws RetryLater when that is not yet: what changes until then is the same edit. */
    check({ ts = '' }: Pick<Call, 'ts'>): void {
      for (const [one, at] of next) if (at <= Date.now()) next.delete(one);
      const at = next.get(ts);
      if (at !== undefined) throw new RetryLater('progress is shown a little later', at - Date.now());
    },
    note({ ts }: Pick<Call, 'ts'>, ms: number): void {
      if (ts !== undefined && ms > 0) next.set(ts, Date.now() + ms);
      else if (ts !== undefined) next.delete(ts);
    },
  };
}
