import type { Settings } from '../config.ts';
import { chooseParts } from '../local/parts.ts';
import { RELEVANT } from '../webhooks/github-clues.ts';
import { ask } from './ask.ts';
import { bad, type Finding, note, ok, type Patient, reason } from './finding.ts';
import { checkAccount, checkReads, checkWrites, type Get } from './github-token.ts';

/** `repos`: the repositories that the catalog names. */
export async function checkGitHub(
  { env }: Patient,
  repos: readonly string[],
  settings: Settings | null,
): Promise<Finding[]> {
  const { parts, problems } = chooseParts(env);
  const wrong = problems.filter((problem) => problem.startsWith('GITHUB_'));
  if (wrong.length > 0) return wrong.map((problem) => bad(problem, 'docs/github.md says where each one is found.'));
  if (parts.github === 'stand-in') return [note('GITHUB_TOKEN is not set: using the local GitHub')];
  const api = (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/$/, '');
  const get = (path: string) =>
    ask(`${api}${path}`, {
      headers: {
        authorization: `Bearer ${env.GITHUB_TOKEN}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'lockstep-doctor',
      },
    });
  try {
    const findings: Finding[] = [];
    if (repos.length === 0) {
      findings.push(note('the catalog names no repository', 'Add github.com/project-slug: owner/name to a component.'));
    }
    for (const repo of repos) {
      const answer = await get(`/repos/${repo}`);
      if (answer.status === 401) {
        return [bad('GitHub refuses GITHUB_TOKEN (401)', 'Make a new token; docs/github.md lists what it must allow.')];
      }
      if (repo === repos[0])
        findings.push(...(await checkAccount(get, settings)), checkWrites(answer, env.GITHUB_TOKEN!));
      findings.push(...(await checkRepo(repo, answer, get)));
    }
    return findings;
  } catch (error) {
    return [bad(`GitHub cannot be asked: ${reason(error)}`, `Can this machine reach ${new URL(api).origin}?`)];
  }
}

async function checkRepo(repo: string, { status, body }: Awaited<ReturnType<Get>>, get: Get): Promise<Finding[]> {
  if (status === 404 || status === 403 || status === 301) {
    const why = status === 301 ? 'was renamed' : 'is not there, or the token may not see it';
    return [bad(`${repo} ${why}`, 'Give the token access to it, or correct github.com/project-slug in the catalog.')];
  }
  if (status !== 200)
    return [bad(`${repo}: GitHub answered ${status}`, 'Try again; see https://www.githubstatus.com.')];
  const permissions = (body as { permissions?: Record<string, boolean> } | null)?.permissions;
  if (permissions && !permissions.push) {
    return [bad(`${repo} may be read, but not written`, 'Allow the token to write contents and pull requests.')];
  }
  return [ok(`${repo} can be read and written`), ...(await checkReads(repo, get)), await checkHook(repo, get)];
}

async function checkHook(repo: string, get: Get): Promise<Finding> {
  const { status, body } = await get(`/repos/${repo}/hooks`);
  const missing = 'Without it Lockstep learns of changes only by looking every few minutes (docs/github.md).';
  if (status !== 200 || !Array.isArray(body))
    return note(`${repo}: this token may not see webhooks, so ours was not checked`);
  const hooks = body as {
    active?: boolean;
    events?: string[];
    config?: { url?: string; content_type?: string };
    last_response?: { code?: number | null; message?: string | null };
  }[];
  const ours = hooks.find((hook) => hook.config?.url?.endsWith('/webhooks/github'));
  if (!ours) return note(`${repo} has no webhook that leads to /webhooks/github`, missing);
  if (ours.active === false)
    return bad(`${repo}: the webhook is switched off`, 'Switch it on in the settings of the repository.');
  if (ours.config?.content_type === 'form') {
    return bad(`${repo}: the webhook sends forms`, 'Set its content type to application/json.');
  }
  const code = ours.last_response?.code;
  if (code && code >= 400) {
    const todo =
      code === 401 ? 'Is GITHUB_WEBHOOK_SECRET the one of the webhook?' : `Does ${ours.config?.url} lead to \`web\`?`;
    return bad(`${repo}: its last webhook was answered ${code}`, todo);
  }
  const { events } = ours;
  const unsent = events && !events.includes('*') ? [...RELEVANT].filter((event) => !events.includes(event)) : [];
  if (unsent.length > 0) return note(`${repo}: the webhook does not send ${unsent.join(', ')}`, missing);
  return ok(`${repo}: the webhook is set up`);
}
