import { type FactValues, fact, factAbout } from '../../src/pipeline/facts.ts';
import type { Definition, Event, NewFact, State } from '../../src/pipeline/types.ts';
import { activeIncidents } from '../../src/store/incidents.ts';
import type { JobInput } from '../job.ts';
import { incidentFact, serviceNamed } from './enrichment.ts';
import { observed } from './item-facts.ts';
import { incidentCheck, verdictOf } from './live-checks.ts';

type Deps = JobInput<unknown>['deps'];

/** What an item knows about incidents, as it is now: an event when that is something else than its facts say. */
export async function lookAtIncidents(
  deps: Deps,
  { definition, state }: { definition: Definition; state: State },
): Promise<Event | undefined> {
  const service = serviceNamed(deps.catalog, fact(state.facts, 'service') ?? '');
  if (!service) return undefined;
  const facts = [await incidentFact({ deps }, service), ...(await deployChecks(deps, definition, state))];
  return observed(state, facts, await newest(deps, [service.name, ...service.dependsOn], service.name));
}

/**
 * The checks before the deploy with their answer about incidents made new, in the visit that asked for them: before, the
 * job that makes them looks itself, and afterwards they are history.
 */
async function deployChecks(deps: Deps, { stages }: Definition, state: State): Promise<NewFact[]> {
  const stage = stages.find((one) => one.id === state.item.stage);
  const job = stage?.jobs.find((one) => one.name === 'pre-deploy-checks');
  const made = state.log.some((entry) => entry.type === 'finished' && entry.job === job?.name);
  const sha = fact(state.facts, 'merge')?.sha;
  const known = sha ? factAbout(state.facts, 'deploy_checks', sha) : undefined;
  if (!job || !made || !sha || !known) return [];
  const fresh = await incidentCheck({ deps, state });
  const checks = known.checks.map((check) => (check.name === fresh.name ? fresh : check));
  const value: FactValues['deploy_checks'] = { ...known, verdict: verdictOf(checks), checks };
  return [{ name: 'deploy_checks', value, source: 'Lockstep', subject: sha }];
}

/** The line in history and thread: who says so. */
async function newest(deps: Deps, services: readonly string[], own: string): Promise<string> {
  const last = (await activeIncidents(deps.db, services)).at(-1);
  if (!last) return `no incident is open on ${own} any more`;
  const by = last.opened_by_name ? `${last.opened_by_name} declared an incident` : 'an incident was declared';
  return `${by} on ${last.service}`;
}
