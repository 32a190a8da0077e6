import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobs } from '../../jobs/index.ts';
import { type Catalog, CatalogError, loadCatalog } from '../catalog/index.ts';
import { ConfigError, readSettings, type Settings } from '../config.ts';
import { vocabulary } from '../deps.ts';
import { chooseParts } from '../local/parts.ts';
import { parsePipeline } from '../pipeline/definition.ts';
import { bad, type Finding, note, ok, type Patient } from './finding.ts';

/** What the team's own files say; null where they cannot be read, and then the findings say why. */
export interface Files {
  settings: Settings | null;
  catalog: Catalog | null;
  findings: Finding[];
}

const CORRECT = 'Correct the file; docs/configuration.md explains every key.';

export function checkFiles({ configDir, dataDir, env }: Patient): Files {
  const findings: Finding[] = [];
  const settings = read(findings, ConfigError, () => readSettings(join(configDir, 'lockstep.yml')));
  if (settings) findings.push(ok('lockstep.yml'), ...checkAgent(settings, env));
  if (settings) checkPipelines(join(configDir, 'pipelines'), settings, findings);
  const catalog = read(findings, CatalogError, () => loadCatalog(join(configDir, 'catalog'), join(dataDir, 'catalog')));
  if (catalog) {
    findings.push(ok(`catalog with ${catalog.services.length} services`));
    findings.push(...catalog.warnings.map((warning) => note(warning)));
  }
  return { settings, catalog, findings };
}

/** The scripted agent comes with the stand-ins: its scripts are about their sample repositories. */
function checkAgent({ default_agent: wanted }: Settings, env: Patient['env']): Finding[] {
  const { parts } = chooseParts(env);
  const offered = ['manual'];
  if (parts.github === 'stand-in' || env.LOCKSTEP_AGENT_SCRIPTS) offered.push('scripted');
  if (offered.includes(wanted)) return [];
  const why =
    wanted === 'scripted'
      ? 'which knows the sample repositories of the local GitHub only'
      : 'which this installation does not offer';
  const todo = `Set default_agent in config/lockstep.yml to ${offered.map((name) => `\`${name}\``).join(' or ')}.`;
  return [note(`default_agent is ${wanted}, ${why}`, todo)];
}

function checkPipelines(folder: string, settings: Settings, findings: Finding[]): void {
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
    : [];
  if (files.length === 0) findings.push(bad(`there is no pipeline in ${folder}`, 'Put back feature.yml, which ships.'));
  const words = vocabulary(settings, jobs);
  for (const name of files) {
    const file = join(folder, name);
    const definition = read(findings, Error, () => parsePipeline(readFileSync(file, 'utf8'), file, words));
    if (definition) findings.push(ok(`pipeline ${name}`));
  }
}

/** The errors of the team's files have one sentence a line, with the file and the line number. */
function read<T>(findings: Finding[], expected: new (...args: never[]) => Error, work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof expected)) throw error;
    findings.push(...error.message.split('\n').map((line) => bad(line, CORRECT)));
    return null;
  }
}

/** The repositories that components of the catalog name, each once. */
export function reposOf(catalog: Catalog | null): string[] {
  const repos = catalog?.services.flatMap((service) => (service.repo ? [service.repo] : [])) ?? [];
  return [...new Set(repos)].sort();
}
