import { describe, expect, it } from 'vitest';
import { begin, decide } from '../../src/pipeline/decide.ts';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import type { Event, NewFact, State } from '../../src/pipeline/types.ts';
import {
  about,
  approval,
  decideAt,
  document,
  entry,
  erin,
  finished,
  item,
  NOW,
  pull,
  ravi,
  state,
  theFeature,
  told,
} from './fixture.ts';
import { VOCABULARY } from './vocabulary.ts';

/** What jobs, webhooks and time do to an item. What people do is in decide-person.test.ts. */

const fact = (name: string, value: unknown, subject = ''): NewFact => ({ name, value, source: 'test', subject });
const done = (job: string, facts: NewFact[] = [], note = ''): Event => ({
  type: 'finished',
  job,
  visit: 4,
  facts,
  note,
});
const gaveUp = (job: string, note: string): Event => ({ type: 'failed', job, visit: 4, note });
const seen = (...facts: NewFact[]): Event => ({ type: 'observed', facts, note: '' });
const pipeline = (stages: string) =>
  parsePipeline(
    `name: p\nallow: { answer: [engineer], rollback: [engineer] }\nstages:\n${stages}`,
    'p.yml',
    VOCABULARY,
  );

describe('a new item', () => {
  it('stands in the first stage and orders its work', () => {
    const change = begin(theFeature(), item({ stage: '' }), [], NOW);
    expect(told({ kind: 'moved', change })).toEqual({
      kind: 'moved',
      stage: 'incoming 1',
      status: 'active',
      reason: 'enrich has finished',
      waits: [],
      work: ['enrich'],
      surface: ['update-card', 'notify', 'update-home'],
    });
    expect(change).toMatchObject({ type: 'created', item: { version: 1 }, column: 'Incoming' });
  });

  it('asks at once where the first stage asks a person', () => {
    const definition = pipeline(
      '  a: { column: Incoming, gate: { fact_known: { fact: service } }, answer: a }\n  b: { column: Deployed }',
    );
    const change = begin(definition, item({ stage: '' }), [], NOW);
    expect(change.waits).toEqual([{ who: 'role:engineer', kind: 'question' }]);
  });

  it('goes on by a tick where the first gate holds already', () => {
    const definition = pipeline('  a: { column: Incoming }\n  b: { column: Deployed }');
    expect(begin(definition, item({ stage: '' }), [], NOW).effects.map((effect) => effect.job)).toContain('tick');
  });
});

describe('work that finishes', () => {
  it('opens the gate: the item moves, a new visit begins, the next work is ordered', () => {
    const at = state({ stage: 'prd_draft' });
    expect(decideAt(at, done('draft-prd', [fact('prd', document('p1'), 'p1')]))).toEqual({
      kind: 'moved',
      stage: 'prd_ready 5',
      status: 'active',
      reason: 'the PRD is approved by a product manager',
      waits: ['role:product_manager gate'],
      work: [],
      surface: ['update-card', 'notify', 'update-home'],
    });
  });

  it('does not wait for a watch to finish', () => {
    const at = state({ stage: 'in_development', log: finished('delegate') });
    expect(decideAt(at, seen(fact('pr', pull('h1'))))).toMatchObject({ kind: 'moved', stage: 'preview 5' });
  });

  it('waits for the work that is still under way', () => {
    const at = state({ stage: 'staging', facts: { merge: { sha: 'm1' } } });
    expect(decideAt(at, done('deploy'))).toMatchObject({
      kind: 'waiting',
      stage: 'staging 4',
      status: 'active',
      reason: 'soak has finished; the merged change is on staging; the change has soaked on staging',
      surface: ['update-card'],
    });
  });

  it('that left the gate closed with nothing under way blocks, and somebody is told', () => {
    const at = state({ stage: 'prd_draft' });
    expect(decideAt(at, done('draft-prd'))).toEqual({
      kind: 'waiting',
      stage: 'prd_draft 4',
      status: 'blocked',
      reason: 'nothing is under way any more: the PRD is written: it is being drafted',
      waits: ['user:UREQ blocked'],
      work: [],
      surface: ['update-card', 'notify', 'update-home'],
    });
  });

  it('enters a stage whose gate holds already with a tick, so that it goes on', () => {
    const at = state({ stage: 'incoming', facts: { service: 'storefront' } });
    expect(decideAt(at, done('enrich'))).toMatchObject({ stage: 'enriched 5', work: ['tick'] });
    const next = state({ stage: 'enriched', facts: { service: 'storefront' } });
    expect(decideAt(next, { type: 'ticked' })).toMatchObject({ stage: 'prd_draft 5', work: ['draft-prd'] });
  });

  it('ends the item in the last stage', () => {
    const at = state({ stage: 'deployed', facts: { merge: { sha: 'm1' } } });
    const healthy = fact('watch', { state: 'healthy', until: '', because: 'no error' }, 'm1');
    expect(decideAt(at, done('watch-deploy', [healthy]))).toMatchObject({
      stage: 'completed 5',
      status: 'done',
      waits: [],
      work: [],
    });
  });

  it('for a visit that is over changes nothing', () => {
    const late: Event = { type: 'finished', job: 'draft-prd', visit: 3, facts: [], note: '' };
    expect(decideAt(state({ stage: 'prd_ready' }), late)).toEqual({ kind: 'ignored', reason: 'that visit is over' });
  });

  it('for a cancelled item changes nothing', () => {
    const at = state({ stage: 'prd_draft', item: { status: 'cancelled' } });
    expect(decideAt(at, done('draft-prd'))).toEqual({ kind: 'ignored', reason: 'the item was cancelled' });
  });
});

describe('work that is given up', () => {
  it('blocks the item with its sentence and tells whoever asked and whoever delegated', () => {
    const at = state({
      stage: 'in_development',
      facts: { delegation: { agent: 'scripted', by: 'UERIN' } },
      log: finished('delegate'),
    });
    expect(decideAt(at, gaveUp('poll-agent', 'the agent has no script for this repository'))).toMatchObject({
      kind: 'waiting',
      status: 'blocked',
      reason: 'poll-agent has finished: the agent has no script for this repository',
      waits: ['user:UREQ blocked', 'user:UERIN blocked'],
      surface: ['update-card', 'notify', 'update-home'],
    });
  });

  it('goes where the stage says', () => {
    const at = state({ stage: 'merging', facts: { pr: pull('h1') } });
    expect(decideAt(at, gaveUp('merge', 'new commits were pushed'))).toMatchObject({
      kind: 'moved',
      stage: 'preview 5',
      work: ['watch-checks', 'review-diff', 'provision-preview', 'ping-reviewer'],
    });
  });

  it('is good again when the same job finishes later', () => {
    const at = state({
      stage: 'incoming',
      item: { status: 'blocked' },
      log: [entry('failed', { job: 'enrich', note: 'no' })],
    });
    expect(decideAt(at, done('enrich'))).toMatchObject({ kind: 'moved', stage: 'enriched 5' });
  });
});

describe('a look at the world', () => {
  const green = (sha: string) => fact('checks', { conclusion: 'success', runs: [] }, sha);
  const preview = { stage: 'preview', log: finished('review-diff', 'provision-preview', 'ping-reviewer') };

  it('records what is new, and shows it to those who review', () => {
    const waits = [{ who: 'role:reviewer', kind: 'review' as const }];
    const at = state({ ...preview, waits, facts: { pr: pull('h1') } });
    expect(decideAt(at, seen(green('h1')))).toMatchObject({
      kind: 'waiting',
      surface: ['update-card', 'update-home'],
    });
  });

  it('with nothing new is not recorded, whatever the order of keys', () => {
    const at = state({
      ...preview,
      waits: [],
      facts: { pr: pull('h1'), checks: about('h1', { runs: [], conclusion: 'success' }) },
    });
    expect(decideAt(at, seen(green('h1')))).toEqual({ kind: 'ignored', reason: 'nothing new' });
    expect(decideAt(at, seen(green('h2')))).toMatchObject({ kind: 'waiting' });
  });

  it('unblocks what red checks had blocked', () => {
    const red = { conclusion: 'failure', runs: [{ name: 'test', conclusion: 'failure' }] };
    const at = state({
      ...preview,
      facts: { pr: pull('h1'), checks: about('h1', red) },
      item: { status: 'blocked' },
      waits: [{ who: 'user:UREQ', kind: 'blocked' }],
    });
    expect(decideAt(at, seen(fact('pr', pull('h2')), green('h2')))).toMatchObject({
      kind: 'waiting',
      status: 'active',
      waits: ['role:reviewer review'],
    });
  });

  it('at a new head orders again what speaks about the head, and nothing else', () => {
    const at = state({ ...preview, facts: { pr: pull('h1') } });
    expect(decideAt(at, seen(fact('pr', pull('h2'))))).toMatchObject({
      kind: 'waiting',
      work: ['review-diff', 'provision-preview', 'ping-reviewer'],
    });
    expect(decideAt(at, seen(fact('pr', pull('h1', { title: 'x' }))))).toMatchObject({ work: [] });
  });

  it('takes back an approval of the old head and asks about the new one', () => {
    const at = state({
      ...preview,
      facts: { pr: pull('h1') },
      log: [...preview.log, approval(ravi, 'head', 'h1', 'reviewer')],
    });
    const decision = decide(theFeature(), at, seen(fact('pr', pull('h2'))), NOW);
    expect(decision).toMatchObject({ change: { waits: [{ who: 'role:reviewer', kind: 'review' }] } });
    const notify = 'change' in decision ? decision.change.effects.find((effect) => effect.job === 'notify') : undefined;
    expect(notify?.params.asks).toEqual([expect.objectContaining({ of: 'head', subject: 'h2', have: 0 })]);
  });

  it('asks the reviewer by name once there is one', () => {
    const at = state({ ...preview, facts: { pr: pull('h1'), reviewer: { id: 'URAVI' } } });
    expect(decideAt(at, seen(green('h1')))).toMatchObject({ waits: ['user:URAVI review'] });
  });

  it('late news about an old head do not replace what is known about the present one', () => {
    const known = { pr: pull('h2'), diff_review: about('h2', { verdict: 'pass', findings: [], matrix: [] }) };
    const late = fact('diff_review', { verdict: 'fail', findings: [], matrix: [] }, 'h1');
    const decision = decide(theFeature(), state({ ...preview, facts: known }), done('review-diff', [late]), NOW);
    expect(decision).toMatchObject({ kind: 'waiting', change: { facts: [] } });
  });
});

describe('time and nudges', () => {
  const soaking = (until: string) => ({
    merge: { sha: 'm1' },
    staging: about('m1', { state: 'success', sha: 'm1', url: null }),
    soak: about('m1', { until }),
  });
  const log = finished('deploy', 'soak');

  it('a tick before the time is up changes nothing, after it the item moves', () => {
    const early = state({ stage: 'staging', log, facts: soaking('2026-11-20T10:42:01Z') });
    expect(decideAt(early, { type: 'ticked' })).toEqual({ kind: 'ignored', reason: 'nothing changed with time' });
    const due = state({ stage: 'staging', log, facts: soaking('2026-11-20T10:41:59Z') });
    expect(decideAt(due, { type: 'ticked' })).toMatchObject({
      kind: 'moved',
      stage: 'release 5',
      work: ['pre-deploy-checks', 'release-notes'],
    });
  });

  it('a nudge wakes what waits to look again, unless the item is at its end', () => {
    const nudged: Event = { type: 'nudged', note: 'push' };
    expect(decideAt(state({ stage: 'preview' }), nudged)).toEqual({ kind: 'wake' });
    expect(decideAt(state({ stage: 'completed', item: { status: 'done' } }), nudged)).toEqual({
      kind: 'ignored',
      reason: 'the item is completed',
    });
    expect(decideAt(state({ stage: 'preview', item: { status: 'cancelled' } }), nudged)).toEqual({
      kind: 'ignored',
      reason: 'the item was cancelled',
    });
  });
});

describe('a rollback under way', () => {
  const rolling = {
    merge: { sha: 'm1' },
    production: about('m1', { state: 'success', sha: 'm1', previousSha: 'm0' }),
    rollback: about('m1', { state: 'requested', toSha: 'm0', because: 'broken' }),
    active_incidents: { count: 0, items: [] },
  };
  const deployed = (given: object = {}) => state({ stage: 'deployed', facts: rolling, ...given });
  const healthy = fact('watch', { state: 'healthy', until: '', because: 'no error' }, 'm1');

  it('holds the item where it is, whatever the gate says', () => {
    expect(decideAt(deployed(), seen(healthy))).toMatchObject({
      kind: 'waiting',
      stage: 'deployed 4',
      reason: 'production is being rolled back',
    });
    expect(decideAt(deployed(), { type: 'ticked' })).toMatchObject({ kind: 'ignored' });
  });

  it('is not lost by what else is given up meanwhile', () => {
    const definition = pipeline(
      '  a: { column: Preview, jobs: [merge], failure: a, rollback: a, gate: { deployed: { environment: production } } }\n  b: { column: Deployed }',
    );
    const at = state({ stage: 'a', facts: rolling });
    expect(decideAt(at, gaveUp('merge', 'no'), definition)).toMatchObject({ kind: 'waiting', stage: 'a 4' });
  });

  it('when done goes where the stage says', () => {
    const event = done('rollback', [fact('rollback', { state: 'done', toSha: 'm0', because: '' }, 'm1')]);
    expect(decideAt(deployed(), event)).toMatchObject({
      kind: 'moved',
      stage: 'release 5',
      work: ['pre-deploy-checks', 'release-notes'],
    });
    const completed = state({ stage: 'completed', facts: rolling, item: { status: 'done' } });
    expect(decideAt(completed, event)).toMatchObject({ kind: 'moved', stage: 'release 5', status: 'active' });
  });

  it('when given up is over too: the item goes on waiting, and it can be asked for again', () => {
    const decision = decide(theFeature(), deployed(), gaveUp('rollback', 'the deployer is down'), NOW);
    expect(decision).toMatchObject({
      kind: 'waiting',
      change: {
        facts: [{ name: 'rollback', value: { state: 'failed', because: 'the deployer is down' }, subject: 'm1' }],
      },
    });
    expect(told(decision)).toMatchObject({ status: 'active', surface: ['update-card', 'notify'] });
    const again: Event = { type: 'rollback_requested', actor: { ...erin }, visit: 4, note: 'again' };
    const failed = { ...rolling, rollback: about('m1', { state: 'failed', toSha: 'm0', because: '' }) };
    expect(decideAt(deployed({ facts: failed }), again)).toMatchObject({ kind: 'waiting', work: ['rollback'] });
  });
});

it('throws for a stage that the pipeline does not have', () => {
  expect(() => decide(theFeature(), state({ stage: 'gone' }), { type: 'ticked' }, NOW)).toThrow(
    'pipeline feature has no stage gone',
  );
});

describe('facts', () => {
  it('that come twice in one report are known as they were said last', () => {
    const report = done('enrich', [fact('team', 'old'), fact('team', 'new')]);
    const decision = decide(theFeature(), state({ stage: 'incoming' }), report, NOW);
    expect(decision).toMatchObject({ change: { facts: [fact('team', 'new')] } });
  });
});

describe('a redraw of the card', () => {
  const redraw = (at: State, event: Event) => {
    const decision = decide(theFeature(), at, event, NOW);
    if (!('change' in decision)) throw new Error(decision.kind);
    return decision.change.effects.find((effect) => effect.job === 'update-card')?.params;
  };
  const run = (step: string) => fact('agent_run', { state: 'running', step });
  const asked = [{ who: 'role:reviewer', kind: 'review' as const }];
  const review = { stage: 'preview', log: finished('review-diff', 'provision-preview', 'ping-reviewer'), waits: asked };

  it('is progress where it only shows how work comes along', () => {
    const working = state({ stage: 'in_development', log: finished('delegate') });
    expect(redraw(working, seen(run('writing tests')))).toEqual({ progress: true });
    const checks = fact('checks', { conclusion: 'pending', runs: [] }, 'h1');
    expect(redraw(state({ ...review, facts: { pr: pull('h1') } }), seen(checks))).toEqual({ progress: true });
  });

  it('is waited for where the item moves, somebody is told, or somebody else is waited for', () => {
    const working = state({ stage: 'in_development', log: finished('delegate') });
    expect(redraw(working, seen(fact('pr', pull('h1'))))).toEqual({});
    expect(redraw(working, gaveUp('poll-agent', 'no'))).toEqual({});
    const found = fact('reviewer', { id: 'URAVI', name: 'Ravi' });
    expect(redraw(state({ ...review, facts: { pr: pull('h1') } }), seen(found))).toEqual({});
  });
});
