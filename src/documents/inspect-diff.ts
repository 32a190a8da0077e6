import { matchesPath } from './paths.ts';

/** What must never leave the machine in a commit, whoever wrote it. The name is shown, the value never. */
const SECRETS: readonly [string, RegExp][] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})\b/],
  ['a Slack token', /\bx(?:ox[abposr]|app)-[A-Za-z0-9-]{20,}\b/],
  ['an Anthropic key', /\bsk-ant-[A-Za-z0-9_-]{20,}\b/],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{20,}\b/],
  ['a Google key', /\bAIza[0-9A-Za-z_-]{35}\b/],
];

export interface Inspected {
  files: readonly { path: string }[];
  /** Unified diff of everything that would be committed. */
  diff: string;
  truncated: boolean;
}

/** Why this work may not be committed, as sentences; empty when nothing is in the way. */
export function inspectDiff(changes: Inspected, doNotTouch: readonly string[]): string[] {
  if (changes.truncated) return ['The change is too large to be inspected, so it was not committed.'];
  const forbidden = changes.files.flatMap(({ path }) => {
    const pattern = doNotTouch.find((one) => matchesPath(path, one));
    return pattern ? [`${path} was changed, but "${pattern}" is on the do-not-touch list.`] : [];
  });
  return [...forbidden, ...linesOf(changes.diff)];
}

function linesOf(diff: string): string[] {
  const problems = new Set<string>();
  let file = '';
  for (const line of diff.split('\n')) {
    if (line.startsWith('diff --git ')) file = / b\/(.*)$/.exec(line)?.[1] ?? file;
    if (/^(?:new file|new) mode 120000/.test(line)) problems.add(`${file} is a symbolic link, which is not accepted.`);
    if (/^(?:new file|new) mode 160000/.test(line))
      problems.add(`${file} is another repository, which is not accepted.`);
    if (!line.startsWith('+') || line.startsWith('+++ ')) continue;
    for (const [what, pattern] of SECRETS) {
      if (pattern.test(line)) problems.add(`${file} holds what looks like ${what}; it was not committed.`);
    }
  }
  return [...problems];
}
