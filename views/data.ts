import type {
  Column,
  EventType,
  ItemStatus,
  Level,
  Priority,
  RuleResult,
  SubjectKind,
  Verb,
} from '../src/pipeline/types.ts';
import type { DocumentName } from './values.ts';

/** What views are drawn from. Plain data; whoever draws has read and judged it already. */

export interface PersonRef {
  /** Slack user id, or `lockstep`. */
  id: string;
  name: string;
}

export interface ItemRef {
  id: string;
  key: string;
  title: string;
  visit: number;
}

/** A decision that people can make now, in the rule's own words. */
export interface Ask {
  name: string;
  verb: Verb;
  role: string;
  of: SubjectKind;
  subject: string;
  have: number;
  need: number;
  reject: boolean;
}

/** A decision that is open, and who can make it: those who hold the role, without those whose decision does not count. */
export interface OpenAsk extends Ask {
  deciders: PersonRef[];
}

export interface FactLine {
  label: string;
  value: string;
  /** The same for a card, where the whole would be too long. */
  short?: string;
  source: string;
  seenAt: Date;
}

export interface DocumentRef {
  document: DocumentName;
  label: string;
  revision: number;
  hash: string;
  author: PersonRef;
  authorKind: 'person' | 'model' | 'offline';
  summary: string;
  placeholders: number;
}

export interface Question {
  fact: string;
  text: string;
  because: string;
  candidates: string[];
  /** "Priya Patel", "an engineer or a product manager" */
  askedOf: string;
}

export interface CardData {
  item: ItemRef & {
    description: string;
    priority: Priority | null;
    level: Level;
    status: ItemStatus;
    requester: PersonRef;
  };
  stage: { label: string; column: Column; position: number; count: number; since: Date };
  /** One sentence: what the stage waits for, or why it is blocked. */
  reason: string;
  gate: RuleResult;
  asks: OpenAsk[];
  question: Question | null;
  /** What happened to it that has to be known before anything is decided: a rollback. */
  news: string | null;
  /** "the scripted agent is implementing it"; null where nothing is under way by itself. */
  doing: string | null;
  /** The person who does by hand what no agent does. */
  byHand: string | null;
  /** Of a blocked item: who can change what keeps it, and what to press then. */
  next: string | null;
  facts: FactLine[];
  /** Labels of what enrichment looked for and did not find. */
  missing: string[];
  documents: DocumentRef[];
  /** Lines about the pull request, preview, agent and deployments; composed and escaped. */
  work: string[];
  usd: { drafts: number; agents: number };
  can: {
    retry: boolean;
    /** A person may do what an agent could not. */
    takeOver?: boolean;
    cancel: boolean;
    /** Roles that may override a rule that fails now. */
    override?: readonly string[];
    rollback: { from: string; to: string | null } | null;
  };
}

/** One part of a document as it stands in a form. */
export interface SectionText {
  id: string;
  label: string;
  text: string;
  hint?: string;
  required?: boolean;
}

/** One revision among the others of its document: who wrote it, when, why. */
export interface RevisionRef {
  number: number;
  hash: string;
  author: PersonRef;
  at: Date;
  why:
    | { kind: 'drafted' }
    | { kind: 'edited'; note: string }
    /** Because changes were requested. */
    | { kind: 'redrafted'; by: PersonRef; reason: string };
}

/** What changed in one section; `marked` is the part of a line that the line on the other side has otherwise. */
export interface SectionDiff {
  label: string;
  lines: readonly { kind: 'same' | 'added' | 'removed'; text: string; marked?: [number, number] }[];
}

/** A decision that was made about a gate message. */
export interface DecisionLine {
  type: 'approved' | 'changes_requested';
  by: PersonRef;
  at: Date;
  note: string;
  /** Label of the stage that the item went to with it. */
  to: string | null;
}

export interface GateData {
  item: ItemRef;
  ask: Ask;
  /** People who can decide, for the mention; too many are not mentioned. */
  deciders: PersonRef[];
  /** What has to be known before it is decided: the commit was rolled back. */
  news: string | null;
  document: DocumentRef | null;
  /** The document as Markdown; '' where the decision is about a commit. */
  markdown: string;
  /** Lines about the pull request or release, composed and escaped. */
  lines: string[];
  decisions: DecisionLine[];
}

/** How a gate message ended, when it is no longer open. */
export type GateEnd = { kind: 'decided' } | { kind: 'superseded'; because: string };

/** What an item waits for from people, as far as one row tells it. */
export interface Waiting {
  /** "Priya Patel", "Emil Larsen or Rosa Marin", "an engineer" */
  who: string;
  /** The decision, or a question that only people can answer. */
  asked: Pick<Ask, 'verb' | 'of'> | 'question';
  /** More decisions beside it. */
  others: number;
  /** The person who looks may decide or answer. */
  may: boolean;
  /** Set where that can be done from the row; pinned to what is decided now. */
  ask: Pick<Ask, 'verb' | 'of' | 'subject'> | null;
}

export interface Row {
  item: ItemRef;
  column: string;
  status: ItemStatus;
  priority: Priority | null;
  reason: string;
  since: Date;
  /** null: nobody is waited for. Left out where it was not looked up. */
  waiting?: Waiting | null;
}

export interface ReviewRow extends Row {
  pr: { number: number; url: string; title: string } | null;
  previewUrl: string | null;
  checks: string | null;
}

export interface Counted<R> {
  rows: R[];
  /** Bounded: 100 means "more than 99". */
  count: number;
}

/** An override whose time is not over. */
export interface OverrideRow {
  /** In the visit in which it was made. */
  item: ItemRef;
  id: string;
  /** The rule with what it said. */
  subject: string;
  by: PersonRef;
  note: string;
  until: Date;
  /** `announcing`: it counts once the thread was told. `left`: the item went on. */
  standing: 'announcing' | 'in_force' | 'left';
  /** The reader may take it back. */
  withdraw: boolean;
}

export interface QueueData {
  waiting: Counted<Row>;
  reviews: Counted<ReviewRow>;
  inFlight: Counted<Row>;
  blocked: Counted<Row>;
  overrides?: Counted<OverrideRow>;
}

export interface BoardData {
  columns: (Counted<Row> & { column: string; blocked: number })[];
}

/** One column of the board, page by page. */
export interface BoardPageData {
  column: string;
  rows: Row[];
  count: number;
  blocked: number;
  /** Where the page before this one ends and the one after it begins. */
  before: string | null;
  after: string | null;
}

/** One row of history as the thread tells it. */
export interface LogLine {
  type: EventType;
  actor: PersonRef;
  of: SubjectKind | null;
  /** What an approval of `of` meant there. */
  verb?: Verb | null;
  job: string | null;
  note: string;
  at: Date;
  /** Of an override: the rule with what it said, and when it ends by itself. */
  about?: string;
  until?: Date;
  /** Labels; the same when the item stayed where it is. */
  from: string | null;
  to: string;
  /** What it waits for now. */
  reason: string;
  status: ItemStatus;
}
