import type { z } from 'zod';
import type { Facts, Item, LogEntry, RuleResult } from './types.ts';

/** What a rule may look at. Rules read, they never fetch; time is an input. */
export interface RuleInput {
  item: Item;
  facts: Facts;
  log: readonly LogEntry[];
  now: Date;
  /** May a rejection go anywhere? Decides whether "Request changes" is offered. */
  canReject: boolean;
  /** May a person answer what the stage asks? Decides whether a question is put to anybody. */
  canAnswer: boolean;
  /** Do the other rules of the same group hold? */
  othersHold: boolean;
}

/** One rule of the vocabulary: parameters as they stand in the file, a help line, and the check. */
export interface Rule<P = Record<string, unknown>> {
  name: string;
  help: string;
  params: z.ZodType<P>;
  /** A pipeline may let people override it. Left out where passing it would let an item go on without what comes next. */
  overridable?: true;
  check(params: P, input: RuleInput): RuleResult;
}

/** Keeps the parameter type between `params` and `check` without writing it twice. */
export function rule<P>(definition: Rule<P>): Rule {
  return definition as unknown as Rule;
}

export const met = (name: string, because: string): RuleResult => ({ name, status: 'met', because, waits: null });

export const notMet = (name: string, because: string, waits: RuleResult['waits'] = null): RuleResult => ({
  name,
  status: 'not_met',
  because,
  waits,
});

export const unknown = (name: string, because: string, waits: RuleResult['waits'] = null): RuleResult => ({
  name,
  status: 'unknown',
  because,
  waits,
});
