import { type FactValues, fact, factAbout } from '../../src/pipeline/facts.ts';
import { othersDeploying } from '../../src/store/deployments.ts';
import { activeIncidents } from '../../src/store/incidents.ts';
import type { JobInput } from '../job.ts';
import { serviceNamed } from './enrichment.ts';

export type Check = FactValues['deploy_checks']['checks'][number];

export const pass = (name: string, because: string): Check => ({ name, status: 'pass', because });
export const fail = (name: string, because: string): Check => ({ name, status: 'fail', because });
export const unsure = (name: string, because: string): Check => ({ name, status: 'unknown', because });

/** What can change from one minute to the next: asked before the decision, and again at the moment of the deploy. */
export async function liveChecks(input: JobInput<unknown>): Promise<Check[]> {
  return [await incidentCheck(input), await lock(input), soaked(input)].filter((check) => check !== null);
}

export type Verdict = FactValues['deploy_checks']['verdict'];

/** One that fails decides; one that is not known blocks as well. */
export function verdictOf(checks: readonly Check[]): Verdict {
  if (checks.some((check) => check.status === 'fail')) return 'fail';
  return checks.some((check) => check.status === 'unknown') ? 'unknown' : 'pass';
}

export async function incidentCheck({ deps, state }: Pick<JobInput<unknown>, 'deps' | 'state'>): Promise<Check> {
  const name = 'no incident on the service or what it depends on';
  const service = serviceNamed(deps.catalog, fact(state.facts, 'service') ?? '');
  if (!service) return unsure(name, 'the service is not in the catalog');
  const found = await activeIncidents(deps.db, [service.name, ...service.dependsOn]);
  if (found.length > 0) return fail(name, found.map((one) => `${one.service}: ${one.title}`).join('; '));
  const others = service.dependsOn.length;
  return pass(
    name,
    others > 0 ? `none on ${service.name} and ${others} that it depends on` : `none on ${service.name}`,
  );
}

async function lock({ deps, state }: JobInput<unknown>): Promise<Check> {
  const name = 'nobody else is deploying to production';
  const repo = fact(state.facts, 'repo');
  if (!repo) return unsure(name, 'the repository is not known');
  const others = await othersDeploying(deps.db, { itemId: state.item.id, repo, environment: 'production' });
  return others.length > 0 ? fail(name, `${others.join(', ')} is being deployed to ${repo} now`) : pass(name, repo);
}

/** Only where the pipeline has a soak. */
function soaked({ definition, deps, state }: JobInput<unknown>): Check | null {
  if (!definition.stages.some((stage) => stage.jobs.some((job) => job.name === 'soak'))) return null;
  const name = 'the soak on staging has elapsed';
  const sha = fact(state.facts, 'merge')?.sha;
  const soak = sha ? factAbout(state.facts, 'soak', sha) : undefined;
  if (!soak) return unsure(name, 'this commit has not soaked');
  return new Date(soak.until) <= deps.now() ? pass(name, `since ${soak.until}`) : fail(name, `until ${soak.until}`);
}
