import { z } from 'zod';
import { fact } from '../facts.ts';
import { met, notMet, rule, unknown } from '../rule.ts';

const STANDS = { open: 'is not done yet', cancelled: 'was cancelled', unknown: 'is no item here' } as const;

export const blockedByDone = rule({
  name: 'blocked_by_done',
  help: 'Everything that blocks its issue is done; not knowing counts as failing.',
  params: z.strictObject({}),
  check(_, { facts }) {
    const name = 'everything that blocks it is done';
    // What comes from no tracker has no relations.
    if (!fact(facts, 'origin')) return met(name, 'none');
    const blockedBy = fact(facts, 'blocked_by');
    if (!blockedBy) return unknown(name, 'nobody could say what blocks it');
    const open = blockedBy.items.flatMap(({ key, state }) => (state === 'done' ? [] : [`${key} ${STANDS[state]}`]));
    if (open.length === 0) return met(name, blockedBy.items.map((one) => one.key).join(', ') || 'none');
    const certain = blockedBy.items.some((one) => one.state === 'open' || one.state === 'cancelled');
    return certain ? notMet(name, open.join(', ')) : unknown(name, open.join(', '));
  },
});
