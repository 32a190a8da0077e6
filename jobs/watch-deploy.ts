import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type FactValues, fact } from '../src/pipeline/facts.ts';
import type { NewFact } from '../src/pipeline/types.ts';
import { latestDeployment, updateDeployment } from '../src/store/deployments.ts';
import { deployKey } from './deploy.ts';
import { again, done, GiveUp, type JobInput, job, type Outcome } from './job.ts';
import { readStanding } from './shared/deployments.ts';
import { failed, finished, observed } from './shared/item-facts.ts';

const NAME = 'watch-deploy';
const LOOK_MS = 1_500;
const HEALTH_MS = 10_000;
const UNANSWERED_MS = 30 * 60_000;

const Params = z.strictObject({
  environment: z.enum(['staging', 'production']),
  /** Length of the watch window after the deploy; without it the watch ends with the deployment. */
  minutes: z.number().positive().optional(),
});
type P = z.infer<typeof Params>;

/** Follows a deployment to its end and, with `minutes`, whether the service stays up afterwards. */
export const watchDeploy = job({
  name: NAME,
  queue: 'delivery',
  params: Params,
  watch: true,
  attempts: 10,
  backoffMs: 2_000,
  timeoutMs: 60_000,
  run: (input) => (input.params.minutes === undefined ? follow(input) : watchHealth(input, input.params.minutes)),
});

async function follow(input: JobInput<P>): Promise<Outcome> {
  const { environment } = input.params;
  // The order is recorded first, or our answer could be overtaken by it.
  if (!input.state.log.some((entry) => entry.job === 'deploy' && entry.type === 'finished')) return again(LOOK_MS / 3);
  const standing = await readStanding(input, deployKey(input.item, environment));
  if (!standing) return again(LOOK_MS);
  const { row, state, url, logUrl, because, at } = standing;
  const value: FactValues['staging'] = { state, sha: row.sha, previousSha: row.previous_sha, url, logUrl, because, at };
  const about = (subject: string): NewFact => ({ name: environment, value, source: 'GitHub deployments', subject });
  if (state === 'success')
    return done(finished(input, NAME, [about(row.sha)], `${environment} runs ${row.sha.slice(0, 7)}`));
  // A failed attempt says nothing about that commit being there, so it speaks about no commit.
  if (state === 'failure') {
    const log = logUrl ? ` Log: ${logUrl}` : '';
    return done(failed(input, NAME, `The deploy to ${environment} failed: ${because}.${log}`, [about('')]));
  }
  const waited = input.deps.now().getTime() - row.created_at.getTime();
  if (waited > UNANSWERED_MS) {
    // Nobody else may wait for it any longer.
    await updateDeployment(input.deps.db, row.key, { state: 'failure', ended_at: input.deps.now() });
    const note = `Nothing has reported about the deploy to ${environment} for ${UNANSWERED_MS / 60_000} minutes.`;
    return done(failed(input, NAME, note, [about('')]));
  }
  return again(LOOK_MS, observed(input.state, [about(row.sha)], `the deploy to ${environment} is running`));
}

/** Looks at the address of the deployment until the window is over. No address is no data, and no data is not healthy. */
async function watchHealth(input: JobInput<P>, minutes: number): Promise<Outcome> {
  const { environment } = input.params;
  const deployed = fact(input.state.facts, environment);
  if (!deployed) throw new GiveUp(`Nothing is deployed to ${environment}, so there is nothing to watch.`);
  const until = new Date(new Date(deployed.at).getTime() + minutes * 60_000);
  const tell = (state: FactValues['watch']['state'], because: string): NewFact[] => {
    const value: FactValues['watch'] = { state, until: until.toISOString(), because };
    return [{ name: 'watch', value, source: deployed.url ?? 'Lockstep', subject: deployed.sha }];
  };
  if (!deployed.url) {
    const because = 'the deployment names no address, so nobody can say whether it is healthy';
    return done(failed(input, NAME, because, tell('unhealthy', because)));
  }
  if (await wasReplaced(input, environment, deployed.sha)) {
    return done(finished(input, NAME, tell('healthy', 'a later deployment took its place without trouble')));
  }
  const trouble = await troubleAt(deployed.url, input.signal);
  if (trouble) {
    const note = `${environment} is in trouble: ${trouble}. Rollback brings ${deployed.previousSha?.slice(0, 7) ?? 'nothing'} back.`;
    return done(failed(input, NAME, note, tell('unhealthy', trouble)));
  }
  const now = input.deps.now();
  if (now >= until) return done(finished(input, NAME, tell('healthy', `no trouble for ${minutes} minutes`)));
  const ms = Math.min(HEALTH_MS, until.getTime() - now.getTime() + 50);
  return again(ms, observed(input.state, tell('watching', 'it answers'), 'watching production'));
}

async function wasReplaced(input: JobInput<P>, environment: string, sha: string): Promise<boolean> {
  const itemId = input.state.item.id;
  const row = await latestDeployment(input.deps.db, { itemId, environment, sha });
  const standing = row ? await readStanding(input, row.key) : null;
  return standing?.state === 'success' && standing.because === 'replaced by a later one';
}

const TRIES = 3;

/** Three bad answers in a row are trouble; one is not. Behind a login (401, 403) it is up. */
async function troubleAt(url: string, signal: AbortSignal): Promise<string | null> {
  let trouble = '';
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
      const answer = await fetch(url, { redirect: 'manual', signal: limit });
      await answer.body?.cancel();
      if (answer.status < 400 || answer.status === 401 || answer.status === 403) return null;
      trouble = `it answers ${answer.status}`;
    } catch (error) {
      signal.throwIfAborted();
      trouble = (error as Error).name === 'TimeoutError' ? 'it does not answer in 5 s' : 'it cannot be reached';
    }
    if (tries < TRIES) await sleep(500, undefined, { signal });
  }
  return trouble;
}
