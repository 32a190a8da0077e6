import { z } from 'zod';
import { type FactValues, fact } from '../src/pipeline/facts.ts';
import { again, done, GiveUp, type JobInput, job, type Outcome } from './job.ts';
import { readStanding, requestDeployment } from './shared/deployments.ts';
import { calls, finished, observed, repoOf } from './shared/item-facts.ts';

const NAME = 'provision-preview';
const COMMENT = '<!-- lockstep:preview -->';
const LOOK_MS = 1_500;
const GIVE_UP_MS = 10 * 60_000;

/** Brings up a preview of exactly the head commit: ours, or one that another system has made for it. */
export const provisionPreview = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  perHead: true,
  attempts: 6,
  backoffMs: 2_000,
  timeoutMs: 60_000,
  async run(input) {
    const pr = fact(input.state.facts, 'pr');
    if (!pr) throw new GiveUp('There is no pull request to preview.');
    const repo = repoOf(input.state);
    const key = `${input.item.key}/preview/${input.item.visit}/${pr.headSha}`;
    const environment = `preview/${input.item.key}`;
    const description = `Preview of ${input.item.key}`;
    await requestDeployment(input, { key, repo, environment, sha: pr.headSha, previousSha: null, description });
    const standing = await readStanding(input, key);
    const url = standing?.state === 'success' ? standing.url : await calls(input).previewOf(repo, pr.headSha);
    if (url || standing?.state === 'success') return ready(input, { repo, pr, url });
    if (standing?.state === 'failure') return end(input, pr.headSha, 'failed', null, standing.because);
    const waited = input.deps.now().getTime() - input.effect.createdAt.getTime();
    if (waited > GIVE_UP_MS) {
      const because = `nothing has answered the deployment to ${environment}; a workflow "on: deployment" has to`;
      return end(input, pr.headSha, 'failed', null, because);
    }
    const pending = previewFact(pr.headSha, 'pending', null, 'it is being built');
    return again(LOOK_MS, observed(input.state, [pending], 'the preview is being built'));
  },
});

interface Ready {
  repo: string;
  pr: FactValues['pr'];
  url: string | null;
}

async function ready(input: JobInput<unknown>, { repo, pr, url }: Ready): Promise<Outcome> {
  if (!url) return end(input, pr.headSha, 'failed', null, 'the deployment succeeded without an address');
  const text = `Preview of ${pr.headSha.slice(0, 7)}: ${url}`;
  await calls(input).upsertComment(repo, pr.number, COMMENT, text);
  return end(input, pr.headSha, 'ready', url, '');
}

function previewFact(sha: string, state: FactValues['preview']['state'], url: string | null, because: string) {
  const value: FactValues['preview'] = { state, url, because };
  return { name: 'preview', value, source: 'GitHub deployments', subject: sha };
}

function end(
  input: JobInput<unknown>,
  sha: string,
  state: 'ready' | 'failed',
  url: string | null,
  because: string,
): Outcome {
  return done(
    finished(
      input,
      NAME,
      [previewFact(sha, state, url, because)],
      state === 'ready' ? 'the preview is up' : `the preview failed: ${because}`,
    ),
  );
}
