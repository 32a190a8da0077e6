/** Short-lived permissions that Slack hands out with an interaction: trigger ids and response URLs. */
import { randomBytes } from 'node:crypto';
import { SlackRefusal } from './types.ts';

const TRIGGER_MS = 3_000;
const RESPONSE_URL_MS = 30 * 60_000;
const RESPONSE_URL_USES = 5;
const KEEP_MS = 60 * 60_000;

export interface Trigger {
  user: string;
  /** The modal that the interaction came from. */
  view_id?: string;
}

export interface ResponseTarget {
  user: string;
  channel: string;
  /** The message that was clicked, or what an earlier answer of a command posted. */
  message?: { ts: string; ephemeral: boolean };
  /** Answers to a click in a thread stay in it. */
  thread_ts?: string;
}

export interface Tickets {
  newTrigger(trigger: Trigger): string;
  /** Uses a trigger up. Throws `invalid_trigger_id`, `expired_trigger_id` or `exchanged_trigger_id`. */
  exchange(id: unknown): Trigger;
  /** The id that goes into `/slack-response/<id>`. */
  newResponse(target: ResponseTarget): string;
  /** Counts one use. Throws `expired_url` or `used_url`. */
  useResponse(id: string): ResponseTarget;
}

interface Dated<T> {
  value: T;
  at: number;
  uses: number;
}

export function createTickets(now: () => number): Tickets {
  const triggers = new Map<string, Dated<Trigger>>();
  const responses = new Map<string, Dated<ResponseTarget>>();
  const put = <T>(map: Map<string, Dated<T>>, id: string, value: T): string => {
    // Maps keep their order, so the oldest are in front.
    for (const [key, old] of map) {
      if (now() - old.at < KEEP_MS) break;
      map.delete(key);
    }
    map.set(id, { value, at: now(), uses: 0 });
    return id;
  };
  return {
    newTrigger: (trigger) =>
      put(triggers, `${Math.floor(now())}.${Date.now() % 1e9}.${randomBytes(16).toString('hex')}`, trigger),
    exchange(id) {
      const found = typeof id === 'string' ? triggers.get(id) : undefined;
      if (!found) throw new SlackRefusal('invalid_trigger_id');
      if (found.uses > 0) throw new SlackRefusal('exchanged_trigger_id');
      if (now() - found.at > TRIGGER_MS) throw new SlackRefusal('expired_trigger_id');
      found.uses += 1;
      return found.value;
    },
    newResponse: (target) => put(responses, randomBytes(12).toString('hex'), target),
    useResponse(id) {
      const found = responses.get(id);
      if (!found || now() - found.at > RESPONSE_URL_MS) throw new SlackRefusal('expired_url');
      if (found.uses >= RESPONSE_URL_USES) throw new SlackRefusal('used_url');
      found.uses += 1;
      return found.value;
    },
  };
}
