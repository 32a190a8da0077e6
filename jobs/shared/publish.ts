import type { AgentSnapshot } from '../../src/agents/types.ts';
import { parseCriteria } from '../../src/documents/criteria.ts';
import { readFields } from '../../src/documents/fields.ts';
import { inspectDiff } from '../../src/documents/inspect-diff.ts';
import { summarise } from '../../src/documents/render.ts';
import type { Pull } from '../../src/integrations/github-types.ts';
import { fact } from '../../src/pipeline/facts.ts';
import { revisionByHash } from '../../src/store/documents.ts';
import type { AgentRun } from '../../src/store/runs.ts';
import { clean, oneLine, upTo } from '../../views/text.ts';
import type { JobInput } from '../job.ts';
import { workspaceOf } from './agent-work.ts';
import { calls } from './item-facts.ts';
import { marker } from './pull-facts.ts';

/** What the agent did may not be published; the message says why and is for people. */
export class Unpublishable extends Error {
  override name = 'Unpublishable';
}

const BOT = { name: 'Lockstep', email: 'lockstep@users.noreply.github.com' };

interface Work {
  run: AgentRun;
  snapshot: AgentSnapshot;
  repo: string;
}

/**
 * From a finished checkout to an open pull request. The agent holds no credentials: what it left is inspected here,
 * committed under our name and pushed with a token that it never sees. Every step finds its earlier result.
 */
export async function publish(input: JobInput<unknown>, { run, snapshot, repo }: Work): Promise<Pull> {
  const { item } = input;
  const spec = await documentOf(input, 'spec');
  const workspace = await workspaceOf(input, run, repo);
  const changes = await workspace.changes();
  if (changes.files.length === 0) throw new Unpublishable('The agent says that it is done, but nothing was changed.');
  const problems = inspectDiff(changes, spec ? readFields('spec', spec.fields).do_not_touch : []);
  if (problems.length > 0) throw new Unpublishable(problems.join(' '));
  const message = unheard(`${item.key}: ${item.title}\n\n${snapshot.summary ?? ''}`).trim();
  await workspace.commit({ message, author: BOT });
  const { sha } = await workspace.push();
  const github = calls(input);
  const { defaultBranch } = await github.getRepo(repo);
  const pull = await github.createPull(repo, {
    title: upTo(unheard(`${item.key}: ${item.title}`), 250),
    body: await bodyOf(input, run, snapshot),
    branch: run.branch,
    base: defaultBranch,
  });
  // GitHub needs a moment to show a push; what we pushed is the head.
  return { ...pull, headSha: sha };
}

async function documentOf({ deps, state }: JobInput<unknown>, document: 'prd' | 'spec') {
  const hash = fact(state.facts, document)?.hash;
  return hash ? revisionByHash(deps.db, { itemId: state.item.id, document, hash }) : null;
}

async function bodyOf(input: JobInput<unknown>, run: AgentRun, snapshot: AgentSnapshot): Promise<string> {
  const [prd, spec] = await Promise.all([documentOf(input, 'prd'), documentOf(input, 'spec')]);
  const { criteria } = parseCriteria(prd ? readFields('prd', prd.fields).acceptance_criteria : '');
  const tests = (snapshot.evidence ?? []).map(
    ({ phase, command, passed, failed, exitCode }) =>
      `- ${phase}: ${inCode(command)} ended with ${exitCode ?? 'no result'} (${passed ?? '?'} passed, ${failed ?? '?'} failed)`,
  );
  const parts = [
    marker(input.item.key),
    snapshot.summary ? quiet(snapshot.summary) : '',
    prd ? `**Why** ${quiet(summarise('prd', prd.fields))} (PRD revision ${prd.number})` : '',
    spec ? `**How** ${quiet(summarise('spec', spec.fields))} (tech spec revision ${spec.number})` : '',
    criteria.length > 0
      ? `**Acceptance criteria**\n${criteria.map(({ id, title }) => `- ${id} ${quiet(title)}`).join('\n')}`
      : '',
    tests.length > 0 ? `**Tests that the agent ran**\n${tests.join('\n')}` : '',
    `Work item ${input.item.key}, by the agent \`${run.adapter}\`. People approve it in its Slack thread; Lockstep merges it.`,
  ];
  return parts.filter(Boolean).join('\n\n');
}

/** A word that closes an issue when an address or an old name of one follows. */
const CLOSES = /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?=:?\s+(?:https?:|GH-\d))/gi;

/** Words of tickets and agents where GitHub reads no Markdown: they mention nobody and close no issue. */
export const unheard = (text: string): string =>
  clean(text)
    .replace(/<!--|-->/g, '')
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/#(?=\d)/g, '#\u200b')
    .replace(CLOSES, '$1\u200b');

/** The same within Markdown, on one line: no picture, link, HTML or heading either. Only simple spans of code stay. */
export const quiet = (text: string): string =>
  unheard(text)
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<!`)(`[^`]+`)(?!`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/[\\`*_~[\]<>&]|^#/g, '\\$&')))
    .join('');

/** One line as code, which nothing in it ends; also within a table. */
export const inCode = (text: string): string =>
  `\`${oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|') || ' '}\``;
