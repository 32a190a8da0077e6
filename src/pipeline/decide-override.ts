import type { Meaning } from './decide.ts';
import { clock, notAllowed } from './decide-person.ts';
import { describeGate, leavesOf, openRules } from './gate.ts';
import { OVERRIDE_HOURS, overrideId, overrideSubject, overridesOf, ruleDigest } from './overrides.ts';
import { type Event, type RuleResult, type Stage, type State, SYSTEM } from './types.ts';

/** An override from its click to its end. It counts once the thread was told, and never longer than was asked for. */

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

const HOUR_MS = 3_600_000;
const refused = (reason: string): Meaning => ({ kind: 'refused', reason });

export function decideOverride(stage: Stage, state: State, event: Of<'overridden'>, now: Date): Meaning {
  const { item } = state;
  const { actor, hours } = event;
  const gate = describeGate(stage, state, now);
  const rule = openRules(gate).find((one) => one.mayOverride?.digest === event.rule);
  if (!rule?.mayOverride) return refused(notOpen(gate, event.rule));
  const { roles, not } = rule.mayOverride;
  const role = roles.find((one) => actor.roles.includes(one));
  if (role === undefined) return refused(notAllowed(roles));
  const because = not[actor.id];
  if (because) return refused(because);
  const note = event.note.trim();
  if (note === '') return refused('Say why, so that people understand it later.');
  if (!OVERRIDE_HOURS.includes(hours)) return refused('Choose how long it holds; no override is without an end.');
  const subject = overrideSubject(rule);
  const until = new Date(now.getTime() + hours * HOUR_MS);
  const about = { override: overrideId({ subject, until }), visit: item.visit };
  const who = [`role:${role}`, `user:${actor.id}`, `user:${item.requester}`];
  // They look themselves whether it still holds, so the end of the visit does not keep Home from learning of its end.
  const effects = [
    { job: 'announce-override', params: about, visit: null },
    {
      job: 'expire-override',
      params: { ...about, until: until.toISOString(), who },
      visit: null,
      delayMs: hours * HOUR_MS,
    },
  ];
  return { kind: 'step', actor, subject, role, note, until, effects };
}

function notOpen(gate: RuleResult, digest: string): string {
  const made = leavesOf(gate).find(({ override }) => override && ruleDigest(override.subject) === digest)?.override;
  if (made) return `${made.by.name} has overridden this already, until ${clock(made.until)}.`;
  return 'What this rule says has changed, or it holds by now; look at it again.';
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
