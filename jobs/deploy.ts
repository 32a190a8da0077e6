import { z } from 'zod';
import { type FactValues, fact } from '../src/pipeline/facts.ts';
import { again, done, GiveUp, type JobInput, job } from './job.ts';
import { requestDeploymentAlone } from './shared/deployments.ts';
import { calls, failed, finished, repoOf } from './shared/item-facts.ts';
import { liveChecks } from './shared/live-checks.ts';

const NAME = 'deploy';
const TURN_MS = 2_000;

const Params = z.strictObject({ environment: z.enum(['staging', 'production']) });

/** The key of an item's deployment to an environment in one visit: a retry is a new visit and a new deployment. */
export function deployKey(item: { key: string; visit: number }, environment: string): string {
  return `${item.key}/${environment}/${item.visit}`;
}

/** Asks for the deployment of the merged commit; `watch-deploy` follows it. */
export const deploy = job({
  name: NAME,
  queue: 'delivery',
  params: Params,
  attempts: 6,
  backoffMs: 2_000,
  timeoutMs: 60_000,
  async run(input) {
    const { environment } = input.params;
    const sha = fact(input.state.facts, 'merge')?.sha;
    if (!sha) throw new GiveUp('Nothing is merged yet, so there is nothing to deploy.');
    const refusal = environment === 'production' ? await notNow(input) : null;
    if (refusal) return done(failed(input, NAME, refusal));
    const repo = repoOf(input.state);
    const successes = await calls(input).successesOf(repo, environment, 3);
    const previousSha = successes.find((one) => one.sha !== sha)?.sha ?? null;
    const key = deployKey(input.item, environment);
    const description = `${input.item.key}: ${input.item.title}`;
    const asked = await requestDeploymentAlone(input, { key, repo, environment, sha, previousSha, description });
    // Staging is short: the next one waits for its turn. Production was decided by a person, who is told.
    if ('others' in asked && environment === 'staging') return again(TURN_MS);
    if ('others' in asked)
      return done(failed(input, NAME, `Not deployed: ${asked.others.join(', ')} is being deployed.`));
    const { row } = asked;
    const value: FactValues['staging'] = {
      state: 'requested',
      sha,
      previousSha: row.previous_sha,
      url: null,
      logUrl: null,
      because: '',
      at: row.created_at.toISOString(),
    };
    const facts = [{ name: environment, value, source: 'GitHub deployments', subject: sha }];
    return done(finished(input, NAME, facts, `asked for ${sha.slice(0, 7)} on ${environment}`));
  },
});

/** Between the click and this moment an incident may have begun, or somebody else may be deploying. */
async function notNow(input: JobInput<unknown>): Promise<string | null> {
  const open = (await liveChecks(input)).filter((check) => check.status !== 'pass');
  return open.length > 0 ? `Not deployed: ${open.map(({ name, because }) => `${name} (${because})`).join('; ')}` : null;
}
