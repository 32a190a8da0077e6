import { z } from 'zod';
import { fact } from '../src/pipeline/facts.ts';
import type { NewFact } from '../src/pipeline/types.ts';
import { done, job } from './job.ts';
import { catalogFacts, incidentFact, repositoryFacts, similarFact, whichService } from './shared/enrichment.ts';
import { finished } from './shared/item-facts.ts';

const NAME = 'enrich';

/** Fills in what is known about an item: from the catalog, the repository, incidents and past items. */
export const enrich = job({
  name: NAME,
  queue: 'delivery',
  params: z.strictObject({}),
  attempts: 5,
  backoffMs: 2_000,
  timeoutMs: 120_000,
  async run(input) {
    const { catalog } = input.deps;
    const { service, facts } = whichService(input);
    const all: NewFact[] = [...facts, await similarFact(input)];
    if (service) {
      all.push(...catalogFacts(catalog, service));
      // Said by a person in this item counts more than the catalog, which may name another repository.
      const repo = service.repo ?? fact(input.state.facts, 'repo');
      if (repo) all.push(...(await repositoryFacts(input, repo)));
      // Last, because an incident may begin while GitHub is asked.
      all.push(await incidentFact(input, service));
    }
    const note = service ? `it is about ${service.name}` : 'it is not certain which service this is about';
    return done(finished(input, NAME, all, note));
  },
});
