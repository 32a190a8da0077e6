/** What the product sees of GitHub. Ids are strings: GitHub's no longer fit a JavaScript number everywhere. */

export interface Repository {
  /** `owner/name` as GitHub writes it. */
  repo: string;
  defaultBranch: string;
  url: string;
  /** Merge methods that the repository allows, the one we prefer first. */
  mergeMethods: ('squash' | 'merge' | 'rebase')[];
}

export interface Pull {
  number: number;
  url: string;
  title: string;
  body: string;
  branch: string;
  headSha: string;
  baseBranch: string;
  baseSha: string;
  state: 'open' | 'closed' | 'merged';
  draft: boolean;
  author: string;
  additions: number;
  deletions: number;
  files: number;
  mergedSha: string | null;
  mergedAt: string | null;
  requestedReviewers: string[];
}

export interface PullSummary {
  number: number;
  title: string;
  url: string;
  author: string;
  branch: string;
}

export interface CommitSummary {
  sha: string;
  title: string;
  author: string;
  at: string;
  url: string;
}

export interface ChangedFile {
  path: string;
  previousPath: string | null;
  status: 'added' | 'modified' | 'removed' | 'renamed';
  additions: number;
  deletions: number;
  /** null for binary and huge files. */
  patch: string | null;
}

export interface Checks {
  /** `none`: nothing has reported about this commit at all. */
  conclusion: 'none' | 'pending' | 'success' | 'failure';
  runs: { name: string; conclusion: string; url: string; summary: string }[];
}

export interface Review {
  login: string;
  state: 'approved' | 'changes_requested' | 'commented';
  commit: string;
  at: string;
}

export interface Deployment {
  id: string;
  sha: string;
  environment: string;
  /** The key that we put into the payload; null for deployments of others. */
  key: string | null;
  at: string;
}

export interface DeploymentStatus {
  state: 'queued' | 'pending' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';
  url: string | null;
  logUrl: string | null;
  description: string;
  at: string;
}

export interface NewDeployment {
  sha: string;
  environment: string;
  key: string;
  description: string;
  production: boolean;
  /** True for previews, which go away again. */
  transient: boolean;
}

export type Merge =
  | { kind: 'merged'; sha: string }
  /** The head is no longer the commit that was approved. */
  | { kind: 'moved'; reason: string }
  /** Conflicts, or a rule of the repository. */
  | { kind: 'blocked'; reason: string };

/** Calls about one item. Throws RetryLater on rate limits, Refused where repeating will not help, else an Error. */
export interface GitHubCalls {
  getRepo(repo: string): Promise<Repository>;
  /** Head of a branch, or null when there is no such branch. */
  headOf(repo: string, branch: string): Promise<string | null>;
  openPulls(repo: string, limit: number): Promise<PullSummary[]>;
  recentCommits(repo: string, limit: number): Promise<CommitSummary[]>;
  /** Commit messages that `head` has and `base` has not, newest last; null when GitHub cannot compare them. */
  commitsBetween(repo: string, base: string, head: string): Promise<CommitSummary[] | null>;
  /** Text of a file at a commit, or null when it is not there. */
  file(repo: string, path: string, ref: string): Promise<string | null>;
  tree(repo: string, sha: string): Promise<{ files: { path: string; size: number }[]; truncated: boolean }>;
  /** Id of the content of a commit: two commits with the same tree hold the same files. */
  treeOf(repo: string, sha: string): Promise<string | null>;
  codeowners(repo: string, ref: string): Promise<{ path: string; text: string } | null>;

  getPull(repo: string, number: number): Promise<Pull>;
  /** The open pull request of a branch of the repository itself, else the newest closed one, else null. */
  findPullByBranch(repo: string, branch: string): Promise<Pull | null>;
  /** Opens a pull request, or adopts the one that is open for this branch already. */
  createPull(repo: string, pull: { title: string; body: string; branch: string; base: string }): Promise<Pull>;
  /** Every changed file; `complete` is false when GitHub gave fewer than it counted. */
  pullFiles(repo: string, pull: Pull): Promise<{ files: ChangedFile[]; complete: boolean }>;
  checksFor(repo: string, sha: string): Promise<Checks>;
  reviewsOf(repo: string, number: number): Promise<Review[]>;
  /** False when GitHub says that this person cannot review here. */
  requestReviewer(repo: string, number: number, login: string): Promise<boolean>;
  /** Writes or rewrites our one comment that carries `marker`. */
  upsertComment(repo: string, number: number, marker: string, body: string): Promise<void>;
  setStatus(
    repo: string,
    sha: string,
    status: { state: 'pending' | 'success' | 'failure' | 'error'; context: string; description: string },
  ): Promise<void>;
  merge(
    repo: string,
    number: number,
    how: { sha: string; title: string; method: 'squash' | 'merge' | 'rebase' },
  ): Promise<Merge>;

  /** Our deployment with this key, or null. */
  findDeployment(repo: string, by: { sha: string; environment: string; key: string }): Promise<Deployment | null>;
  createDeployment(repo: string, deployment: NewDeployment): Promise<Deployment>;
  /** The newest status, or null while nothing has reported. */
  deploymentStatus(repo: string, id: string): Promise<DeploymentStatus | null>;
  /** Address of a deployment of this commit that somebody else made, is not production, and succeeded. */
  previewOf(repo: string, sha: string): Promise<string | null>;
  /** Deployments of an environment that succeeded at some time, newest first. */
  successesOf(repo: string, environment: string, limit: number): Promise<Deployment[]>;
}

export interface GitHub extends GitHubCalls {
  /** The same calls, logged with the item's key and stopped with the job's signal. */
  about(item: string, signal?: AbortSignal): GitHubCalls;
  cloneUrl(repo: string): string;
  /** Value of the Authorization header for git over HTTP. Short-lived: ask right before use, never store. */
  gitAuthHeader(): Promise<string>;
}
