import { createHash } from 'node:crypto';
import type { Item, LogEntry, Override, RuleResult } from './types.ts';

/**
 * Overrides follow from the history of the visit, like approvals: `overridden` begins one, `override_announced` puts it
 * in force, and it ends when it is withdrawn, when its time is over, or with the visit.
 */

/** How long one may hold. There is no other choice, and none without an end. */
export const OVERRIDE_HOURS: readonly number[] = [1, 4, 24, 168];

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What is overridden: the rule and what it says. When it says something else, that is asked about anew. */
export const overrideSubject = ({ name, because }: Pick<RuleResult, 'name' | 'because'>): string =>
  `${name}: ${because}`;

/** A rule as a form names it: short, and of what it said when the form was drawn. */
export const ruleDigest = (subject: string): string => digest(subject);

export const overrideId = ({ subject, until }: Pick<Override, 'subject' | 'until'>): string =>
  digest(`${until.getTime()} ${subject}`);

/** Those that have not ended, as far as history says; whether their time is over, only the clock can. Oldest first. */
export function overridesOf(log: readonly LogEntry[]): Override[] {
  const found = new Map<string, Override>();
  for (const entry of log) {
    const { type, subject, actor: by, role, note, at, until } = entry;
    if (!until) continue;
    const id = overrideId({ subject, until });
    const known = found.get(id);
    if (type === 'overridden') found.set(id, { id, subject, by, role: role ?? '', note, at, until, announced: false });
    else if (type !== 'override_announced') found.delete(id);
    else if (known) found.set(id, { ...known, announced: true });
  }
  return [...found.values()];
}

/** Only a rule that fails is overridden: one that holds needs nobody. */
export function withOverride(
  result: RuleResult,
  roles: readonly string[],
  { item, log, now }: { item: Pick<Item, 'requester'>; log: readonly LogEntry[]; now: Date },
): RuleResult {
  if (result.status === 'met' || roles.length === 0) return result;
  const subject = overrideSubject(result);
  const override = overridesOf(log).find(
    (one) => one.subject === subject && one.until > now && roles.includes(one.role),
  );
  if (!override) return { ...result, mayOverride: { digest: digest(subject), roles, not: mayNotOverride(item, log) } };
  if (!override.announced) return { ...result, override };
  const because = `overridden by ${override.by.name} until ${override.until.toISOString()}: ${override.note}`;
  return { name: result.name, status: 'met', because, waits: null, override };
}

/** Whoever lets an item pass a rule is not who asked for it, nor who decides about it. */
function mayNotOverride({ requester }: Pick<Item, 'requester'>, log: readonly LogEntry[]): Record<string, string> {
  const decided = log.filter((entry) => entry.type === 'approved').map((entry) => entry.actor.id);
  const because = 'You have decided at this gate, so somebody else has to override its rules.';
  return {
    ...Object.fromEntries(decided.map((person) => [person, because])),
    [requester]: 'You asked for this item, so somebody else has to override its rules.',
  };
}
