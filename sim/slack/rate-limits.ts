/** Slack's rate limits: calls per minute by method tier, and about one message a second in a channel. */
export type Tier = 1 | 2 | 3 | 4 | 'special' | 'post';

export interface RateLimits {
  /** Calls per minute of each tier. */
  tiers: Record<1 | 2 | 3 | 4 | 'special', number>;
  /** chat.postMessage: messages at once in one channel before one a second applies, and per minute overall. */
  post: { burst: number; perSecond: number; perMinute: number };
  /** Events that are brought to the app; above, Slack drops them and says so. */
  eventsPerHour: number;
}

export const SLACK_LIMITS: RateLimits = {
  tiers: { 1: 1, 2: 20, 3: 50, 4: 100, special: 600 },
  post: { burst: 5, perSecond: 1, perMinute: 600 },
  eventsPerHour: 30_000,
};

export interface RateLimiter {
  /** Counts one call. Returns the seconds to wait when it is one too many. */
  take(method: string, tier: Tier, channel: string): number | undefined;
}

const MINUTE = 60_000;

export function createRateLimiter(limits: RateLimits | null, now: () => number): RateLimiter {
  const calls = new Map<string, number[]>();
  const buckets = new Map<string, { level: number; at: number }>();

  const perMinute = (key: string, allowed: number): number | undefined => {
    const recent = (calls.get(key) ?? []).filter((at) => at > now() - MINUTE);
    calls.set(key, recent);
    if (recent.length >= allowed) return Math.max(1, Math.ceil((recent[0]! + MINUTE - now()) / 1000));
    recent.push(now());
    return undefined;
  };

  /** A leaking bucket: every message fills it by one, time empties it. */
  const perChannel = (channel: string, { burst, perSecond }: RateLimits['post']): number | undefined => {
    const bucket = buckets.get(channel) ?? { level: 0, at: now() };
    const level = Math.max(0, bucket.level - ((now() - bucket.at) / 1000) * perSecond);
    if (level + 1 > burst) return Math.max(1, Math.ceil((level + 1 - burst) / perSecond));
    buckets.set(channel, { level: level + 1, at: now() });
    return undefined;
  };

  return {
    take(method, tier, channel) {
      if (!limits) return undefined;
      if (tier !== 'post') return perMinute(method, limits.tiers[tier]);
      return perChannel(channel, limits.post) ?? perMinute(method, limits.post.perMinute);
    },
  };
}
