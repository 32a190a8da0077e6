import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildGraph } from './graph.ts';
import { parseCatalogFile } from './parse.ts';
import { serviceOf } from './service.ts';
import { type Catalog, CatalogError, type Entity } from './types.ts';

export type { Catalog, Service, Tier } from './types.ts';
export { CatalogError } from './types.ts';

/**
 * Reads every `.yaml` and `.yml` of a folder and its subfolders, then of further folders, which may be missing (what a
 * repository brought along, say). Throws a CatalogError that lists all problems of all files.
 */
export function loadCatalog(dir: string, ...further: string[]): Catalog {
  if (!existsSync(dir)) throw new CatalogError([`there is no catalog folder at ${dir}`]);
  return buildCatalog([dir, ...further.filter((one) => existsSync(one))].flatMap(readFolder));
}

function readFolder(dir: string): { file: string; text: string }[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));
  const shown = (name: string) => [path.basename(dir), ...name.split(path.sep)].join('/');
  return names.sort().map((name) => ({ file: shown(name), text: readFileSync(path.join(dir, name), 'utf8') }));
}

/** The catalog from texts, e.g. of `catalog-info.yaml` files in repositories. `file` is used in messages. */
export function buildCatalog(sources: { file: string; text: string }[]): Catalog {
  const parsed = sources.map(({ file, text }) => parseCatalogFile(file, text));
  const problems = parsed.flatMap((one) => one.problems);
  if (problems.length > 0) throw new CatalogError(problems);

  const entities = new Map<string, Entity>();
  const duplicates = new Set<string>();
  const warnings: string[] = [];
  for (const entity of parsed.flatMap((one) => one.entities)) {
    const first = entities.get(entity.ref);
    if (!first) entities.set(entity.ref, entity);
    else {
      duplicates.add(entity.ref);
      const where = `${first.file}:${first.line}`;
      warnings.push(`${entity.file}:${entity.line}: ${entity.ref} is already at ${where}; this one is ignored`);
    }
  }
  const graph = buildGraph(entities);
  const components = [...entities.values()].filter((entity) => entity.kind === 'Component');
  const services = components.map((entity) => serviceOf(entity, { entities, edges: graph.edges }));
  return Object.freeze({
    services: Object.freeze(services.sort((one, other) => one.name.localeCompare(other.name))),
    warnings: Object.freeze([...warnings, ...graph.warnings]),
    entities,
    edges: Object.freeze(graph.edges),
    duplicates,
    dangling: Object.freeze(graph.dangling),
  });
}
