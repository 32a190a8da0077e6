import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleTickets } from '../../sim/sample/index.ts';
import { fact } from '../../src/pipeline/facts.ts';
import { claimDeployment } from '../../src/store/deployments.ts';
import { as, pushAsPerson, reviewable, storefront } from './person.ts';
import { asks, type Bench, workbench } from './workbench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

const ticket = (part: string) => sampleTickets.find((one) => one.title.includes(part))! as never;
const mayDeploy = (id: string) =>
  bench.until(
    id,
    'the Deploy button',
    ({ stage, state }) => stage === 'release' && asks(state, 'role:release_manager'),
  );

async function incident(service: string, title: string): Promise<() => Promise<unknown>> {
  const row = { service, title, opened_by: 'UEMIL', resolved_at: null };
  await bench.database.db.insertInto('incidents').values(row).execute();
  const { db } = bench.database;
  return () => db.updateTable('incidents').set({ resolved_at: new Date() }).where('title', '=', title).execute();
}

describe('before and after the deploy', { timeout: 150_000 }, () => {
  test('what is not right at that moment stops it, with the reason, and Retry asks again', async () => {
    const over = await incident('product-catalog', 'Prices are missing');
    const { id } = await reviewable(bench, ticket('free-shipping'));
    await bench.decide(id, 'rosa', 'head');
    const stopped = await bench.until(
      id,
      'the refusal',
      ({ stage, status }) => stage === 'release' && status === 'blocked',
    );
    expect(stopped.reason).toContain(
      'no incident on the service or what it depends on: product-catalog: Prices are missing',
    );
    const checks = fact(stopped.facts, 'deploy_checks')!;
    expect(checks.verdict).toBe('fail');
    expect(checks.checks.filter(({ status }) => status === 'pass').map(({ name }) => name)).toEqual([
      'nobody else is deploying to production',
      'the soak on staging has elapsed',
      'the checks are green on the merged commit',
      'what was approved is what is deployed',
      'this commit came up on staging',
      'the way back is known',
    ]);
    expect(checks.risk.parts.length).toBeGreaterThan(2);
    await over();
    await bench.act(id, { type: 'retried', actor: bench.actor('remo'), visit: stopped.visit });
    await mayDeploy(id);

    // It begins between the look and the click: the deploy itself asks once more.
    const later = await incident('storefront', 'Checkout is down');
    await bench.decide(id, 'remo', 'merge');
    const again = await bench.until(
      id,
      'the late refusal',
      ({ stage, status }) => stage === 'release' && status === 'blocked',
    );
    expect(again.reason).toContain('Checkout is down');
    const { rows } = await bench.database.pool.query(
      `SELECT note FROM stage_history WHERE item_id = $1 AND type = 'failed' AND job = 'deploy'`,
      [id],
    );
    expect(rows[0].note).toMatch(/^Not deployed: no incident on the service .*Checkout is down/);
    expect(await bench.deps.github.successesOf('acme/storefront', 'production', 1)).toEqual([]);
    await later();
    await bench.act(id, { type: 'retried', actor: bench.actor('remo'), visit: again.visit });
    await mayDeploy(id);

    // The deployment itself fails once: back to the decision, which can be taken again.
    const failure = {
      state: 'failure',
      description: 'no disk',
      created_at: new Date().toISOString(),
      log_url: 'https://log',
    };
    bench.standIn.faults.requests.push({
      path: '/deployments/\\d+/statuses$',
      method: 'GET',
      status: 200,
      body: [failure],
    });
    await bench.decide(id, 'remo', 'merge');
    await bench.until(id, 'the way back', ({ stage, visit }) => stage === 'release' && visit > again.visit + 1);
    const failed = await bench.database.pool.query(
      `SELECT note FROM stage_history WHERE item_id = $1 AND type = 'failed' AND job = 'watch-deploy'`,
      [id],
    );
    expect(failed.rows).toEqual([{ note: 'The deploy to production failed: no disk. Log: https://log' }]);
    // Two at the same moment: one of them is told who is deploying.
    const now = await mayDeploy(id);
    const other = await bench.open(ticket('Sale badge'));
    const theirs = {
      repo: 'acme/storefront',
      environment: 'production',
      sha: 'f'.repeat(40),
      previous_sha: null,
      external_id: null,
    } as const;
    const rest = { state: 'requested', url: null, log_url: null, rollback_of: null, ended_at: null } as const;
    const claims = await Promise.all(
      [id, other.id].map((item_id) =>
        claimDeployment(bench.database.db, { key: `claim-${item_id}`, item_id, ...theirs, ...rest }),
      ),
    );
    expect(claims.filter((one) => 'row' in one)).toHaveLength(1);
    await bench.database.db.deleteFrom('deployments').where('key', 'like', 'claim-%').execute();
    expect(now.status).toBe('active');
    await bench.decide(id, 'remo', 'merge');
    const end = await bench.stage(id, 'completed');
    expect(fact(end.facts, 'production')).toMatchObject({ state: 'success', previousSha: null });
    const without = { type: 'rollback_requested', actor: bench.actor('remo'), visit: end.visit, note: '' } as const;
    expect(await bench.act(id, without)).toMatchObject({ kind: 'refused' });
  });
});

describe('the merge', { timeout: 120_000 }, () => {
  test('a head that moved after the approval is not merged; a closed pull request says so', async () => {
    const { id, branch, number } = await reviewable(bench, ticket('lower case'), 'test/second.test.js');
    // The webhook of this push is lost, so Lockstep still believes in the old head when the approval comes.
    await bench.standIn.idle();
    bench.standIn.faults.dropWebhooks = 1000;
    const moved = await pushAsPerson(bench, branch, 'test/third.test.js', '// AC-1 AC-2 AC-3\n');
    await bench.decide(id, 'rosa', 'head');
    const back = await bench.until(
      id,
      'the new head',
      ({ stage, facts }) =>
        stage === 'preview' && fact(facts, 'pr')?.headSha === moved && facts.diff_review?.subject === moved,
    );
    expect(fact(back.facts, 'merge')).toBeUndefined();
    const { rows } = await bench.database.pool.query(
      `SELECT note FROM stage_history WHERE item_id = $1 AND type = 'failed' AND job = 'merge'`,
      [id],
    );
    expect(rows).toEqual([{ note: `New commits were pushed to #${number} after it was approved; look at it again.` }]);

    await bench.until(
      id,
      'green again',
      ({ facts, state }) =>
        facts.checks?.subject === moved && fact(facts, 'checks')?.conclusion === 'success' && asks(state, 'user:UROSA'),
    );
    await as(bench, 'emil').pulls.update({ ...storefront, pull_number: number, state: 'closed' });
    await bench.decide(id, 'rosa', 'head');
    await bench.until(id, 'the sentence', ({ facts }) => fact(facts, 'pr')?.state === 'closed');
    const closed = await bench.database.pool.query(
      `SELECT note FROM stage_history WHERE item_id = $1 AND type = 'failed' AND job = 'merge' ORDER BY version DESC`,
      [id],
    );
    expect(closed.rows[0].note).toBe(`#${number} was closed on GitHub without being merged.`);
  });
});
