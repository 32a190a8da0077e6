import type { Catalog, Entity, Tier } from './types.ts';
import { distance } from './words.ts';

export interface BlastRadius {
  level: 'low' | 'medium' | 'high' | 'unassessed';
  /** Rounded to two decimals; 0 when unassessed */
  score: number;
  /** Services that stop working with this one, nearest first. `path` leads from each to the service. */
  impacted: { name: string; tier: Tier | null; path: string[] }[];
  /** One or two sentences for people */
  because: string;
}

const weights: Record<Tier, number> = { T1: 5, T2: 2, T3: 1 };
const ownT1 = 5;
const dataFactor = 1.5;
/** How many paths the sentence names; `impacted` has all. */
const shownPaths = 5;

/**
 * How far a change to a service reaches. Every service that needs it, directly or through others, counts with its
 * tier's weight (T1 5, T2 2, T3 1), halved with each further step; plus 5 when the service is T1 itself; times 1.5
 * when stored data is touched. Low is under 3, high over 8 or any T1 that needs it directly. Missing data is
 * unassessed, never low.
 */
export function blastRadius(catalog: Catalog, name: string, change: { touchesData?: boolean } = {}): BlastRadius {
  const entity = catalog.entities.get(`component:${name.toLowerCase()}`);
  if (!entity) return unassessed(`${name} is not in the catalog.`);
  const reached = reach(catalog, entity.ref);
  const impacted = reached
    .filter(({ entity: one }) => one.kind === 'Component')
    .map(({ entity: one, path }) => ({ name: one.name, tier: one.tier, path }));
  const missing = missingData(catalog, entity, impacted);
  if (missing) return { ...unassessed(missing), impacted };
  const score = scoreOf(entity, impacted, change.touchesData ?? false);
  const direct = impacted.filter((one) => one.path.length === 2 && one.tier === 'T1');
  const level = direct.length > 0 || score > 8 ? 'high' : score >= 3 ? 'medium' : 'low';
  return { level, score, impacted, because: explain(entity, { impacted, score, direct, change }) };
}

function unassessed(because: string): BlastRadius {
  return { level: 'unassessed', score: 0, impacted: [], because };
}

/** Everything from which the service can be reached, breadth first; circles end at what was seen already. */
function reach(catalog: Catalog, ref: string): { entity: Entity; path: string[] }[] {
  const start = catalog.entities.get(ref)!;
  const seen = new Set([ref]);
  const found: { entity: Entity; path: string[] }[] = [];
  let front = [{ entity: start, path: [start.name] }];
  while (front.length > 0) {
    const next = front.flatMap(({ entity, path }) =>
      catalog.edges
        .filter((edge) => edge.to === entity.ref && !seen.has(edge.from))
        .map((edge) => ({ entity: catalog.entities.get(edge.from)!, path })),
    );
    front = [];
    for (const { entity, path } of next) {
      if (seen.has(entity.ref)) continue;
      seen.add(entity.ref);
      front.push({ entity, path: [entity.name, ...path] });
    }
    found.push(...front);
  }
  return found;
}

/** Why the radius can't be known, or null. */
function missingData(catalog: Catalog, entity: Entity, impacted: BlastRadius['impacted']): string | null {
  const twice = [entity.name, ...impacted.map((one) => one.name)].find((name) =>
    catalog.duplicates.has(`component:${name.toLowerCase()}`),
  );
  if (twice) return `${twice} is in the catalog twice.`;
  const own = catalog.dangling.find((one) => one.from === entity.ref);
  if (own) return `"${own.field}" of ${entity.name} names ${own.to}, which is not in the catalog.`;
  const near = catalog.dangling.find((one) => distance(one.to, entity.ref) <= 2);
  if (near) return `${nameOf(near.from)} needs ${near.to}, which is not in the catalog; it may mean ${entity.name}.`;
  const untiered = [{ name: entity.name, tier: entity.tier }, ...impacted].find((one) => one.tier === null);
  if (untiered) return `${untiered.name} has no tier in the catalog.`;
  const declared = declaresEdges(entity) || catalog.edges.some((edge) => edge.to === entity.ref);
  if (declared || isLeaf(entity)) return null;
  return `The catalog says neither what ${entity.name} needs nor who needs it, nor that it is a leaf.`;
}

function declaresEdges({ relations }: Entity): boolean {
  const fields = ['dependsOn', 'dependencyOf', 'consumesApis', 'providesApis', 'subcomponentOf'] as const;
  return fields.some((field) => relations[field].length > 0);
}

function isLeaf(entity: Entity): boolean {
  return (entity.annotations['lockstep.dev/leaf'] ?? entity.labels['lockstep.dev/leaf']) === 'true';
}

function nameOf(ref: string): string {
  return ref.slice(ref.indexOf(':') + 1);
}

function scoreOf(entity: Entity, impacted: BlastRadius['impacted'], touchesData: boolean): number {
  const others = impacted.reduce((sum, one) => sum + weights[one.tier!] * 0.5 ** (one.path.length - 2), 0);
  const score = (others + (entity.tier === 'T1' ? ownT1 : 0)) * (touchesData ? dataFactor : 1);
  return Math.round(score * 100) / 100;
}

interface Findings {
  impacted: BlastRadius['impacted'];
  score: number;
  direct: BlastRadius['impacted'];
  change: { touchesData?: boolean };
}

function explain(entity: Entity, { impacted, score, direct, change }: Findings): string {
  const paths = impacted.slice(0, shownPaths).map((one) => `${one.path.join(' → ')} (${one.tier})`);
  const more = impacted.length > shownPaths ? ` and ${impacted.length - shownPaths} more` : '';
  const who = paths.length === 0 ? 'No service needs it' : `Needed by ${paths.join(', ')}${more}`;
  const verb = direct.length === 1 ? 'is T1 and needs' : 'are T1 and need';
  const why = [
    direct.length > 0 && `${direct.map((one) => one.name).join(', ')} ${verb} it directly`,
    entity.tier === 'T1' && 'it is T1 itself',
    change.touchesData && 'stored data is touched',
  ].filter(Boolean);
  return `${who}. Score ${score}${why.length > 0 ? `: ${why.join('; ')}` : ''}.`;
}
