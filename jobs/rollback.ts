import { z } from 'zod';
import { type FactValues, fact } from '../src/pipeline/facts.ts';
import type { NewFact } from '../src/pipeline/types.ts';
import { latestDeployment } from '../src/store/deployments.ts';
import { again, done, GiveUp, type JobInput, job } from './job.ts';
import { readStanding, requestDeployment, type Standing } from './shared/deployments.ts';
import { failed, finished, repoOf } from './shared/item-facts.ts';

const NAME = 'rollback';
const ENVIRONMENT = 'production';
const LOOK_MS = 1_000;
const UNANSWERED_MS = 30 * 60_000;

/** Deploys the commit that was in production before this one, and follows it until it is there. */
export const rollback = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  attempts: 8,
  backoffMs: 1_000,
  timeoutMs: 60_000,
  async run(input) {
    const { item, state, deps } = input;
    const asked = fact(state.facts, 'rollback');
    const production = fact(state.facts, ENVIRONMENT);
    if (!asked || !production) throw new GiveUp('There is nothing in production to roll back.');
    // A rollback that failed may be asked for again in the same visit, so each request has its own.
    const key = `${item.key}/rollback/${input.effect.id}`;
    const bad = await latestDeployment(deps.db, {
      itemId: state.item.id,
      environment: ENVIRONMENT,
      sha: production.sha,
    });
    await requestDeployment(input, {
      key,
      repo: repoOf(state),
      environment: ENVIRONMENT,
      sha: asked.toSha,
      previousSha: production.sha,
      description: `Rollback of ${item.key}`,
      rollbackOf: bad?.key,
    });
    const standing = await readStanding(input, key);
    if (standing?.state === 'success') {
      const note = `production runs ${asked.toSha.slice(0, 7)} again`;
      return done(finished(input, NAME, outcome(input, { ...standing, because: note }), note));
    }
    // That it failed is a fact that the core records with this event, also where we could not say so ourselves.
    if (standing?.state === 'failure') {
      const note = `The rollback to ${asked.toSha.slice(0, 7)} failed: ${standing.because}. Production is as it was.`;
      return done(failed(input, NAME, note));
    }
    if (deps.now().getTime() - input.effect.createdAt.getTime() > UNANSWERED_MS) {
      return done(failed(input, NAME, 'Nothing has reported about the rollback for 30 minutes. Look at production.'));
    }
    return again(LOOK_MS);
  },
});

function outcome({ state }: JobInput<unknown>, standing: Standing): NewFact[] {
  const toSha = fact(state.facts, 'rollback')!.toSha;
  // While it is only asked for, its source is the person.
  const byName = state.facts.rollback!.source;
  const bad = fact(state.facts, ENVIRONMENT)!.sha;
  const { because, url, logUrl, at } = standing;
  const rolledBack: FactValues['rollback'] = { state: 'done', toSha, because, byName };
  const production: FactValues['production'] = {
    state: 'success',
    sha: toSha,
    previousSha: null,
    url,
    logUrl,
    because,
    at,
  };
  const source = 'GitHub deployments';
  return [
    { name: 'rollback', value: rolledBack, source, subject: bad },
    { name: ENVIRONMENT, value: production, source, subject: toSha },
  ];
}
