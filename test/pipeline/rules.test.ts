import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/pipeline/rules/index.ts';
import { about, approval, ask, document, erin, lines, person, pull, requester } from './fixture.ts';

/** Each row: the facts, and the line that people read. `[…]` is who or what can change it; without one it blocks. */
type Row = [given: Record<string, unknown>, line: string];

const table = (rule: string, params: object, rows: Row[]) =>
  describe(`${rule} ${JSON.stringify(params)}`, () => {
    it.each(rows)('%j', (facts, line) => {
      expect(lines(ask(rule, params, { facts }))).toEqual([line]);
    });
  });

table('fact_known', { fact: 'service' }, [
  [{}, '? the service is known: no source names it [UREQ]'],
  [
    { service_question: { because: 'two services share this page' } },
    '? the service is known: two services share this page [UREQ]',
  ],
  [{ service: 'storefront' }, '✓ the service is known: storefront (test)'],
]);
table('fact_known', { fact: 'pr' }, [[{ pr: pull('h1') }, '✓ the pr is known: test']]);

table('document_written', { document: 'prd' }, [
  [{}, '✗ the PRD is written: it is being drafted [work]'],
  [{ spec: document('s1') }, '✗ the PRD is written: it is being drafted [work]'],
  [{ prd: document('p1') }, '✓ the PRD is written: revision 1 by the offline drafter'],
]);
table('document_written', { document: 'spec' }, [
  [{ spec: document('s1', { revision: 3, authorName: 'Erin' }) }, '✓ the tech spec is written: revision 3 by Erin'],
]);

table('tier_is_not', { tiers: ['T1', 'T2'] }, [
  [{}, '? the service tier is not T1 or T2: the tier of the service is not in the catalog'],
  [{ service: 'ledger', tier: 'T1' }, '✗ the service tier is not T1 or T2: ledger is T1'],
  [{ service: 'storefront', tier: 'T3' }, '✓ the service tier is not T1 or T2: storefront is T3'],
]);

table('blast_radius_at_most', { level: 'medium' }, [
  [{}, '? the blast radius is known and at most medium: the blast radius is unassessed'],
  [
    { blast_radius: { level: 'unassessed', because: 'two tiers are missing' } },
    '? the blast radius is known and at most medium: the blast radius is unassessed: two tiers are missing',
  ],
  [
    { blast_radius: { level: 'high', because: '9 dependants' } },
    '✗ the blast radius is known and at most medium: it is high: 9 dependants',
  ],
  [{ blast_radius: { level: 'medium', because: '' } }, '✓ the blast radius is known and at most medium: it is medium'],
  [{ blast_radius: { level: 'low', because: '' } }, '✓ the blast radius is known and at most medium: it is low'],
]);

table('no_active_incident', {}, [
  [{}, '? no incident is active on the service: nobody could say whether an incident is active'],
  [
    { active_incidents: { count: 2, items: [{ title: 'Slow' }, { title: 'Down' }] } },
    '✗ no incident is active on the service: active now: Slow; Down',
  ],
  [{ active_incidents: { count: 0, items: [] } }, '✓ no incident is active on the service: none'],
]);

table('criteria_present', {}, [
  [{}, '? the acceptance criteria are not empty and parse: the acceptance criteria of this PRD were not read'],
  [
    { prd: document('p2'), criteria: about('p1', { count: 3, problems: [] }) },
    '? the acceptance criteria are not empty and parse: the acceptance criteria of this PRD were not read',
  ],
  [
    { prd: document('p1'), criteria: about('p1', { count: 0, problems: [] }) },
    '✗ the acceptance criteria are not empty and parse: the PRD has no acceptance criteria: edit it and add at least one',
  ],
  [
    { prd: document('p1'), criteria: about('p1', { count: 1, problems: ['AC-1 has no Then'] }) },
    '✗ the acceptance criteria are not empty and parse: AC-1 has no Then',
  ],
  [
    { prd: document('p1'), criteria: about('p1', { count: 1, problems: [] }) },
    '✓ the acceptance criteria are not empty and parse: 1 criterion',
  ],
  [
    { prd: document('p1'), criteria: about('p1', { count: 2, problems: [] }) },
    '✓ the acceptance criteria are not empty and parse: 2 criteria',
  ],
]);

const BLOCKED = 'everything that blocks it is done';
const blocked = (...items: [key: string, state: string][]) => ({
  origin: { tracker: 'Linear', key: 'SHOP-12', url: '' },
  blocked_by: { items: items.map(([key, state]) => ({ key, state })) },
});
table('blocked_by_done', {}, [
  [{}, `✓ ${BLOCKED}: none`],
  [{ origin: { tracker: 'Linear', key: 'SHOP-12', url: '' } }, `? ${BLOCKED}: nobody could say what blocks it`],
  [blocked(), `✓ ${BLOCKED}: none`],
  [blocked(['LS-7', 'done'], ['LS-8', 'done']), `✓ ${BLOCKED}: LS-7, LS-8`],
  [blocked(['LS-7', 'done'], ['LS-8', 'open']), `✗ ${BLOCKED}: LS-8 is not done yet`],
  [blocked(['LS-7', 'cancelled'], ['LS-8', 'open']), `✗ ${BLOCKED}: LS-7 was cancelled, LS-8 is not done yet`],
  [blocked(['SHOP-90', 'unknown']), `? ${BLOCKED}: SHOP-90 is no item here`],
  [blocked(['SHOP-90', 'unknown'], ['LS-8', 'open']), `✗ ${BLOCKED}: SHOP-90 is no item here, LS-8 is not done yet`],
]);

table('pull_request', { state: 'open' }, [
  [{}, '✗ the pull request is open: the agent is at work [world]'],
  [
    { agent_run: { agent: 'manual' }, branch: 'lockstep/ls-12' },
    '✗ the pull request is open: somebody opens it from lockstep/ls-12 [world]',
  ],
  [{ agent_run: { agent: 'manual' } }, '✗ the pull request is open: somebody opens it from its branch [world]'],
  [{ pr: pull('h1', { state: 'closed' }) }, '✗ the pull request is open: #7 was closed on GitHub'],
  [{ pr: pull('h1') }, '✓ the pull request is open: #7'],
]);
table('pull_request', { state: 'merged' }, [
  [{ pr: pull('h1') }, '✗ the pull request is merged: #7 is open [work]'],
  [{ pr: pull('h1', { state: 'closed' }) }, '✗ the pull request is merged: #7 was closed on GitHub'],
  [{ pr: pull('h1', { state: 'merged' }) }, '✓ the pull request is merged: #7'],
]);

const SHA = 'abcdef0123';
const checks = (conclusion: string, subject = SHA) => ({
  pr: pull(SHA),
  checks: about(subject, {
    conclusion,
    runs: [
      { name: 'test', conclusion: 'success' },
      { name: 'lint', conclusion },
    ],
  }),
});
const GREEN = 'the checks are green on the head commit';
table('checks_green', {}, [
  [{}, `? ${GREEN}: the checks of this commit were not read yet [world]`],
  [checks('success', 'yesterday'), `? ${GREEN}: the checks of this commit were not read yet [world]`],
  [checks('none'), `? ${GREEN}: no check has reported on abcdef0 [world]`],
  [checks('pending'), `✗ ${GREEN}: running on abcdef0 [world]`],
  [checks('failure'), `✗ ${GREEN}: red on abcdef0: lint`],
  [checks('success'), `✓ ${GREEN}: 2 checks on abcdef0`],
]);

const review = (verdict: string, findings: string[] = [], subject = SHA) => ({
  pr: pull(SHA),
  diff_review: about(subject, { verdict, findings: findings.map((text) => ({ text })) }),
});
table('diff_within_spec', {}, [
  [{ pr: pull(SHA) }, '? the diff stays within the spec: the diff of this commit was not read yet [work]'],
  [
    review('pass', [], 'yesterday'),
    '? the diff stays within the spec: the diff of this commit was not read yet [work]',
  ],
  [
    review('fail', ['touches CODEOWNERS', 'AC-2 has no test']),
    '✗ the diff stays within the spec: touches CODEOWNERS; AC-2 has no test',
  ],
  [review('unknown'), '? the diff stays within the spec: the diff could not be read'],
  [review('pass'), '✓ the diff stays within the spec: nothing found'],
]);

const preview = (state: string, url: string | null = null) => ({
  pr: pull(SHA),
  preview: about(SHA, { state, url, because: 'port taken' }),
});
table('preview_ready', {}, [
  [{ pr: pull(SHA) }, '✗ a preview of the head commit is up: it is being built [world]'],
  [preview('pending'), '✗ a preview of the head commit is up: it is being built [world]'],
  [preview('failed'), '✗ a preview of the head commit is up: it failed: port taken'],
  [preview('ready', 'http://preview'), '✓ a preview of the head commit is up: http://preview'],
  [{ ...preview('ready'), pr: pull('other') }, '✗ a preview of the head commit is up: it is being built [world]'],
]);

const deployment = (state: string, sha = 'm1') => ({
  merge: { sha: 'm1' },
  staging: about(sha, { state, sha, url: null, because: 'exit 1' }),
});
table('deployed', { environment: 'staging' }, [
  [{ merge: { sha: 'm1' } }, '✗ the merged change is on staging: the deploy has not reported yet [world]'],
  [deployment('success', 'm0'), '✗ the merged change is on staging: the deploy has not reported yet [world]'],
  [deployment('in_progress'), '✗ the merged change is on staging: the deploy is running [world]'],
  [deployment('failure'), '✗ the merged change is on staging: exit 1'],
  [deployment('success'), '✓ the merged change is on staging: m1'],
]);

const soak = (until: string) => ({ merge: { sha: 'm1' }, soak: about('m1', { until }) });
table('soaked', { environment: 'staging', minutes: 10 }, [
  [{ merge: { sha: 'm1' } }, '✗ the change has soaked on staging: the soak has not started [world]'],
  [soak('2026-11-20T10:42:00.001Z'), '✗ the change has soaked on staging: until 2026-11-20T10:42:00.001Z [world]'],
  [soak('2026-11-20T10:42:00.000Z'), '✓ the change has soaked on staging: since 2026-11-20T10:42:00.000Z'],
]);

const deployChecks = (verdict: string, ...status: string[]) => ({
  merge: { sha: 'm1' },
  deploy_checks: about('m1', {
    verdict,
    checks: status.map((word) => ({ name: `is ${word}`, status: word, because: 'so' })),
  }),
});
table('deploy_checks_pass', {}, [
  [{ merge: { sha: 'm1' } }, '? the checks before the deploy pass: they were not made yet [work]'],
  [deployChecks('fail', 'pass', 'fail', 'unknown'), '✗ the checks before the deploy pass: is fail: so; is unknown: so'],
  [deployChecks('unknown', 'pass', 'unknown'), '? the checks before the deploy pass: is unknown: so'],
  [deployChecks('pass', 'pass', 'pass'), '✓ the checks before the deploy pass: 2 of 2'],
  [
    { ...deployChecks('pass', 'pass'), merge: { sha: 'm2' } },
    '? the checks before the deploy pass: they were not made yet [work]',
  ],
]);

const watch = (state: string) => ({
  merge: { sha: 'm1' },
  watch: about('m1', { state, until: '11:12', because: 'no error' }),
});
table('production_healthy', {}, [
  [{}, '✗ production stays healthy through the watch window: the watch has not started [world]'],
  [watch('watching'), '✗ production stays healthy through the watch window: watching until 11:12 [world]'],
  [watch('unhealthy'), '✗ production stays healthy through the watch window: no error'],
  [watch('healthy'), '✓ production stays healthy through the watch window: no error'],
]);

describe('priority_is_not', () => {
  const check = (priority: 'P0' | 'P3' | null) =>
    lines(ask('priority_is_not', { priorities: ['P0', 'P1'] }, { item: { priority } }));
  it('reads the item', () => {
    expect(check('P0')).toEqual(['✗ the priority is not P0 or P1: it is P0']);
    expect(check('P3')).toEqual(['✓ the priority is not P0 or P1: it is P3']);
    expect(check(null)).toMatchInlineSnapshot(`
      [
        "✓ the priority is not P0 or P1: no priority was set",
      ]
    `);
  });
});

describe('approved_by', () => {
  const rule = (params: object, given: Parameters<typeof ask>[2] = {}) =>
    ask('approved_by', { role: 'engineer', of: 'spec', ...params }, { facts: { spec: document('s1') }, ...given });
  const ben = person('Ben', 'engineer');

  it('cannot be decided before there is something to decide about', () => {
    expect(lines(rule({}, { facts: {} }))).toEqual([
      '? the tech spec is approved by an engineer: the tech spec does not exist yet [work]',
    ]);
    const names = ['prd', 'head', 'merge'].map((of) => rule({ of }, { facts: {} }).because);
    expect(names).toEqual([
      'the PRD does not exist yet',
      'the pull request does not exist yet',
      'the merged change does not exist yet',
    ]);
  });

  it('asks people of the role, about exactly this revision', () => {
    const result = rule({});
    expect(lines(result)).toEqual(['✗ the tech spec is approved by an engineer: nobody has decided yet [engineer]']);
    expect(result.ask).toEqual({
      verb: 'approve',
      role: 'engineer',
      of: 'spec',
      subject: 's1',
      have: 0,
      need: 1,
      reject: true,
    });
  });

  it('does not offer a rejection that leads nowhere', () => {
    expect(rule({}, { canReject: false }).ask?.reject).toBe(false);
  });

  it('is met by one approval of this revision in that role', () => {
    expect(lines(rule({}, { log: [approval(erin, 'spec', 's1')] }))).toEqual([
      '✓ the tech spec is approved by an engineer: by Erin',
    ]);
  });

  it.each([
    ['another revision', approval(erin, 'spec', 's0')],
    ['another document', approval(erin, 'prd', 's1')],
    ['another role', approval(erin, 'spec', 's1', 'reviewer')],
    ['a request for changes', { ...approval(erin, 'spec', 's1'), type: 'changes_requested' as const }],
  ])('does not count %s', (_, entry) => {
    expect(rule({}, { log: [entry] }).ask?.have).toBe(0);
  });

  it('needs as many people as the file says, and counts one person once', () => {
    const once = [approval(erin, 'spec', 's1'), approval(erin, 'spec', 's1')];
    expect(lines(rule({ count: 2 }, { log: once }))).toEqual([
      '✗ the tech spec is approved by 2 people (engineer): 1 of 2: Erin [engineer]',
    ]);
    expect(lines(rule({ count: 2 }, { log: [...once, approval(ben, 'spec', 's1')] }))).toEqual([
      '✓ the tech spec is approved by 2 people (engineer): by Erin, Ben',
    ]);
  });

  it('does not count the requester or the author where the file says so', () => {
    const log = [approval({ ...requester, roles: ['engineer'] }, 'spec', 's1')];
    expect(rule({}, { log }).status).toBe('met');
    expect(rule({ not: ['requester'] }, { log }).ask?.have).toBe(0);
    const written = { spec: document('s1', { authorId: erin.id, authorKind: 'person' }) };
    expect(rule({ not: ['author'] }, { facts: written, log: [approval(erin, 'spec', 's1')] }).ask?.have).toBe(0);
    expect(rule({ not: ['author'] }, { facts: written, log: [approval(ben, 'spec', 's1')] }).status).toBe('met');
  });

  it('is offered after the others hold, and what was decided counts only while they do', () => {
    const late = { verb: 'delegate', after_others: true };
    expect(lines(rule(late, { othersHold: false }))).toEqual([
      '✗ an engineer delegates it: it is offered once everything else holds [work]',
    ]);
    expect(rule(late, { othersHold: false, log: [approval(erin, 'spec', 's1')] }).status).toBe('not_met');
    expect(rule(late, { log: [approval(erin, 'spec', 's1')] }).status).toBe('met');
  });

  it('says what is done with it', () => {
    expect(
      rule({ verb: 'deploy', of: 'merge', role: 'release_manager' }, { facts: { merge: { sha: 'm1' } } }).name,
    ).toBe('a release manager deploys it');
  });
});

it('every word of the vocabulary has a help line and a name as it stands in the file', () => {
  for (const [name, rule] of RULES) {
    expect(rule.name).toBe(name);
    expect(rule.help).toMatch(/\.$/);
  }
});
