import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Failpoint } from './failpoint.ts';
import { decide } from './pipeline/decide.ts';
import type { Change, Event } from './pipeline/types.ts';
import { commitChange, type Order } from './store/commit.ts';
import { recordRequest, settleEffect, wakeEffects } from './store/effects.ts';
import { isConnectionLoss, isDuplicate } from './store/errors.ts';
import type { Pipelines } from './store/pipelines.ts';
import { type Loaded, loadState } from './store/state.ts';

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
export type Advance = (itemId: string, event: Event, how?: How) => Promise<Result>;

interface How {
  request?: Request;
  /** The effect whose job reports: closed by the same commit. */
  effect?: string;
  /** The item as the job read it: saves a read when nobody has changed it since, which the commit checks. */
  seen?: Loaded;
}

export interface AdvanceDeps {
  pool: Pool;
  pipelines: Pick<Pipelines, 'byHash'>;
  /** Gives new effects to the queue. Must not throw or wait: what is missed here, the drain hands over. */
  handOver: (orders: readonly Order[]) => void;
  now: () => Date;
  log: Logger;
  failpoint: Failpoint;
}

/** Somebody else was faster this often in a row: more than real traffic can cause, so it is a fault worth seeing. */
const MAX_TRIES = 20;

export function createAdvance(deps: AdvanceDeps): Advance {
  return async function advance(itemId, event, how = {}) {
    for (let tries = 1; ; tries += 1) {
      const seen = tries === 1 && !('actor' in event) && !how.request ? how.seen : undefined;
      const result = await attempt(deps, itemId, event, how, seen).catch((error: unknown) => {
        // A lost connection leaves us not knowing whether it was committed: reading again tells.
        const again = isDuplicate(error) || isConnectionLoss(error);
        if (!again || tries >= 3) throw error;
        return null;
      });
      if (result) {
        if (result.kind === 'refused') await refuse(deps, itemId, event, how, result.reason);
        return result;
      }
      if (tries >= MAX_TRIES) throw new Error(`item ${itemId} was changed by others ${MAX_TRIES} times in a row`);
    }
  };
}

/** One read, one decision, one statement. null = the item changed since it was read. */
async function attempt(
  deps: AdvanceDeps,
  itemId: string,
  event: Event,
  how: How,
  seen?: Loaded,
): Promise<Result | null> {
  const loaded = seen ?? (await read(deps, itemId, event, how));
  if (!loaded) throw new Error(`there is no item ${itemId}`);
  const before = loaded.answered?.reason ?? (loaded.effectDone ? 'this effect is done' : null);
  if (before !== null) {
    const { request, effect } = how;
    deps.log.info({ item: loaded.row.key, event: event.type, request: request?.id, effect }, 'duplicate');
    return { kind: 'duplicate', reason: before };
  }

  const actorId = 'actor' in event ? event.actor.id : undefined;
  const definition = await deps.pipelines.byHash(loaded.row.pipeline_hash);
  const now = deps.now();
  const decision = decide(definition, loaded.state, withRoles(event, loaded), now);
  // Only a commit finds out that the item was read long ago; to do nothing, it has to be read now.
  if (seen && !('change' in decision)) return null;
  switch (decision.kind) {
    case 'refused':
      return decision;
    case 'ignored':
      if (how.request)
        await recordRequest(deps.pool, {
          ...how.request,
          itemId,
          actorId,
          outcome: 'ignored',
          reason: decision.reason,
        });
      if (how.effect) await settleEffect(deps.pool, how.effect, decision.reason);
      return decision;
    case 'wake': {
      const woken = await wakeEffects(deps.pool, {
        itemId,
        visit: loaded.row.visit,
        request: how.request ?? null,
        now,
      });
      deps.handOver(woken);
      return { kind: 'ignored', reason: 'looking again' };
    }
    default: {
      deps.failpoint('before_commit', event.type);
      const orders = await commitChange(deps.pool, {
        itemId,
        version: loaded.row.version,
        previousHash: loaded.row.last_hash,
        visit: loaded.row.visit,
        change: decision.change,
        waitsBefore: loaded.state.waits,
        priority: loaded.row.priority,
        now,
        request: how.request ?? null,
        effect: how.effect ?? null,
      });
      if (orders === null) return null;
      deps.failpoint('after_commit', event.type);
      deps.log.info(
        { item: loaded.row.key, event: event.type, from: decision.change.from, to: decision.change.to },
        decision.kind,
      );
      deps.failpoint('after_commit_before_add', event.type);
      deps.handOver(orders);
      return decision;
    }
  }
}

function read(deps: AdvanceDeps, itemId: string, event: Event, how: How): Promise<Loaded | null> {
  return loadState(deps.pool, itemId, {
    visit: 'visit' in event ? event.visit : undefined,
    actorId: 'actor' in event ? event.actor.id : undefined,
    requestId: how.request?.id,
    effectId: how.effect,
  });
}

function withRoles(event: Event, loaded: Loaded): Event {
  return 'actor' in event ? { ...event, actor: { ...event.actor, roles: loaded.roles } } : event;
}

/** A refusal changes nothing, but it is on record: who tried what, and why not. */
async function refuse(deps: AdvanceDeps, itemId: string, event: Event, how: How, reason: string): Promise<void> {
  const actorId = 'actor' in event ? event.actor.id : undefined;
  deps.log.warn({ item: itemId, event: event.type, actor: actorId, reason }, 'refused');
  if (how.request) await recordRequest(deps.pool, { ...how.request, itemId, actorId, outcome: 'refused', reason });
  if (how.effect) await settleEffect(deps.pool, how.effect, reason);
}
