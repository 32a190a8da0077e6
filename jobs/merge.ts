import { z } from 'zod';
import type { Pull } from '../src/integrations/github-types.ts';
import { fact } from '../src/pipeline/facts.ts';
import type { Event } from '../src/pipeline/types.ts';
import { done, GiveUp, type JobInput, job } from './job.ts';
import { calls, failed, finished, repoOf } from './shared/item-facts.ts';
import { unheard } from './shared/publish.ts';
import { mergeFact, pullFacts } from './shared/pull-facts.ts';

const NAME = 'merge';
/** GitHub says these while it is still computing; everything else that blocks a merge needs a person. */
const PASSING = /base branch was modified|try again|not yet computed|being computed/i;

/** Merges exactly the head that was approved. Somebody who merged it first did the same thing. */
export const merge = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  attempts: 6,
  backoffMs: 2_000,
  timeoutMs: 60_000,
  async run(input) {
    const approved = fact(input.state.facts, 'pr');
    if (!approved) throw new GiveUp('There is no pull request to merge.');
    const repo = repoOf(input.state);
    const github = calls(input);
    const seen = await github.getPull(repo, approved.number);
    if (seen.state === 'merged') return done(merged(input, seen));
    if (seen.state === 'closed') {
      return done(failed(input, NAME, `#${seen.number} was closed on GitHub without being merged.`, pullFacts(seen)));
    }
    if (seen.headSha !== approved.headSha) return done(failed(input, NAME, moved(seen.number), pullFacts(seen)));

    const { mergeMethods } = await github.getRepo(repo);
    const title = `${unheard(`${input.item.key}: ${input.item.title}`)} (#${seen.number})`;
    const how = { sha: approved.headSha, title, method: mergeMethods[0] ?? 'merge' };
    const result = await github.merge(repo, seen.number, how);
    if (result.kind === 'blocked' && PASSING.test(result.reason)) throw new Error(result.reason);
    const after = await github.getPull(repo, seen.number);
    if (after.state === 'merged') return done(merged(input, after));
    if (result.kind === 'merged') throw new Error(`GitHub merged #${seen.number} and does not show it yet`);
    const why = result.kind === 'moved' ? moved(seen.number) : `#${seen.number} cannot be merged: ${result.reason}`;
    return done(failed(input, NAME, why, pullFacts(after)));
  },
});

function merged(input: JobInput<unknown>, pull: Pull): Event {
  const note = `merged #${pull.number} as ${(pull.mergedSha ?? '').slice(0, 7)}`;
  return finished(input, NAME, [...pullFacts(pull), mergeFact(pull)], note);
}

function moved(number: number): string {
  return `New commits were pushed to #${number} after it was approved; look at it again.`;
}
