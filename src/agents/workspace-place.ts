import { type GitCall, type GitContext, git, tryGit } from './git.ts';

export interface WorkspaceOptions {
  /** Absolute folder for clones and worktrees; shared by all workers of one machine. */
  root: string;
  /** PATH for git */
  path: string;
  cloneUrl: string;
  /** Value of the Authorization header, e.g. `Basic …`. Held in memory for fetch and push only. */
  authHeader?: string;
  repo: string;
  baseSha: string;
  branch: string;
  /** The item's key: one worktree each */
  key: string;
  /** Branches outside this prefix are refused. Default `lockstep/`. */
  branchPrefix?: string;
  timeoutMs?: number;
}

/** What the functions below share. `dir` is the worktree, `gitDir` its administrative folder in the mirror. */
export interface Place extends WorkspaceOptions {
  context: GitContext;
  mirror: string;
  dir: string;
  gitDir: string;
}

export function inMirror(place: Place): GitCall {
  return { cwd: place.mirror, gitDir: place.mirror };
}

export function inWorktree(place: Place): GitCall {
  return { cwd: place.dir, gitDir: place.gitDir, workTree: place.dir };
}

export function withAuth(place: Place, call: GitCall): GitCall {
  return place.authHeader ? { ...call, auth: { url: place.cloneUrl, header: place.authHeader } } : call;
}

/** The commit that a name points to, or null. */
export async function resolve(place: Place, call: GitCall, name: string): Promise<string | null> {
  const found = await tryGit(place.context, call, ['rev-parse', '-q', '--verify', `${name}^{commit}`]);
  return found.exitCode === 0 ? found.stdout.trim() : null;
}

/** What we know to be published on our branch: the lease of the next push. */
export function publishedRef(place: Place): string {
  return `refs/lockstep/published/${place.branch}`;
}

export async function rememberPublished(place: Place, sha: string | null): Promise<void> {
  const args = sha ? ['update-ref', publishedRef(place), sha] : ['update-ref', '-d', publishedRef(place)];
  await git(place.context, inMirror(place), args);
}
