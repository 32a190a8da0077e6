import { z } from 'zod';
import { type FactValues, fact, factAbout } from '../src/pipeline/facts.ts';
import type { GateNode, NewFact } from '../src/pipeline/types.ts';
import { approvalsOf } from '../src/store/approvals.ts';
import { latestDeployment } from '../src/store/deployments.ts';
import { again, done, GiveUp, type JobInput, job } from './job.ts';
import { readStanding } from './shared/deployments.ts';
import { incidentFact, serviceNamed } from './shared/enrichment.ts';
import { calls, finished, repoOf } from './shared/item-facts.ts';
import { type Check, fail, liveChecks, pass, unsure, verdictOf } from './shared/live-checks.ts';
import { riskOf } from './shared/risk.ts';

const NAME = 'pre-deploy-checks';
const SENTENCE = {
  pass: 'every check before the deploy passes',
  fail: 'a check before the deploy fails',
  unknown: 'a check before the deploy has no answer',
} as const;
const LOOK_MS = 2_000;
const CHECKS_MS = 20 * 60_000;
/** A commit about which nothing has reported for this long has no checks of its own. */
const NO_CHECKS_MS = 20_000;

/** Asks everything that must hold before production. Three answers: pass, fail, unknown; unknown blocks. */
export const preDeployChecks = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  attempts: 6,
  backoffMs: 2_000,
  timeoutMs: 120_000,
  async run(input) {
    const { state, deps } = input;
    const merge = fact(state.facts, 'merge');
    if (!merge) throw new GiveUp('Nothing is merged yet, so there is nothing to check.');
    const repo = repoOf(state);
    const green = await checksGreen(input, repo, merge.sha);
    if (green === 'pending') return again(LOOK_MS);
    const before = await goodBefore(input, repo, merge.sha);
    const rest = [green, await approvalsValid(input), ...(await onStaging(input, merge.sha)), wayBack(before)];
    // Last, because it can change from one second to the next.
    const checks: Check[] = [...(await liveChecks(input)), ...rest];
    const verdict = verdictOf(checks);
    const value: FactValues['deploy_checks'] = {
      verdict,
      checks,
      risk: riskOf(state.facts, deps.now()),
      back: before?.sha ?? null,
    };
    const facts: NewFact[] = [{ name: 'deploy_checks', value, source: 'Lockstep', subject: merge.sha }];
    const service = serviceNamed(deps.catalog, fact(state.facts, 'service') ?? '');
    if (service) facts.push(await incidentFact(input, service));
    return done(finished(input, NAME, facts, SENTENCE[verdict]));
  },
});

/** On the merge commit; where only pull requests are checked, on a head that holds exactly the same files. */
async function checksGreen(input: JobInput<unknown>, repo: string, sha: string): Promise<Check | 'pending'> {
  const name = 'the checks are green on the merged commit';
  const github = calls(input);
  const { conclusion, runs } = await github.checksFor(repo, sha);
  const waited = input.deps.now().getTime() - input.effect.createdAt.getTime();
  if (conclusion === 'success')
    return pass(name, `${runs.length} ${runs.length === 1 ? 'check' : 'checks'} on ${sha.slice(0, 7)}`);
  if (conclusion === 'failure') {
    const red = runs.filter((run) => !['success', 'neutral', 'skipped', 'pending'].includes(run.conclusion));
    return fail(name, `red: ${red.map((run) => run.name).join(', ')}`);
  }
  if (conclusion === 'pending') return waited < CHECKS_MS ? 'pending' : unsure(name, 'they do not come to an end');
  if (waited < NO_CHECKS_MS) return 'pending';
  const pr = fact(input.state.facts, 'pr');
  const checks = pr ? factAbout(input.state.facts, 'checks', pr.headSha) : undefined;
  if (!pr || checks?.conclusion !== 'success') return unsure(name, 'nothing has reported about it');
  const [merged, head] = await Promise.all([github.treeOf(repo, sha), github.treeOf(repo, pr.headSha)]);
  if (merged && merged === head) return pass(name, `the same files were green as ${pr.headSha.slice(0, 7)}`);
  return unsure(name, 'nothing has reported about it, and its files are not those that were checked');
}

/** Everything that the pipeline wants approved was approved as it is now: the same revision, the same commit. */
async function approvalsValid({ deps, state, definition }: JobInput<unknown>): Promise<Check> {
  const name = 'what was approved is what is deployed';
  const kinds = new Set(definition.stages.flatMap((stage) => approvedKinds(stage.gate)));
  const approvals = await approvalsOf(deps.db, state.item.id);
  const now: [string, string | undefined, string][] = [
    ['prd', fact(state.facts, 'prd')?.hash, 'the PRD'],
    ['spec', fact(state.facts, 'spec')?.hash, 'the tech spec'],
    ['head', fact(state.facts, 'pr')?.headSha, 'the pull request'],
  ];
  const wanted = now.filter(([of]) => kinds.has(of));
  const missing = wanted.filter(([of, subject]) => !approvals.some((one) => one.of === of && one.subject === subject));
  if (missing.length > 0) {
    return fail(name, `${missing.map(([, , label]) => label).join(' and ')} changed after the approval`);
  }
  const told = wanted.map(([of, subject, label]) => {
    const last = approvals.findLast((one) => one.of === of && one.subject === subject)!;
    return `${label} by ${last.by}`;
  });
  return pass(name, told.join(', ') || 'the pipeline asks for no approval');
}

function approvedKinds(node: GateNode): string[] {
  if (node.kind === 'not') return [];
  if (node.kind !== 'rule') return node.nodes.flatMap(approvedKinds);
  return node.rule === 'approved_by' ? [String(node.params.of)] : [];
}

/** Only where the pipeline deploys to staging first. */
async function onStaging(input: JobInput<unknown>, sha: string): Promise<Check[]> {
  const { definition, deps, state } = input;
  const isStaging = (job: { name: string; params: Readonly<Record<string, unknown>> }) =>
    job.name === 'deploy' && job.params.environment === 'staging';
  if (!definition.stages.some((stage) => stage.jobs.some(isStaging))) return [];
  const name = 'this commit came up on staging';
  const row = await latestDeployment(deps.db, { itemId: state.item.id, environment: 'staging', sha });
  const standing = row ? await readStanding(input, row.key) : null;
  if (!standing) return [unsure(name, 'this commit was not deployed to staging')];
  if (standing.state === 'success') return [pass(name, standing.because || (standing.url ?? sha.slice(0, 7)))];
  return [standing.state === 'failure' ? fail(name, standing.because) : unsure(name, 'its deployment has not ended')];
}

/** What was in production before this commit. */
async function goodBefore(input: JobInput<unknown>, repo: string, sha: string) {
  const successes = await calls(input).successesOf(repo, 'production', 3);
  return successes.find((one) => one.sha !== sha) ?? null;
}

function wayBack(target: Awaited<ReturnType<typeof goodBefore>>): Check {
  const name = 'the way back is known';
  if (target) return pass(name, `${target.sha.slice(0, 7)} was in production since ${target.at}`);
  return pass(name, 'nothing was in production before, so there is nothing to go back to');
}
