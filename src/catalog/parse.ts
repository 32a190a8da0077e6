import { type Document, isNode, LineCounter, parseAllDocuments } from 'yaml';
import { type Entity, type Relation, relations, type Tier, tiers } from './types.ts';
import { nearest } from './words.ts';

export interface ParsedFile {
  entities: Entity[];
  /** `file:line: sentence` */
  problems: string[];
}

const kinds = ['API', 'Component', 'Domain', 'Group', 'Location', 'Resource', 'System', 'User'];
const apiVersions = ['backstage.io/v1alpha1', 'backstage.io/v1beta1'];
const topKeys = ['apiVersion', 'kind', 'metadata', 'spec'];
const metadataKeys = ['name', 'namespace', 'title', 'description', 'labels', 'annotations', 'tags', 'links'];

const requiredSpec: Record<string, string[]> = {
  API: ['type', 'lifecycle', 'owner'],
  Component: ['type', 'lifecycle', 'owner'],
  Domain: ['owner'],
  Group: ['type'],
  Resource: ['type', 'owner'],
  System: ['owner'],
};

/** The kind that a reference means when it names none. `dependsOn` has no default in Backstage. */
const defaultKind: Record<Relation, string | null> = {
  owner: 'group',
  system: 'system',
  domain: 'domain',
  subcomponentOf: 'component',
  providesApis: 'api',
  consumesApis: 'api',
  dependsOn: null,
  dependencyOf: null,
};
const lists: Relation[] = ['providesApis', 'consumesApis', 'dependsOn', 'dependencyOf'];

/** Backstage's rule for names and label values: 1 to 63 letters and digits, with - _ . between them. */
const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const maxFile = 1_000_000;

type Path = (string | number)[];
type Fields = Record<string, unknown>;

/** Reads one multi-document catalog file. Everything that is wrong is reported, not only the first thing. */
export function parseCatalogFile(file: string, text: string): ParsedFile {
  if (text.length > maxFile) return { entities: [], problems: [`${file}:1: this file is over a megabyte`] };
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter });
  const problems: string[] = [];
  const entities: Entity[] = [];
  if (!Array.isArray(documents)) return { entities, problems };
  for (const document of documents) {
    const lineAt = (offset: number) => lineCounter.linePos(offset).line;
    const report = (path: Path, sentence: string) =>
      problems.push(`${file}:${lineOf(document, path, lineAt)}: ${sentence}`);
    for (const error of document.errors) {
      problems.push(`${file}:${lineAt(error.pos[0])}: this is not valid YAML: ${error.message.split('\n')[0]}`);
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    const entity = readEntity(document, report, { file, line: lineOf(document, [], lineAt) });
    if (entity) entities.push(entity);
  }
  return { entities, problems };
}

/** The line of the value at a path; of what encloses it when it is missing. */
function lineOf(document: Document, path: Path, lineAt: (offset: number) => number): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lineAt(node.range[0]);
  }
  return 1;
}

type Report = (path: Path, sentence: string) => void;

/** A place in the document and how to say that something is wrong there. */
interface At {
  path: Path;
  report: Report;
}

function readEntity(document: Document, report: Report, place: { file: string; line: number }): Entity | null {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    report([], error instanceof Error ? error.message : 'this document can not be read');
    return null;
  }
  const top = fieldsOf(value, [], report);
  if (!top) return null;
  spelling(top, topKeys, { path: [], report });
  oneOf(top.apiVersion, apiVersions, { path: ['apiVersion'], report });
  const kind = oneOf(top.kind, kinds, { path: ['kind'], report });
  const metadata = fieldsOf(top.metadata, ['metadata'], report);
  const spec = kind === 'Location' ? {} : fieldsOf(top.spec, ['spec'], report);
  if (!kind || !metadata || !spec) return null;
  return buildEntity({ kind, metadata, spec, report, place });
}

interface Parts {
  kind: string;
  metadata: Fields;
  spec: Fields;
  report: Report;
  place: { file: string; line: number };
}

function buildEntity({ kind, metadata, spec, report, place }: Parts): Entity | null {
  spelling(metadata, metadataKeys, { path: ['metadata'], report });
  const name = nameOf(metadata.name, ['metadata', 'name'], report);
  if (!name) return null;
  const namespace =
    metadata.namespace === undefined ? 'default' : nameOf(metadata.namespace, ['metadata', 'namespace'], report);
  const required = requiredSpec[kind] ?? [];
  for (const field of required) textOf(spec[field], ['spec', field], report);
  spelling(spec, [...required, ...relations], { path: ['spec'], report });
  const labels = textMap(metadata.labels, ['metadata', 'labels'], report);
  const annotations = textMap(metadata.annotations, ['metadata', 'annotations'], report);
  for (const [key, value] of Object.entries(labels)) {
    if (!namePattern.test(value)) report(['metadata', 'labels', key], `the label's value "${value}" ${nameRule}`);
  }
  checkAnnotations(annotations, report);
  return {
    ref: refOf(kind, namespace ?? 'default', name),
    kind,
    name,
    title: optionalText(metadata.title, ['metadata', 'title'], report) ?? name,
    description: optionalText(metadata.description, ['metadata', 'description'], report),
    labels,
    annotations,
    links: linksOf(metadata.links, report),
    relations: relationsOf(spec, report),
    tier: tierOf({ labels, annotations, spec }, report),
    ...place,
  };
}

const nameRule = 'must be 1 to 63 letters and digits, with "-", "_" or "." only between them';

function refOf(kind: string, namespace: string, name: string): string {
  const where = namespace === 'default' ? name : `${namespace}/${name}`;
  return `${kind}:${where}`.toLowerCase();
}

function relationsOf(spec: Fields, report: Report): Record<Relation, string[]> {
  const found = {} as Record<Relation, string[]>;
  for (const relation of relations) {
    const value = spec[relation];
    const path = ['spec', relation];
    found[relation] = [];
    if (value === undefined || value === null) continue;
    if (lists.includes(relation) && !Array.isArray(value)) {
      report(path, `"${relation}" must be a list`);
      continue;
    }
    const all: unknown[] = Array.isArray(value) ? value : [value];
    found[relation] = all
      .map((one, index) => parseRef(one, relation, { path: Array.isArray(value) ? [...path, index] : path, report }))
      .filter((ref) => ref !== null);
  }
  return found;
}

/** `[kind:][namespace/]name` to a full ref. */
function parseRef(value: unknown, relation: Relation, { path, report }: At): string | null {
  const match = typeof value === 'string' ? value.match(/^(?:([A-Za-z]+):)?(?:([^/:]+)\/)?([^/:]+)$/) : null;
  const [, kind = defaultKind[relation], namespace = 'default', name = ''] = match ?? [];
  if (!match || !namePattern.test(name) || !namePattern.test(namespace)) {
    report(path, `"${String(value)}" is not a reference: write kind:name`);
    return null;
  }
  if (!kind) {
    report(path, `"${name}" in "${relation}" needs a kind: write component:${name}, resource:${name} or api:${name}`);
    return null;
  }
  const known = kinds.find((one) => one.toLowerCase() === kind.toLowerCase());
  if (!known) {
    report(path, `"${kind}" is not a kind; allowed: ${kinds.join(', ').toLowerCase()}`);
    return null;
  }
  return refOf(known, namespace, name);
}

/** There is no standard field for the tier: ours first, then the usual ones. */
function tierOf(entity: { labels: Fields; annotations: Fields; spec: Fields }, report: Report): Tier | null {
  const places: [Path, unknown][] = [
    [['metadata', 'labels', 'lockstep.dev/tier'], entity.labels['lockstep.dev/tier']],
    [['metadata', 'annotations', 'lockstep.dev/tier'], entity.annotations['lockstep.dev/tier']],
    [['metadata', 'labels', 'tier'], entity.labels.tier],
    [['metadata', 'labels', 'service-tier'], entity.labels['service-tier']],
    [['spec', 'tier'], entity.spec.tier],
  ];
  const given = places.find(([, value]) => value !== undefined && value !== null);
  if (!given) return null;
  const digit = String(given[1]).match(/^(?:t|tier[-_ ]?)?([123])$/i)?.[1];
  if (digit) return `T${digit}` as Tier;
  report(given[0], `"${String(given[1])}" is not a tier; allowed: ${tiers.join(', ')}`);
  return null;
}

function checkAnnotations(annotations: Record<string, string>, report: Report): void {
  const rules: [string, RegExp, string][] = [
    ['github.com/project-slug', /^[A-Za-z0-9-]+\/[A-Za-z0-9_.-]+$/, 'must be owner/name'],
    ['lockstep.dev/soak', /^\d+[smhd]$/, 'must be a time like 5s, 10m, 2h or 1d'],
    ['lockstep.dev/leaf', /^(true|false)$/, 'is not allowed here; allowed: "true", "false"'],
    ['lockstep.dev/slack-channel', /^#?[^\s#@]{1,80}$/, 'must be a channel name'],
  ];
  for (const [key, pattern, sentence] of rules) {
    const value = annotations[key];
    if (value !== undefined && !pattern.test(value)) {
      report(['metadata', 'annotations', key], `${key}: "${value}" ${sentence}`);
    }
  }
}

function linksOf(value: unknown, report: Report): { url: string; title: string }[] {
  if (value === undefined || value === null) return [];
  const path: Path = ['metadata', 'links'];
  if (!Array.isArray(value)) {
    report(path, '"links" must be a list');
    return [];
  }
  return value.flatMap((one: unknown, index) => {
    const link = fieldsOf(one, [...path, index], report);
    const url = link && textOf(link.url, [...path, index, 'url'], report);
    if (!url) return [];
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      report([...path, index, 'url'], `"${url}" is not a web address; it must start with https:// or http://`);
      return [];
    }
    return [{ url, title: typeof link.title === 'string' ? link.title : url }];
  });
}

function fieldsOf(value: unknown, path: Path, report: Report): Fields | null {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  const what = path.length === 0 ? 'a catalog document' : `"${path.join('.')}"`;
  report(path, value === undefined ? `${what} is missing` : `${what} must hold keys and values`);
  return null;
}

function textOf(value: unknown, path: Path, report: Report): string | null {
  if (typeof value === 'string' && value !== '') return value;
  report(path, value === undefined ? `"${path.join('.')}" is missing` : `"${path.join('.')}" must be a text`);
  return null;
}

function optionalText(value: unknown, path: Path, report: Report): string | null {
  return value === undefined || value === null ? null : textOf(value, path, report);
}

function nameOf(value: unknown, path: Path, report: Report): string | null {
  const text = textOf(value, path, report);
  if (text === null || namePattern.test(text)) return text;
  report(path, `the name "${text}" ${nameRule}`);
  return null;
}

function textMap(value: unknown, path: Path, report: Report): Record<string, string> {
  const fields = value === undefined || value === null ? {} : (fieldsOf(value, path, report) ?? {});
  const entries = Object.entries(fields).map(([key, one]) => [key, textOf(one, [...path, key], report)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

function oneOf(value: unknown, allowed: string[], { path, report }: At): string | null {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  const what = `"${path.join('.')}"`;
  const sentence = value === undefined ? `${what} is missing` : `${what} can't be "${String(value)}"`;
  report(path, `${sentence}; allowed: ${allowed.join(', ')}`);
  return null;
}

/** Backstage allows keys of one's own; one that is a letter or two beside a known key is a typing error. */
function spelling(fields: Fields, known: readonly string[], { path, report }: At): void {
  for (const key of Object.keys(fields)) {
    const meant = known.includes(key) ? null : nearest(key, known);
    if (meant && meant.length > 4) {
      report([...path, key], `there is no key "${key}", did you mean "${meant}"? Allowed: ${known.join(', ')}`);
    }
  }
}
