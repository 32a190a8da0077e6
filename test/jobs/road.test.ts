import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleTickets } from '../../sim/sample/index.ts';
import { fact } from '../../src/pipeline/facts.ts';
import { type Bench, workbench } from './workbench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

const ticket = (part: string) => sampleTickets.find((one) => one.title.includes(part))! as never;

async function served(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe('from a ticket to production', () => {
  test('every stage does its work; the change is served; Rollback takes it back', { timeout: 180_000 }, async () => {
    // What is in production before: the repository as it is.
    const head = await bench.deps.github.headOf('acme/storefront', 'main');
    const first = { sha: head!, environment: 'production', key: 'seed', description: '', production: true };
    await bench.deps.github.createDeployment('acme/storefront', { ...first, transient: false });
    await bench.standIn.idle();

    const { id, key } = await bench.open(ticket('free-shipping'));
    const drafted = await bench.stage(id, 'prd_ready');
    expect(fact(drafted.facts, 'repo')).toBe('acme/storefront');
    expect(fact(drafted.facts, 'prd')).toMatchObject({ revision: 1, authorKind: 'offline' });
    expect(fact(drafted.facts, 'criteria')).toMatchObject({ count: 4, problems: [] });

    await bench.decide(id, 'priya', 'prd');
    await bench.stage(id, 'spec_ready');
    await bench.decide(id, 'emil', 'spec');
    const ready = await bench.until(
      id,
      'Delegate',
      (seen) => seen.state.waits.some(({ who }) => who === 'role:engineer') && seen.stage === 'ready',
    );
    expect(ready.status).toBe('active');
    await bench.decide(id, 'emil', 'spec', { choice: 'scripted' });

    const reviewing = await bench.stage(id, 'preview');
    const pr = fact(reviewing.facts, 'pr')!;
    expect(pr).toMatchObject({ state: 'open', branch: `lockstep/${key}-show-a-free-shipping-banner-when-the-cart` });
    const green = await bench.until(
      id,
      'everything but the review',
      ({ facts }) =>
        fact(facts, 'checks')?.conclusion === 'success' &&
        fact(facts, 'preview')?.state === 'ready' &&
        fact(facts, 'diff_review')?.verdict === 'pass' &&
        fact(facts, 'reviewer') !== undefined,
    );
    expect(fact(green.facts, 'reviewer')?.id).not.toBe('UPRIYA');
    expect(await served(fact(green.facts, 'preview')!.url!)).toContain('Free shipping on orders over');

    await bench.decide(id, 'rosa', 'head');
    const release = await bench.until(
      id,
      'the Deploy button',
      (seen) => seen.stage === 'release' && seen.state.waits.some(({ who }) => who === 'role:release_manager'),
    );
    expect(fact(release.facts, 'deploy_checks')?.checks.filter((check) => check.status !== 'pass')).toEqual([]);
    expect(fact(release.facts, 'release_notes')?.markdown).toContain(key);
    await bench.decide(id, 'remo', 'merge');
    const deployed = await bench.until(
      id,
      'production',
      ({ facts, stage }) => stage === 'completed' && fact(facts, 'watch')?.state === 'healthy',
    );
    const production = fact(deployed.facts, 'production')!;
    expect(production).toMatchObject({ state: 'success', previousSha: head });
    expect(await served(production.url!)).toContain('Free shipping on orders over');

    const asked = {
      type: 'rollback_requested',
      actor: bench.actor('remo'),
      visit: deployed.visit,
      note: 'wrong colour',
    } as const;
    // The first rollback fails in the world: the sentence says so, and it can be asked for again.
    const failure = { state: 'failure', description: 'no disk', created_at: new Date().toISOString() };
    const path = '/deployments/\\d+/statuses$';
    bench.standIn.faults.requests.push({ path, method: 'GET', status: 200, body: [failure] });
    expect((await bench.act(id, asked)).kind).toBe('waiting');
    const failed = await bench.until(id, 'the failure', ({ facts }) => fact(facts, 'rollback')?.state === 'failed');
    expect(fact(failed.facts, 'rollback')?.because).toMatch(
      /^The rollback to .* failed: no disk\. Production is as it was\.$/,
    );
    expect((await bench.act(id, asked)).kind).toBe('waiting');
    const back = await bench.until(id, 'the rollback', ({ facts }) => fact(facts, 'rollback')?.state === 'done');
    expect(fact(back.facts, 'production')).toMatchObject({ sha: head });
    expect(await served(production.url!)).not.toContain('Free shipping on orders over');
  });
});
