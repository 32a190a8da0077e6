import { drawAlert } from '../jobs/surface/alert.ts';
import type { Deps } from './deps.ts';
import { Refused, RetryLater } from './integrations/errors.ts';
import { loop } from './pace.ts';
import { alertById, alertsToDraw, markAlertDrawn } from './store/alerts.ts';

/**
 * Answers alerts in their threads. Like Homes: a change counts up what is to be drawn, so a burst of one alert is one
 * edit, and what is to be drawn stays so until it is, whoever is killed meanwhile.
 */
const LOOK_MS = 250;
const AT_ONCE = 50;
/** After a draw that failed for no known reason. */
const PAUSE_MS = 2_000;

/** In every worker; only one at a time is at it. */
export function startAlerts(deps: Deps): { stop(): Promise<void> } {
  let resumeAt = 0;
  return loop(deps.log, 'alerts', LOOK_MS, async () => {
    if (Date.now() < resumeAt) return;
    const alerts = await alertsToDraw(deps.db, { now: deps.now(), limit: AT_ONCE });
    if (alerts.length === 0) return;
    try {
      await deps.locks.run('alerts', () => drawAlerts(deps, alerts));
    } catch (error) {
      resumeAt = Date.now() + (error instanceof RetryLater ? error.ms : PAUSE_MS);
      throw error;
    }
  });
}

/** Throws when Slack asked to wait, or could not be reached: those that are left are to be drawn still. */
export async function drawAlerts(deps: Deps, alerts: readonly string[]): Promise<void> {
  for (const alert of alerts) {
    try {
      await drawAlert(deps, alert);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await giveUp(deps, alert, error.message);
    }
  }
}

/** Somebody deleted the message, say. It is drawn again when something about it changes. */
async function giveUp(deps: Deps, id: string, reason: string): Promise<void> {
  deps.log.warn({ alert: id, reason }, 'alert not answered');
  const alert = await alertById(deps.db, id);
  const now = deps.now();
  if (alert) await markAlertDrawn(deps.db, id, { version: alert.version, from: now, now });
}
