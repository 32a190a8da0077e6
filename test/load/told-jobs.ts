import { jobs } from '../../jobs/index.ts';
import { again, done, type Job, type JobInput, type Outcome } from '../../jobs/job.ts';
import { finished, observed } from '../../jobs/shared/item-facts.ts';
import type { FactValues } from '../../src/pipeline/facts.ts';
import type { NewFact } from '../../src/pipeline/types.ts';

/**
 * Jobs about code that only tell what the real ones would: the same facts in the same order, without a repository, an
 * agent or a deployment. Whoever measures Slack has as many items as it takes, and every commit orders what it would.
 */

type Input = JobInput<Record<string, unknown>>;
type Report = (input: Input) => NewFact[];

const told = <N extends keyof FactValues>(name: N, value: FactValues[N], subject = ''): NewFact => ({
  name,
  value,
  source: 'told',
  subject,
});

/** 40 hexadecimal digits that are this item's. */
const sha = (what: string, { item }: Input): string =>
  Buffer.from(`${what}-${item.key}`).toString('hex').padEnd(40, '0').slice(0, 40);
const headOf = (input: Input): string => sha('head', input);
const mergedOf = (input: Input): string => sha('merge', input);
/** Pull requests have the numbers of their items. */
const numberOf = ({ state }: Input): number => Number(state.item.id);

export const branchOf = (key: string): string => `lockstep/${key}`;

function run(input: Input, state: FactValues['agent_run']['state'], step = ''): NewFact {
  const told = { summary: '', question: '', error: '', url: null, usd: 0 };
  const value = { id: `${input.item.key}-run`, agent: 'scripted', state, step, plan: [], ...told };
  return { name: 'agent_run', value, source: 'agent scripted' };
}

function pull(input: Input, state: 'open' | 'merged'): NewFact[] {
  const number = numberOf(input);
  const url = `https://github.test/acme/storefront/pull/${number}`;
  const size = { additions: 59, deletions: 0, files: 4 };
  const [headSha, baseSha] = [headOf(input), sha('base', input)];
  const about = { number, url, title: input.item.title, branch: branchOf(input.item.key), headSha, baseSha };
  return [told('pr', { ...about, ...size, state, author: 'lockstep' }, headSha), told('pr_number', number)];
}

function deployment(input: Input, state: FactValues['staging']['state']): NewFact[] {
  const environment = input.params.environment as 'staging' | 'production';
  const url = state === 'success' ? 'https://shop.test/' : null;
  const before = sha('before', input);
  const at = input.effect.createdAt.toISOString();
  const value = { state, sha: mergedOf(input), previousSha: before, url, logUrl: null, because: '', at };
  return [told(environment, value, mergedOf(input))];
}

function checks(input: Input, conclusion: 'pending' | 'success'): NewFact[] {
  const runs = ['lint', 'test'].map((name) => ({ name, conclusion, url: '', summary: '' }));
  return [told('checks', { conclusion, runs }, headOf(input)), told('reviews', { items: [] }, headOf(input))];
}

const until = ({ effect }: Input, minutes: number): string =>
  new Date(effect.createdAt.getTime() + minutes * 60_000).toISOString();

/** What is known on the way, and in the end. */
const REPORTS: Readonly<Record<string, readonly Report[]>> = {
  'draft-spec': [
    (input) => {
      const author = { authorId: 'lockstep', authorName: 'Lockstep', authorKind: 'offline' } as const;
      const hash = sha('spec', input);
      return [told('spec', { revision: 1, hash, ...author, summary: '', placeholders: 0 }, hash)];
    },
  ],
  delegate: [(input) => [told('branch', branchOf(input.item.key)), run(input, 'running')]],
  'poll-agent': [
    (input) => [run(input, 'queued')],
    (input) => [run(input, 'running', 'Running npm test: the new tests must fail')],
    (input) => [run(input, 'running', 'Running npm test: everything must pass')],
    (input) => [...pull(input, 'open'), run(input, 'succeeded')],
  ],
  'watch-checks': [(input) => checks(input, 'pending'), (input) => checks(input, 'success')],
  'review-diff': [(input) => [told('diff_review', { verdict: 'pass', findings: [], matrix: [] }, headOf(input))]],
  'provision-preview': [
    (input) => [told('preview', { state: 'pending', url: null, because: 'it is being built' }, headOf(input))],
    (input) => [told('preview', { state: 'ready', url: 'https://preview.test/', because: '' }, headOf(input))],
  ],
  'ping-reviewer': [
    () => [told('reviewer', { id: 'U01ROSA', name: 'Rosa Marin', login: 'rosa', because: 'code owner' })],
  ],
  merge: [
    (input) => [
      ...pull(input, 'merged'),
      told('merge', { sha: mergedOf(input), at: until(input, 0) }, mergedOf(input)),
    ],
  ],
  deploy: [(input) => deployment(input, 'requested')],
  'watch-deploy': [(input) => deployment(input, 'in_progress'), (input) => deployment(input, 'success')],
  soak: [
    (input) => [told('soak', { until: until(input, 0) }, mergedOf(input))],
    (input) => [told('soak', { until: until(input, 0) }, mergedOf(input))],
  ],
  'pre-deploy-checks': [
    (input) => {
      const checks: FactValues['deploy_checks']['checks'] = [{ name: 'told', status: 'pass', because: 'told' }];
      const risk: FactValues['deploy_checks']['risk'] = { level: 'low', parts: [] };
      const back = sha('before', input);
      return [told('deploy_checks', { verdict: 'pass', checks, risk, back }, mergedOf(input))];
    },
  ],
  'release-notes': [(input) => [told('release_notes', { markdown: 'Told.', revision: 1 }, mergedOf(input))]],
};

const WATCHED: Report = (input) => [
  told('watch', { state: 'watching', until: until(input, 30), because: 'it answers' }, mergedOf(input)),
];

/**
 * The jobs of the product, those about code told; each takes `ms`. null: they look once an hour and see nothing, and specs
 * are drafted.
 */
export function toldJobs(ms: number | null): Map<string, Job> {
  const run = (name: string) => (input: Input) => (ms === null ? nothing() : tell(input, name, ms));
  const isTold = (name: string) => REPORTS[name] !== undefined && (ms !== null || name !== 'draft-spec');
  return new Map([...jobs].map(([name, job]) => [name, isTold(name) ? { ...job, run: run(name) } : job]));
}

const HOUR_MS = 3_600_000;
const nothing = async (): Promise<Outcome> => again(HOUR_MS);

async function tell(input: Input, name: string, ms: number): Promise<Outcome> {
  const window = input.params.minutes !== undefined;
  // As the real one: the order is recorded first, or its end could be overtaken by it.
  const ordered = window || input.state.log.some((entry) => entry.job === 'deploy' && entry.type === 'finished');
  if (name === 'watch-deploy' && !ordered) return again(ms / 4);
  const reports = window ? [WATCHED] : REPORTS[name]!;
  const spent = input.deps.now().getTime() - input.effect.createdAt.getTime();
  const step = Math.min(reports.length - 1, Math.floor((spent / ms) * reports.length));
  const facts = reports[step]!(input);
  const last = step === reports.length - 1;
  if (last && !window && name !== 'watch-checks') return done(finished(input, name, facts, `${name} is done`));
  return again(last ? HOUR_MS : ms / reports.length, observed(input.state, facts, `${name}, ${step + 1}`));
}
