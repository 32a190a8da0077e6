import type { FactValues } from '../pipeline/facts.ts';
import type { Criterion } from './criteria.ts';
import type { Spec } from './fields.ts';
import { matchesPath } from './paths.ts';
import { isTest } from './scope.ts';

export interface ReviewInput {
  /** Changed paths; a renamed file counts under both its names. */
  paths: readonly string[];
  /** Changed test files with their text at the head; null = it could not be read. */
  tests: readonly { path: string; text: string | null }[];
  /** False when GitHub gave fewer files than it counted. */
  complete: boolean;
  spec: Pick<Spec, 'files_in_scope' | 'do_not_touch'>;
  criteria: readonly Criterion[];
}

/** Words about a change belong with the change, whatever the scope says. */
const ALWAYS_IN_SCOPE = /(^|\/)(README|CHANGELOG|docs\/.*)(\.mdx?)?$/i;

/** Compares a diff with its spec. What could not be read is unknown, and unknown does not pass. */
export function compareWithSpec(input: ReviewInput): FactValues['diff_review'] {
  const matrix = input.criteria.map((criterion) => proofOf(criterion, input.tests));
  const findings = [
    ...forbidden(input),
    ...outOfScope(input),
    ...matrix.flatMap((row, index): Finding[] => {
      const { id, title } = input.criteria[index]!;
      const text = `${id} "${title}": no changed test names it`;
      return row.verdict === 'FAIL' ? [{ kind: 'criterion_without_test', text }] : [];
    }),
  ];
  const unsure = !input.complete || matrix.some((row) => row.verdict === 'UNKNOWN');
  return { verdict: findings.length > 0 ? 'fail' : unsure ? 'unknown' : 'pass', findings, matrix };
}

type Finding = FactValues['diff_review']['findings'][number];

function forbidden({ paths, spec }: ReviewInput): Finding[] {
  return paths.flatMap((path): Finding[] => {
    const pattern = spec.do_not_touch.find((one) => matchesPath(path, one));
    return pattern ? [{ kind: 'do_not_touch', text: `${path} is on the do-not-touch list (${pattern})` }] : [];
  });
}

function outOfScope({ paths, spec }: ReviewInput): Finding[] {
  const inScope = (path: string) =>
    isTest(path) ||
    ALWAYS_IN_SCOPE.test(path) ||
    spec.files_in_scope.some((one) => matchesPath(path, one.path)) ||
    spec.do_not_touch.some((one) => matchesPath(path, one));
  return paths
    .filter((path) => !inScope(path))
    .map((path) => ({ kind: 'out_of_scope', text: `${path} is not in the scope of the spec` }));
}

/** A criterion is proved by a changed test that names its scenario or its id. */
function proofOf(criterion: Criterion, tests: ReviewInput['tests']): FactValues['diff_review']['matrix'][number] {
  const title = squeeze(criterion.title);
  const id = new RegExp(`\\b${criterion.id}\\b`);
  const found = tests.find(({ text }) => text !== null && ((title && squeeze(text).includes(title)) || id.test(text)));
  const label = `${criterion.id} ${criterion.title}`;
  if (found) return { criterion: label, test: found.path, verdict: 'PASS' };
  const unread = tests.some(({ text }) => text === null);
  return { criterion: label, test: null, verdict: unread ? 'UNKNOWN' : 'FAIL' };
}

/** Quotes are often escaped in code, and lines are wrapped: only letters and digits are compared. */
function squeeze(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The evidence matrix as a comment; `quiet` makes words of people harmless. */
export function reviewComment(
  review: FactValues['diff_review'],
  head: string,
  quiet: (text: string) => string,
): string {
  const cell = (text: string) => quiet(text).replaceAll('|', '\\|');
  const path = (text: string) => `\`${text.replace(/[`\s]+/g, ' ').replaceAll('|', '\\|')}\``;
  const verdicts = {
    pass: 'The diff stays within the spec.',
    fail: 'The diff does not match the spec.',
    unknown: 'Parts of the diff could not be checked.',
  };
  const rows = review.matrix.map(
    ({ criterion, test, verdict }) => `| ${cell(criterion)} | ${test ? path(test) : 'none'} | ${verdict} |`,
  );
  const parts = [
    `**Spec check of ${head.slice(0, 7)}: ${verdicts[review.verdict]}**`,
    review.findings.map(({ text }) => `- ${quiet(text)}`).join('\n'),
    rows.length > 0 ? `| Criterion | Test | |\n| --- | --- | --- |\n${rows.join('\n')}` : '',
  ];
  return parts.filter(Boolean).join('\n\n');
}
