import { blastRadius } from '../../src/catalog/blast-radius.ts';
import { findService } from '../../src/catalog/find-service.ts';
import type { Catalog, Service } from '../../src/catalog/index.ts';
import { tellingWords } from '../../src/documents/words.ts';
import { readCodeowners } from '../../src/integrations/github-codeowners.ts';
import { type FactValues, fact } from '../../src/pipeline/facts.ts';
import type { NewFact } from '../../src/pipeline/types.ts';
import { activeIncidents } from '../../src/store/incidents.ts';
import { similarItems } from '../../src/store/similar.ts';
import type { JobInput } from '../job.ts';
import { calls } from './item-facts.ts';

const MAX_PULLS = 20;
const MAX_COMMITS = 10;
const MAX_DOCUMENTS = 6;
/** Documents that are opened to see what they are about. */
const READ_DOCUMENTS = 12;

export function serviceNamed(catalog: Catalog, name: string): Service | undefined {
  return catalog.services.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

/** The service, only when it is certain: said by a person or intake, or named by the ticket as a whole. Else a question. */
export function whichService({ deps, item, state }: JobInput<unknown>): { service: Service | null; facts: NewFact[] } {
  const { catalog } = deps;
  const said = fact(state.facts, 'service');
  const known = said ? serviceNamed(catalog, said) : undefined;
  if (known) return { service: known, facts: [] };
  const found = findService(catalog, `${item.title}\n${item.description}`);
  if (!said && 'service' in found) {
    const value = found.service.name;
    return { service: found.service, facts: [{ name: 'service', value, source: `the ticket: ${found.why}` }] };
  }
  const candidates = 'candidates' in found ? found.candidates.map((one) => one.name) : [found.service.name];
  const value: FactValues['service_question'] = {
    text: 'Which service is this about?',
    candidates: candidates.length > 0 ? candidates : catalog.services.slice(0, 20).map((one) => one.name),
    because: said ? `${said} is not in the catalog` : found.why,
  };
  return { service: null, facts: [{ name: 'service_question', value, source: 'catalog' }] };
}

/** What the catalog says about a service. Nothing is written for what it does not say. */
export function catalogFacts(catalog: Catalog, service: Service): NewFact[] {
  const source = `catalog (${service.file})`;
  const radius = blastRadius(catalog, service.name);
  const given: [string, unknown][] = [
    ['team', service.team],
    ['owner', service.owner || null],
    ['tier', service.tier],
    ['repo', service.repo],
    ['on_call', service.onCall],
    ['slack_channel', service.slackChannel],
    ['soak_seconds', service.soakSeconds ?? null],
    ['blast_radius', { level: radius.level, score: radius.score, because: radius.because, impacted: radius.impacted }],
  ];
  return given.filter(([, value]) => value !== null).map(([name, value]) => ({ name, value, source }));
}

/** Where it was looked: what nobody declared, Lockstep cannot know. */
export const INCIDENT_SOURCE = 'declared in Lockstep';

export async function incidentFact({ deps }: Pick<JobInput<unknown>, 'deps'>, service: Service): Promise<NewFact> {
  const incidents = await activeIncidents(deps.db, [service.name]);
  const value: FactValues['active_incidents'] = {
    count: incidents.length,
    items: incidents.map(({ title, url, opened_at }) => ({ title, url, since: opened_at.toISOString() })),
  };
  return { name: 'active_incidents', value, source: INCIDENT_SOURCE };
}

export async function similarFact({ deps, item, state }: JobInput<unknown>): Promise<NewFact> {
  const words = tellingWords(`${item.title} ${item.description}`);
  const items = await similarItems(deps.db, { itemId: state.item.id, words, limit: 5 });
  return { name: 'similar_items', value: { items } satisfies FactValues['similar_items'], source: 'past items' };
}

/** Facts from the repository. Each source stands alone: one that fails leaves its fact missing and is logged. */
export async function repositoryFacts(input: JobInput<unknown>, repo: string): Promise<NewFact[]> {
  const github = calls(input);
  const source = `GitHub (${repo})`;
  const pulls = async (): Promise<NewFact> => {
    const items = await github.openPulls(repo, MAX_PULLS);
    const shown = items.map(({ number, title, url, author }) => ({ number, title, url, author }));
    return { name: 'open_prs', value: { count: items.length, items: shown } satisfies FactValues['open_prs'], source };
  };
  const changes = async (): Promise<NewFact> => {
    const items = await github.recentCommits(repo, MAX_COMMITS);
    return { name: 'recent_changes', value: { items } satisfies FactValues['recent_changes'], source };
  };
  const results = await Promise.allSettled([
    pulls().then((one) => [one]),
    changes().then((one) => [one]),
    treeFacts(input, repo, source),
  ]);
  return results.flatMap((result) => {
    if (result.status === 'fulfilled') return result.value;
    input.deps.log.warn({ item: input.item.key, reason: String(result.reason) }, 'a source of facts is missing');
    return [];
  });
}

const DOCUMENT = /(^|\/)(docs?|adrs?|decisions|runbooks)\/.*\.mdx?$/i;
const CONVENTIONS = /^(?:\.github\/)?(CONTRIBUTING|AGENTS|CLAUDE|STYLE(?:GUIDE)?|ARCHITECTURE)\.md$|^\.editorconfig$/i;

/** Related documents and conventions, from the paths of the default branch. */
async function treeFacts(input: JobInput<unknown>, repo: string, source: string): Promise<NewFact[]> {
  const github = calls(input);
  const { defaultBranch, url } = await github.getRepo(repo);
  const head = await github.headOf(repo, defaultBranch);
  if (!head) return [];
  const [{ files }, owners] = await Promise.all([github.tree(repo, head), github.codeowners(repo, head)]);
  const paths = files.map(({ path }) => path);
  const words = tellingWords(`${input.item.title} ${input.item.description}`, 20);
  const documents = paths.filter((path) => DOCUMENT.test(path)).slice(0, READ_DOCUMENTS);
  const read = await Promise.all(documents.map(async (path) => ({ path, text: await github.file(repo, path, head) })));
  const related = read
    .map(({ path, text }) => ({ path, title: titleOf(path, text ?? ''), hits: hits(`${path}\n${text ?? ''}`, words) }))
    .filter((one) => one.hits > 0)
    .sort((a, b) => b.hits - a.hits)
    .slice(0, MAX_DOCUMENTS)
    .map(({ path, title }) => ({ path, title, url: `${url}/blob/${defaultBranch}/${path}` }));
  const conventions: FactValues['conventions'] = {
    files: paths.filter((path) => CONVENTIONS.test(path)),
    codeowners: owners ? [...new Set(paths.flatMap(readCodeowners(owners.text)))].slice(0, 20) : [],
  };
  return [
    { name: 'related_documents', value: { items: related } satisfies FactValues['related_documents'], source },
    { name: 'conventions', value: conventions, source },
  ];
}

function titleOf(path: string, text: string): string {
  return /^#\s+(.+)$/m.exec(text)?.[1]?.trim() ?? path.split('/').at(-1)!;
}

function hits(text: string, words: readonly string[]): number {
  const lower = text.toLowerCase();
  return words.filter((word) => lower.includes(word)).length;
}
