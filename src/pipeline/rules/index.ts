import type { Rule } from '../rule.ts';
import { approvedBy } from './approved-by.ts';
import { documentWritten, factKnown } from './planning.ts';
import { blockedByDone } from './relations.ts';
import { deployChecksPass, deployed, productionHealthy, soaked } from './release.ts';
import { checksGreen, diffWithinSpec, previewReady, pullRequest } from './review.ts';
import { blastRadiusAtMost, criteriaPresent, noActiveIncident, priorityIsNot, tierIsNot } from './scorecard.ts';

/** The closed vocabulary of gates: the words that a pipeline file may use. */
const ALL: readonly Rule[] = [
  factKnown,
  documentWritten,
  approvedBy,
  tierIsNot,
  blastRadiusAtMost,
  noActiveIncident,
  priorityIsNot,
  criteriaPresent,
  blockedByDone,
  pullRequest,
  checksGreen,
  diffWithinSpec,
  previewReady,
  deployed,
  soaked,
  deployChecksPass,
  productionHealthy,
];

export const RULES: ReadonlyMap<string, Rule> = new Map(ALL.map((entry) => [entry.name, entry]));
