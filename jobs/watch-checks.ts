import { z } from 'zod';
import type { Pull, Review } from '../src/integrations/github-types.ts';
import { fact } from '../src/pipeline/facts.ts';
import type { NewFact } from '../src/pipeline/types.ts';
import { personByLogin } from '../src/store/reviewers.ts';
import { again, type JobInput, job } from './job.ts';
import { calls, observed, repoOf } from './shared/item-facts.ts';
import { checksFact, mergeFact, pullFacts, reviewsFact } from './shared/pull-facts.ts';

const PENDING_MS = 15_000;
const QUIET_MS = 60_000;
const SENTENCE = {
  none: 'no checks yet',
  pending: 'checks are running',
  success: 'checks passed',
  failure: 'checks failed',
} as const;

/**
 * Looks at the pull request, its head, checks and reviews on GitHub. A webhook only makes it look earlier: what is
 * recorded is what the API says, so deliveries that come twice, late or never end in the same state.
 */
export const watchChecks = job({
  name: 'watch-checks',
  queue: 'delivery',
  params: z.strictObject({}),
  watch: true,
  attempts: 8,
  backoffMs: 2_000,
  timeoutMs: 60_000,
  async run(input) {
    const { state } = input;
    const repo = repoOf(state);
    const github = calls(input);
    const pull = await findPull(input, repo);
    if (!pull) return again(PENDING_MS);
    const [checks, reviews] = await Promise.all([
      github.checksFor(repo, pull.headSha),
      github.reviewsOf(repo, pull.number),
    ]);
    const facts: NewFact[] = [
      ...pullFacts(pull),
      checksFact(checks, pull.headSha),
      reviewsFact(reviews, pull.headSha),
      ...(pull.state === 'merged' ? [mergeFact(pull)] : []),
    ];
    const note = `#${pull.number}: ${SENTENCE[checks.conclusion]} on ${pull.headSha.slice(0, 7)}`;
    const event = observed(state, facts, note);
    if (event) await input.deps.advance(state.item.id, event);
    await reviewsAsDecisions(input, pull, reviews);
    return again(checks.conclusion === 'pending' || checks.conclusion === 'none' ? PENDING_MS : QUIET_MS);
  },
});

async function findPull(input: JobInput<unknown>, repo: string): Promise<Pull | null> {
  const number = fact(input.state.facts, 'pr_number');
  if (number) return calls(input).getPull(repo, number);
  const branch = fact(input.state.facts, 'branch');
  return branch ? calls(input).findPullByBranch(repo, branch) : null;
}

/**
 * A review on GitHub is the same decision as a click: it goes through the same door, as the person that it belongs to,
 * with the same roles and refusals. The request id makes each review count once.
 */
async function reviewsAsDecisions(input: JobInput<unknown>, pull: Pull, reviews: readonly Review[]): Promise<void> {
  const { deps, item, state } = input;
  for (const review of reviews.filter((one) => one.commit === pull.headSha && one.state !== 'commented')) {
    const person = await personByLogin(deps.db, review.login);
    if (!person) continue;
    const actor = { id: person.id, name: person.real_name, roles: [] };
    const about = { actor, visit: item.visit, of: 'head', subject: pull.headSha } as const;
    const id = `github-review:${item.key}:${item.visit}:${pull.number}:${review.login}:${review.at}`;
    const note = `by review of #${pull.number} on GitHub`;
    const type = review.state === 'approved' ? 'approved' : 'changes_requested';
    await deps.advance(state.item.id, { type, ...about, note }, { request: { id, kind: 'github-review' } });
  }
}
