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

const STALE = 'somebody else has pushed to this branch';

/**
 * Pushes our branch. A rewritten branch is forced only while the other side still holds what we last saw there, so
 * a commit that a person pushed in the meantime is never lost. Pushing twice is harmless, also after a crash between
 * the push and its note: what the other side holds then is part of what we push.
 */
export async function pushBranch(place: Place): Promise<{ sha: string }> {
  const sha = (await git(place.context, inWorktree(place), ['rev-parse', 'HEAD'])).trim();
  const known = (await resolve(place, inMirror(place), publishedRef(place))) ?? '';
  let refused = await pushOver(place, sha, known);
  if (refused === STALE) {
    const theirs = await contained(place, sha);
    if (theirs) refused = await pushOver(place, sha, theirs);
  }
  if (refused) throw new PushRefused(`The push to ${place.branch} was refused: ${refused}`);
  await rememberPublished(place, sha);
  return { sha };
}

/** Pushes if the other side holds `known` (nothing where it is ''); answers why not, or null. */
async function pushOver(place: Place, sha: string, known: string): Promise<string | null> {
  const ref = `refs/heads/${place.branch}`;
  const args = ['push', '--porcelain', `--force-with-lease=${ref}:${known}`, place.cloneUrl, `${sha}:${ref}`];
  const result = await tryGit(place.context, withAuth(place, inMirror(place)), args);
  return result.exitCode === 0 ? null : refusal(result);
}

/** What the other side holds, if all of it is in what we push. */
async function contained(place: Place, sha: string): Promise<string | null> {
  const ref = `refs/heads/${place.branch}`;
  const listed = await tryGit(place.context, withAuth(place, inMirror(place)), ['ls-remote', place.cloneUrl, ref]);
  const theirs = /^([0-9a-f]{40,64})\t/.exec(listed.stdout)?.[1];
  if (!theirs) return null;
  const ours = await tryGit(place.context, inMirror(place), ['merge-base', '--is-ancestor', theirs, sha]);
  return ours.exitCode === 0 ? theirs : null;
}

/** git says why on stdout for a refused ref, on stderr for everything else; a server's own words follow `remote:`. */
function refusal(result: GitResult): string {
  const line = result.stdout.split('\n').find((one) => one.startsWith('!'));
  const why = line?.split('\t')[2]?.trim();
  if (why === '[rejected] (stale info)') return STALE;
  const remote = result.stderr
    .split('\n')
    .filter((one) => one.startsWith('remote:'))
    .map((one) => one.slice('remote:'.length).trim())
    .filter(Boolean);
  const words = [why, ...remote].filter(Boolean).join(' ');
  return words || reason(result.stderr);
}
