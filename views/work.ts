import type { FactName, FactValues } from '../src/pipeline/facts.ts';
import type { Facts } from '../src/pipeline/types.ts';
import { capital, code, dated, dollars, link, plural, safe, shortSha, when } from './text.ts';

/**
 * Lines about the work itself: agent, pull request, checks, preview, deployments. What was said about another commit
 * than the current one is not repeated.
 */

const value = <N extends FactName>(facts: Facts, name: N): FactValues[N] | undefined =>
  facts[name]?.value as FactValues[N] | undefined;

const about = <N extends FactName>(facts: Facts, name: N, subject: string | undefined): FactValues[N] | undefined =>
  subject !== undefined && facts[name]?.subject === subject ? value(facts, name) : undefined;

/** Everything that is known, in the order in which it happens, without what the rules of the gate say beside it. */
export const workLines = (facts: Facts): string[] => [
  ...originLine(facts),
  ...alertLine(facts),
  ...agentLine(facts),
  ...cardPullRequest(facts),
  ...deploymentLines(facts),
];

/** The issue that it was made of, and the milestone that it is part of. */
function originLine(facts: Facts): string[] {
  const origin = value(facts, 'origin');
  if (!origin) return [];
  const milestone = value(facts, 'milestone');
  const part = milestone ? ` · milestone ${safe(milestone.name, 80)}` : '';
  return [`*${safe(origin.tracker, 40)}:* ${link(origin.url, origin.key)}${part}`];
}

function alertLine(facts: Facts): string[] {
  const alert = value(facts, 'alert');
  return alert ? [`*Alert:* ${link(alert.url, 'message')} of ${safe(alert.app, 80)}`] : [];
}

const RUN_STATES: Record<FactValues['agent_run']['state'], string> = {
  queued: 'is queued',
  running: 'is at work',
  needs_input: 'needs an answer',
  succeeded: 'has finished',
  failed: 'failed',
  cancelled: 'was stopped',
  timed_out: 'ran out of time',
};

function agentLine(facts: Facts): string[] {
  const run = value(facts, 'agent_run');
  const pr = value(facts, 'pr');
  // What the agent did is in the pull request; once that is merged it is history.
  if (pr?.state === 'merged' || (pr && run?.state === 'succeeded')) return [];
  if (!run) {
    const delegation = value(facts, 'delegation');
    return delegation ? [`*Agent:* ${safe(delegation.agent, 60)}, delegated by ${safe(delegation.byName, 60)}`] : [];
  }
  if (run.agent === 'manual') return byHand(facts);
  const step = run.plan.indexOf(run.step);
  const at = step >= 0 ? ` (step ${step + 1} of ${run.plan.length})` : '';
  const doing = run.state === 'running' && run.step ? `: ${safe(run.step, 200)}${at}` : '';
  const cost = run.usd > 0 ? ` · ${dollars(run.usd)}` : '';
  const log = run.url ? ` · ${link(run.url, 'run')}` : '';
  return [`*Agent:* ${safe(run.agent, 60)} ${RUN_STATES[run.state]}${doing}${cost}${log}`];
}

/** A person does it: where to push, until the pull request is there. */
function byHand(facts: Facts): string[] {
  const by = safe(value(facts, 'delegation')?.byName ?? 'somebody', 60);
  if (value(facts, 'pr')) return [`*By hand:* ${by}`];
  const [branch, repo] = [code(value(facts, 'branch') ?? ''), safe(value(facts, 'repo') ?? '', 150)];
  return [`*By hand:* ${by} pushes the branch ${branch} to ${repo} and opens a pull request from it`];
}

const CHECKS: Record<FactValues['checks']['conclusion'], string> = {
  none: 'no checks',
  pending: 'checks are running',
  success: 'checks passed',
  failure: 'checks failed',
};

export function checksSentence(checks: FactValues['checks'] | undefined): string {
  if (!checks) return 'checks not seen yet';
  const failed = checks.runs.filter((run) => run.conclusion === 'failure').map((run) => run.name);
  return failed.length > 0 ? `checks failed: ${safe(failed.slice(0, 5).join(', '), 200)}` : CHECKS[checks.conclusion];
}

const sizeOf = (pr: FactValues['pr']): string => `+${pr.additions} −${pr.deletions} in ${plural(pr.files, 'file')}`;

/** The pull request with what can be opened; checks, diff and preview are rules of the gate. */
function cardPullRequest(facts: Facts): string[] {
  const pr = value(facts, 'pr');
  if (!pr) return [];
  const preview = pr.state === 'open' ? about(facts, 'preview', pr.headSha) : undefined;
  const open = preview?.state === 'ready' && preview.url ? [link(preview.url, 'preview')] : [];
  const state = pr.state === 'open' ? [] : [pr.state];
  return [`*Pull request:* ${[link(pr.url, `#${pr.number} ${pr.title}`), sizeOf(pr), ...state, ...open].join(' · ')}`];
}

/** For whoever decides about it: the pull request, what its head commit is worth, and its preview. */
export function pullRequestLines(facts: Facts): string[] {
  const pr = value(facts, 'pr');
  if (!pr) return [];
  const state = pr.state === 'open' ? checksSentence(about(facts, 'checks', pr.headSha)) : pr.state;
  const lines = [`*Pull request:* ${link(pr.url, `#${pr.number} ${pr.title}`)} · ${sizeOf(pr)} · ${state}`];
  const review = about(facts, 'diff_review', pr.headSha);
  if (review && review.verdict !== 'pass') {
    const first = review.findings[0]?.text ?? 'it could not be compared';
    const more = review.findings.length > 1 ? ` and ${plural(review.findings.length - 1, 'more finding')}` : '';
    lines.push(`*Against the spec:* ${safe(first, 300)}${more}`);
  }
  // The preview ends with the pull request.
  const preview = pr.state === 'open' ? about(facts, 'preview', pr.headSha) : undefined;
  if (preview?.state === 'ready') {
    lines.push(`*Preview:* ${link(preview.url, 'open it')} (${shortSha(safe(pr.headSha, 40))})`);
  } else if (preview) {
    lines.push(`*Preview:* ${preview.state === 'failed' ? `failed: ${safe(preview.because, 300)}` : 'is being built'}`);
  }
  const reviewer = value(facts, 'reviewer');
  if (reviewer && pr.state === 'open')
    lines.push(`*Reviewer:* ${safe(reviewer.name, 80)} (${safe(reviewer.because, 150)})`);
  return lines;
}

const STATES: Record<FactValues['staging']['state'], string> = {
  requested: 'is requested',
  in_progress: 'is under way',
  success: 'is live',
  failure: 'failed',
};

/** Where the merged change stands on staging and in production. */
export function deploymentLines(facts: Facts): string[] {
  const lines = (['staging', 'production'] as const).flatMap((environment) => {
    const deployed = value(facts, environment);
    if (!deployed) return [];
    const label = environment === 'staging' ? 'Staging' : 'Production';
    const because = deployed.state === 'failure' ? `: ${safe(deployed.because, 300)}` : '';
    const open = deployed.state === 'success' && deployed.url ? ` · ${link(deployed.url, 'open it')}` : '';
    const log = deployed.state === 'failure' && deployed.logUrl ? ` · ${link(deployed.logUrl, 'log')}` : '';
    return [`*${label}:* ${shortSha(safe(deployed.sha, 40))} ${STATES[deployed.state]}${because}${open}${log}`];
  });
  const soak = value(facts, 'soak');
  const soaking = soak && !value(facts, 'production') && !value(facts, 'deploy_checks');
  if (soaking)
    lines.push(`*On staging* ${when(new Date(soak.until), 'until {date_short_pretty} at {time}')}, to be proven`);
  const watch = value(facts, 'watch');
  const rollback = value(facts, 'rollback');
  // That it is under way, done or failed is the first line of the card.
  const back = rollback && rollback.state !== 'failed';
  if (watch?.state === 'watching' && !back) {
    lines.push(`*Watched* ${when(new Date(watch.until), 'until {date_short_pretty} at {time}')}`);
  }
  if (watch && watch.state !== 'watching' && !back) lines.push(`*Watch:* ${watch.state}: ${safe(watch.because, 300)}`);
  return lines;
}

const because = (text: string): string =>
  /^https?:\/\/\S+$/.test(text) ? link(text, 'open it') : dated(safe(text, 200));

const MARKS = { pass: '✓', fail: '✗', unknown: '?' } as const;
type Asked = FactValues['deploy_checks'];

const checkLine = ({ status, name, because: why }: Asked['checks'][number]): string =>
  `${MARKS[status]} ${safe(capital(name), 120)}: ${because(why)}`;

const passed = ({ checks }: Asked): string =>
  `${checks.filter((check) => check.status === 'pass').length} of ${checks.length} pass`;

/** A release in short: the commit, how its checks, risk and way back stand, and each check that does not pass. */
export function releaseLines(facts: Facts): string[] {
  const merge = value(facts, 'merge');
  const asked = about(facts, 'deploy_checks', merge?.sha);
  if (!merge) return [];
  const at = when(new Date(merge.at), 'merged {date_short_pretty} at {time}');
  const commit = `*Commit:* ${shortSha(safe(merge.sha, 40))}, ${at}`;
  if (!asked) return [commit, '*Checks before the deploy:* not seen yet'];
  const back = asked.back ? `way back ${shortSha(safe(asked.back, 40))}` : 'no way back';
  const open = asked.checks.filter((check) => check.status !== 'pass').slice(0, 10);
  return [commit, `*Checks:* ${passed(asked)} · risk ${asked.risk.level} · ${back}`, ...open.map(checkLine)];
}

/** The decision packet of a release, a topic each: what is asked at the moment of the deploy. */
export function packetLines(facts: Facts): string[] {
  const merge = value(facts, 'merge');
  const asked = about(facts, 'deploy_checks', merge?.sha);
  if (!merge) return ['Nothing is merged yet.'];
  const sha = shortSha(safe(merge.sha, 40));
  const first = `*Deploys ${sha} to production*\n${when(new Date(merge.at), 'Merged {date_short_pretty} at {time}')}`;
  if (!asked) return [first, '*Checks before the deploy*\nnot seen yet'];
  const parts = asked.risk.parts.slice(0, 8).map((part) => safe(part, 150));
  const { back } = asked;
  const away = back
    ? `Rollback returns production to ${shortSha(safe(back, 40))}`
    : 'There is no earlier deployment to return to';
  return [
    first,
    `*Checks before the deploy: ${passed(asked)}*\n${asked.checks.slice(0, 15).map(checkLine).join('\n')}`,
    `*Risk: ${asked.risk.level}*\n${capital(parts.join('; ')) || 'No part of it is known'}`,
    `*If it goes wrong*\n${away}`,
  ];
}
