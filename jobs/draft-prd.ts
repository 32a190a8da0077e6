import { z } from 'zod';
import { factsOfRevision } from '../src/documents/document-facts.ts';
import { Prd, readFields } from '../src/documents/fields.ts';
import { onlyKnownLinks } from '../src/documents/links.ts';
import { draftPrdOffline, redraftOffline } from '../src/documents/offline-prd.ts';
import { latestRevision, revisionByOrder } from '../src/store/documents.ts';
import { done, type JobInput, job } from './job.ts';
import { draft, keep, openFeedback } from './shared/drafting.ts';
import { finished } from './shared/item-facts.ts';
import { valuesOf } from './shared/values.ts';

const NAME = 'draft-prd';

/** Writes the PRD, or rewrites it with what a reviewer asked for. */
export const draftPrd = job({
  name: NAME,
  queue: 'drafting',
  params: z.strictObject({}),
  attempts: 4,
  backoffMs: 2_000,
  timeoutMs: 600_000,
  async run(input) {
    const { db } = input.deps;
    const revision = (await revisionByOrder(db, input.effect.id)) ?? (await keep(input, 'prd', await write(input)));
    const note = `PRD revision ${revision.number} by ${revision.author_name}`;
    return done(finished(input, NAME, factsOfRevision(revision), note));
  },
});

async function write(input: JobInput<unknown>) {
  const { deps, item, state } = input;
  const latest = await latestRevision(deps.db, state.item.id, 'prd');
  const current = latest ? readFields('prd', latest.fields) : null;
  const feedback = openFeedback(state.facts, 'prd', latest?.created_at ?? null);
  const ticket = { key: item.key, title: item.title, description: item.description };
  const drafted = await draft(input, {
    skill: 'prd',
    schema: Prd,
    current,
    feedback,
    offline: () => {
      const fields = current ?? draftPrdOffline(ticket, valuesOf(state.facts));
      return feedback ? redraftOffline(fields, feedback) : fields;
    },
  });
  if (!drafted.model) return drafted;
  // A model may only cite what it was shown: a link that nobody gave it is left out.
  const shown = `${item.title}\n${item.description}\n${JSON.stringify(state.facts)}\n${JSON.stringify(current)}`;
  return { ...drafted, fields: onlyKnownLinks(drafted.fields as Prd, shown) };
}
