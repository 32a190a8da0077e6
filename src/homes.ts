import { drawHome } from '../jobs/surface/home.ts';
import type { Deps } from './deps.ts';
import { Refused, RetryLater } from './integrations/errors.ts';
import { loop } from './pace.ts';
import { homeOf, homesToDraw, markDrawn, type Pace } from './store/homes.ts';

/**
 * Draws Homes that have something new to show. A change only counts up what is wanted (`update-home`), so twenty changes
 * are one draw; what is wanted stays so until it is drawn, whoever is killed meanwhile. Slack takes so many Homes a minute
 * (`slack-pace.ts`): while it is not our turn nothing is drawn, and then whoever has waited longest comes first.
 */
const LOOK_MS = 250;
export const HOME_PACE: Pace = { ms: 1000, metricsMs: 60_000 };
const AT_ONCE = 50;
/** After a draw that failed for no known reason. */
const PAUSE_MS = 2_000;

/** In every worker; only one at a time is at it, so that they keep to one order. */
export function startHomes(deps: Deps): { stop(): Promise<void> } {
  let resumeAt = 0;
  return loop(deps.log, 'homes', LOOK_MS, async () => {
    if (Date.now() < resumeAt) return;
    const users = await homesToDraw(deps.db, { now: deps.now(), pace: HOME_PACE, limit: AT_ONCE });
    if (users.length === 0) return;
    try {
      await deps.locks.run('homes', () => drawHomes(deps, users));
    } catch (error) {
      resumeAt = Date.now() + (error instanceof RetryLater ? error.ms : PAUSE_MS);
      throw error;
    }
  });
}

/** Throws when Slack asked to wait, or could not be reached: those who are left are wanted still. */
export async function drawHomes(deps: Deps, users: readonly string[]): Promise<void> {
  for (const user of users) {
    try {
      await drawHome(deps, user, (view) => deps.slack.publishHome(user, view));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await giveUp(deps, user, error.message);
    }
  }
}

/** Somebody who has left, say. It is drawn again when they open it, or when it changes once more. */
async function giveUp(deps: Deps, user: string, reason: string): Promise<void> {
  deps.log.warn({ user, reason }, 'Home not drawn');
  const home = await homeOf(deps.db, user);
  if (home) await markDrawn(deps.db, user, { wanted: home.wanted, published: null });
}
