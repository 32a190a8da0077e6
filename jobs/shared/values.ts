import type { KnownFacts } from '../../src/documents/offline-prd.ts';
import type { Facts } from '../../src/pipeline/types.ts';

/** The values of all facts by name. */
export function valuesOf(facts: Facts): KnownFacts {
  return Object.fromEntries(Object.entries(facts).map(([name, { value }]) => [name, value])) as KnownFacts;
}
