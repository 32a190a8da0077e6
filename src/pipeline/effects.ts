import { isDeepStrictEqual } from 'node:util';
import { fact } from './facts.ts';
import { asks, openRules, waitsForPeople } from './gate.ts';
import type { Change, Definition, Effect, Facts, Item, RuleResult, Stage, State, Wait } from './types.ts';

/** What follows from a change, as data: who is waited for, what is to be done, and what is to be drawn. */

/** Who is waited for: the people of each open decision, and whoever has to unblock it. */
export function waitsOf({ allow }: Definition, gate: RuleResult, item: Item, facts: Facts): Wait[] {
  const reviewer = fact(facts, 'reviewer')?.id;
  const waits = openRules(gate).flatMap((rule): Wait[] => {
    if (!waitsForPeople(rule.waits)) return [];
    const who = 'role' in rule.waits ? `role:${rule.waits.role}` : `user:${rule.waits.user}`;
    // Asked is who may answer: the requester, or where they may not, everybody who may.
    if (!rule.ask && allow.answer.includes('requester')) return [{ who, kind: 'question' }];
    if (!rule.ask) return allow.answer.map((role) => ({ who: `role:${role}`, kind: 'question' }));
    if (rule.ask.of !== 'head') return [{ who, kind: 'gate' }];
    return [{ who: reviewer ? `user:${reviewer}` : who, kind: 'review' }];
  });
  if (item.status === 'blocked') {
    const people = new Set([item.requester, fact(facts, 'delegation')?.by ?? item.requester]);
    for (const person of people) waits.push({ who: `user:${person}`, kind: 'blocked' });
  }
  return [...new Map(waits.map((wait) => [`${wait.who} ${wait.kind}`, wait])).values()];
}

/** The jobs of the stage that is entered. */
export function entryEffects(stage: Stage, visit: number, gate: RuleResult): Effect[] {
  const jobs = stage.jobs.map((job) => ({ job: job.name, params: job.params, visit }));
  // Nothing would ask again: the gate of the new stage holds already.
  return gate.status === 'met' && stage.next !== null ? [...jobs, { job: 'tick', params: {}, visit }] : jobs;
}

/** The head commit moved while the item stays: what was said about the old one has to be said again. */
export function headEffects(stage: Stage, before: State, facts: Facts): Effect[] {
  const was = fact(before.facts, 'pr')?.headSha;
  const is = fact(facts, 'pr')?.headSha;
  if (!was || !is || was === is) return [];
  const again = stage.jobs.filter((job) => job.perHead);
  return again.map((job) => ({ job: job.name, params: job.params, visit: before.item.visit }));
}

export const askKey = (ask: NonNullable<RuleResult['ask']>): string =>
  `${ask.verb} ${ask.role} ${ask.of} ${ask.subject}`;

/** Jobs at work are not news to people; everything else is one line in the thread. */
function isWorthALine(change: Change, moved: boolean): boolean {
  if (change.type === 'ticked') return false;
  if (change.type === 'observed' || change.type === 'finished') return moved;
  // The announcement of an override is its own message; what it opens is news.
  if (change.type === 'overridden' || change.type === 'override_announced') return moved;
  return true;
}

const REVIEW_FACTS = ['pr', 'checks', 'preview'];

/** What people see of it: the card always, a line in the thread where it says something, the Homes concerned. */
export function surfaceEffects(change: Change, before: State, known: readonly string[]): Effect[] {
  const moved = change.from !== change.to || change.item.visit !== before.item.visit;
  const newAsks = asks(change.gate).filter((ask) => !known.includes(askKey(ask)));
  const newlyBlocked = change.item.status === 'blocked' && (moved || before.item.status !== 'blocked');
  const tell = isWorthALine(change, moved) || newlyBlocked;
  const waitsChange = !isDeepStrictEqual(before.waits, change.waits);
  // Nobody waits to see how work comes along: such a redraw lets the others go first.
  const progress = !moved && !tell && newAsks.length === 0 && !waitsChange;
  const effects: Effect[] = [{ job: 'update-card', params: progress ? { progress } : {}, visit: null }];
  if (tell || newAsks.length > 0) {
    const params = {
      tell,
      type: change.type,
      from: change.from,
      to: change.to,
      asks: newAsks,
      blocked: newlyBlocked ? change.reason : null,
    };
    effects.push({ job: 'notify', params, visit: null });
  }
  const queues = new Set([...before.waits, ...change.waits].map((wait) => wait.who));
  // Those who may withdraw an override see it, whoever is waited for.
  if (change.until) queues.add(`role:${change.role}`);
  // Home shows pull requests with their checks and preview to whoever has to review them.
  const reviewed = change.waits.some((wait) => wait.kind === 'review');
  const shown = reviewed && change.facts.some((entry) => REVIEW_FACTS.includes(entry.name));
  // One of several approvals changes nobody's wait but the wait of whoever gave it.
  const told = change.type === 'created' || change.type === 'approved';
  if (moved || shown || told || change.until || waitsChange) {
    effects.push({ job: 'update-home', params: { who: [...queues, `user:${change.item.requester}`] }, visit: null });
  }
  return effects;
}
