import type { ColumnType, Generated } from 'kysely';
import type { ItemStatus, Level, Priority } from '../pipeline/types.ts';

/** Timestamps are read as Date; bigint columns as strings, because that is how `pg` hands them over. */
type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOr<T> = ColumnType<Date | T, Date | string | T, Date | string | T>;
type Json<T = unknown> = ColumnType<T, string, string>;
type Id = ColumnType<string, string | number, string | number>;
type Numeric = ColumnType<string, number | string, number | string>;

export interface ItemRow {
  id: Generated<string>;
  key: string;
  title: string;
  description: string;
  kind: string;
  priority: Priority | null;
  level: Level;
  origin: string;
  requester: string;
  requester_name: string;
  pipeline_hash: string;
  stage: string;
  column_name: string;
  visit: number;
  version: number;
  status: ItemStatus;
  reason: string;
  stage_since: Time;
  last_hash: string;
  channel: string;
  thread_ts: string | null;
  created_at: Time;
  updated_at: Time;
  /** The fact "service" once more, for the board; a trigger keeps it. */
  service: ColumnType<string | null, never, never>;
}

export interface HistoryRow {
  id: Generated<string>;
  item_id: Id;
  version: number;
  visit: number;
  type: string;
  from_stage: string | null;
  to_stage: string;
  column_name: string;
  mark: string | null;
  actor_id: string;
  actor_name: string;
  actor_roles: string[];
  of: string | null;
  subject: string;
  role: string | null;
  job: string | null;
  note: string;
  request_id: string | null;
  at: Time;
  prev_hash: string;
  hash: string;
  /** When it ends by itself; only of overrides. */
  until: ColumnType<Date | null, Date | null | undefined, never>;
}

export interface FactRow {
  item_id: Id;
  name: string;
  value: Json;
  source: string;
  subject: string;
  seen_at: Time;
}

export interface WaitRow {
  item_id: Id;
  who: string;
  kind: 'gate' | 'review' | 'question' | 'blocked';
  priority: number;
  since: Time;
}

export interface InboxRow {
  id: string;
  kind: string;
  item_id: ColumnType<string | null, string | null, string | null>;
  actor_id: string | null;
  outcome: 'recorded' | 'refused' | 'ignored' | 'opened';
  reason: Generated<string>;
  payload: ColumnType<unknown, string | null, string | null>;
  received_at: Generated<Date>;
}

export interface OutboxRow {
  id: string;
  item_id: ColumnType<string | null, string | null, string | null>;
  version: number;
  visit: number | null;
  job: string;
  params: Json<Record<string, unknown>>;
  request_id: string | null;
  run_at: Time;
  /** Counts every time it is put into the queue: a job of an earlier turn is not this effect's any more. */
  turn: Generated<number>;
  sent_at: TimeOr<null>;
  attempts: Generated<number>;
  error: string | null;
  result: string | null;
  done_at: TimeOr<null>;
  created_at: Generated<Date>;
}

export interface RevisionRow {
  id: Generated<string>;
  item_id: Id;
  document: 'prd' | 'spec' | 'release_notes';
  number: number;
  hash: string;
  fields: Json<Record<string, unknown>>;
  markdown: string;
  author_id: string;
  author_name: string;
  author_kind: 'person' | 'model' | 'offline';
  model: string | null;
  input_tokens: Generated<number>;
  cached_tokens: Generated<number>;
  output_tokens: Generated<number>;
  usd: Generated<string>;
  /** The effect or request that ordered it: a repeated job finds its own revision instead of writing another. */
  order_key: string | null;
  created_at: Generated<Date>;
}

export interface AgentRunRow {
  id: string;
  item_id: Id;
  visit: number;
  adapter: string;
  external_id: string | null;
  url: string | null;
  branch: string;
  base_sha: string;
  state: string;
  step: Generated<string>;
  summary: Generated<string>;
  question: Generated<string>;
  error: Generated<string>;
  evidence: ColumnType<Record<string, unknown>, string | undefined, string>;
  usd: ColumnType<string, Numeric | number | undefined, number>;
  tokens_in: Generated<number>;
  tokens_out: Generated<number>;
  started_at: Generated<Date>;
  ended_at: TimeOr<null>;
}

export interface DeploymentRow {
  key: string;
  item_id: Id;
  repo: string;
  environment: string;
  sha: string;
  previous_sha: string | null;
  external_id: string | null;
  state: 'requested' | 'in_progress' | 'success' | 'failure';
  url: string | null;
  log_url: string | null;
  /** Key of the deployment that this one takes back. */
  rollback_of: string | null;
  created_at: Generated<Date>;
  ended_at: TimeOr<null>;
}

export interface PostRow {
  effect_id: string;
  item_id: ColumnType<string | null, string | null, string | null>;
  channel: string;
  ts: string;
  kind: string;
  subject: Generated<string>;
  posted_at: Generated<Date>;
}

export interface PersonRow {
  id: string;
  name: string;
  real_name: string;
  github_login: string | null;
  guest: boolean;
  deleted: boolean;
  team_id: string | null;
  seen_at: Time;
}

export interface HomeRow {
  user_id: string;
  opened_at: Time;
  /** Of what was published last, without the moments that pass by themselves; null = publish whatever it is. */
  published_hash: string | null;
  published_at: TimeOr<null>;
  /** What the person chose to see; `readHomeState` of views reads it. */
  view: ColumnType<unknown, string | undefined, string>;
  /** Counts changes of what it shows; `drawn` is the count that was drawn last. */
  wanted: Generated<number>;
  drawn: Generated<number>;
}

export interface AlertRow {
  id: Generated<string>;
  /** What makes two messages the same alert. */
  fingerprint: string;
  /** The monitor that reported it. */
  app: string;
  title: string;
  text: string;
  link: string;
  /** The message in whose thread the answer stands; none for what came by a webhook only. */
  channel: string | null;
  ts: string | null;
  permalink: Generated<string>;
  first_seen: Time;
  last_seen: Time;
  count: Generated<number>;
  /** Counts up when it comes back after its item was closed: each round has one item and one answer. */
  round: Generated<number>;
  verdict: Generated<'open' | 'fix' | 'noise'>;
  decided_by: string | null;
  decided_by_name: string | null;
  decided_at: TimeOr<null>;
  item_id: ColumnType<string | null, string | null, string | null>;
  /** The item of the round before. */
  item_before: ColumnType<string | null, string | null, string | null>;
  version: Generated<number>;
  drawn: Generated<number>;
  due_at: Time;
  drawn_at: TimeOr<null>;
}

export interface Tables {
  items: ItemRow;
  stage_history: HistoryRow;
  facts: FactRow;
  waits: WaitRow;
  inbox: InboxRow;
  outbox: OutboxRow;
  revisions: RevisionRow;
  agent_runs: AgentRunRow;
  deployments: DeploymentRow;
  posts: PostRow;
  people: PersonRow;
  role_members: { role: string; user_id: string; source: string; seen_at: Time };
  homes: HomeRow;
  pipelines: { hash: string; name: string; text: string; stored_at: Generated<Date> };
  blocks: { id: Generated<string>; item_id: Id; version: number; reason: string; at: Time };
  alerts: AlertRow;
  milestones: {
    id: Generated<string>;
    origin: string;
    name: string;
    project: string;
    url: string;
    offer: Json;
    offer_hash: string;
    read_at: Time;
    channel: string | null;
    started_by: string | null;
    started_by_name: string | null;
    started_at: TimeOr<null>;
    starts: Generated<number>;
    drawn: Generated<string>;
    finished_at: TimeOr<null>;
  };
  milestone_issues: {
    milestone_id: Id;
    issue_id: string;
    identifier: string;
    title: string;
    description: string;
    url: string;
    priority: Priority | null;
    service: string | null;
    place: number;
    blockers: Json;
    requester: string;
    requester_name: string;
    request_id: string;
    read_at: Time;
    item_id: ColumnType<string | null, string | null, string | null>;
    permalink: string | null;
  };
  alert_messages: { channel: string; ts: string; alert_id: Id };
  incidents: {
    id: Generated<string>;
    service: string;
    title: string;
    url: Generated<string>;
    opened_by: string;
    opened_by_name: Generated<string>;
    opened_at: Generated<Date>;
    resolved_at: TimeOr<null>;
    resolved_by: string | null;
    resolved_by_name: string | null;
  };
}
