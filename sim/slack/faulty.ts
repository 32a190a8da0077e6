/** What a fault of the switchboard does to a call that the app makes. */
import type { Fault } from './client-api.ts';
import { sleep } from './http.ts';
import type { Json } from './types.ts';

export interface Answer {
  status: number;
  /** An object goes out as JSON. */
  body: Json | string;
  headers?: Record<string, string>;
}

/** Undefined means that no answer is ever sent. */
export async function withFault(fault: Fault | undefined, call: () => Answer): Promise<Answer | undefined> {
  switch (fault?.kind) {
    case undefined:
      return call();
    case 'rate_limited':
      return tooMany(fault.retry_after ?? 1);
    case 'server_error':
      return { status: 500, body: { ok: false, error: 'internal_error' } };
    case 'error':
      return { status: 200, body: { ok: false, error: fault.error ?? 'fatal_error' } };
    case 'timeout':
      return undefined;
    case 'timeout_after':
      call();
      return undefined;
    case 'duplicate':
      call();
      return call();
    case 'delay':
      await sleep(fault.delay_ms ?? 1000);
      return call();
  }
}

export const tooMany = (seconds: number): Answer => ({
  status: 429,
  body: { ok: false, error: 'ratelimited' },
  headers: { 'retry-after': String(seconds) },
});
