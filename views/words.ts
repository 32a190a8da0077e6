import type { RuleResult, SubjectKind, Verb } from '../src/pipeline/types.ts';
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

export const isWork = (rule: Pick<RuleResult, 'name'>): boolean => /^[a-z-]+ has finished$/.test(rule.name);

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
  // A path or a branch at the beginning stays as it is.
  if (words && WHOLE.includes(job)) return /^[a-z]+[ ,]/.test(words) ? capital(words) : words;
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

/** Details stand behind a colon or an arrow; where they are long they are left to "What is known". */
const BRIEF = 100;
export function brief(because: string): string {
  if (because.length <= BRIEF && !because.includes(' → ')) return because;
  const colon = because.indexOf(': ');
  return colon > 0 && colon <= BRIEF ? because.slice(0, colon) : because;
}

/** Rules whose reason is itself a list of rules with theirs. */
const NESTED: readonly string[] = ['the checks before the deploy pass'];

/** "the blast radius" of "the blast radius is known and at most medium". */
const subjectOf = (name: string): string => name.replace(/ (?:is|are|has|have|stays?|pass(?:es)?) .*$/, '');

/**
 * What is the case, not what should be: "ledger is T1", not "the service tier is not T1". For a rule that does not hold,
 * and for work that failed.
 */
export function shortReason(name: string, because: string): string {
  const job = /^([a-z]+(?:-[a-z]+)*) has finished$/.exec(name)?.[1];
  if (job) return failure(job, because);
  if (NESTED.includes(name)) return shortReason(...splitReason(because));
  const said = because
    .replace(/^it (?=is |was |has |failed)/, () => `${subjectOf(name)} `)
    .replace(/^active now: /, 'an incident is active: ')
    .replace(/^(red|running) on /, (words) => `${subjectOf(name)} are ${words}`);
  return brief(said || name);
}

/** `name: because` of the first rule; the others follow after "; ". */
function splitReason(reason: string): [name: string, because: string] {
  const colon = reason.indexOf(': ');
  if (colon < 0) return ['', reason];
  const name = reason.slice(0, colon);
  const because = reason.slice(colon + 2);
  // What a job says of its failure is its own sentence, to the end.
  return [name, isWork({ name }) ? because : (because.split('; ')[0] ?? '')];
}

/** Why an item is blocked as rows have it, in one short sentence; of several reasons the first. */
export const firstReason = (reason: string): string =>
  shortReason(...splitReason(reason.replace(/^nothing is under way any more: /, '')));

/** The rule itself, of `name: because`. */
export const ruleOf = (reason: string): string => splitReason(reason)[0] || reason;

/** What each decision asks a person to do. */
export function decisionWords({ verb, of }: { verb: Verb; of: SubjectKind }): string {
  if (verb === 'delegate') return 'delegate it';
  return verb === 'deploy' ? 'deploy it to production' : `approve ${SUBJECTS[of]}`;
}

export const SUBJECTS: Readonly<Record<SubjectKind, string>> = {
  prd: 'the PRD',
  spec: 'the tech spec',
  head: 'the pull request',
  merge: 'the release',
};

/** What a job is at; completes "Lockstep is …". */
const DOING: Readonly<Record<string, string>> = {
  enrich: 'looking up the service',
  'draft-prd': 'drafting the PRD',
  'draft-spec': 'drafting the tech spec',
  score: 'filling in the scorecard',
  delegate: 'handing it to the agent',
  'poll-agent': 'following the agent',
  'watch-checks': 'reading the checks',
  'review-diff': 'comparing the diff with the spec',
  'provision-preview': 'bringing up the preview',
  'ping-reviewer': 'finding a reviewer',
  merge: 'merging the pull request',
  deploy: 'deploying',
  'watch-deploy': 'following the deploy',
  soak: 'letting it prove itself on staging',
  'pre-deploy-checks': 'making the checks before the deploy',
  'release-notes': 'writing the release notes',
  rollback: 'rolling production back',
};

/** "Lockstep is drafting the PRD" */
export const atWork = (job: string): string => `Lockstep is ${DOING[job] ?? `at work (${job})`}`;
