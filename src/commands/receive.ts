import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Request } from '../advance.ts';
import { recordRequest } from '../store/effects.ts';

/** Something came in that changes no item: a modal was opened, a question asked, an attempt refused. */
export interface Received {
  request: Request;
  actorId?: string | null;
  itemId?: string | null;
  outcome: 'opened' | 'refused' | 'ignored' | 'recorded';
  reason: string;
}

/** Puts it on record before it is acknowledged. `duplicate` = the same request is on record already. */
export type Receive = (received: Received) => Promise<'recorded' | 'duplicate'>;

export function createReceive(pool: Pool, log: Pick<Logger, 'info'>): Receive {
  return async ({ request, actorId, itemId, outcome, reason }) => {
    const isNew = await recordRequest(pool, {
      ...request,
      actorId: actorId ?? undefined,
      itemId: itemId ?? undefined,
      outcome,
      reason,
    });
    if (!isNew) log.info({ request: request.id, actor: actorId ?? undefined, item: itemId ?? undefined }, 'duplicate');
    return isNew ? 'recorded' : 'duplicate';
  };
}
