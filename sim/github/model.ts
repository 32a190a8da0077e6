/** What the GitHub stand-in remembers. Everything here is plain JSON, so that a restart continues where it stopped. */

/** ISO time with whole seconds, as GitHub writes it. */
export type Stamp = string;

export interface Label {
  id: number;
  name: string;
  color: string;
}

/** A pull request is an issue with this part, as on GitHub: they share numbers, comments and labels. */
export interface PullPart {
  id: number;
  head: { ref: string; sha: string };
  base: { ref: string; sha: string };
  /** Every head SHA that the pull request has had, oldest first. */
  heads: string[];
  draft: boolean;
  mergedAt: Stamp | null;
  mergedBy: string | null;
  mergeSha: string | null;
  /** The commit about to become the tip of the base, noted first so that a kill between git and state is repaired. */
  merging: { sha: string; by: string } | null;
  requestedReviewers: string[];
}

export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  user: string;
  labels: Label[];
  createdAt: Stamp;
  updatedAt: Stamp;
  closedAt: Stamp | null;
  closedBy: string | null;
  pull: PullPart | null;
}

export interface PullIssue extends Issue {
  pull: PullPart;
}

export interface Comment {
  id: number;
  number: number;
  user: string;
  body: string;
  createdAt: Stamp;
  updatedAt: Stamp;
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';

export interface Review {
  id: number;
  number: number;
  user: string;
  body: string;
  state: ReviewState;
  commitId: string;
  submittedAt: Stamp;
}

export type AppSlug = 'github-actions' | 'lockstep';

export interface CheckOutput {
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: Record<string, unknown>[];
}

export interface CheckRun {
  id: number;
  suiteId: number;
  name: string;
  app: AppSlug;
  headSha: string;
  headBranch: string;
  /** The pull request that caused it, when one did; a newer push to that pull request supersedes it. */
  pull: number | null;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  startedAt: Stamp | null;
  completedAt: Stamp | null;
  externalId: string;
  detailsUrl: string | null;
  output: CheckOutput;
  actions: unknown[];
}

export interface CheckSuite {
  id: number;
  app: AppSlug;
  headSha: string;
  headBranch: string;
  createdAt: Stamp;
  updatedAt: Stamp;
}

export interface CommitStatus {
  id: number;
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: string;
  createdAt: Stamp;
}

export type DeploymentState = 'error' | 'failure' | 'inactive' | 'in_progress' | 'queued' | 'pending' | 'success';

export interface DeploymentStatus {
  id: number;
  state: DeploymentState;
  description: string;
  environment: string;
  environmentUrl: string;
  logUrl: string;
  creator: string;
  createdAt: Stamp;
}

export interface Deployment {
  id: number;
  sha: string;
  ref: string;
  task: string;
  environment: string;
  description: string | null;
  payload: unknown;
  transient: boolean;
  production: boolean;
  creator: string;
  createdAt: Stamp;
  updatedAt: Stamp;
  statuses: DeploymentStatus[];
}

/** A place that code is served at: its stable port and the deployment that it shows. */
export interface Environment {
  port: number | null;
  current: number | null;
}

export interface Repo {
  id: number;
  owner: string;
  name: string;
  description: string;
  defaultBranch: string;
  createdAt: Stamp;
  pushedAt: Stamp;
  nextNumber: number;
  issues: Issue[];
  comments: Comment[];
  reviews: Review[];
  checkRuns: CheckRun[];
  checkSuites: CheckSuite[];
  statuses: CommitStatus[];
  deployments: Deployment[];
  environments: Record<string, Environment>;
}

export interface Delivery {
  id: number;
  guid: string;
  event: string;
  action: string | null;
  repositoryId: number;
  deliveredAt: string;
  redelivery: boolean;
  /** Seconds that the receiver took. */
  duration: number;
  /** HTTP status of the receiver, 0 when there was none, null while under way. */
  statusCode: number | null;
  status: string;
}

export interface State {
  version: 1;
  nextId: number;
  repos: Repo[];
  deliveries: Delivery[];
}
