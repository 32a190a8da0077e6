import { z } from 'zod';
import { fact, factAbout } from '../facts.ts';
import { met, notMet, rule, unknown } from '../rule.ts';

const short = (sha: string): string => sha.slice(0, 7);
const count = (checks: number): string => `${checks} ${checks === 1 ? 'check' : 'checks'}`;

export const pullRequest = rule({
  name: 'pull_request',
  help: 'The pull request is open, or merged.',
  params: z.strictObject({ state: z.enum(['open', 'merged']) }),
  check({ state }, { facts }) {
    const name = `the pull request is ${state}`;
    const pr = fact(facts, 'pr');
    if (!pr) {
      const run = fact(facts, 'agent_run');
      const by =
        run?.agent === 'manual'
          ? `somebody opens it from ${fact(facts, 'branch') ?? 'its branch'}`
          : 'the agent is at work';
      return notMet(name, by, 'world');
    }
    if (pr.state === state) return met(name, `#${pr.number}`);
    if (pr.state === 'open') return notMet(name, `#${pr.number} is open`, 'work');
    return notMet(name, `#${pr.number} was ${pr.state} on GitHub`);
  },
});

export const checksGreen = rule({
  name: 'checks_green',
  help: 'All checks are green on exactly the head commit; no checks at all is not green.',
  params: z.strictObject({}),
  overridable: true,
  check(_, { facts }) {
    const name = 'the checks are green on the head commit';
    const head = fact(facts, 'pr')?.headSha;
    const checks = head ? factAbout(facts, 'checks', head) : undefined;
    if (!head || !checks) return unknown(name, 'the checks of this commit were not read yet', 'world');
    if (checks.conclusion === 'success') return met(name, `${count(checks.runs.length)} on ${short(head)}`);
    if (checks.conclusion === 'pending') return notMet(name, `running on ${short(head)}`, 'world');
    if (checks.conclusion === 'none') return unknown(name, `no check has reported on ${short(head)}`, 'world');
    const red = checks.runs.filter((run) => run.conclusion !== 'success').map((run) => run.name);
    return notMet(name, `red on ${short(head)}: ${red.join(', ')}`);
  },
});

export const diffWithinSpec = rule({
  name: 'diff_within_spec',
  help: 'The diff leaves do-not-touch files alone, stays in scope and has a test for each criterion.',
  params: z.strictObject({}),
  overridable: true,
  check(_, { facts }) {
    const name = 'the diff stays within the spec';
    const head = fact(facts, 'pr')?.headSha;
    const review = head ? factAbout(facts, 'diff_review', head) : undefined;
    if (!review) return unknown(name, 'the diff of this commit was not read yet', 'work');
    if (review.verdict === 'pass') return met(name, 'nothing found');
    const found = review.findings.map((finding) => finding.text);
    return review.verdict === 'fail'
      ? notMet(name, found.join('; '))
      : unknown(name, found.join('; ') || 'the diff could not be read');
  },
});

export const previewReady = rule({
  name: 'preview_ready',
  help: 'A preview of exactly the head commit can be opened.',
  params: z.strictObject({}),
  overridable: true,
  check(_, { facts }) {
    const name = 'a preview of the head commit is up';
    const head = fact(facts, 'pr')?.headSha;
    const preview = head ? factAbout(facts, 'preview', head) : undefined;
    if (!preview || preview.state === 'pending') return notMet(name, 'it is being built', 'world');
    return preview.state === 'ready' ? met(name, preview.url ?? 'up') : notMet(name, `it failed: ${preview.because}`);
  },
});
