import type { Checks, Pull, Review } from '../../src/integrations/github-types.ts';
import type { FactValues } from '../../src/pipeline/facts.ts';
import type { NewFact } from '../../src/pipeline/types.ts';

const SOURCE = 'GitHub';

/** A pull request as facts. Its number stands alone as well, because webhooks are matched by it. */
export function pullFacts(pull: Pull): NewFact[] {
  const value: FactValues['pr'] = {
    number: pull.number,
    url: pull.url,
    title: pull.title,
    branch: pull.branch,
    headSha: pull.headSha,
    baseSha: pull.baseSha,
    state: pull.state,
    author: pull.author,
    additions: pull.additions,
    deletions: pull.deletions,
    files: pull.files,
  };
  return [
    { name: 'pr', value, source: SOURCE, subject: pull.headSha },
    { name: 'pr_number', value: pull.number, source: SOURCE },
  ];
}

export function checksFact(checks: Checks, sha: string): NewFact {
  const runs = [...checks.runs].sort((a, b) => a.name.localeCompare(b.name));
  return { name: 'checks', value: { conclusion: checks.conclusion, runs }, source: SOURCE, subject: sha };
}

/** Reviews of exactly this commit; of one person only the last that decides, else the last. */
export function reviewsFact(reviews: readonly Review[], sha: string): NewFact {
  const last = new Map<string, Review>();
  for (const review of [...reviews].sort((a, b) => a.at.localeCompare(b.at))) {
    if (review.commit !== sha) continue;
    if (review.state === 'commented' && last.has(review.login)) continue;
    last.set(review.login, review);
  }
  const items = [...last.values()].map(({ login, state, at }) => ({ login, state, at }));
  return { name: 'reviews', value: { items } satisfies FactValues['reviews'], source: SOURCE, subject: sha };
}

export function mergeFact(pull: Pull): NewFact {
  const value: FactValues['merge'] = { sha: pull.mergedSha ?? '', at: pull.mergedAt ?? '' };
  return { name: 'merge', value, source: SOURCE, subject: value.sha };
}

/** The hidden line that ties a pull request to its item, whatever its branch is called. */
export function marker(key: string): string {
  return `<!-- lockstep:${key} -->`;
}
