/** Names that reach git's command line or the file system. Each check throws a sentence that a person can act on. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const forbiddenInRef = /[\u0000-\u0020\u007f~^:?*[\\]/;

/**
 * A branch that we may create, commit to and force: inside `prefix`, and a name that git accepts. Stricter than
 * git-check-ref-format: nothing that could be read as an option, a path out of a folder, or a second argument.
 */
export function checkBranch(branch: string, prefix: string): string {
  const shown = JSON.stringify(branch);
  if (!branch.startsWith(prefix) || branch.length === prefix.length) {
    throw new Error(`the branch ${shown} is not ours: it must start with "${prefix}"`);
  }
  const parts = branch.split('/');
  const bad =
    branch.length > 200 ||
    forbiddenInRef.test(branch) ||
    branch.includes('..') ||
    branch.includes('@{') ||
    parts.some((part) => part === '' || /^[-.]/.test(part) || part.endsWith('.') || part.endsWith('.lock'));
  if (bad) throw new Error(`${shown} is not a branch name that we use`);
  return branch;
}

/** `owner/name` as GitHub allows it. */
export function checkRepo(repo: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,99}\/[A-Za-z0-9_.-]{1,100}$/.test(repo) && !/\/\.{1,2}$/.test(repo)) return repo;
  throw new Error(`${JSON.stringify(repo)} is not a repository: write owner/name`);
}

/** An item's key, used as a folder's name. */
export function checkKey(key: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(key) && !key.includes('..') && !key.endsWith('.lock')) return key;
  throw new Error(`${JSON.stringify(key)} can't be a folder's name: letters, digits, dot, dash and underscore only`);
}

export function checkSha(sha: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) return sha;
  throw new Error(`${JSON.stringify(sha)} is not a full commit id`);
}

/** A URL (or an absolute path, in tests) without credentials: those travel in a header only. */
export function checkCloneUrl(url: string): string {
  if (url.startsWith('/')) return url;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !['http:', 'https:', 'file:'].includes(parsed.protocol)) {
    throw new Error('the clone URL must be http(s)://… or file://…');
  }
  if (parsed.username || parsed.password) throw new Error('the clone URL must not carry credentials');
  return url;
}
