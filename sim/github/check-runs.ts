import type { AppSlug, CheckOutput, CheckRun, CheckSuite, Repo } from './model.ts';
import type { Account } from './people.ts';
import { checkRunJson, checkSuiteJson, suiteState } from './rest/check-shapes.ts';
import { stamp } from './store.ts';
import type { World } from './world.ts';

export interface NewRun {
  name: string;
  app: AppSlug;
  sha: string;
  branch: string;
  pull: number | null;
  externalId?: string;
  detailsUrl?: string | null;
  actions?: unknown[];
}

export interface RunChange {
  name?: string;
  status?: CheckRun['status'];
  conclusion?: string;
  output?: CheckOutput;
  externalId?: string;
  detailsUrl?: string | null;
  actions?: unknown[];
}

function suiteFor(world: World, repo: Repo, run: NewRun): CheckSuite {
  const found = repo.checkSuites.find((suite) => suite.headSha === run.sha && suite.app === run.app);
  if (found) return found;
  const now = stamp();
  const suite: CheckSuite = {
    id: world.store.id(),
    app: run.app,
    headSha: run.sha,
    headBranch: run.branch,
    createdAt: now,
    updatedAt: now,
  };
  repo.checkSuites.push(suite);
  return suite;
}

/** A queued check run; sends `check_run.created`. */
export function newRun(world: World, repo: Repo, given: NewRun, sender: Account): CheckRun {
  const run: CheckRun = {
    id: world.store.id(),
    suiteId: suiteFor(world, repo, given).id,
    name: given.name,
    app: given.app,
    headSha: given.sha,
    headBranch: given.branch,
    pull: given.pull,
    status: 'queued',
    conclusion: null,
    startedAt: null,
    completedAt: null,
    externalId: given.externalId ?? '',
    detailsUrl: given.detailsUrl ?? null,
    output: { title: null, summary: null, text: null, annotations: [] },
    actions: given.actions ?? [],
  };
  repo.checkRuns.push(run);
  world.store.touch();
  const fields = { check_run: withSuite(world, repo, run) };
  world.emit({ name: 'check_run', action: 'created', repo, sender, fields });
  return run;
}

/** Changes a run; a run that gets completed by it sends `check_run.completed`, and its suite when that was the last. */
export function updateRun(world: World, repo: Repo, run: CheckRun, change: RunChange, sender: Account): void {
  const wasCompleted = run.status === 'completed';
  const completed = change.conclusion !== undefined || change.status === 'completed';
  Object.assign(run, change);
  if (completed) Object.assign(run, { status: 'completed', completedAt: stamp() });
  // Reopened by an update: the old conclusion must not stand beside the new status.
  else if (change.status) Object.assign(run, { conclusion: null, completedAt: null });
  if (run.status !== 'queued') run.startedAt ??= stamp();
  world.store.touch();
  if (!completed || wasCompleted) return;
  const fields = { check_run: withSuite(world, repo, run) };
  world.emit({ name: 'check_run', action: 'completed', repo, sender, fields });
  const suite = repo.checkSuites.find((one) => one.id === run.suiteId);
  if (!suite) return;
  suite.updatedAt = stamp();
  if (suiteState(repo, suite).status !== 'completed') return;
  const suiteFields = { check_suite: checkSuiteJson(world, repo, suite) };
  world.emit({ name: 'check_suite', action: 'completed', repo, sender, fields: suiteFields });
}

/** Somebody pressed a button of the run; its app is told which. False when the run has no such button. */
export function requestAction(world: World, repo: Repo, run: CheckRun, identifier: string, sender: Account): boolean {
  const known = (run.actions as { identifier?: unknown }[]).some((action) => action.identifier === identifier);
  if (!known) return false;
  const fields = { check_run: withSuite(world, repo, run), requested_action: { identifier } };
  world.emit({ name: 'check_run', action: 'requested_action', repo, sender, fields });
  return true;
}

/** Webhooks carry the suite whole, REST only its id. */
function withSuite(world: World, repo: Repo, run: CheckRun) {
  const suite = repo.checkSuites.find((one) => one.id === run.suiteId);
  const { repository: _, ...rest } = suite ? checkSuiteJson(world, repo, suite) : { repository: null };
  return { ...checkRunJson(world, repo, run), check_suite: rest };
}
