import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleTickets } from '../../sim/sample/index.ts';
import { fact } from '../../src/pipeline/facts.ts';
import { asks, type Bench, workbench } from './workbench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await workbench({ twice: true });
  bench.standIn.faults.duplicateWebhooks = true;
  bench.standIn.faults.shuffleWebhooks = true;
});
afterAll(() => bench.close());

const search = sampleTickets.find((one) => one.title.startsWith('Search'))! as never;

test('every job killed after its work and done again, every webhook twice and out of order: the world holds one of each', {
  timeout: 180_000,
}, async () => {
  const { id, key } = await bench.untilPreview(search);
  await bench.until(id, 'the review', ({ facts, state }) => {
    const others = ['checks', 'preview', 'diff_review'].every(
      (name) => facts[name]?.subject === fact(facts, 'pr')?.headSha,
    );
    return (
      others &&
      fact(facts, 'checks')?.conclusion === 'success' &&
      fact(facts, 'preview')?.state === 'ready' &&
      asks(state, `user:${fact(facts, 'reviewer')?.id}`)
    );
  });
  await bench.decide(id, 'emil', 'head');
  await bench.until(
    id,
    'the Deploy button',
    ({ stage, state }) => stage === 'release' && asks(state, 'role:release_manager'),
  );
  await bench.decide(id, 'remo', 'merge');
  const end = await bench.stage(id, 'completed', 90_000);
  const pr = fact(end.facts, 'pr')!;

  const [repo] = bench.standIn.repos.filter((one) => one.name === 'storefront');
  expect(repo?.issues.filter((one) => one.pull)).toHaveLength(1);
  expect(
    repo?.comments
      .filter((one) => one.number === pr.number)
      .map((one) => one.body.split('\n')[0])
      .sort(),
  ).toEqual(['<!-- lockstep:preview -->', '<!-- lockstep:spec-check -->']);
  const keys = repo?.deployments.map((one) => JSON.stringify(one.payload)) ?? [];
  expect(new Set(keys).size).toBe(keys.length);
  expect(repo?.deployments.map((one) => one.environment).sort()).toEqual([`preview/${key}`, 'production', 'staging']);
  const commits = await bench.deps.github.recentCommits('acme/storefront', 5);
  expect(commits.filter((one) => one.title.includes(key))).toHaveLength(1);

  const { rows } = await bench.database.pool.query(
    'SELECT document, count(*)::int AS n FROM revisions GROUP BY 1 ORDER BY 1',
  );
  expect(rows).toEqual([
    { document: 'prd', n: 1 },
    { document: 'release_notes', n: 1 },
    { document: 'spec', n: 1 },
  ]);
  const runs = await bench.database.pool.query('SELECT state FROM agent_runs');
  expect(runs.rows).toEqual([{ state: 'succeeded' }]);
  const visits = await bench.database.pool.query(
    `SELECT to_stage, count(*)::int AS n FROM stage_history WHERE from_stage IS DISTINCT FROM to_stage GROUP BY 1 HAVING count(*) > 1`,
  );
  expect(visits.rows).toEqual([]);
});
