import { describe, expect, it } from 'vitest';
import { openRules } from '../../src/pipeline/gate.ts';
import { RULES } from '../../src/pipeline/rules/index.ts';
import { brief, decisionWords, firstReason, shortReason, waitingUntil } from '../../views/words.ts';
import { facts } from './fixture.ts';

describe('why an item is blocked, in short', () => {
  const check = (rule: string, params: Record<string, unknown>, given: Record<string, unknown>, subject = '') =>
    RULES.get(rule)!.check(params, {
      item: {
        id: '1',
        key: 'LS-1',
        title: 'T',
        priority: 'P0',
        level: 'ai_led',
        requester: 'U1',
        stage: 'ready',
        visit: 1,
        version: 1,
        status: 'active',
      },
      facts: facts(given, subject),
      log: [],
      now: new Date(),
      canReject: true,
      canAnswer: false,
      othersHold: false,
    });
  const because = 'Needed by checkout → ledger (T1), payment-gateway → ledger (T1) and 2 more. Score 18.75.';

  /** The rules themselves, so that a rule that says it in other words is noticed here. */
  it.each([
    ['tier_is_not', { tiers: ['T1'] }, { tier: 'T1', service: 'ledger' }, 'ledger is T1'],
    ['tier_is_not', { tiers: ['T1'] }, {}, 'the tier of the service is not in the catalog'],
    [
      'blast_radius_at_most',
      { level: 'medium' },
      { blast_radius: { level: 'high', because } },
      'the blast radius is high',
    ],
    [
      'no_active_incident',
      {},
      { active_incidents: { count: 1, items: [{ title: 'Slow' }] } },
      'an incident is active: Slow',
    ],
    ['priority_is_not', { priorities: ['P0', 'P1'] }, {}, 'the priority is P0'],
    [
      'criteria_present',
      {},
      { prd: { hash: '' }, criteria: { count: 0, problems: [] } },
      'the PRD has no acceptance criteria: edit it and add at least one',
    ],
  ] as const)('%s %j', (rule, params, given, sentence) => {
    const [result] = openRules(check(rule, params, given));
    expect(shortReason(result!.name, result!.because)).toBe(sentence);
    expect(firstReason(`${result!.name}: ${result!.because}`)).toBe(sentence);
  });

  it('of checks and previews of a commit', () => {
    const pr = { headSha: 'abcdef123', state: 'open' };
    const red = check(
      'checks_green',
      {},
      { pr, checks: { conclusion: 'failure', runs: [{ name: 'test' }] } },
      'abcdef123',
    );
    expect(shortReason(red.name, red.because)).toBe('the checks are red on abcdef1: test');
    const preview = { state: 'failed', because: 'no port' };
    const down = check('preview_ready', {}, { pr, preview }, 'abcdef123');
    expect(shortReason(down.name, down.because)).toBe('a preview of the head commit failed: no port');
  });

  it('names the first of several, and the check that failed before a deploy', () => {
    expect(firstReason('the service tier is not T1: ledger is T1; the priority is not P0: it is P0')).toBe(
      'ledger is T1',
    );
    expect(
      firstReason('the checks before the deploy pass: nobody else is deploying to production: LS-3 is being deployed'),
    ).toBe('LS-3 is being deployed');
  });

  it('of work that failed is told as what happened', () => {
    expect(firstReason('merge has finished: the head moved; look again')).toBe(
      'The merge failed: the head moved; look again',
    );
    expect(firstReason('nothing is under way any more: the pull request is open: #7 was closed on GitHub')).toBe(
      '#7 was closed on GitHub',
    );
  });

  it('says nothing of its own where no rule is named', () => {
    expect(firstReason('production is being rolled back')).toBe('production is being rolled back');
    expect(firstReason('')).toBe('');
  });

  it('leaves chains and long lists to what is known', () => {
    expect(brief(`the blast radius is high: ${because}`)).toBe('the blast radius is high');
    expect(brief('an incident is active: Slow')).toBe('an incident is active: Slow');
  });
});

describe('what is waited for', () => {
  it('names work only where nothing else is waited for', () => {
    expect(waitingUntil('draft-prd has finished')).toBe('Waiting until the PRD is drafted');
    expect(waitingUntil('score has finished; an engineer delegates it')).toBe('Waiting until an engineer delegates it');
  });

  it('and what a decision asks a person to do', () => {
    expect(decisionWords({ verb: 'approve', of: 'spec' })).toBe('approve the tech spec');
    expect(decisionWords({ verb: 'delegate', of: 'spec' })).toBe('delegate it');
    expect(decisionWords({ verb: 'deploy', of: 'merge' })).toBe('deploy it to production');
  });
});
