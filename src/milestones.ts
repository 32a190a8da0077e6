import { makeItems, tellBlocked } from '../jobs/shared/milestone.ts';
import { drawMilestone } from '../jobs/surface/milestone.ts';
import type { CreateItem } from './commands/create-item.ts';
import type { Deps } from './deps.ts';
import { Refused, RetryLater } from './integrations/errors.ts';
import { loop } from './pace.ts';
import { isAnyUnderWay, markMilestoneDrawn, milestonesToDraw } from './store/milestone-progress.ts';

/**
 * Looks after milestones: makes their items, tells items when what blocks them is done, and draws how they come along. All
 * of it follows from rows: whoever is killed meanwhile, the next round finds what is left, and a burst of changes is one
 * edit.
 */
const LOOK_MS = 500;
/** After a draw that failed for no known reason. */
const PAUSE_MS = 2_000;

/** In every worker; only one at a time is at it. */
export function startMilestones(deps: Deps, createItem: CreateItem): { stop(): Promise<void> } {
  let drawAt = 0;
  return loop(deps.log, 'milestones', LOOK_MS, async () => {
    if (!(await isAnyUnderWay(deps.db, deps.now()))) return;
    // Its message first: the cards of its items would stand before it in the line for the channel.
    if (Date.now() >= drawAt) {
      await deps.locks
        .run('milestone messages', () => drawMilestones(deps))
        .catch((error: Error) => {
          drawAt = Date.now() + (error instanceof RetryLater ? error.ms : PAUSE_MS);
          deps.log.warn({ reason: error.message }, 'milestones');
        });
    }
    await deps.locks.run('milestones', async () => {
      await makeItems(deps, createItem);
      await tellBlocked(deps);
    });
  });
}

/** Throws when Slack asked to wait, or could not be reached: those that are left are to be drawn still. */
async function drawMilestones(deps: Deps): Promise<void> {
  for (const milestone of await milestonesToDraw(deps.db, deps.now())) {
    try {
      await drawMilestone(deps, milestone);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      deps.log.warn({ milestone: milestone.id, reason: error.message }, 'milestone not drawn');
      // Drawn again when something about it changes.
      await markMilestoneDrawn(deps.db, milestone.id, { stamp: milestone.stamp, finishedAt: null });
    }
  }
}
