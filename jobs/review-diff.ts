import { z } from 'zod';
import { parseCriteria } from '../src/documents/criteria.ts';
import { readFields } from '../src/documents/fields.ts';
import { compareWithSpec, reviewComment } from '../src/documents/review.ts';
import { isTest } from '../src/documents/scope.ts';
import type { ChangedFile } from '../src/integrations/github-types.ts';
import { type FactValues, fact } from '../src/pipeline/facts.ts';
import { revisionByHash } from '../src/store/documents.ts';
import { again, done, GiveUp, type JobInput, job } from './job.ts';
import { calls, finished, repoOf } from './shared/item-facts.ts';
import { quiet } from './shared/publish.ts';

const NAME = 'review-diff';
const COMMENT = '<!-- lockstep:spec-check -->';
const LOOK_MS = 2_000;
const SENTENCE = {
  pass: 'the diff stays within the spec',
  fail: 'the diff does not stay within the spec',
  unknown: 'the diff could not be compared with the spec in full',
} as const;
const STATUS = { pass: 'success', fail: 'failure', unknown: 'error' } as const;

/** Compares the pull request with its approved spec, and shows the evidence on the pull request. */
export const reviewDiff = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  perHead: true,
  attempts: 6,
  backoffMs: 2_000,
  timeoutMs: 120_000,
  async run(input) {
    const known = fact(input.state.facts, 'pr');
    if (!known) throw new GiveUp('There is no pull request to compare with the spec.');
    const repo = repoOf(input.state);
    const github = calls(input);
    const pull = await github.getPull(repo, known.number);
    // GitHub shows a push late, or a newer one is not recorded yet: what is compared must be what is known.
    if (pull.headSha !== known.headSha) return again(LOOK_MS);
    const { files, complete } = await github.pullFiles(repo, pull);
    const tests = await Promise.all(
      files
        .filter(({ path, status }) => isTest(path) && status !== 'removed')
        .map(async ({ path }) => ({ path, text: await github.file(repo, path, pull.headSha) })),
    );
    const documents = await approvedDocuments(input);
    const review = compareWithSpec({ paths: namesOf(files), tests, complete, ...documents });
    await github.upsertComment(repo, pull.number, COMMENT, reviewComment(review, pull.headSha, quiet));
    const description = review.findings[0]?.text ?? `${review.matrix.length} criteria have a test`;
    await github.setStatus(repo, pull.headSha, {
      state: STATUS[review.verdict],
      context: 'lockstep/spec',
      description,
    });
    const value: FactValues['diff_review'] = review;
    const facts = [{ name: 'diff_review', value, source: 'Lockstep', subject: pull.headSha }];
    return done(finished(input, NAME, facts, SENTENCE[review.verdict]));
  },
});

async function approvedDocuments({ deps, state }: JobInput<unknown>) {
  const itemId = state.item.id;
  const read = async (document: 'prd' | 'spec') => {
    const hash = fact(state.facts, document)?.hash;
    return hash ? revisionByHash(deps.db, { itemId, document, hash }) : null;
  };
  const [prd, spec] = await Promise.all([read('prd'), read('spec')]);
  if (!spec) throw new GiveUp('There is no tech spec to compare the pull request with.');
  return {
    spec: readFields('spec', spec.fields),
    criteria: parseCriteria(prd ? readFields('prd', prd.fields).acceptance_criteria : '').criteria,
  };
}

function namesOf(files: readonly ChangedFile[]): string[] {
  return files.flatMap(({ path, previousPath }) => (previousPath ? [previousPath, path] : [path]));
}
