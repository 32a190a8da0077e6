import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { DocumentKind } from '../../src/documents/fields.ts';
import { hashFields, renderDocument } from '../../src/documents/render.ts';
import type { Usage } from '../../src/integrations/model.ts';
import { type FactValues, fact } from '../../src/pipeline/facts.ts';
import type { Facts } from '../../src/pipeline/types.ts';
import { insertRevision, type Revision, spentOnDrafts } from '../../src/store/documents.ts';
import type { JobInput } from '../job.ts';

/** What a draft turned out to be, and who wrote it. */
export interface Drafted {
  fields: unknown;
  model: string | null;
  usage: Usage | null;
}

export interface Order<T> {
  skill: string;
  schema: z.ZodType<T>;
  /** What stands there now, when it is a redraft. */
  current: unknown;
  feedback: FactValues['feedback'] | null;
  /** More that the model should know, such as files of the repository. */
  more?: string;
  offline(): T;
}

/** By the model when there is one and its budget for this item is not used up, else offline. */
export async function draft<T>(input: JobInput<unknown>, order: Order<T>): Promise<Drafted> {
  const { deps, item, state, signal } = input;
  if (!deps.model) return { fields: order.offline(), model: null, usage: null };
  const spent = await spentOnDrafts(deps.db, state.item.id);
  if (spent >= deps.config.model.max_usd_per_item) {
    deps.log.warn({ item: item.key, spent }, 'the budget for drafts of this item is used up: drafted offline');
    return { fields: order.offline(), model: null, usage: null };
  }
  const asked = await deps.model.draft({
    skill: order.skill,
    system: readSkill(deps.config.configDir, order.skill),
    facts: [
      tellFacts(state.facts),
      order.more ?? '',
      order.current ? `The document as it stands:\n${JSON.stringify(order.current, null, 1)}` : '',
      order.feedback ? `${order.feedback.byName} asked for this change: ${order.feedback.text}` : '',
    ]
      .filter(Boolean)
      .join('\n\n'),
    ticket: `${item.title}\n\n${item.description}`,
    schema: order.schema,
    item: item.key,
    signal,
  });
  return { fields: asked.value, model: asked.model, usage: asked.usage };
}

/** Writes the revision that this effect ordered; the second time it is found, not written again. */
export async function keep(input: JobInput<unknown>, document: DocumentKind, drafted: Drafted): Promise<Revision> {
  const { deps, item, effect } = input;
  const authorKind = drafted.model ? 'model' : 'offline';
  const head = { document, key: item.key, title: item.title, authorKind } as const;
  return insertRevision(deps.db, {
    item_id: input.state.item.id,
    document,
    hash: hashFields(document, drafted.fields),
    fields: drafted.fields,
    markdown: renderDocument(head, drafted.fields),
    author_id: 'lockstep',
    author_name: drafted.model ? `Lockstep with ${drafted.model}` : 'Lockstep, offline',
    author_kind: authorKind,
    model: drafted.model,
    input_tokens: drafted.usage?.input ?? 0,
    cached_tokens: drafted.usage?.cached ?? 0,
    output_tokens: drafted.usage?.output ?? 0,
    usd: String(drafted.usage?.usd ?? 0),
    order_key: effect.id,
  });
}

/** What a reviewer asked about this document since `since`; older comments were answered by a revision already. */
export function openFeedback(facts: Facts, of: string, since: Date | null): FactValues['feedback'] | null {
  const feedback = fact(facts, 'feedback');
  if (!feedback || feedback.of !== of) return null;
  return since && facts.feedback!.seenAt <= since ? null : feedback;
}

/** Everything that is known, with where it is from: the model may cite nothing else. */
export function tellFacts(facts: Facts): string {
  const lines = Object.entries(facts)
    .filter(([name]) => !['prd', 'spec', 'feedback', 'agent_run'].includes(name))
    .map(([name, { value, source, seenAt }]) => {
      return `- ${name}: ${JSON.stringify(value)} (${source}, ${seenAt.toISOString().slice(0, 16)})`;
    });
  return lines.length > 0 ? lines.join('\n') : '(nothing is known beyond the ticket)';
}

/** The body of a skill: our instructions, which a team may replace in its own config folder. */
function readSkill(configDir: string, name: string): string {
  const text = readFileSync(join(configDir, 'skills', name, 'SKILL.md'), 'utf8');
  return text.replace(/^---\n[\s\S]*?\n---\n/, '').trim();
}
