import { announceOverride } from './announce-override.ts';
import { delegate } from './delegate.ts';
import { deploy } from './deploy.ts';
import { draftPrd } from './draft-prd.ts';
import { draftSpec } from './draft-spec.ts';
import { enrich } from './enrich.ts';
import { expireOverride } from './expire-override.ts';
import type { Job, UpkeepJob } from './job.ts';
import { merge } from './merge.ts';
import { notify } from './notify.ts';
import { pingReviewer } from './ping-reviewer.ts';
import { pollAgent } from './poll-agent.ts';
import { preDeployChecks } from './pre-deploy-checks.ts';
import { provisionPreview } from './provision-preview.ts';
import { refreshIncidents } from './refresh-incidents.ts';
import { releaseNotes } from './release-notes.ts';
import { remind } from './remind.ts';
import { reviewDiff } from './review-diff.ts';
import { rollback } from './rollback.ts';
import { score } from './score.ts';
import { soak } from './soak.ts';
import { sweep } from './sweep.ts';
import { syncPeople } from './sync-people.ts';
import { tick } from './tick.ts';
import { updateCard } from './update-card.ts';
import { updateHome } from './update-home.ts';
import { watchChecks } from './watch-checks.ts';
import { watchDeploy } from './watch-deploy.ts';

/** Every job about an item, by the name that pipeline files and the outbox use. A new job is one more line here. */
const ALL: readonly Job[] = [
  enrich,
  draftPrd,
  draftSpec,
  score,
  delegate,
  pollAgent,
  watchChecks,
  reviewDiff,
  provisionPreview,
  pingReviewer,
  merge,
  deploy,
  watchDeploy,
  soak,
  preDeployChecks,
  releaseNotes,
  rollback,
  refreshIncidents,
  announceOverride,
  expireOverride,
  tick,
  updateCard,
  updateHome,
  notify,
];

/** Work on a schedule, for no item in particular. */
export const upkeep: readonly UpkeepJob[] = [sweep, remind, syncPeople];

export const jobs: ReadonlyMap<string, Job> = byName(ALL);

function byName(all: readonly Job[]): Map<string, Job> {
  const found = new Map<string, Job>();
  for (const job of all) {
    if (found.has(job.name)) throw new Error(`two jobs are called "${job.name}"`);
    found.set(job.name, job);
  }
  return found;
}
