import type { Meaning } from './decide.ts';
import { clock, notAllowed } from './decide-person.ts';
import { describeGate, leavesOf } from './gate.ts';
import {
  mayNotOverride,
  OVERRIDE_HOURS,
  overridable,
  overrideId,
  overrideSubject,
  overridesOf,
  ruleDigest,
} from './overrides.ts';
import { type Event, type Stage, type State, SYSTEM } from './types.ts';

/** An override from its click to its end. It counts once the thread was told, and never longer than was asked for. */

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

const HOUR_MS = 3_600_000;
const refused = (reason: string): Meaning => ({ kind: 'refused', reason });

export function decideOverride(stage: Stage, state: State, event: Of<'overridden'>, now: Date): Meaning {
  const { item, log } = state;
  const { actor, hours } = event;
  const gate = describeGate(stage, state, now);
  const rule = overridable(gate).find((one) => ruleDigest(overrideSubject(one)) === event.rule);
  if (!rule) {
    const before = leavesOf(gate).find(
      ({ override }) => override && ruleDigest(override.subject) === event.rule,
    )?.override;
    if (!before) return refused('What this rule says has changed, or it holds by now; look at it again.');
    return refused(`${before.by.name} has overridden this already, until ${clock(before.until)}.`);
  }
  const roles = rule.mayOverride ?? [];
  const role = roles.find((one) => actor.roles.includes(one));
  if (role === undefined) return refused(notAllowed(roles));
  const not = mayNotOverride(item, log, actor.id);
  if (not) return refused(not);
  const note = event.note.trim();
  if (note === '') return refused('Say why, so that people understand it later.');
  if (!OVERRIDE_HOURS.includes(hours)) return refused('Choose how long it holds; no override is without an end.');
  const subject = overrideSubject(rule);
  const until = new Date(now.getTime() + hours * HOUR_MS);
  // They look themselves whether it is still there, so the end of the visit does not keep Home from learning of it.
  const params = { override: overrideId({ subject, until }), visit: item.visit };
  const effects = [
    { job: 'announce-override', params, visit: null },
    { job: 'expire-override', params, visit: null, delayMs: hours * HOUR_MS },
  ];
  return { kind: 'step', actor, subject, role, note, until, effects };
}

/** Whoever made it, and everybody of the role by which it was made, may take it back. */
export function decideWithdrawal(state: State, event: Of<'override_withdrawn'>, now: Date): Meaning {
  const { actor } = event;
  const override = overridesOf(state.log).find((one) => one.id === event.override);
  if (!override || override.until <= now) return refused('This override is over already.');
  const { by, role, subject, until } = override;
  if (actor.id !== by.id && !actor.roles.includes(role)) return refused(notAllowed([role]));
  return { kind: 'step', actor, subject, role, until, note: '' };
}

/** What jobs report of it: that the thread knows, and that its time is over. */
export function interpretOverride(
  state: State,
  event: Of<'override_announced' | 'override_expired'>,
  now: Date,
): Meaning {
  if (event.visit !== state.item.visit) return { kind: 'ignored', reason: 'that visit is over' };
  const override = overridesOf(state.log).find((one) => one.id === event.override);
  if (!override) return { kind: 'ignored', reason: 'it was withdrawn' };
  const { subject, role, until, by } = override;
  const due = event.type === 'override_announced' ? !override.announced && until > now : until <= now;
  if (!due) return { kind: 'ignored', reason: `it is ${until > now ? 'in force' : 'over'}` };
  return { kind: 'step', actor: SYSTEM, subject, role, until, note: `by ${by.name}` };
}
