export const tiers = ['T1', 'T2', 'T3'] as const;
export type Tier = (typeof tiers)[number];

/** One document of a catalog file, checked. `ref` is `kind:name`, in lower case; another namespace shows as `kind:ns/name`. */
export interface Entity {
  ref: string;
  kind: string;
  name: string;
  title: string;
  description: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  links: { url: string; title: string }[];
  /** References by the field that holds them, each already a full ref. */
  relations: Record<Relation, string[]>;
  tier: Tier | null;
  file: string;
  line: number;
}

export const relations = [
  'owner',
  'system',
  'domain',
  'subcomponentOf',
  'providesApis',
  'consumesApis',
  'dependsOn',
  'dependencyOf',
] as const;
export type Relation = (typeof relations)[number];

/** What the rest of Lockstep knows of a service (a Component of the catalog). Unknown is null, never a guess. */
export interface Service {
  name: string;
  title: string;
  description: string | null;
  tier: Tier | null;
  /** `group:web` or `user:rosa` */
  owner: string;
  /** The owning group's title; null when a person owns it or the group is not in the catalog */
  team: string | null;
  system: string | null;
  /** `owner/name` on GitHub */
  repo: string | null;
  /** Without the `#` */
  slackChannel: string | null;
  /** A person's handle */
  onCall: string | null;
  soakSeconds?: number;
  /** Names of services, through APIs too */
  dependsOn: string[];
  dependants: string[];
  links: { url: string; title: string }[];
  annotations: Record<string, string>;
  /** `catalog/shop.yaml:12` */
  file: string;
}

/** `from` does not work without `to`. Both are refs. */
export interface Edge {
  from: string;
  to: string;
}

/** Frozen: a reload makes a new one. */
export interface Catalog {
  services: readonly Service[];
  /** Sentences about duplicates, dangling references and contradictions. They do not stop anything by themselves. */
  warnings: readonly string[];
  entities: ReadonlyMap<string, Entity>;
  edges: readonly Edge[];
  /** Refs that more than one document claims */
  duplicates: ReadonlySet<string>;
  dangling: readonly { from: string; to: string; field: Relation }[];
}

/** Everything that is wrong with the files, in one error. Each problem is `file:line: sentence`. */
export class CatalogError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.name = 'CatalogError';
    this.problems = problems;
  }
}
