import { describe, expect, it } from 'vitest';
import { decide } from '../../src/pipeline/decide.ts';
import { parsePipeline } from '../../src/pipeline/definition.ts';
import { asks, describeGate, openRules } from '../../src/pipeline/gate.ts';
import { OVERRIDE_HOURS, overridesOf } from '../../src/pipeline/overrides.ts';
import type { Actor, Decision, Event, LogEntry, State } from '../../src/pipeline/types.ts';
import {
  approval,
  document,
  erin,
  facts,
  finished,
  lines,
  max,
  NOW,
  olga,
  person,
  requester,
  state,
  told,
} from './fixture.ts';
import { VOCABULARY } from './vocabulary.ts';

/** A rule that a person lets an item pass: who may, when it counts, and how it ends. */

const TEXT = `
name: p
allow: { retry: [engineer] }
stages:
  ready: { column: Ready to Delegate, jobs: [score], gate: may_go }
  end: { column: Deployed }
gates:
  may_go:
    all:
      - tier_is_not: { tiers: [T1] }
      - no_active_incident: { override: [release_manager, reviewer] }
      - priority_is_not: { priorities: [P0], override: [release_manager] }
      - approved_by: { role: engineer, of: spec, after_others: true }
`;
const definition = parsePipeline(TEXT, 'p.yml', VOCABULARY);
const stage = definition.stages[0]!;

const incident = (...titles: string[]) => ({ count: titles.length, items: titles.map((title) => ({ title })) });
const KNOWN = { tier: 'T2', spec: document('s1'), active_incidents: incident('checkout is down') };
const blocked = (more: Partial<Parameters<typeof state>[0]> = {}): State =>
  state({ stage: 'ready', facts: KNOWN, item: { status: 'blocked' }, log: finished('score'), ...more });

const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);
const gateAt = (of: State, now = NOW) => describeGate(stage, of, now);
const digestOf = (of: State, word = 'incident') =>
  openRules(gateAt(of)).find((rule) => rule.name.includes(word))?.mayOverride?.digest ?? 'none';

const override = (of: State, actor: Actor = max, more: object = {}): Event => ({
  type: 'overridden',
  actor,
  visit: 4,
  rule: digestOf(of),
  hours: 1,
  note: 'the fix itself has to go through',
  ...more,
});

/** What the tables would hold afterwards. */
function committed(of: State, event: Event, now = NOW): State {
  const decision = decide(definition, of, event, now);
  if (!('change' in decision)) throw new Error(JSON.stringify(decision));
  const { change } = decision;
  const entry: LogEntry = { ...change, at: now };
  const known = { ...of.facts, ...facts(Object.fromEntries(change.facts.map((one) => [one.name, one.value]))) };
  return { ...of, item: change.item, facts: known, log: [...of.log, entry], waits: change.waits };
}
const idOf = (of: State) => overridesOf(of.log)[0]!.id;
const announced = (of: State): Event => ({ type: 'override_announced', visit: 4, override: idOf(of) });
const inForce = (): State => {
  const made = committed(blocked(), override(blocked()));
  return committed(made, announced(made));
};
const reason = (decision: Decision) => ('reason' in decision ? decision.reason : decision.kind);
const decideNow = (of: State, event: Event, now = NOW) => decide(definition, of, event, now);

describe('an override', () => {
  it('is recorded with the rule, what it said, why, as whom and until when', () => {
    expect(decideNow(blocked(), override(blocked(), max, { note: ' to mend it ' }))).toMatchObject({
      kind: 'waiting',
      change: {
        type: 'overridden',
        actor: max,
        role: 'release_manager',
        subject: 'no incident is active on the service: active now: checkout is down',
        note: 'to mend it',
        until: minutes(60),
      },
    });
  });

  it('changes nothing before the thread was told, and orders just that', () => {
    const decision = decideNow(blocked(), override(blocked()));
    expect(told(decision)).toMatchObject({
      status: 'blocked',
      work: [],
      surface: ['announce-override', 'expire-override', 'update-card', 'update-home'],
    });
    const made = committed(blocked(), override(blocked()));
    expect(lines(gateAt(made))[2]).toBe('✗ no incident is active on the service: active now: checkout is down');
  });

  it('counts once it was announced: what waited for the rule is offered', () => {
    const now = inForce();
    expect(now.item.status).toBe('active');
    expect(lines(gateAt(now))[2]).toBe(
      '✓ no incident is active on the service: overridden by Max until 2026-11-20T11:42:00.000Z: the fix itself has to go through',
    );
    expect(asks(gateAt(now)).map((ask) => ask.role)).toEqual(['engineer']);
  });

  it('lets the item go on with the decision that was missing', () => {
    const approve: Event = { type: 'approved', actor: erin, visit: 4, of: 'spec', subject: 's1' };
    expect(told(decideNow(inForce(), approve, minutes(59)))).toMatchObject({ kind: 'moved', stage: 'end 5' });
    // The clock alone ends it, whatever has been recorded.
    expect(reason(decideNow(inForce(), approve, minutes(60)))).toBe(
      'Not yet: no incident is active on the service (active now: checkout is down).',
    );
  });

  it('covers what the rule said: a second incident is asked about anew', () => {
    const more = {
      ...inForce(),
      facts: facts({ ...KNOWN, active_incidents: incident('checkout is down', 'so is pay') }),
    };
    expect(gateAt(more).status).toBe('not_met');
    expect(digestOf(more)).not.toBe('none');
    expect(digestOf(more)).not.toBe(digestOf(blocked()));
  });

  it('is not needed by a rule that holds again', () => {
    const over = { ...inForce(), facts: facts({ ...KNOWN, active_incidents: incident() }) };
    expect(lines(gateAt(over))[2]).toBe('✓ no incident is active on the service: none');
  });

  it('ends by itself: the gate closes and the item is blocked again', () => {
    const expired: Event = { type: 'override_expired', visit: 4, override: idOf(inForce()) };
    expect(reason(decideNow(inForce(), expired, minutes(59)))).toBe('it is in force');
    expect(told(decideNow(inForce(), expired, minutes(60)))).toMatchObject({
      kind: 'waiting',
      status: 'blocked',
      reason: 'no incident is active on the service: active now: checkout is down',
      surface: ['update-card', 'notify', 'update-home'],
    });
    expect(told(decideNow(inForce(), { type: 'ticked' }, minutes(60)))).toMatchObject({ status: 'blocked' });
  });

  it('does not pass into another visit', () => {
    const later = { ...inForce(), item: { ...inForce().item, visit: 5 }, log: [] };
    expect(gateAt(later).status).toBe('not_met');
    expect(reason(decideNow(later, announced(inForce())))).toBe('that visit is over');
  });
});

describe('who may override', () => {
  it.each<[string, Actor, string]>([
    ['nobody without the role', olga, 'Only a release manager or a reviewer can do this.'],
    [
      'not the requester, whatever they are',
      { ...requester, roles: ['release_manager'] },
      'You asked for this item, so somebody else has to override its rules.',
    ],
  ])('%s', (_, actor, sentence) => {
    expect(reason(decideNow(blocked(), override(blocked(), actor)))).toBe(sentence);
  });

  it('not who has decided at the gate, and not the other way round', () => {
    const both = person('Both', 'release_manager', 'engineer');
    const decided = blocked({ log: [...finished('score'), approval(both, 'spec', 's1', 'engineer')] });
    expect(reason(decideNow(decided, override(decided, both)))).toBe(
      'You have decided at this gate, so somebody else has to override its rules.',
    );
    const made = committed(blocked(), override(blocked(), both));
    const now = committed(made, announced(made));
    const approve = (actor: Actor): Event => ({ type: 'approved', actor, visit: 4, of: 'spec', subject: 's1' });
    expect(reason(decideNow(now, approve(both)))).toBe(
      'This does not count: you have overridden a rule of this gate, so somebody else has to decide.',
    );
    expect(told(decideNow(now, approve(erin)))).toMatchObject({ kind: 'moved' });
  });

  it.each<[string, object, string]>([
    ['without a reason', { note: '  ' }, 'Say why, so that people understand it later.'],
    ['for a time that is not offered', { hours: 9999 }, 'Choose how long it holds; no override is without an end.'],
    ['without an end', { hours: Number.NaN }, 'Choose how long it holds; no override is without an end.'],
    [
      'on what was seen earlier',
      { rule: 'older' },
      'What this rule says has changed, or it holds by now; look at it again.',
    ],
    ['from an earlier visit', { visit: 3 }, 'That is no longer open. LS-12 is in “Ready” now.'],
  ])('nobody %s', (_, more, sentence) => {
    expect(reason(decideNow(blocked(), override(blocked(), max, more)))).toBe(sentence);
  });

  it('nobody twice', () => {
    const made = committed(blocked(), override(blocked()));
    expect(reason(decideNow(made, override(blocked())))).toBe('Max has overridden this already, until 11:42 UTC.');
  });

  it('nobody a rule that the file does not name, and never an approval', () => {
    const t1 = blocked({ facts: { ...KNOWN, tier: 'T1' } });
    const open = openRules(gateAt(t1));
    expect(open.map((rule) => [rule.name.slice(0, 16), rule.mayOverride?.roles ?? null])).toEqual([
      ['the service tier', null],
      ['no incident is a', ['release_manager', 'reviewer']],
      ['the tech spec is', null],
    ]);
  });

  it('takes only the times that have an end within a week', () => {
    expect(OVERRIDE_HOURS.map((hours) => decideNow(blocked(), override(blocked(), max, { hours })).kind)).toEqual(
      OVERRIDE_HOURS.map(() => 'waiting'),
    );
    expect(Math.max(...OVERRIDE_HOURS)).toBe(7 * 24);
  });
});

describe('withdrawing', () => {
  const withdraw = (of: State, actor: Actor): Event => ({
    type: 'override_withdrawn',
    actor,
    visit: 4,
    override: idOf(of),
  });

  it('is for whoever made it and for the role by which it was made', () => {
    const now = inForce();
    expect(told(decideNow(now, withdraw(now, { ...max, roles: [] })))).toMatchObject({ status: 'blocked' });
    expect(told(decideNow(now, withdraw(now, person('Mia', 'release_manager'))))).toMatchObject({ status: 'blocked' });
    expect(reason(decideNow(now, withdraw(now, erin)))).toBe('Only a release manager can do this.');
  });

  it('before the announcement keeps it from ever counting', () => {
    const made = committed(blocked(), override(blocked()));
    const gone = committed(made, withdraw(made, max));
    expect(reason(decideNow(gone, announced(made)))).toBe('it was withdrawn');
    expect(reason(decideNow(gone, withdraw(made, max)))).toBe('This override is over already.');
  });

  it('is too late when its time is over', () => {
    expect(reason(decideNow(inForce(), withdraw(inForce(), max), minutes(60)))).toBe('This override is over already.');
  });

  it('leaves another override of the same rule alone', () => {
    const first = committed(blocked(), override(blocked()));
    const gone = committed(first, withdraw(first, max));
    const again = committed(gone, override(blocked(), max, { hours: 4 }));
    // The announcement of the first one is late.
    expect(reason(decideNow(again, announced(first)))).toBe('it was withdrawn');
    expect(gateAt(again).status).toBe('not_met');
  });
});

describe('in the file', () => {
  const errorsOf = (gate: string): string => {
    const text = `name: p\nstages:\n  a:\n    column: Incoming\n    gate: ${gate}\n  b: { column: Deployed }\n`;
    try {
      parsePipeline(text, 'p.yml', VOCABULARY);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const CAN =
    'tier_is_not, blast_radius_at_most, no_active_incident, priority_is_not, checks_green, diff_within_spec, preview_ready, soaked';
  const ROLES = 'product_manager, engineer, reviewer, release_manager';

  it.each([
    [
      '{ approved_by: { role: engineer, of: spec, override: [release_manager] } }',
      `p.yml:5: rule "approved_by" cannot be overridden (allowed: ${CAN})`,
    ],
    [
      '{ deploy_checks_pass: { override: [release_manager] } }',
      `p.yml:5: rule "deploy_checks_pass" cannot be overridden (allowed: ${CAN})`,
    ],
    [
      '{ no_active_incident: { override: [requester] } }',
      `p.yml:5: override of rule "no_active_incident" names the unknown role "requester" (allowed: ${ROLES})`,
    ],
    ['{ no_active_incident: { override: [] } }', 'p.yml:5: override of rule "no_active_incident" names nobody'],
    [
      '{ no_active_incident: { override: engineer } }',
      'p.yml:5: override of rule "no_active_incident" must be a list\np.yml:5: override of rule "no_active_incident" names nobody',
    ],
    [
      '{ not: { no_active_incident: { override: [engineer] } } }',
      'p.yml:5: rule "no_active_incident" stands under not:, where nothing can be overridden',
    ],
    [
      '{ checks_green: { overide: [engineer] } }',
      'p.yml:5: rule "checks_green": Unrecognized key: "overide" (allowed: none)',
    ],
    ['{ soaked: { environment: staging, minutes: 5, override: [engineer, reviewer] } }', ''],
  ])('%s', (gate, errors) => {
    expect(errorsOf(gate)).toBe(errors);
  });
});
