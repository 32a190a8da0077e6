/** A request that GitHub shall answer badly. The first matching entry is used, `times` times (default 1). */
export interface RequestFault {
  method?: string;
  /** Regular expression over the path after `/github/api/v3`, for example `^/repos/[^/]+/[^/]+/pulls$`. */
  path: string;
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** The request is carried out and only its answer is replaced, as when a reply gets lost on the way. */
  afterApply?: boolean;
  times?: number;
}

/** What shall go wrong. Plain data: tests set the fields, `POST /github/faults` does the same over HTTP. */
export interface Faults {
  requests: RequestFault[];
  /** Every push is refused with this sentence. */
  refusePush: string | null;
  /** How many of the next webhooks get lost; they stay in the delivery list as failed and can be redelivered. */
  dropWebhooks: number;
  duplicateWebhooks: boolean;
  /** Webhooks that come close together are delivered in reverse order. */
  shuffleWebhooks: boolean;
}

export function createFaults(): Faults {
  return { requests: [], refusePush: null, dropWebhooks: 0, duplicateWebhooks: false, shuffleWebhooks: false };
}

/** The fault for this request, used up by asking. */
export function takeFault(faults: Faults, method: string, path: string): RequestFault | null {
  const found = faults.requests.find(
    (fault) => (fault.method ?? method).toUpperCase() === method && new RegExp(fault.path).test(path),
  );
  if (!found) return null;
  found.times = (found.times ?? 1) - 1;
  if (found.times <= 0) faults.requests.splice(faults.requests.indexOf(found), 1);
  return found;
}

/** Puts the given fields in place of the old ones; gives a sentence when one of them is not usable. */
export function setFaults(faults: Faults, input: unknown): string | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return 'Send a JSON object.';
  const given = input as Partial<Record<keyof Faults, unknown>>;
  const unknown = Object.keys(given).filter((key) => !(key in faults));
  if (unknown.length > 0) return `Unknown: ${unknown.join(', ')}. Known: ${Object.keys(faults).join(', ')}.`;
  if (given.requests !== undefined) {
    const refusal = checkRequests(given.requests);
    if (refusal) return refusal;
    faults.requests = given.requests as RequestFault[];
  }
  if (given.refusePush !== undefined) faults.refusePush = given.refusePush ? String(given.refusePush) : null;
  if (given.dropWebhooks !== undefined) faults.dropWebhooks = Number(given.dropWebhooks) || 0;
  if (given.duplicateWebhooks !== undefined) faults.duplicateWebhooks = given.duplicateWebhooks === true;
  if (given.shuffleWebhooks !== undefined) faults.shuffleWebhooks = given.shuffleWebhooks === true;
  return null;
}

function checkRequests(requests: unknown): string | null {
  if (!Array.isArray(requests)) return '"requests" is a list.';
  for (const one of requests as RequestFault[]) {
    if (typeof one?.path !== 'string' || typeof one.status !== 'number') return 'A request fault has path and status.';
    try {
      new RegExp(one.path);
    } catch {
      return `"${one.path}" is not a regular expression.`;
    }
  }
  return null;
}
