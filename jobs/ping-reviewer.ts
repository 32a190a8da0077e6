import { z } from 'zod';
import { readCodeowners } from '../src/integrations/github-codeowners.ts';
import type { Pull } from '../src/integrations/github-types.ts';
import { type FactValues, fact } from '../src/pipeline/facts.ts';
import type { GateNode } from '../src/pipeline/types.ts';
import { type ReviewerCandidate, reviewersOf } from '../src/store/reviewers.ts';
import { done, type JobInput, job } from './job.ts';
import { calls, finished, repoOf } from './shared/item-facts.ts';

const NAME = 'ping-reviewer';

/** Chooses who reviews: a code owner of what changed if one holds the role, else who has the least to review. */
export const pingReviewer = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  perHead: true,
  attempts: 6,
  backoffMs: 2_000,
  timeoutMs: 60_000,
  async run(input) {
    const { state, item } = input;
    const repo = repoOf(state);
    const github = calls(input);
    const pull = await github.getPull(repo, fact(state.facts, 'pr')?.number ?? 0);
    const role = reviewRole(input) ?? 'reviewer';
    const able = (await reviewersOf(input.deps.db, role)).filter(
      (one) => one.id !== item.requester && !same(one.login, pull.author),
    );
    const kept = keptReviewer(able, pull, fact(state.facts, 'reviewer'));
    if (kept) return done(finished(input, NAME, [reviewerFact(kept, kept.because)]));

    const owners = await ownersOfChange(input, repo, pull);
    const isOwner = (one: ReviewerCandidate) => owners.some((login) => same(login, one.login));
    for (const candidate of [...able.filter(isOwner), ...able.filter((one) => !isOwner(one))]) {
      if (pull.state === 'open' && !(await github.requestReviewer(repo, pull.number, candidate.login))) continue;
      const because = isOwner(candidate) ? 'code owner of what changed' : 'has the fewest open reviews';
      return done(finished(input, NAME, [reviewerFact(candidate, because)]));
    }
    const nobody = `nobody with the role ${role} has a GitHub login here, apart from the requester and the author`;
    return done(finished(input, NAME, [reviewerFact(null, nobody)]));
  },
});

/** Once somebody was asked, a push to the branch asks nobody else. */
function keptReviewer(
  able: ReviewerCandidate[],
  pull: Pull,
  before: FactValues['reviewer'] | undefined,
): (ReviewerCandidate & { because: string }) | null {
  const asked = able.find((one) => one.id === before?.id);
  if (asked && before) return { ...asked, because: before.because };
  const requested = able.find((one) => pull.requestedReviewers.some((login) => same(login, one.login)));
  return requested ? { ...requested, because: 'was asked on GitHub' } : null;
}

async function ownersOfChange(input: JobInput<unknown>, repo: string, pull: Pull): Promise<string[]> {
  const github = calls(input);
  // Owners are read from the base: a pull request must not choose its own reviewers.
  const [file, { files }] = await Promise.all([github.codeowners(repo, pull.baseSha), github.pullFiles(repo, pull)]);
  if (!file) return [];
  const ownersOf = readCodeowners(file.text);
  const all = files.flatMap(({ path }) => ownersOf(path));
  return [...new Set(all)].filter((one) => /^@[^/]+$/.test(one)).map((one) => one.slice(1));
}

/** The role that this stage asks to approve the pull request. */
function reviewRole({ definition, item }: JobInput<unknown>): string | null {
  const stage = definition.stages.find((one) => one.id === item.stage);
  const roles = (node: GateNode): string[] => {
    if (node.kind === 'not') return [];
    if (node.kind !== 'rule') return node.nodes.flatMap(roles);
    return node.rule === 'approved_by' && node.params.of === 'head' ? [String(node.params.role)] : [];
  };
  return stage ? (roles(stage.gate)[0] ?? null) : null;
}

function reviewerFact(person: ReviewerCandidate | null, because: string) {
  const { id = null, name = '', login = '' } = person ?? {};
  const value: FactValues['reviewer'] = { id, name, login, because };
  return { name: 'reviewer', value, source: person ? 'CODEOWNERS and roles' : 'roles' };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
