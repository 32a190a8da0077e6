import { z } from 'zod';
import { factsOfRevision } from '../src/documents/document-facts.ts';
import { EMPTY_PRD, type Prd, readFields, Spec } from '../src/documents/fields.ts';
import { redraftOffline } from '../src/documents/offline-prd.ts';
import { DO_NOT_TOUCH, draftSpecOffline } from '../src/documents/offline-spec.ts';
import { entriesFor, findWords, type ScopeEntry, worthReading } from '../src/documents/scope.ts';
import { tellingWords } from '../src/documents/words.ts';
import { fact } from '../src/pipeline/facts.ts';
import { latestRevision, revisionByHash, revisionByOrder } from '../src/store/documents.ts';
import { done, type JobInput, job } from './job.ts';
import { draft, keep, openFeedback } from './shared/drafting.ts';
import { calls, finished } from './shared/item-facts.ts';
import { valuesOf } from './shared/values.ts';

const NAME = 'draft-spec';
/** Files that are read to find the words of the ticket: one call each. */
const READ_AT_MOST = 80;
const AT_ONCE = 8;

/** Writes the tech spec from the approved PRD and from what stands in the repository. */
export const draftSpec = job({
  name: NAME,
  queue: 'drafting',
  params: z.strictObject({}),
  attempts: 4,
  backoffMs: 2_000,
  timeoutMs: 600_000,
  async run(input) {
    const { db } = input.deps;
    const revision = (await revisionByOrder(db, input.effect.id)) ?? (await keep(input, 'spec', await write(input)));
    const note = `tech spec revision ${revision.number} by ${revision.author_name}`;
    return done(finished(input, NAME, factsOfRevision(revision), note));
  },
});

async function write(input: JobInput<unknown>) {
  const { deps, item, state } = input;
  const latest = await latestRevision(deps.db, state.item.id, 'spec');
  const current = latest ? readFields('spec', latest.fields) : null;
  const feedback = openFeedback(state.facts, 'spec', latest?.created_at ?? null);
  const prd = await approvedPrd(input);
  const { baseSha, found, tree } = await lookIntoRepo(input, prd);
  const ticket = { key: item.key, title: item.title, description: item.description };
  const offline = () => {
    const fields = current ?? draftSpecOffline({ ticket, facts: valuesOf(state.facts), prd, found, baseSha });
    return feedback ? redraftOffline(fields, feedback) : fields;
  };
  const more = [
    `The approved PRD:\n${JSON.stringify(prd, null, 1)}`,
    `Where words of the ticket stand:\n${found.map(({ path, reason }) => `- ${path}: ${reason}`).join('\n')}`,
    `Files of the repository:\n${tree.slice(0, 800).join('\n')}`,
  ].join('\n\n');
  const drafted = await draft(input, { skill: 'tech-spec', schema: Spec, current, feedback, more, offline });
  const fields = drafted.fields as Spec;
  const doNotTouch = [...new Set([...DO_NOT_TOUCH, ...fields.do_not_touch])];
  // A redraft keeps a shortened list that a person wrote; a model never shortens it.
  const guarded = drafted.model ? { ...fields, do_not_touch: doNotTouch } : fields;
  return { ...drafted, fields: { ...guarded, base_sha: baseSha || guarded.base_sha } };
}

async function approvedPrd({ deps, state }: JobInput<unknown>): Promise<Prd> {
  const hash = fact(state.facts, 'prd')?.hash;
  const revision = hash ? await revisionByHash(deps.db, { itemId: state.item.id, document: 'prd', hash }) : null;
  return revision ? readFields('prd', revision.fields) : EMPTY_PRD;
}

/** Head of the default branch, its paths, and where the telling words of ticket and PRD stand. */
async function lookIntoRepo(
  input: JobInput<unknown>,
  prd: Prd,
): Promise<{ baseSha: string; found: ScopeEntry[]; tree: string[] }> {
  const repo = fact(input.state.facts, 'repo');
  if (!repo) return { baseSha: '', found: [], tree: [] };
  const github = calls(input);
  const { defaultBranch } = await github.getRepo(repo);
  const baseSha = await github.headOf(repo, defaultBranch);
  if (!baseSha) return { baseSha: '', found: [], tree: [] };
  const { files } = await github.tree(repo, baseSha);
  const words = tellingWords(`${input.item.title}\n${prd.problem}\n${prd.acceptance_criteria}`);
  const paths = worthReading(files, READ_AT_MOST);
  const texts: { path: string; text: string }[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const batch = paths.slice(at, at + AT_ONCE);
    const read = await Promise.all(batch.map((path) => github.file(repo, path, baseSha)));
    batch.forEach((path, index) => {
      texts.push({ path, text: read[index] ?? '' });
    });
  }
  const tree = files.map(({ path }) => path);
  return { baseSha, tree, found: entriesFor(findWords(texts, words), tree).entries };
}
