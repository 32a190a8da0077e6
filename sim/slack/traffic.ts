/** The inspector's memory: the last 500 calls in both directions, without tokens. */
import type { Traffic } from './client-api.ts';
import type { Hub } from './hub.ts';

const KEEP = 500;
const SECRET_KEYS = new Set(['token', 'bot_access_token', 'signing_secret']);

export interface TrafficLog {
  add(entry: Omit<Traffic, 'id' | 'at'>): void;
  since(id: number): Traffic[];
}

export function createTraffic(hub: Hub, now: () => number, secrets: readonly string[]): TrafficLog {
  const ring: Traffic[] = [];
  let last = 0;
  const hidden = secrets.filter((s) => s.length > 0);
  return {
    add(entry) {
      last += 1;
      const whole: Traffic = {
        ...entry,
        id: last,
        at: new Date(now()).toISOString(),
        request: redact(entry.request, hidden),
        response: redact(entry.response, hidden),
      };
      ring.push(whole);
      if (ring.length > KEEP) ring.shift();
      hub.send({ type: 'traffic', entry: whole }, 'everyone');
    },
    since: (id) => ring.filter((t) => t.id > id),
  };
}

/** A copy without secret values, also taken apart from later changes of the original. */
function redact(value: unknown, secrets: readonly string[]): unknown {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (SECRET_KEYS.has(key)) return undefined;
    return typeof inner === 'string' && secrets.some((s) => inner.includes(s)) ? '[hidden]' : inner;
  });
  return JSON.parse(text) as unknown;
}
