import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweep } from '../../jobs/sweep.ts';
import { sampleTickets } from '../../sim/sample/index.ts';
import { fact } from '../../src/pipeline/facts.ts';
import { as, provingTest, pushAsPerson, storefront } from './person.ts';
import { asks, type Bench, workbench } from './workbench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

const ticket = (part: string) => sampleTickets.find((one) => one.title.includes(part))! as never;

describe('what needs a person', { timeout: 120_000 }, () => {
  test('an agent without a way says what it needs; Retry is a new run', async () => {
    const { id, key } = await bench.untilPreview(ticket('gift wrapping'));
    const asked = await bench.until(id, 'the question', ({ status }) => status === 'blocked');
    expect(asked.reason).toContain('The agent asks: I have no script for "Let customers add gift wrapping"');
    expect(asked.state.waits).toContainEqual({ who: 'user:UPRIYA', kind: 'blocked' });
    await bench.act(id, { type: 'retried', actor: bench.actor('emil'), visit: asked.visit });
    await bench.until(
      id,
      'the same question of a new run',
      (seen) => seen.status === 'blocked' && seen.visit > asked.visit,
    );
    const runs = await bench.database.pool.query('SELECT id FROM agent_runs WHERE item_id = $1 ORDER BY started_at', [
      id,
    ]);
    expect(runs.rows.map((row) => row.id)).toEqual([`${key}-v${asked.visit}`, `${key}-v${asked.visit + 1}`]);
  });

  test('a T1 service and a ticket without criteria are held by the scorecard', async () => {
    const open = async (part: string) => {
      const { id } = await bench.open(ticket(part));
      await bench.stage(id, 'prd_ready');
      await bench.decide(id, 'priya', 'prd');
      await bench.stage(id, 'spec_ready');
      await bench.decide(id, 'emil', 'spec');
      return bench.until(id, 'the verdict', ({ stage, status }) => stage === 'ready' && status === 'blocked');
    };
    expect((await open('overdraw')).reason).toContain('the service tier is not T1: ledger is T1');
    expect((await open('nicer')).reason).toContain('the PRD has no acceptance criteria: edit it and add at least one');
  });

  test('a ticket that names no service is asked about, not guessed; the answer goes on', async () => {
    const { id } = await bench.open({ title: 'Make the thing faster', description: 'It is slow.' });
    const asked = await bench.stage(id, 'enriched');
    expect(asked.facts.service).toBeUndefined();
    expect(fact(asked.facts, 'service_question')).toMatchObject({
      text: 'Which service is this about?',
      because: 'the text names no service of the catalog',
    });
    const answer = {
      type: 'answered',
      actor: bench.actor('priya'),
      visit: asked.visit,
      fact: 'service',
      value: 'storefront',
    } as const;
    await bench.act(id, answer);
    const known = await bench.stage(id, 'prd_ready');
    expect(known.facts.service).toMatchObject({ value: 'storefront', source: 'Priya Raman' });
    expect(fact(known.facts, 'tier')).toBe('T3');
  });
});

describe('the pull request', { timeout: 150_000 }, () => {
  test('a refused push is a sentence; Retry publishes what the agent did', async () => {
    bench.standIn.faults.refusePush = 'Pushes are closed for the audit.';
    const { id } = await bench.untilPreview(ticket('Sale badge'));
    const blocked = await bench.until(id, 'the refusal', ({ status }) => status === 'blocked');
    expect(blocked.reason).toMatch(/The push to lockstep\/LS-\d+-.* was refused: .*Pushes are closed for the audit\./);
    bench.standIn.faults.refusePush = null;
    await bench.act(id, { type: 'retried', actor: bench.actor('emil'), visit: blocked.visit });
    await bench.stage(id, 'preview');

    // A reviewer asks for more: the same branch and pull request, a new head, everything said about it anew.
    const first = await bench.until(id, 'the first review', ({ facts }) => fact(facts, 'diff_review') !== undefined);
    const pr = fact(first.facts, 'pr')!;
    const request = {
      type: 'changes_requested',
      actor: bench.actor('rosa'),
      visit: first.visit,
      of: 'head',
      subject: pr.headSha,
      note: 'Please show how many percent.',
    } as const;
    expect((await bench.act(id, request)).kind).toBe('moved');
    const second = await bench.until(
      id,
      'the second review',
      ({ stage, facts }) =>
        stage === 'preview' &&
        facts.diff_review?.subject === fact(facts, 'pr')?.headSha &&
        facts.diff_review?.subject !== pr.headSha,
    );
    expect(fact(second.facts, 'pr')).toMatchObject({ number: pr.number, branch: pr.branch });
    expect(fact(second.facts, 'diff_review')?.verdict).toBe('pass');

    // A person pushes past the agent, into a file that nobody may touch: the head moves while the item stays.
    const head = fact(second.facts, 'pr')!.headSha;
    const moved = await pushAsPerson(bench, pr.branch, '.github/workflows/ci.yml');
    const third = await bench.until(id, 'the review of that push', ({ facts }) => facts.diff_review?.subject === moved);
    expect(third.stage).toBe('preview');
    expect(fact(third.facts, 'diff_review')?.findings[0]?.text).toBe(
      '.github/workflows/ci.yml is on the do-not-touch list (.github/workflows/**)',
    );
    const old = {
      type: 'approved',
      actor: bench.actor('rosa'),
      visit: third.visit,
      of: 'head',
      subject: head,
    } as const;
    expect(await bench.act(id, old)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('New commits') });
  });

  test('a person does it by hand: the branch ties their pull request to the item, a review on GitHub is an approval', async () => {
    const { id, key } = await bench.untilPreview(ticket('lower case'), 'manual');
    const waiting = await bench.until(id, 'the branch', ({ facts }) => fact(facts, 'branch') !== undefined);
    const branch = fact(waiting.facts, 'branch')!;
    await pushAsPerson(bench, branch, 'test/typing.test.js', provingTest);
    const { data } = await as(bench, 'emil').pulls.create({
      ...storefront,
      title: 'By hand',
      head: branch,
      base: 'main',
      body: `for ${key}`,
    });
    const seen = await bench.stage(id, 'preview', 10_000);
    expect(fact(seen.facts, 'pr')).toMatchObject({ number: data.number, author: 'emil' });
    await bench.until(
      id,
      'green',
      ({ facts, state }) => fact(facts, 'checks')?.conclusion === 'success' && asks(state, 'user:UROSA'),
    );
    const own = {
      ...storefront,
      pull_number: data.number,
      event: 'APPROVE',
      commit_id: fact(seen.facts, 'pr')!.headSha,
    } as const;
    await as(bench, 'olga').pulls.createReview(own);
    await as(bench, 'rosa').pulls.createReview(own);
    const merged = await bench.until(id, 'the merge', ({ facts }) => fact(facts, 'merge') !== undefined);
    expect(fact(merged.facts, 'pr')?.state).toBe('merged');
    const history = await bench.database.pool.query(
      `SELECT actor_id, note FROM stage_history WHERE item_id = $1 AND type = 'approved' AND of = 'head'`,
      [id],
    );
    expect(history.rows).toEqual([{ actor_id: 'UROSA', note: `by review of #${data.number} on GitHub` }]);
  });
});

describe('lost webhooks', { timeout: 60_000 }, () => {
  test('the sweep finds what no webhook told', async () => {
    const { id } = await bench.untilPreview(ticket('free-shipping'), 'manual');
    const waiting = await bench.until(id, 'the branch', ({ facts }) => fact(facts, 'branch') !== undefined);
    await bench.standIn.idle();
    bench.standIn.faults.dropWebhooks = 1000;
    const branch = fact(waiting.facts, 'branch')!;
    await pushAsPerson(bench, branch, 'README.md');
    await as(bench, 'emil').pulls.create({ ...storefront, title: 'Unheard', head: branch, base: 'main' });
    await sweep.run(bench.deps, {}, AbortSignal.timeout(10_000));
    await bench.stage(id, 'preview', 12_000);
    bench.standIn.faults.dropWebhooks = 0;
  });
});
