/** The words of the pure core. Nothing here knows Slack, GitHub, the queue or the database. */

/** Board columns: the closed vocabulary that metrics and the Board are cut by. */
export const COLUMNS = [
  'Incoming',
  'Planning',
  'For review',
  'Ready to Delegate',
  'In Development',
  'Preview',
  'Deployed',
] as const;
export type Column = (typeof COLUMNS)[number];

export const PRIORITIES = ['P0', 'P1', 'P2', 'P3', 'P4'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const LEVELS = ['human', 'ai_assisted', 'ai_led', 'autonomous'] as const;
export type Level = (typeof LEVELS)[number];

export type ItemStatus = 'active' | 'blocked' | 'cancelled' | 'done';

/** What a person approves: a document revision (by hash), the pull request's head or the merged commit (by SHA). */
export const SUBJECTS = ['prd', 'spec', 'head', 'merge'] as const;
export type SubjectKind = (typeof SUBJECTS)[number];

/** A person, or Lockstep itself. `roles` are those the person holds at this instant. */
export interface Actor {
  id: string;
  name: string;
  roles: readonly string[];
}
export const SYSTEM: Actor = { id: 'lockstep', name: 'Lockstep', roles: [] };

/** One known value about an item. `subject` is the SHA or hash that the value speaks about, or '' for the item as a whole. */
export interface Fact {
  value: unknown;
  source: string;
  seenAt: Date;
  subject: string;
}
export type Facts = Readonly<Record<string, Fact>>;

/** A fact as jobs and people bring it; the time is stamped when it is recorded. */
export interface NewFact {
  name: string;
  value: unknown;
  source: string;
  subject?: string;
}

export interface Item {
  id: string;
  key: string;
  title: string;
  priority: Priority | null;
  level: Level;
  requester: string;
  stage: string;
  visit: number;
  version: number;
  status: ItemStatus;
}

/** One row of history of the current visit: the only memory that gates and work have. */
export interface LogEntry {
  type: EventType;
  actor: Actor;
  /** Set on `approved` and `changes_requested`: which rule of the gate was decided, about what. */
  of: SubjectKind | null;
  subject: string;
  role: string | null;
  /** Set on `finished` and `failed`. */
  job: string | null;
  note: string;
  at: Date;
  /** Set on what is about an override: when it ends by itself. */
  until?: Date | null;
}

/** Everything that `decide` may look at. */
export interface State {
  item: Item;
  facts: Facts;
  /** History of this visit, oldest first. */
  log: readonly LogEntry[];
  /** Decisions of the visit that the event speaks about, when that visit is over: to say who was first. */
  past: readonly LogEntry[];
  waits: readonly Wait[];
}

export type Verb = 'approve' | 'delegate' | 'deploy';

export type Event =
  | { type: 'approved'; actor: Actor; visit: number; of: SubjectKind; subject: string; note?: string; choice?: string }
  | { type: 'changes_requested'; actor: Actor; visit: number; of: SubjectKind; subject: string; note: string }
  /** A person answers the question that the stage asks, e.g. which service. */
  | { type: 'answered'; actor: Actor; visit: number; fact: string; value: unknown }
  /** A document has a new revision; `facts` carry its new hash and what follows from it. */
  | { type: 'revised'; actor: Actor; of: 'prd' | 'spec'; facts: readonly NewFact[]; note: string }
  /** With `takeOver` a person does the work from now on that was delegated. */
  | { type: 'retried'; actor: Actor; visit: number; takeOver?: boolean }
  | { type: 'rollback_requested'; actor: Actor; visit: number; note: string }
  | { type: 'cancelled'; actor: Actor; note: string }
  /** A person lets the item pass a rule that fails; `rule` is the digest of the rule and of what it says now. */
  | { type: 'overridden'; actor: Actor; visit: number; rule: string; hours: number; note: string }
  | { type: 'override_withdrawn'; actor: Actor; visit: number; override: string }
  /** The thread has been told of it: from now on it counts. */
  | { type: 'override_announced'; visit: number; override: string }
  | { type: 'override_expired'; visit: number; override: string }
  /** A job did what it was ordered to do. */
  | { type: 'finished'; job: string; visit: number; facts: readonly NewFact[]; note: string }
  /** A job gave up for good; `note` is the sentence that people read. */
  | { type: 'failed'; job: string; visit: number; facts?: readonly NewFact[]; note: string }
  /** The world was looked at; facts may or may not be new. */
  | { type: 'observed'; facts: readonly NewFact[]; note: string }
  /** Something outside says that it changed (a webhook): look again, whatever the message claimed. */
  | { type: 'nudged'; note: string }
  /** Time has passed. */
  | { type: 'ticked' };
export type EventType = Event['type'] | 'created';

/** Who can make a rule hold. `world` = an outside system that is being watched; null = somebody must change something. */
export type WaitsFor = { role: string } | { user: string } | 'world' | 'work' | null;

export interface RuleResult {
  /** A sentence shown verbatim: "the PRD is approved by a product manager". */
  name: string;
  status: 'met' | 'not_met' | 'unknown';
  because: string;
  waits: WaitsFor;
  /** Set when the rule is a person's decision: what the button offers. */
  ask?: { verb: Verb; role: string; of: SubjectKind; subject: string; have: number; need: number; reject: boolean };
  /** Set while it fails and nobody has overridden it, where the file says who may. */
  mayOverride?: MayOverride;
  /** Somebody has overridden it. It is met by that once it is announced. */
  override?: Override;
  children?: readonly RuleResult[];
}

export interface MayOverride {
  /** Of the rule and of what it says now: what a form names it by. */
  digest: string;
  roles: readonly string[];
  /** People who may not, whatever roles they hold, with the reason that they are told. */
  not: Readonly<Record<string, string>>;
}

/** A rule that a person overrode in this visit, for what it said then. */
export interface Override {
  id: string;
  /** The rule and what it said: "no incident is active on the service: active now: checkout is down" */
  subject: string;
  by: Actor;
  role: string;
  /** Why, as the person wrote it. */
  note: string;
  at: Date;
  until: Date;
  announced: boolean;
}

export interface Wait {
  /** `role:engineer` or `user:U123`. */
  who: string;
  kind: 'gate' | 'review' | 'question' | 'blocked';
}

/** Something to be done outside the database, as data. */
export interface Effect {
  job: string;
  params: Readonly<Record<string, unknown>>;
  /** Bound to this visit: not done when the item has gone on. null = must be done whatever happens next. */
  visit: number | null;
  delayMs?: number;
}

export interface Change {
  from: string;
  to: string;
  type: EventType;
  actor: Actor;
  of: SubjectKind | null;
  subject: string;
  role: string | null;
  job: string | null;
  note: string;
  until: Date | null;
  /** The item as it stands afterwards (version already counted up). */
  item: Item;
  column: Column;
  mark: 'ready' | 'deployed' | null;
  /** One sentence: what the stage waits for now, or why it is blocked. */
  reason: string;
  facts: readonly NewFact[];
  waits: readonly Wait[];
  effects: readonly Effect[];
  gate: RuleResult;
}

/**
 * `wake` = nothing about the item changes; what waits to look at the world again looks now.
 * `ignored` = nothing to record; the effect that brought the event is closed.
 */
export type Decision =
  | { kind: 'moved'; change: Change }
  | { kind: 'waiting'; change: Change }
  | { kind: 'wake' }
  | { kind: 'refused'; reason: string }
  | { kind: 'ignored'; reason: string };

export interface StageJob {
  name: string;
  params: Readonly<Record<string, unknown>>;
  /** A watch goes on until the visit ends; the gate does not wait for it to finish. */
  watch: boolean;
  /** Ordered again when the head commit of the pull request moves. */
  perHead: boolean;
}

export type GateNode =
  | { kind: 'all' | 'any'; nodes: readonly GateNode[] }
  | { kind: 'not'; node: GateNode }
  /** `override`: roles that may override it. */
  | { kind: 'rule'; rule: string; params: Readonly<Record<string, unknown>>; override?: readonly string[] };

export interface Stage {
  id: string;
  label: string;
  column: Column;
  jobs: readonly StageJob[];
  gate: GateNode;
  next: string | null;
  reject: string | null;
  failure: string | null;
  answer: string | null;
  rollback: string | null;
  mark: 'ready' | 'deployed' | null;
}

export interface Definition {
  name: string;
  label: string;
  stages: readonly Stage[];
  /** Who may do what no gate asks for; role names, or `requester`. */
  allow: Readonly<Record<'cancel' | 'retry' | 'answer' | 'rollback', readonly string[]>>;
}

/** What the core needs to know about a job: `check` answers what is wrong with its parameters, or null. */
export interface JobWord {
  watch: boolean;
  perHead: boolean;
  check(params: unknown): string | null;
}

/** Closed vocabularies that a pipeline file is checked against; jobs and roles come from outside the core. */
export interface Vocabulary {
  jobs: Readonly<Record<string, JobWord>>;
  roles: readonly string[];
}
