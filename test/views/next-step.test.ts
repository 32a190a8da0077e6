import { expect, it } from 'vitest';
import { nextStep, type Standing } from '../../views/next-step.ts';
import { ask, facts } from '../pipeline/fixture.ts';

/** Hints are found by the sentence of a rule: the rules themselves are asked, so that none can be reworded unseen. */

const standing: Standing = {
  facts: {},
  allow: { cancel: [], retry: ['engineer'], answer: [], rollback: ['release_manager'] },
  requester: 'Priya Patel',
  takeOver: false,
};
const OTHERS = 'When that has changed, an engineer can press Retry';

it.each([
  ['tier_is_not', { tiers: ['T1'] }],
  ['blast_radius_at_most', { level: 'medium' }],
  ['no_active_incident', {}],
  ['priority_is_not', { priorities: ['P0'] }],
  ['criteria_present', {}],
  ['blocked_by_done', {}, { origin: { tracker: 'Linear', key: 'S-1', url: '' } }],
  ['checks_green', {}],
  ['diff_within_spec', {}],
  ['production_healthy', {}],
])('%s has a next step of its own', (rule, params, given: Record<string, unknown> = {}) => {
  const step = nextStep(ask(rule, params, { facts: facts(given) }), standing);
  expect(step).not.toBe('');
  expect(step).not.toBe(OTHERS);
});
