import { isDeepStrictEqual } from 'node:util';
import type { GitHubCalls } from '../../src/integrations/github.ts';
import { fact } from '../../src/pipeline/facts.ts';
import type { Event, NewFact, State } from '../../src/pipeline/types.ts';
import { GiveUp, type JobInput } from '../job.ts';

/** What a job of one item has in hand every time. */
export function calls(input: JobInput<unknown>): GitHubCalls {
  return input.deps.github.about(input.item.key, input.signal);
}

/** The repository of the item; without one there is nothing that a job about code can do. */
export function repoOf(state: State): string {
  const repo = fact(state.facts, 'repo');
  if (repo) return repo;
  const service = fact(state.facts, 'service');
  throw new GiveUp(
    service
      ? `The catalog names no repository for ${service}. Add it to the catalog, then retry.`
      : 'It is not known which service this is about, so there is no repository to work in.',
  );
}

export function finished(input: JobInput<unknown>, job: string, facts: readonly NewFact[], note = ''): Event {
  return { type: 'finished', job, visit: input.item.visit, facts, note };
}

export function failed(input: JobInput<unknown>, job: string, note: string, facts: readonly NewFact[] = []): Event {
  return { type: 'failed', job, visit: input.item.visit, facts, note };
}

/** An event with those facts that differ from what is known, or undefined when all of it is known. */
export function observed(state: State, facts: readonly NewFact[], note: string): Event | undefined {
  const news = facts.filter((one) => {
    const known = state.facts[one.name];
    return !known || known.subject !== (one.subject ?? '') || !isDeepStrictEqual(known.value, plain(one.value));
  });
  return news.length > 0 ? { type: 'observed', facts: news, note } : undefined;
}

/** As it comes back from the database: undefined properties are gone. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
