import { describe, expect, it } from 'vitest';
import { decide } from '../../src/pipeline/decide.ts';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import type { Actor, Event, SubjectKind } from '../../src/pipeline/types.ts';
import {
  about,
  approval,
  decideAt,
  document,
  entry,
  erin,
  finished,
  max,
  NOW,
  olga,
  person,
  priya,
  pull,
  ravi,
  requester,
  state,
  theFeature,
} from './fixture.ts';
import { VOCABULARY } from './vocabulary.ts';

/** What people may do, and the exact sentence when they may not. */

const approved = (actor: Actor, of: SubjectKind, subject: string, more: object = {}): Event => ({
  type: 'approved',
  actor,
  visit: 4,
  of,
  subject,
  ...more,
});
const changes = (actor: Actor, of: SubjectKind, subject: string, note = 'shorter'): Event => ({
  type: 'changes_requested',
  actor,
  visit: 4,
  of,
  subject,
  note,
});
const refused = (reason: string) => ({ kind: 'refused', reason });
const prdReady = (more: object = {}) => state({ stage: 'prd_ready', facts: { prd: document('p1') }, ...more });
const specReady = (more: object = {}) => state({ stage: 'spec_ready', facts: { spec: document('s1') }, ...more });

describe('approve', () => {
  it('moves the item when it is all that was missing', () => {
    expect(decideAt(prdReady(), approved(priya, 'prd', 'p1'))).toEqual({
      kind: 'moved',
      stage: 'spec_draft 5',
      status: 'active',
      reason: 'draft-spec has finished; the tech spec is written',
      waits: [],
      work: ['draft-spec'],
      surface: ['update-card', 'notify', 'update-home'],
    });
  });

  it('records who decided what, as whom', () => {
    expect(decide(theFeature(), prdReady(), approved(priya, 'prd', 'p1', { note: 'good' }), NOW)).toMatchObject({
      change: {
        type: 'approved',
        actor: priya,
        of: 'prd',
        subject: 'p1',
        role: 'product_manager',
        note: 'good',
        from: 'prd_ready',
        to: 'spec_draft',
      },
    });
  });

  it('is refused to people without the role', () => {
    expect(decideAt(prdReady(), approved(olga, 'prd', 'p1'))).toEqual(refused('Only a product manager can do this.'));
    expect(decideAt(specReady(), approved(priya, 'spec', 's1'))).toEqual(refused('Only an engineer can do this.'));
  });

  it('is refused to the requester where the gate says so', () => {
    expect(decideAt(specReady(), approved(requester, 'spec', 's1'))).toEqual(
      refused('This does not count: you asked for this item, so somebody else has to decide.'),
    );
    expect(decideAt(prdReady(), approved(requester, 'prd', 'p1'))).toMatchObject({ kind: 'moved' });
  });

  it('is refused where this is not decided', () => {
    expect(decideAt(prdReady(), approved(erin, 'spec', 's1'))).toEqual(
      refused('LS-12 is in “PRD ready”, where the tech spec is not decided.'),
    );
  });

  it('of an older revision is refused with who changed it and when', () => {
    const at = prdReady({ facts: { prd: document('p2', { authorName: 'Erin' }) } });
    expect(decideAt(at, approved(priya, 'prd', 'p1'))).toEqual(
      refused('This PRD was changed by Erin at 10:42 UTC; open it again.'),
    );
  });

  it('of an older head, or another merged commit, is refused', () => {
    const preview = state({ stage: 'preview', facts: { pr: pull('h2') } });
    expect(decideAt(preview, approved(ravi, 'head', 'h1'))).toEqual(
      refused('New commits were pushed to the pull request; look at it again.'),
    );
    const release = state({ stage: 'release', facts: { merge: { sha: 'm2' } } });
    expect(decideAt(release, approved(max, 'merge', 'm1'))).toEqual(
      refused('The merged commit is another one now; look at it again.'),
    );
  });

  it('on a card of an earlier visit is refused with who was first', () => {
    const past = [approval(person('Paul', 'product_manager'), 'prd', 'p1')];
    const at = state({ stage: 'spec_draft', past });
    expect(decideAt(at, { ...approved(priya, 'prd', 'p1'), visit: 3 } as Event)).toEqual(
      refused('Paul approved this at 10:42 UTC. LS-12 is in “Spec draft” now.'),
    );
    const rejected = state({ stage: 'prd_draft', past: [entry('changes_requested', { actor: priya, of: 'prd' })] });
    expect(decideAt(rejected, { ...approved(priya, 'prd', 'p1'), visit: 3 } as Event)).toEqual(
      refused('You asked for changes at 10:42 UTC. LS-12 is in “PRD draft” now.'),
    );
    expect(decideAt(state({ stage: 'spec_draft' }), { ...approved(priya, 'prd', 'p1'), visit: 3 } as Event)).toEqual(
      refused('That is no longer open. LS-12 is in “Spec draft” now.'),
    );
  });

  it('of a cancelled item is refused', () => {
    expect(decideAt(prdReady({ item: { status: 'cancelled' } }), approved(priya, 'prd', 'p1'))).toEqual(
      refused('LS-12 was cancelled, so nothing can be decided about it any more.'),
    );
  });

  it('counts while other rules are open, and says so to the second one', () => {
    const at = (log = finished('review-diff')) => state({ stage: 'preview', facts: { pr: pull('h1') }, log });
    expect(decideAt(at(), approved(ravi, 'head', 'h1'))).toMatchObject({
      kind: 'waiting',
      stage: 'preview 4',
      status: 'active',
      waits: [],
    });
    const second = person('Rob', 'reviewer');
    expect(decideAt(at([approval(ravi, 'head', 'h1')]), approved(second, 'head', 'h1'))).toEqual(
      refused('Ravi approved this at 10:42 UTC.'),
    );
  });
});

describe('quorum', () => {
  const two = parsePipeline(
    'name: p\nstages:\n  a: { column: For review, gate: { approved_by: { role: engineer, of: spec, count: 2, not: [author] } } }\n  b: { column: Deployed }',
    'p.yml',
    VOCABULARY,
  );
  const at = (log: ReturnType<typeof approval>[] = [], spec = document('s1')) =>
    state({ stage: 'a', facts: { spec }, log });
  const ben = person('Ben', 'engineer');

  it('waits for the second person', () => {
    expect(decideAt(at(), approved(erin, 'spec', 's1'), two)).toMatchObject({
      kind: 'waiting',
      reason: 'the tech spec is approved by 2 people (engineer)',
      waits: ['role:engineer gate'],
    });
    expect(decideAt(at([approval(erin, 'spec', 's1')]), approved(ben, 'spec', 's1'), two)).toMatchObject({
      kind: 'moved',
      stage: 'b 5',
      status: 'done',
    });
  });

  it('does not let one person decide twice', () => {
    expect(decideAt(at([approval(erin, 'spec', 's1')]), approved(erin, 'spec', 's1'), two)).toEqual(
      refused('You have approved this already; 1 more must decide.'),
    );
  });

  it('starts again with a new revision', () => {
    const log = [approval(erin, 'spec', 's0')];
    expect(decideAt(at(log), approved(ben, 'spec', 's1'), two)).toMatchObject({ kind: 'waiting' });
    expect(decideAt(at(log), approved(erin, 'spec', 's1'), two)).toMatchObject({ kind: 'waiting' });
  });

  it('does not count the author of the revision', () => {
    const spec = document('s1', { authorId: erin.id, authorKind: 'person' });
    expect(decideAt(at([], spec), approved(erin, 'spec', 's1'), two)).toEqual(
      refused('This does not count: you wrote this revision, so somebody else has to decide.'),
    );
  });

  it('does not let one person decide for two roles', () => {
    const both = parsePipeline(
      'name: p\nstages:\n  a: { column: For review, gate: { all: [{ approved_by: { role: engineer, of: spec } }, { approved_by: { role: reviewer, of: spec } }] } }\n  b: { column: Deployed }',
      'p.yml',
      VOCABULARY,
    );
    const dual = person('Dana', 'engineer', 'reviewer');
    expect(decideAt(at(), approved(dual, 'spec', 's1'), both)).toMatchObject({
      kind: 'waiting',
      waits: ['role:reviewer gate'],
    });
    expect(decideAt(at([approval(dual, 'spec', 's1', 'engineer')]), approved(dual, 'spec', 's1'), both)).toEqual(
      refused('You have approved this already; 1 more must decide.'),
    );
  });
});

describe('delegate, offered after the scorecard', () => {
  const ready = (more: object = {}) => ({
    spec: document('s1'),
    prd: document('p1'),
    criteria: about('p1', { count: 1, problems: [] }),
    tier: 'T3',
    service: 'storefront',
    blast_radius: { level: 'low', because: '' },
    active_incidents: { count: 0, items: [] },
    ...more,
  });
  const at = (facts: object, log = finished('score')) => state({ stage: 'ready', facts: { ...facts }, log });

  it('moves the item and remembers who chose which agent', () => {
    const decision = decide(theFeature(), at(ready()), approved(erin, 'spec', 's1', { choice: 'scripted' }), NOW);
    expect(decision).toMatchObject({
      kind: 'moved',
      change: {
        to: 'in_development',
        facts: [{ name: 'delegation', value: { agent: 'scripted', by: 'UERIN', byName: 'Erin' }, source: 'Erin' }],
      },
    });
  });

  it('is refused while a rule fails, with every rule that does', () => {
    const facts = ready({ tier: 'T1', service: 'ledger', active_incidents: undefined });
    delete (facts as Record<string, unknown>).active_incidents;
    expect(decideAt(at(facts), approved(erin, 'spec', 's1'))).toEqual(
      refused(
        'Not yet: the service tier is not T1 (ledger is T1); no incident is active on the service (nobody could say whether an incident is active).',
      ),
    );
  });

  it('is refused while the scorecard is being made', () => {
    expect(decideAt(at(ready(), []), approved(erin, 'spec', 's1'))).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^Not yet: /),
    });
  });
});

describe('request changes', () => {
  it('sends the item back with what was said, for the next draft', () => {
    const decision = decide(theFeature(), prdReady(), changes(priya, 'prd', 'p1', 'say who it is for'), NOW);
    expect(decision).toMatchObject({
      kind: 'moved',
      change: {
        to: 'prd_draft',
        facts: [
          {
            name: 'feedback',
            value: { of: 'prd', text: 'say who it is for', by: 'UPRIYA', byName: 'Priya' },
            source: 'Priya',
            subject: 'p1',
          },
        ],
      },
    });
  });

  it('is decided by the same people as an approval', () => {
    expect(decideAt(prdReady(), changes(olga, 'prd', 'p1'))).toEqual(refused('Only a product manager can do this.'));
    expect(decideAt(specReady(), changes(requester, 'spec', 's1'))).toMatchObject({ kind: 'refused' });
  });

  it('is refused where nothing can be sent back', () => {
    const release = {
      merge: { sha: 'm1' },
      deploy_checks: about('m1', { verdict: 'pass', checks: [] }),
      active_incidents: { count: 0, items: [] },
    };
    const at = state({ stage: 'release', facts: release, log: finished('pre-deploy-checks', 'release-notes') });
    expect(decideAt(at, changes(max, 'merge', 'm1'))).toEqual(refused('“Release” cannot be sent back.'));
  });
});

describe('answer', () => {
  const asking = state({ stage: 'enriched' });
  const answer = (actor: Actor, fact = 'service'): Event => ({
    type: 'answered',
    actor,
    visit: 4,
    fact,
    value: 'storefront',
  });

  it('records the fact with the person as its source and looks again', () => {
    const decision = decide(theFeature(), asking, answer(erin), NOW);
    expect(decision).toMatchObject({
      kind: 'moved',
      change: {
        to: 'incoming',
        note: 'service: storefront',
        facts: [{ name: 'service', value: 'storefront', source: 'Erin' }],
      },
    });
    expect(decideAt(asking, answer({ ...olga, id: 'UREQ' }))).toMatchObject({ kind: 'moved' });
  });

  it('is refused to others, elsewhere, and for what was not asked', () => {
    expect(decideAt(asking, answer(olga))).toEqual(
      refused('Only the requester, a product manager or an engineer can do this.'),
    );
    expect(decideAt(prdReady(), answer(erin))).toEqual(refused('LS-12 is not asking for the service now.'));
    expect(decideAt(asking, answer(erin, 'merge'))).toEqual(refused('LS-12 is not asking for the merge now.'));
  });
});

describe('edit', () => {
  const revised = (actor: Actor, of: 'prd' | 'spec' = 'prd'): Event => ({
    type: 'revised',
    actor,
    of,
    facts: [
      {
        name: of,
        value: document('p2', { authorId: actor.id, authorName: actor.name, authorKind: 'person' }),
        source: actor.name,
        subject: 'p2',
      },
    ],
    note: 'clearer',
  });

  it('where the document is approved keeps the item there and asks about the new revision', () => {
    const log = [approval(person('Paul', 'product_manager'), 'prd', 'p1')];
    expect(decideAt(prdReady({ log }), revised(priya))).toMatchObject({
      kind: 'waiting',
      stage: 'prd_ready 4',
      waits: ['role:product_manager gate'],
    });
  });

  it('later takes the item back to where the document is approved', () => {
    const at = state({ stage: 'in_development', facts: { prd: document('p1'), spec: document('s1') } });
    expect(decideAt(at, revised(priya))).toMatchObject({ kind: 'moved', stage: 'prd_ready 5' });
    expect(decideAt(at, revised(erin, 'spec'))).toMatchObject({ kind: 'moved', stage: 'spec_ready 5' });
  });

  it('before the gate changes the document and nothing else', () => {
    expect(decideAt(state({ stage: 'prd_draft' }), revised(priya))).toMatchObject({
      kind: 'waiting',
      stage: 'prd_draft 4',
    });
  });

  it('is refused to outsiders, after the merge, and at the end', () => {
    expect(decideAt(prdReady(), revised(olga))).toEqual(
      refused('Only the requester or a product manager can do this.'),
    );
    const merged = state({ stage: 'staging', facts: { merge: { sha: 'm1' } } });
    expect(decideAt(merged, revised(priya))).toEqual(refused('LS-12 is merged, so its PRD stays as it was approved.'));
    expect(decideAt(state({ stage: 'completed', item: { status: 'done' } }), revised(priya))).toEqual(
      refused('LS-12 is completed.'),
    );
  });
});

describe('try again', () => {
  const retried = (actor: Actor): Event => ({ type: 'retried', actor, visit: 4 });
  const blocked = state({
    stage: 'incoming',
    item: { status: 'blocked' },
    log: [entry('failed', { job: 'enrich', note: 'no' })],
  });

  it('begins the stage anew', () => {
    expect(decideAt(blocked, retried(erin))).toMatchObject({
      kind: 'moved',
      stage: 'incoming 5',
      status: 'active',
      work: ['enrich'],
      waits: [],
    });
  });

  it('is refused to others and when nothing is blocked', () => {
    expect(decideAt(blocked, retried(olga))).toMatchObject({ kind: 'refused' });
    expect(decideAt(state({ stage: 'incoming' }), retried(erin))).toEqual(
      refused('LS-12 is not blocked, so there is nothing to try again.'),
    );
  });

  it('as a person who takes over what was delegated', () => {
    const stuck = (stage: string) =>
      state({
        stage,
        item: { status: 'blocked' },
        facts: { delegation: { agent: 'scripted', by: 'UERIN', byName: 'Erin', note: '' } },
        log: [entry('failed', { job: stage === 'incoming' ? 'enrich' : 'poll-agent', note: 'no script' })],
      });
    const takeOver = { ...retried(erin), takeOver: true } as Event;
    expect(decide(theFeature(), stuck('in_development'), takeOver, NOW)).toMatchObject({
      kind: 'moved',
      change: {
        to: 'in_development',
        note: 'took it over',
        facts: [{ name: 'delegation', value: { agent: 'manual', byName: 'Erin' } }],
        item: { visit: 5, status: 'active' },
      },
    });
    expect(decideAt(stuck('incoming'), takeOver)).toEqual(
      refused('LS-12 is in “Incoming”, where there is nothing to take over.'),
    );
  });
});

describe('roll back', () => {
  const production = (more: object = {}) => about('m1', { state: 'success', sha: 'm1', previousSha: 'm0', ...more });
  const ask = (actor: Actor): Event => ({
    type: 'rollback_requested',
    actor,
    visit: 4,
    note: 'the banner is upside down',
  });
  const at = (facts: object, stage = 'deployed') =>
    state({
      stage,
      facts: { merge: { sha: 'm1' }, ...facts },
      item: { status: stage === 'completed' ? 'done' : 'active' },
    });

  it('orders the rollback to what was there before, also of a completed item', () => {
    for (const stage of ['deployed', 'completed']) {
      const decision = decide(theFeature(), at({ production: production() }, stage), ask(max), NOW);
      expect(decision).toMatchObject({
        kind: 'waiting',
        change: {
          facts: [
            {
              name: 'rollback',
              value: { state: 'requested', toSha: 'm0', because: 'the banner is upside down' },
              subject: 'm1',
            },
          ],
        },
      });
      expect('change' in decision && decision.change.effects.filter((effect) => effect.visit !== null)).toEqual([
        { job: 'rollback', params: {}, visit: 4 },
      ]);
    }
  });

  it.each([
    ['to others', at({ production: production() }), olga, 'Only a release manager or an engineer can do this.'],
    ['before there is something in production', at({}), max, 'LS-12 has nothing in production to roll back.'],
    [
      'in a stage without that way',
      at({ production: production() }, 'staging'),
      max,
      'LS-12 has nothing in production to roll back.',
    ],
    [
      'when nothing was there before',
      at({ production: production({ previousSha: null }) }),
      max,
      'There is no earlier deployment to go back to.',
    ],
    [
      'twice',
      at({ production: production(), rollback: { state: 'requested' } }),
      max,
      'LS-12 is being rolled back already.',
    ],
  ])('is refused %s', (_, given, actor, reason) => {
    expect(decideAt(given, ask(actor))).toEqual(refused(reason));
  });

  it('lets nothing else be decided until it has ended', () => {
    const given = at({ production: production(), rollback: { state: 'requested' } });
    const others: Event[] = [
      { type: 'cancelled', actor: erin, note: 'no' },
      { type: 'retried', actor: erin, visit: 4 },
    ];
    for (const event of others)
      expect(decideAt(given, event)).toEqual(refused('LS-12 is being rolled back; decide again when that is done.'));
  });
});

describe('cancel', () => {
  const cancelled = (actor: Actor): Event => ({ type: 'cancelled', actor, note: 'not needed any more' });

  it('ends the item where it is: nobody is waited for and running work is over', () => {
    const at = prdReady({ waits: [{ who: 'role:product_manager', kind: 'gate' }] });
    expect(decideAt(at, cancelled(erin))).toEqual({
      kind: 'moved',
      stage: 'prd_ready 5',
      status: 'cancelled',
      reason: 'not needed any more',
      waits: [],
      work: [],
      surface: ['update-card', 'notify', 'update-home'],
    });
  });

  it('is refused to others, and at the end', () => {
    expect(decideAt(prdReady(), cancelled(olga))).toMatchObject({ kind: 'refused' });
    expect(decideAt(state({ stage: 'completed', item: { status: 'done' } }), cancelled(erin))).toEqual(
      refused('LS-12 is completed.'),
    );
  });
});
