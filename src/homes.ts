import { drawHome } from '../jobs/surface/home.ts';
import type { Deps } from './deps.ts';
import { Refused, RetryLater } from './integrations/errors.ts';
import { loop } from './pace.ts';
import { homeOf, homesToDraw, markDrawn, type Pace } from './store/homes.ts';

/**
 * Draws Homes that have something new to show. A change only counts up what is wanted (`update-home`), so twenty changes
 * are one draw; what is wanted stays so until it is drawn, whoever is killed meanwhile.
 */
const LOOK_MS = 250;
export const HOME_PACE: Pace = { ms: 1000, metricsMs: 60_000 };
const AT_ONCE = 50;
/** After a call that failed for no known reason. */
const PAUSE_MS = 2_000;

/**
 * Slack takes about a hundred Homes a minute from one app. Clicks take some of them, so background work keeps to less, and
 * whoever has waited longest comes first.
 */
const BURST = 20;
const PER_SECOND = 1.2;

export interface Budget {
  /** Takes one, if there is one. */
  take(): boolean;
  /** Slack asked to wait. */
  pause(ms: number): void;
}

/** Filled at an even pace up to a burst, as a leaking bucket is emptied. */
export function createBudget(now: () => number, limits: { burst: number; perSecond: number }): Budget {
  let left = limits.burst;
  let at = now();
  let until = 0;
  return {
    take() {
      left = Math.min(limits.burst, left + (Math.max(0, now() - at) / 1000) * limits.perSecond);
      at = now();
      if (at < until || left < 1) return false;
      left -= 1;
      return true;
    },
    pause(ms) {
      until = now() + ms;
    },
  };
}

/** In every worker; only one at a time is at it, so that they keep to one pace. */
export function startHomes(deps: Deps): { stop(): Promise<void> } {
  const budget = createBudget(Date.now, { burst: BURST, perSecond: PER_SECOND });
  return loop(deps.log, 'homes', LOOK_MS, async () => {
    const users = await homesToDraw(deps.db, { now: deps.now(), pace: HOME_PACE, limit: AT_ONCE });
    if (users.length > 0) await deps.locks.run('homes', () => drawHomes(deps, users, budget));
  });
}

export async function drawHomes(deps: Deps, users: readonly string[], budget: Budget): Promise<void> {
  for (const user of users) {
    if (!budget.take()) return;
    try {
      await drawHome(deps, user, (view) => deps.slack.publishHome(user, view));
    } catch (error) {
      if (error instanceof Refused) await giveUp(deps, user, error.message);
      else {
        budget.pause(error instanceof RetryLater ? error.ms : PAUSE_MS);
        throw error;
      }
    }
  }
}

/** Somebody who has left, say. It is drawn again when they open it, or when it changes once more. */
async function giveUp(deps: Deps, user: string, reason: string): Promise<void> {
  deps.log.warn({ user, reason }, 'Home not drawn');
  const home = await homeOf(deps.db, user);
  if (home) await markDrawn(deps.db, user, { wanted: home.wanted, published: null });
}
