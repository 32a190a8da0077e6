import type { RuleResult } from '../src/pipeline/types.ts';
import { capital } from './text.ts';

/** What is true when a job has done its work; completes "Waiting until …". A job that is missing here keeps its name. */
const DONE_WHEN: Readonly<Record<string, string>> = {
  enrich: 'the service is looked up',
  'draft-prd': 'the PRD is drafted',
  'draft-spec': 'the tech spec is drafted',
  score: 'the scorecard is filled in',
  delegate: 'the agent has the task',
  'poll-agent': 'the agent has finished',
  'watch-checks': 'the checks are read',
  'review-diff': 'the diff is read against the spec',
  'provision-preview': 'the preview is up',
  'ping-reviewer': 'a reviewer is asked',
  merge: 'the pull request is merged',
  deploy: 'the deploy is started',
  'watch-deploy': 'the deploy has reported',
  soak: 'the time on staging is over',
  'pre-deploy-checks': 'the checks before the deploy are made',
  'release-notes': 'the release notes are written',
  rollback: 'the rollback is done',
};

/** The core names the work of a stage after its job: "draft-prd has finished". */
const WORK = /\b([a-z]+(?:-[a-z]+)*) has finished\b/g;

export const isWork = (rule: RuleResult): boolean => /^[a-z-]+ has finished$/.test(rule.name);

/** Job names become what people know of their work. */
export const inWords = (text: string): string => text.replace(WORK, (whole, job: string) => DONE_WHEN[job] ?? whole);

/** The rules that a stage waits for as one sentence. Work is named only where nothing else is waited for. */
export function waitingUntil(rules: string): string {
  const parts = rules.split('; ');
  const others = parts.filter((part) => !/^[a-z-]+ has finished$/.test(part));
  const said = (others.length > 0 ? others : parts).map(inWords);
  const last = said.pop() ?? '';
  return `Waiting until ${said.length > 0 ? `${said.join(', ')} and ` : ''}${last}`;
}

/** What failed, where the job's own sentence does not say it. */
const FAILED: Readonly<Record<string, string>> = {
  enrich: 'Looking up the service',
  'draft-prd': 'Drafting the PRD',
  'draft-spec': 'Drafting the tech spec',
  score: 'The scorecard',
  delegate: 'Handing it to the agent',
  'watch-checks': 'Reading the checks',
  'review-diff': 'Comparing the diff with the spec',
  'provision-preview': 'The preview',
  'ping-reviewer': 'Finding a reviewer',
  merge: 'The merge',
  deploy: 'The deploy',
  soak: 'The soak',
  'pre-deploy-checks': 'The checks before the deploy',
  'release-notes': 'The release notes',
};
/** Jobs whose sentences say it. */
const WHOLE: readonly string[] = ['poll-agent', 'watch-deploy', 'rollback'];

/** A job gave up: "The merge failed: the head moved". */
export function failure(job: string, words: string): string {
  if (words && WHOLE.includes(job)) return capital(words);
  const name = FAILED[job] ?? capital(job);
  return `${name} failed${words ? `: ${words}` : ''}`;
}

const FAILED_WORK = /(^|; )([a-z]+(?:-[a-z]+)*) has finished: /g;

/** Why an item is blocked. Work that failed is told as what it is, not as the rule that it does not meet. */
export const blockedBecause = (reason: string): string =>
  inWords(
    reason.replace(FAILED_WORK, (_, before: string, job: string) =>
      WHOLE.includes(job) ? before : `${before}${failure(job, '')}: `,
    ),
  );
