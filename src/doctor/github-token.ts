import type { Settings } from '../config.ts';
import type { ask } from './ask.ts';
import { bad, type Finding, note, ok } from './finding.ts';

export type Get = (path: string) => ReturnType<typeof ask>;
type Answer = Awaited<ReturnType<Get>>;

/** What Lockstep reads of a repository, by the name that the permission has in the form for tokens. */
const READS: Readonly<Record<string, string>> = {
  'Pull requests': '/pulls?state=all&per_page=1',
  'Commit statuses': '/commits/HEAD/statuses?per_page=1',
  Checks: '/commits/HEAD/check-runs?per_page=1',
  Deployments: '/deployments?per_page=1',
};

/** Reads one of each; whoever lacks the permission is answered 403, or 404 as if there were nothing. */
export async function checkReads(repo: string, get: Get): Promise<Finding[]> {
  const answers = await Promise.all(
    Object.entries(READS).map(async ([name, path]) => ({ name, answer: await get(`/repos/${repo}${path}`) })),
  );
  if (answers.some(({ answer }) => isLimited(answer))) {
    return [note(`${repo}: the token has used up its requests for now, so its permissions were not checked`)];
  }
  const missing = answers.filter(({ answer }) => answer.status === 403 || answer.status === 404);
  return missing.map(({ name, answer }) =>
    bad(
      `${repo}: the token may not read ${name.toLowerCase()} (${answer.status})`,
      `Give it the permission ${name}; docs/github.md says which access each needs.`,
    ),
  );
}

const isLimited = ({ status, headers }: Answer): boolean =>
  status === 429 || (status === 403 && headers.get('x-ratelimit-remaining') === '0');

/**
 * Whether the token may write. Classic tokens say what they may in a header of every answer; of fine-grained ones GitHub
 * tells it only to whoever tries.
 */
export function checkWrites({ headers }: Answer, token: string): Finding {
  const scopes = headers.get('x-oauth-scopes') ?? '';
  if (scopes === '' && !token.startsWith('ghp_')) {
    return note(
      'whether the token may write commit statuses, deployments and pull requests, GitHub tells only when it is tried',
      'Compare its permissions with the table in docs/github.md.',
    );
  }
  const granted = scopes.split(',').map((scope) => scope.trim());
  if (granted.includes('repo')) return ok('a classic token with the scope repo: it may do everything that is needed');
  if (granted.includes('public_repo')) {
    return note('a classic token with the scope public_repo: it may write to public repositories only');
  }
  return bad(
    'the classic token lacks the scope repo',
    'Give it that scope, or make a fine-grained one (docs/github.md).',
  );
}

/** GitHub lets nobody approve a pull request of their own, and those of Lockstep belong to the token's account. */
export async function checkAccount(get: Get, settings: Settings | null): Promise<Finding[]> {
  const { status, body } = await get('/user');
  const login = (body as { login?: string } | null)?.login;
  if (status !== 200 || !login) return [note('whose token it is could not be asked')];
  const person = Object.values(settings?.github ?? {}).some((one) => one.toLowerCase() === login.toLowerCase());
  if (!person) return [ok(`the token belongs to ${login}`)];
  return [
    note(
      `the token belongs to ${login}, who is one of your people`,
      'GitHub lets nobody approve their own pull requests, so this one can review nothing of Lockstep: use a machine account.',
    ),
  ];
}
