import type { Facts } from './types.ts';

/**
 * The facts of the vocabulary and the shape of each value. Jobs write them through `advance`, rules and views read
 * them. A fact that nobody knows is absent; it is never written as a guess. The comment names the subject where the
 * value speaks about one commit or revision only.
 */
export interface FactValues {
  service: string;
  /** What enrichment could not decide: offered in the thread as a select. */
  service_question: { text: string; candidates: string[]; because: string };
  /** The issue of a tracker that the item was made of. */
  origin: { tracker: string; key: string; url: string };
  /** The monitor whose alert it is about, and the message that reported it. */
  alert: { app: string; url: string };
  milestone: { id: string; name: string; url: string };
  /** What blocks that issue there, and how far it is here; `unknown`: it is no item. */
  blocked_by: { items: { key: string; state: 'open' | 'done' | 'cancelled' | 'unknown' }[] };
  team: string;
  owner: string;
  tier: 'T1' | 'T2' | 'T3';
  repo: string;
  on_call: string;
  slack_channel: string;
  soak_seconds: number;
  blast_radius: {
    level: 'low' | 'medium' | 'high' | 'unassessed';
    score: number;
    because: string;
    impacted: { name: string; tier: string | null; path: string[] }[];
  };
  open_prs: { count: number; items: { number: number; title: string; url: string; author: string }[] };
  recent_changes: { items: { sha: string; title: string; author: string; at: string; url: string }[] };
  active_incidents: { count: number; items: { title: string; url: string; since: string }[] };
  similar_items: { items: { key: string; title: string; stage: string }[] };
  related_documents: { items: { title: string; path: string; url: string }[] };
  conventions: { files: string[]; codeowners: string[] };
  triage: { kind: string; priority: string | null; because: string };
  prd: DocumentFact;
  spec: DocumentFact;
  /** Subject: the PRD's hash. */
  criteria: { count: number; problems: string[]; titles: string[] };
  /** What a reviewer asked to change; read by the next draft or agent run. */
  feedback: { of: string; text: string; by: string; byName: string };
  /** `note` is for whoever does the work. */
  delegation: { agent: string; by: string; byName: string; note: string };
  agent_run: {
    id: string;
    agent: string;
    state: 'queued' | 'running' | 'needs_input' | 'succeeded' | 'failed' | 'cancelled' | 'timed_out';
    step: string;
    plan: string[];
    summary: string;
    question: string;
    error: string;
    url: string | null;
    usd: number;
  };
  branch: string;
  pr: {
    number: number;
    url: string;
    title: string;
    branch: string;
    headSha: string;
    baseSha: string;
    state: 'open' | 'closed' | 'merged';
    author: string;
    additions: number;
    deletions: number;
    files: number;
  };
  pr_number: number;
  /** Subject: head SHA. */
  checks: {
    conclusion: 'none' | 'pending' | 'success' | 'failure';
    runs: { name: string; conclusion: string; url: string; summary: string }[];
  };
  /** Subject: head SHA. */
  diff_review: {
    verdict: 'pass' | 'fail' | 'unknown';
    findings: { kind: 'do_not_touch' | 'out_of_scope' | 'criterion_without_test'; text: string }[];
    matrix: { criterion: string; test: string | null; verdict: 'PASS' | 'FAIL' | 'UNKNOWN' }[];
  };
  /** Subject: head SHA. */
  preview: { state: 'pending' | 'ready' | 'failed'; url: string | null; because: string };
  reviewer: { id: string | null; name: string; login: string; because: string };
  /** Subject: head SHA. Reviews on GitHub of exactly that commit. */
  reviews: { items: { login: string; state: 'approved' | 'changes_requested' | 'commented'; at: string }[] };
  /** Subject: the merged SHA. */
  merge: { sha: string; at: string };
  /** Subject: deployed SHA. */
  staging: DeploymentFact;
  /** Subject: deployed SHA. */
  production: DeploymentFact;
  /** Subject: SHA on staging. */
  soak: { until: string };
  /** Subject: merged SHA. */
  deploy_checks: {
    verdict: 'pass' | 'fail' | 'unknown';
    checks: { name: string; status: 'pass' | 'fail' | 'unknown'; because: string }[];
    risk: { level: 'low' | 'medium' | 'high'; parts: string[] };
    /** The commit that Rollback would return to; null when nothing was in production before. */
    back: string | null;
  };
  /** Subject: merged SHA. */
  release_notes: { markdown: string; revision: number };
  /** Subject: SHA in production. */
  watch: { state: 'watching' | 'healthy' | 'unhealthy'; until: string; because: string };
  /** Subject: the SHA that was taken back. `byName` is who asked for it. */
  rollback: { state: 'requested' | 'done' | 'failed'; toSha: string; because: string; byName?: string };
}

interface DocumentFact {
  revision: number;
  hash: string;
  authorId: string;
  authorName: string;
  authorKind: 'person' | 'model' | 'offline';
  summary: string;
  placeholders: number;
}

interface DeploymentFact {
  state: 'requested' | 'in_progress' | 'success' | 'failure';
  sha: string;
  previousSha: string | null;
  url: string | null;
  logUrl: string | null;
  because: string;
  at: string;
}

export type FactName = keyof FactValues;

/** The names at run time; the compiler refuses a fact that is missing here. */
const NAMES: Record<FactName, true> = {
  service: true,
  service_question: true,
  origin: true,
  alert: true,
  milestone: true,
  blocked_by: true,
  team: true,
  owner: true,
  tier: true,
  repo: true,
  on_call: true,
  slack_channel: true,
  soak_seconds: true,
  blast_radius: true,
  open_prs: true,
  recent_changes: true,
  active_incidents: true,
  similar_items: true,
  related_documents: true,
  conventions: true,
  triage: true,
  prd: true,
  spec: true,
  criteria: true,
  feedback: true,
  delegation: true,
  agent_run: true,
  branch: true,
  pr: true,
  pr_number: true,
  checks: true,
  diff_review: true,
  preview: true,
  reviewer: true,
  reviews: true,
  merge: true,
  staging: true,
  production: true,
  soak: true,
  deploy_checks: true,
  release_notes: true,
  watch: true,
  rollback: true,
};
export const FACT_NAMES = Object.keys(NAMES) as [FactName, ...FactName[]];

/** The value of a fact, or undefined when nobody knows it. */
export function fact<N extends FactName>(facts: Facts, name: N): FactValues[N] | undefined {
  return facts[name]?.value as FactValues[N] | undefined;
}

/** The value of a fact, only if it speaks about this commit or revision. */
export function factAbout<N extends FactName>(facts: Facts, name: N, subject: string): FactValues[N] | undefined {
  return facts[name]?.subject === subject ? fact(facts, name) : undefined;
}
