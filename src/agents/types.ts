/**
 * The one interface to every coding agent. Whoever writes the code, Lockstep launches it, asks how it stands, and
 * stops it in the same words; what an adapter cannot do is said in `can`.
 */

/** What an agent is asked to do. One task is one run; `runId` is the key that makes `launch` safe to repeat. */
export interface AgentTask {
  runId: string;
  /** `owner/name` */
  repo: string;
  /** 40 hex digits: where the branch starts */
  baseSha: string;
  branch: string;
  title: string;
  /** The whole instruction: approved documents, scope, conventions. Untrusted parts are fenced by whoever builds it. */
  prompt: string;
  /** What a reviewer or a failed check asked for. Present on a second launch for the same branch. */
  feedback?: string;
  /** Absolute path of the checkout. Agents that work on this machine need it, hosted ones ignore it. */
  workspace?: string;
  touch?: string[];
  /** Paths, folders (`db/`) or globs (`**\/*.sql`) the agent must leave alone. */
  doNotTouch: string[];
  limits: { usd?: number; turns?: number; minutes: number };
  model?: string;
  /** Counts deliberate new tries of one run. The same number again is the same try; a higher one starts over. */
  attempt?: number;
}

export interface AgentRef {
  kind: string;
  externalId: string;
  url?: string;
}

export type AgentState = 'queued' | 'running' | 'needs_input' | 'succeeded' | 'failed' | 'cancelled' | 'timed_out';

/** One run of the repository's tests by the agent: `red` before the change, `green` after it. */
export interface TestEvidence {
  phase: 'red' | 'green';
  command: string;
  exitCode: number | null;
  ms: number;
  /** Counts and names are null or empty when the output has no summary that we can read. */
  tests: number | null;
  passed: number | null;
  failed: number | null;
  failing: string[];
  /** The last lines of the output */
  tail: string;
}

/** What a person watching wants to see. `doing` is the step in progress. */
export interface AgentProgress {
  doing: string;
  plan: { step: string; done: boolean }[];
  log: string[];
  /** ISO time of the last sign of life */
  at: string;
}

export interface AgentSnapshot {
  state: AgentState;
  branch?: string;
  headSha?: string;
  prUrl?: string;
  summary?: string;
  question?: string;
  error?: string;
  usd?: number;
  tokens?: { in: number; out: number };
  progress?: AgentProgress;
  evidence?: TestEvidence[];
}

export interface AgentEvent {
  id: string;
  at: string;
  text: string;
}

export interface AgentAbilities {
  /** Takes a reviewer's comments: by `followUp`, or by a new launch with `task.feedback`. */
  followUp: boolean;
  cancel: boolean;
  stream: boolean;
  reportsCost: boolean;
  /** The agent (or its person) pushes and opens the pull request; otherwise our runner does. */
  opensPr: boolean;
}

export interface CodingAgent {
  readonly kind: string;
  readonly can: AgentAbilities;
  /** Idempotent on `task.runId` (and `task.attempt`). */
  launch(task: AgentTask, ctl: { signal: AbortSignal }): Promise<AgentRef>;
  /** Always works; webhooks and events only make it earlier. */
  poll(ref: AgentRef): Promise<AgentSnapshot>;
  events?(ref: AgentRef, after?: string): AsyncIterable<AgentEvent>;
  followUp?(ref: AgentRef, text: string): Promise<void>;
  cancel?(ref: AgentRef): Promise<void>;
}

/** True when a run in this state will not go on by itself. */
export function isFinal(state: AgentState): boolean {
  return state !== 'queued' && state !== 'running';
}
