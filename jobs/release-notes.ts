import { z } from 'zod';
import { ReleaseNotes, readFields } from '../src/documents/fields.ts';
import { type FactValues, fact } from '../src/pipeline/facts.ts';
import { revisionByHash, revisionByOrder } from '../src/store/documents.ts';
import { done, GiveUp, type JobInput, job } from './job.ts';
import { draft, keep } from './shared/drafting.ts';
import { calls, finished, repoOf } from './shared/item-facts.ts';

const NAME = 'release-notes';
const MAX_CHANGES = 50;

/** Writes what the release changes: from the PRD, the pull request, and the commits that go out with it. */
export const releaseNotes = job({
  name: NAME,
  queue: 'drafting',
  params: z.strictObject({}),
  attempts: 4,
  backoffMs: 2_000,
  timeoutMs: 600_000,
  async run(input) {
    const sha = fact(input.state.facts, 'merge')?.sha;
    if (!sha) throw new GiveUp('Nothing is merged yet, so there is nothing to release.');
    const { db } = input.deps;
    const revision =
      (await revisionByOrder(db, input.effect.id)) ?? (await keep(input, 'release_notes', await write(input, sha)));
    const value: FactValues['release_notes'] = { markdown: revision.markdown, revision: revision.number };
    const facts = [{ name: 'release_notes', value, source: revision.author_name, subject: sha }];
    return done(finished(input, NAME, facts));
  },
});

async function write(input: JobInput<unknown>, sha: string) {
  const { deps, state, item } = input;
  const hash = fact(state.facts, 'prd')?.hash;
  const prd = hash ? await revisionByHash(deps.db, { itemId: state.item.id, document: 'prd', hash }) : null;
  const fields = prd ? readFields('prd', prd.fields) : null;
  const changes = await changesOf(input, sha);
  const offline = (): ReleaseNotes => ({
    summary: [`${item.title}.`.replace(/([.!?])\.$/, '$1'), ...(fields?.goals ?? [])].join('\n'),
    changes,
  });
  const more = `What goes out:\n${changes.map(({ text }) => `- ${text}`).join('\n')}\n\nThe PRD:\n${prd?.markdown ?? ''}`;
  const drafted = await draft(input, {
    skill: 'release-notes',
    schema: ReleaseNotes,
    current: null,
    feedback: null,
    more,
    offline,
  });
  // The list of changes is a fact; a model words the summary only.
  return { ...drafted, fields: { ...(drafted.fields as ReleaseNotes), changes } };
}

/** Commits since the last success in production; the pull request alone when that cannot be told. */
async function changesOf(input: JobInput<unknown>, sha: string): Promise<ReleaseNotes['changes']> {
  const repo = repoOf(input.state);
  const github = calls(input);
  const [last] = await github.successesOf(repo, 'production', 1);
  const commits = last && last.sha !== sha ? await github.commitsBetween(repo, last.sha, sha) : null;
  if (commits && commits.length > 0) {
    const newest = commits.slice(-MAX_CHANGES);
    return newest.map(({ title, author, url }) => ({ text: author ? `${title}, by ${author}` : title, url }));
  }
  const pr = fact(input.state.facts, 'pr');
  return pr ? [{ text: `${pr.title} (#${pr.number}), by ${pr.author}`, url: pr.url }] : [];
}
