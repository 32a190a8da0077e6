import { z } from 'zod';
import { fact } from '../facts.ts';
import { met, notMet, rule, unknown } from '../rule.ts';
import { PRIORITIES } from '../types.ts';

/** The five stock rules that decide whether an item may go to an agent. Each fails with its own sentence. */

export const tierIsNot = rule({
  name: 'tier_is_not',
  help: 'The service is not of one of these tiers.',
  params: z.strictObject({ tiers: z.array(z.enum(['T1', 'T2', 'T3'])).min(1) }),
  overridable: true,
  check({ tiers }, { facts }) {
    const name = `the service tier is not ${tiers.join(' or ')}`;
    const tier = fact(facts, 'tier');
    if (!tier) return unknown(name, 'the tier of the service is not in the catalog');
    const service = fact(facts, 'service') ?? 'the service';
    return tiers.includes(tier) ? notMet(name, `${service} is ${tier}`) : met(name, `${service} is ${tier}`);
  },
});

const RADIUS = ['low', 'medium', 'high'] as const;

export const blastRadiusAtMost = rule({
  name: 'blast_radius_at_most',
  help: 'The blast radius is known and at most this level.',
  params: z.strictObject({ level: z.enum(RADIUS) }),
  overridable: true,
  check({ level }, { facts }) {
    const name = `the blast radius is known and at most ${level}`;
    const radius = fact(facts, 'blast_radius');
    if (!radius || radius.level === 'unassessed') {
      return unknown(name, `the blast radius is unassessed${radius ? `: ${radius.because}` : ''}`);
    }
    const fits = RADIUS.indexOf(radius.level) <= RADIUS.indexOf(level);
    return fits ? met(name, `it is ${radius.level}`) : notMet(name, `it is ${radius.level}: ${radius.because}`);
  },
});

export const noActiveIncident = rule({
  name: 'no_active_incident',
  help: 'No incident is active on the service; not knowing counts as failing.',
  params: z.strictObject({}),
  overridable: true,
  check(_, { facts }) {
    const name = 'no incident is active on the service';
    const incidents = fact(facts, 'active_incidents');
    if (!incidents) return unknown(name, 'nobody could say whether an incident is active');
    if (incidents.count === 0) return met(name, 'none');
    return notMet(name, `active now: ${incidents.items.map((incident) => incident.title).join('; ')}`);
  },
});

export const priorityIsNot = rule({
  name: 'priority_is_not',
  help: 'The priority is not one of these.',
  params: z.strictObject({ priorities: z.array(z.enum(PRIORITIES)).min(1) }),
  overridable: true,
  check({ priorities }, { item }) {
    const name = `the priority is not ${priorities.join(' or ')}`;
    if (item.priority && priorities.includes(item.priority)) return notMet(name, `it is ${item.priority}`);
    return met(name, item.priority ? `it is ${item.priority}` : 'no priority was set');
  },
});

export const criteriaPresent = rule({
  name: 'criteria_present',
  help: 'The PRD has acceptance criteria and all of them parse.',
  params: z.strictObject({}),
  check(_, { facts }) {
    const name = 'the acceptance criteria are not empty and parse';
    const criteria = fact(facts, 'criteria');
    if (!criteria || facts.criteria?.subject !== fact(facts, 'prd')?.hash) {
      return unknown(name, 'the acceptance criteria of this PRD were not read');
    }
    if (criteria.count === 0) return notMet(name, 'the PRD has no acceptance criteria: edit it and add at least one');
    if (criteria.problems.length > 0) return notMet(name, criteria.problems.join('; '));
    return met(name, `${criteria.count} ${criteria.count === 1 ? 'criterion' : 'criteria'}`);
  },
});
