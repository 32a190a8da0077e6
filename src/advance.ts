import type { Change, Event } from './pipeline/types.ts';

/** What recognises a duplicate: the id that the sender gives (trigger id, event id, delivery id) with its source. */
export interface Request {
  id: string;
  kind: string;
}

export type Result =
  | { kind: 'moved' | 'waiting'; change: Change }
  | { kind: 'refused'; reason: string }
  | { kind: 'ignored'; reason: string }
  /** The same request came before; `reason` is what was answered then. */
  | { kind: 'duplicate'; reason: string };

/**
 * The one door. Reads the item, decides, and commits inbox row, history, item, facts, waits and effects in one
 * statement. The actor's roles are read here, at this instant; what the caller put into `actor.roles` is ignored.
 */
export type Advance = (
  itemId: string,
  event: Event,
  how?: { request?: Request; effect?: string },
) => Promise<Result>;
