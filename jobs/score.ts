import { z } from 'zod';
import { criteriaFact } from '../src/documents/document-facts.ts';
import { fact } from '../src/pipeline/facts.ts';
import type { NewFact } from '../src/pipeline/types.ts';
import { revisionByHash } from '../src/store/documents.ts';
import { done, job } from './job.ts';
import { catalogFacts, incidentFact, serviceNamed } from './shared/enrichment.ts';
import { finished } from './shared/item-facts.ts';

const NAME = 'score';

/** Looks again at everything that the scorecard asks about: a decision is made on what is true now. */
export const score = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  attempts: 5,
  backoffMs: 1_000,
  timeoutMs: 30_000,
  async run(input) {
    const { deps, state } = input;
    const facts: NewFact[] = [];
    const service = serviceNamed(deps.catalog, fact(state.facts, 'service') ?? '');
    if (service) facts.push(...catalogFacts(deps.catalog, service), await incidentFact(input, service));
    const hash = fact(state.facts, 'prd')?.hash;
    const prd = hash ? await revisionByHash(deps.db, { itemId: state.item.id, document: 'prd', hash }) : null;
    if (prd) facts.push(criteriaFact(prd));
    return done(finished(input, NAME, facts, service ? '' : 'the service is not in the catalog'));
  },
});
