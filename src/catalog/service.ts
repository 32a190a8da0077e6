import type { Edge, Entity, Service } from './types.ts';

interface Surroundings {
  entities: ReadonlyMap<string, Entity>;
  edges: Edge[];
}

const secondsIn: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** What a component says of itself; channel and on-call may stand at its group instead. */
export function serviceOf(entity: Entity, { entities, edges }: Surroundings): Service {
  const { annotations } = entity;
  const owner = entity.relations.owner[0] ?? '';
  const group = owner.startsWith('group:') ? entities.get(owner) : undefined;
  const own = (key: string) => annotations[key] ?? group?.annotations[key] ?? null;
  const soak = annotations['lockstep.dev/soak']?.match(/^(\d+)([smhd])$/);
  const names = (refs: string[]) => [...new Set(refs)].flatMap((ref) => componentName(entities, ref)).sort();
  return {
    name: entity.name,
    title: entity.title,
    description: entity.description,
    tier: entity.tier,
    owner,
    team: group?.title ?? null,
    system: entities.get(entity.relations.system[0] ?? '')?.name ?? null,
    repo: annotations['github.com/project-slug'] ?? null,
    slackChannel: own('lockstep.dev/slack-channel')?.replace(/^#/, '') ?? null,
    onCall: own('lockstep.dev/on-call'),
    ...(soak ? { soakSeconds: Number(soak[1]) * secondsIn[soak[2]!]! } : {}),
    dependsOn: names(edges.filter((edge) => edge.from === entity.ref).map((edge) => edge.to)),
    dependants: names(edges.filter((edge) => edge.to === entity.ref).map((edge) => edge.from)),
    links: entity.links,
    annotations,
    file: `${entity.file}:${entity.line}`,
  };
}

function componentName(entities: ReadonlyMap<string, Entity>, ref: string): string[] {
  const entity = entities.get(ref);
  return entity?.kind === 'Component' ? [entity.name] : [];
}
