import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A plain folder that the GitHub stand-in turns into a repository. `dir` is absolute. */
export interface SampleRepo {
  owner: string;
  name: string;
  dir: string;
  description: string;
}

/** A ticket to try. `shows` says what a newcomer will see happen with it. */
export interface SampleTicket {
  title: string;
  description: string;
  service?: string;
  priority?: string;
  shows: string;
}

const here = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

function sampleRepo(name: string): SampleRepo {
  const dir = here(`./repos/${name}`);
  const { description } = JSON.parse(readFileSync(`${dir}/package.json`, 'utf8')) as { description: string };
  return { owner: 'acme', name, dir, description };
}

export const sampleRepos: readonly SampleRepo[] = ['storefront', 'ledger', 'newsletter'].map(sampleRepo);

export const sampleTickets: readonly SampleTicket[] = JSON.parse(readFileSync(here('./tickets.json'), 'utf8'));

/** Scripts of the scripted agent, `<repository>/<name>.json`. */
export const scriptsDir = here('./scripts');
