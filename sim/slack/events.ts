/** The Events API: envelopes, subscriptions, and Slack's three retries of the same event. */
import { type Deliver, type Outcome, rateLimitNotice } from './deliver.ts';
import { APP, TEAM } from './people.ts';
import type { Json, StoredChannel } from './types.ts';
import { newId, newTs, seconds, type Workspace } from './workspace.ts';

export interface Events {
  /** Sends an event if the app has subscribed to it. `event_ts` is added when missing. */
  publish(subscription: string, event: Json): void;
  /** Deliveries and immediate retries that are still under way; later retries do not count. */
  pending(): number;
  close(): void;
}

/** The subscription that brings messages of this channel. */
export function messageSubscription(channel: StoredChannel): string {
  if (channel.is_im) return 'message.im';
  return channel.is_private ? 'message.groups' : 'message.channels';
}

export const channelType = (c: StoredChannel): string => (c.is_im ? 'im' : c.is_private ? 'group' : 'channel');

export interface EventOptions {
  /** Before each retry; Slack's own are about 0, one minute and five minutes. */
  retryDelaysMs: readonly number[];
  /** More are dropped. */
  perHour: number;
}

export function createEvents(ws: Workspace, deliver: Deliver, { retryDelaysMs, perHour }: EventOptions): Events {
  const tooMany = createHourlyLimit(ws, perHour);
  const timers = new Set<NodeJS.Timeout>();
  let pending = 0;
  let closed = false;

  const attempt = async (body: Json, what: string, num: number, last?: Outcome): Promise<void> => {
    pending += 1;
    let outcome: Outcome;
    try {
      const reason = last && !last.ok ? last.reason : 'http_timeout';
      outcome = await deliver.send({ kind: 'events', what, body, ...(num > 0 ? { retry: { num, reason } } : {}) });
    } finally {
      pending -= 1;
    }
    const delay = retryDelaysMs[num];
    if (outcome.ok || outcome.noRetry || delay === undefined || closed) return;
    if (delay === 0) return attempt(body, what, num + 1, outcome);
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(body, what, num + 1, outcome);
    }, delay);
    timer.unref();
    timers.add(timer);
  };

  return {
    publish(subscription, event) {
      if (!ws.app.events.includes(subscription)) return;
      const refused = tooMany();
      if (refused === 'told') return;
      if (refused) return void deliver.send({ kind: 'events', what: 'app_rate_limited', body: rateLimitNotice(ws) });
      const body = envelope(ws, { event_ts: newTs(ws), ...event });
      const kind = event.subtype ? `${event.type}.${event.subtype}` : `${event.type}`;
      void attempt(body, `event ${kind}`, 0);
    },
    pending: () => pending,
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Counts one event: undefined while there is room, then what to do about it; the app is told once a minute. */
function createHourlyLimit(ws: Workspace, perHour: number): () => undefined | 'tell' | 'told' {
  const perMinute = new Map<number, number>();
  let told = -1;
  return () => {
    const minute = Math.floor(ws.now() / 60_000);
    for (const old of perMinute.keys()) if (old <= minute - 60) perMinute.delete(old);
    const count = [...perMinute.values()].reduce((sum, one) => sum + one, 0);
    if (count < perHour) {
      perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
      return undefined;
    }
    if (told === minute) return 'told';
    told = minute;
    return 'tell';
  };
}

function envelope(ws: Workspace, event: Json): Json {
  return {
    token: 'verification-token-unused',
    team_id: TEAM.id,
    context_team_id: TEAM.id,
    context_enterprise_id: null,
    api_app_id: APP.app_id,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: seconds(ws),
    authorizations: [
      {
        enterprise_id: null,
        team_id: TEAM.id,
        user_id: APP.bot_user_id,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: ws.data.channels[String(event.channel)]?.is_ext_shared ?? false,
    event_context: newId('4-'),
  };
}
