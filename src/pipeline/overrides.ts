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
  { log, now }: { log: readonly LogEntry[]; now: Date },
): RuleResult {
  if (result.status === 'met' || roles.length === 0) return result;
  const subject = overrideSubject(result);
  const override = overridesOf(log).find(
    (one) => one.subject === subject && one.until > now && roles.includes(one.role),
  );
  if (!override) return { ...result, mayOverride: roles };
  if (!override.announced) return { ...result, override };
  const because = `overridden by ${override.by.name} until ${override.until.toISOString()}: ${override.note}`;
  return { name: result.name, status: 'met', because, waits: null, override };
}

/** Leaves that fail and may be overridden now, in the order of the file. */
export function overridable(gate: RuleResult): RuleResult[] {
  if (gate.status === 'met') return [];
  return gate.children ? gate.children.flatMap(overridable) : gate.mayOverride ? [gate] : [];
}

/** Whoever lets an item pass a rule is not who asked for it, nor who then decides about it. null = they may. */
export function mayNotOverride(item: Pick<Item, 'requester'>, log: readonly LogEntry[], person: string): string | null {
  if (person === item.requester) return 'You asked for this item, so somebody else has to override its rules.';
  const decided = log.some((entry) => entry.type === 'approved' && entry.actor.id === person);
  return decided ? 'You have decided at this gate, so somebody else has to override its rules.' : null;
}
