/** What the stand-in keeps. Plain data, which tests change as people would in Linear. */
export type StateType = 'triage' | 'backlog' | 'unstarted' | 'started' | 'completed' | 'canceled' | 'duplicate';

export interface Issue {
  id: string;
  identifier: string;
  title: string;
  description: string | null;
  priority: number;
  state: StateType;
  labels: string[];
  /** Name of the milestone, or null. */
  milestone: string | null;
  /** Identifiers of the issues that it is blocked by. */
  blockedBy: string[];
}

export interface Milestone {
  id: string;
  name: string;
  status: 'unstarted' | 'next' | 'overdue' | 'done';
}

export interface Project {
  id: string;
  name: string;
  slugId: string;
  milestones: Milestone[];
  /** In their order. */
  issues: Issue[];
}

/** How the next questions are answered instead of rightly. `times` is counted down to nothing. */
export interface Fault {
  kind: 'rate_limited' | 'down' | 'unauthorized' | 'forbidden' | 'slow';
  times: number;
  /** `slow`: how long the answer takes. */
  ms?: number;
}
