import { type Edge, type Entity, type Relation, relations } from './types.ts';
import { nearest } from './words.ts';

export interface Graph {
  edges: Edge[];
  dangling: { from: string; to: string; field: Relation }[];
  warnings: string[];
}

/**
 * Edges from the one that needs to the one that is needed. Consumers and providers of an API are joined directly. A
 * whole needs its parts: a component needs its subcomponents.
 */
export function buildGraph(entities: ReadonlyMap<string, Entity>): Graph {
  const all = [...entities.values()];
  const dangling = all.flatMap((entity) => danglingOf(entity, entities));
  const providers = new Map<string, string[]>();
  for (const entity of all) {
    for (const api of entity.relations.providesApis) providers.set(api, [...(providers.get(api) ?? []), entity.ref]);
  }
  const edges = all.flatMap((entity) => edgesOf(entity, providers)).filter((edge) => edge.from !== edge.to);
  const known = edges.filter(({ from, to }) => entities.has(from) && entities.has(to));
  const unprovided = all.flatMap((entity) =>
    entity.relations.consumesApis
      .filter((api) => entities.has(api) && !providers.has(api))
      .map((api) => `${entity.file}:${entity.line}: ${entity.name} consumes ${api}, which no component provides`),
  );
  return {
    edges: [...new Map(known.map((edge) => [`${edge.from} ${edge.to}`, edge])).values()],
    dangling,
    warnings: [...dangling.map((one) => danglingSentence(one, entities)), ...unprovided],
  };
}

function edgesOf(entity: Entity, providers: Map<string, string[]>): Edge[] {
  const { dependsOn, dependencyOf, consumesApis, subcomponentOf } = entity.relations;
  const throughApi = (api: string) => providers.get(api) ?? [];
  return [
    // dependsOn may name an API as well; then it means whoever provides it.
    ...dependsOn
      .flatMap((to) => (to.startsWith('api:') ? throughApi(to) : [to]))
      .map((to) => ({ from: entity.ref, to })),
    ...dependencyOf.map((from) => ({ from, to: entity.ref })),
    ...consumesApis.flatMap(throughApi).map((to) => ({ from: entity.ref, to })),
    ...subcomponentOf.map((from) => ({ from, to: entity.ref })),
  ];
}

function danglingOf(entity: Entity, entities: ReadonlyMap<string, Entity>): Graph['dangling'] {
  return relations.flatMap((field) =>
    entity.relations[field].filter((to) => !entities.has(to)).map((to) => ({ from: entity.ref, to, field })),
  );
}

function danglingSentence(one: Graph['dangling'][number], entities: ReadonlyMap<string, Entity>): string {
  const entity = entities.get(one.from)!;
  const meant = nearest(one.to, entities.keys());
  const hint = meant ? `, did you mean ${meant}?` : '';
  return `${entity.file}:${entity.line}: "${one.field}" of ${entity.name} names ${one.to}, which is not in the catalog${hint}`;
}
