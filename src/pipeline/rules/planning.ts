import { z } from 'zod';
import { FACT_NAMES, fact } from '../facts.ts';
import { met, notMet, rule, unknown } from '../rule.ts';

export const factKnown = rule({
  name: 'fact_known',
  help: 'Somebody or some source has said what this is.',
  params: z.strictObject({ fact: z.enum(FACT_NAMES) }),
  check(params, { item, facts, canAnswer }) {
    const name = `the ${params.fact.replaceAll('_', ' ')} is known`;
    const known = facts[params.fact];
    if (known) return met(name, typeof known.value === 'object' ? known.source : `${known.value} (${known.source})`);
    const question = facts[`${params.fact}_question`]?.value as { because?: string } | undefined;
    return unknown(name, question?.because ?? 'no source names it', canAnswer ? { user: item.requester } : 'work');
  },
});

export const documentWritten = rule({
  name: 'document_written',
  help: 'The document has a revision.',
  params: z.strictObject({ document: z.enum(['prd', 'spec']) }),
  check({ document }, { facts }) {
    const label = document === 'prd' ? 'PRD' : 'tech spec';
    const name = `the ${label} is written`;
    const revision = fact(facts, document);
    return revision
      ? met(name, `revision ${revision.revision} by ${revision.authorName}`)
      : notMet(name, 'it is being drafted', 'work');
  },
});
