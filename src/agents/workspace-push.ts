import { type GitResult, git, reason, tryGit } from './git.ts';
import {
  inMirror,
  inWorktree,
  type Place,
  publishedRef,
  rememberPublished,
  resolve,
  withAuth,
} from './workspace-place.ts';

/** The other side, or the lease, said no. The message is for people and holds no secrets. */
export class PushRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PushRefused';
  }
}

/**
 * Pushes our branch. A rewritten branch is forced only while the other side still holds what we last saw there, so
 * a commit that a person pushed in the meantime is never lost. Pushing twice is harmless.
 */
export async function pushBranch(place: Place): Promise<{ sha: string }> {
  const sha = (await git(place.context, inWorktree(place), ['rev-parse', 'HEAD'])).trim();
  const ref = `refs/heads/${place.branch}`;
  const known = (await resolve(place, inMirror(place), publishedRef(place))) ?? '';
  const args = ['push', '--porcelain', `--force-with-lease=${ref}:${known}`, place.cloneUrl, `${sha}:${ref}`];
  const result = await tryGit(place.context, withAuth(place, inMirror(place)), args);
  if (result.exitCode !== 0) throw new PushRefused(`The push to ${place.branch} was refused: ${refusal(result)}`);
  await rememberPublished(place, sha);
  return { sha };
}

/** git says why on stdout for a refused ref, on stderr for everything else; a server's own words follow `remote:`. */
function refusal(result: GitResult): string {
  const line = result.stdout.split('\n').find((one) => one.startsWith('!'));
  const why = line?.split('\t')[2]?.trim();
  if (why === '[rejected] (stale info)') return 'somebody else has pushed to this branch';
  const remote = result.stderr
    .split('\n')
    .filter((one) => one.startsWith('remote:'))
    .map((one) => one.slice('remote:'.length).trim())
    .filter(Boolean);
  const words = [why, ...remote].filter(Boolean).join(' ');
  return words || reason(result.stderr);
}
