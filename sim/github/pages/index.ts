/** The pages below `/github`: to look at what the product did, and to act on it as one of the people. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestAction } from '../check-runs.ts';
import { diffText } from '../diff.ts';
import { setFaults } from '../faults.ts';
import type { CheckRun, Issue, Repo } from '../model.ts';
import { everybody, people } from '../people.ts';
import { pullRange } from '../pulls.ts';
import { readRunLog } from '../rest/checks.ts';
import { Refusal, readBody } from '../rest/router.ts';
import type { Webhooks } from '../webhooks.ts';
import { bareDir, findRepo, isPull, type World } from '../world.ts';
import { act, actingPerson, type Form, isOwnPage, isVerb, readForm, sentence } from './forms.ts';
import { html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { issuePage, listPage, pullPage } from './pull.ts';
import { blobPage, codePage, commitPage, comparePage, readBlob, repositoriesPage, treePage } from './repo.ts';
import { deliveriesPage, deployLogPage, deploymentsPage, runPage } from './runs.ts';
import { script, style } from './style.ts';

interface Visit {
  req: IncomingMessage;
  res: ServerResponse;
  url: URL;
  /** Path segments after `/github`, decoded. */
  parts: string[];
}

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
].join('; ');

export function createPages(world: World, webhooks: Webhooks) {
  const handle = async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<boolean> => {
    const visit = { req, res, url, parts: segments(url.pathname) };
    if (url.pathname === '/github/faults') return faults(visit, world);
    if (req.method === 'POST' && !isOwnPage(req, world.baseUrl()))
      return plain(res, 403, 'Forms are accepted from these pages only.');
    try {
      if (req.method === 'POST') return await post(visit);
      const page = await get(visit);
      return page === 'sent' || sendPage(res, page ?? lost());
    } catch (error) {
      if (error instanceof Refusal) return plain(res, error.status, sentence(error));
      throw error;
    }
  };

  const get = async (visit: Visit): Promise<Page | 'sent' | null> => {
    const [first, second, ...rest] = visit.parts;
    if (!first) return repositoriesPage(world);
    if (first === 'assets') return sendAsset(visit.res, second);
    if (first === 'deliveries') return deliveriesPage(world);
    if (first === 'people') return personPage(world, second ?? '');
    const repo = findRepo(world, first, second ?? '');
    return repo ? repoPage(visit, repo, rest) : null;
  };

  const repoPage = async (visit: Visit, repo: Repo, rest: string[]): Promise<Page | 'sent' | null> => {
    const [kind, ...more] = rest;
    const tail = more.join('/');
    if (kind === undefined) return codePage(world, repo);
    if (kind === 'tree') return treePage(world, repo, tail);
    if (kind === 'blob') return blobPage(world, repo, tail);
    if (kind === 'commit') return commitPage(world, repo, tail);
    if (kind === 'compare') return comparePage(world, repo, tail);
    if (kind === 'raw') return sendText(visit.res, await readBlob(world, repo, tail));
    if (kind === 'pulls' || (kind === 'issues' && !more[0])) {
      return listPage(repo, kind, visit.url.searchParams.get('state') ?? 'open');
    }
    if (kind === 'pull' || kind === 'issues') return issueOrDiff(visit, repo, more[0] ?? '');
    if (kind === 'runs') return runOrLog(visit, repo, more);
    if (kind === 'deployments') return deployments(repo, more);
    return null;
  };

  const issueOrDiff = async (visit: Visit, repo: Repo, name: string): Promise<Page | 'sent' | null> => {
    const [, number, diff] = /^(\d+)(\.diff)?$/.exec(name) ?? [];
    const issue = repo.issues.find((one) => one.number === Number(number));
    if (!issue) return null;
    if (!diff || !isPull(issue)) return showIssue(repo, issue, { as: lastActor(visit.req) });
    const { from, to } = await pullRange(world, repo, issue);
    return sendText(visit.res, Buffer.from(await diffText(world.git, bareDir(world, repo), from, to)));
  };
  const showIssue = (repo: Repo, issue: Issue, more: { notice?: string; as?: string }) =>
    isPull(issue) ? pullPage(world, repo, issue, more) : issuePage(repo, issue, more);

  const runOrLog = async (visit: Visit, repo: Repo, [id, log]: string[]): Promise<Page | 'sent' | null> => {
    const run = repo.checkRuns.find((one) => one.id === Number(id));
    if (!run) return null;
    if (log !== 'log') return runPage(world, repo, run);
    const text = await readRunLog({ world }, run.id);
    return sendText(visit.res, text === null ? null : Buffer.from(text));
  };
  const deployments = async (repo: Repo, [id]: string[]): Promise<Page | null> => {
    if (!id) return deploymentsPage(world, repo);
    const deployment = repo.deployments.find((one) => one.id === Number(id));
    return deployment ? deployLogPage(world, repo, deployment) : null;
  };

  const post = async (visit: Visit): Promise<boolean> => {
    const [first = '', second = '', kind, id = '', verb = ''] = visit.parts;
    const form = await readForm(visit.req);
    if (first === 'deliveries') {
      if (!(await webhooks.redeliver(Number(second)))) return sendPage(visit.res, lost());
      return redirect(visit.res, '/github/deliveries');
    }
    const repo = findRepo(world, first, second);
    if (!repo) return sendPage(visit.res, lost());
    if ((kind === 'pull' || kind === 'issues') && isVerb(verb))
      return postOnIssue(visit, repo, { number: Number(id), verb, form });
    const run = repo.checkRuns.find((one) => one.id === Number(id));
    const at = kind === 'runs' && run ? postOnRun(repo, run, verb, form) : null;
    return at ? redirect(visit.res, `/github/${first}/${second}/runs/${at.id}`) : sendPage(visit.res, lost());
  };
  /** The run to show afterwards; null when there was nothing to do. */
  const postOnRun = (repo: Repo, run: CheckRun, verb: string, form: Form): CheckRun | null => {
    if (verb === 'action') {
      return requestAction(world, repo, run, form.get('identifier') ?? '', actingPerson(form)) ? run : null;
    }
    if (verb !== 'rerun' || run.app !== 'github-actions') return null;
    world.checks.rerun(repo, run);
    return repo.checkRuns.at(-1)!;
  };
  const postOnIssue = async (visit: Visit, repo: Repo, given: { number: number; verb: string; form: Form }) => {
    const as = given.form.get('as') ?? undefined;
    try {
      await act(world, repo, given.number, given.verb, given.form);
    } catch (error) {
      const issue = repo.issues.find((one) => one.number === given.number);
      if (!(error instanceof Refusal) || !issue) throw error;
      const page = await showIssue(repo, issue, { notice: sentence(error), as });
      return sendPage(visit.res, { ...page, status: error.status });
    }
    await world.store.save();
    if (people.some((one) => one.login === as))
      visit.res.setHeader('set-cookie', `github-as=${as}; Path=/github; SameSite=Strict`);
    return redirect(visit.res, visit.url.pathname.replace(/\/\w+$/, ''));
  };
  return { handle };
}

function segments(path: string): string[] {
  try {
    return path.split('/').slice(2).filter(Boolean).map(decodeURIComponent);
  } catch {
    return ['?'];
  }
}

function lastActor(req: IncomingMessage): string | undefined {
  return /(?:^|;\s*)github-as=(\w+)/.exec(req.headers.cookie ?? '')?.[1];
}

function lost(): Page {
  return {
    status: 404,
    title: 'Not found',
    body: html`<h1>Not found</h1><p><a href="/github">All repositories</a></p>`,
  };
}

function personPage(world: World, login: string): Page | null {
  const found = everybody.find((one) => one.login === login);
  if (!found) return null;
  const asked = world.store.state.repos.flatMap((repo) =>
    repo.issues
      .filter((issue) => issue.state === 'open' && issue.pull?.requestedReviewers.includes(login))
      .map(
        (issue) =>
          html`<div class="row"><a href="/github/${repo.owner}/${repo.name}/pull/${issue.number}">${issue.title}</a></div>`,
      ),
  );
  const none = html`<p class="empty">No review is asked of ${found.name}.</p>`;
  const body = html`<h1>${found.name} <span class="dim">${login}</span></h1><div class="card">${asked.length > 0 ? asked : none}</div>`;
  return { title: found.name, body };
}

function sendPage(res: ServerResponse, page: Page): boolean {
  res.writeHead(page.status ?? 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cache-control': 'no-store',
  });
  res.end(layout(page));
  return true;
}

function sendAsset(res: ServerResponse, name: string | undefined): 'sent' | null {
  if (name !== 'style.css' && name !== 'page.js') return null;
  const css = name === 'style.css';
  res.writeHead(200, {
    'content-type': `text/${css ? 'css' : 'javascript'}; charset=utf-8`,
    'cache-control': 'no-cache',
  });
  res.end(css ? style : script);
  return 'sent';
}

/** As plain text whatever it is: a file of a repository must not become a page of this address. */
function sendText(res: ServerResponse, content: Buffer | null): 'sent' | null {
  if (content === null) return null;
  res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  res.end(content);
  return 'sent';
}

function plain(res: ServerResponse, status: number, text: string): boolean {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  return true;
}

function redirect(res: ServerResponse, location: string): boolean {
  res.writeHead(303, { location }).end();
  return true;
}

async function faults({ req, res }: Visit, world: World): Promise<boolean> {
  const answer = (status: number, json: unknown) => {
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    return true;
  };
  if (req.method === 'GET') return answer(200, world.faults);
  if (req.method !== 'POST') return answer(405, { error: 'GET or POST' });
  if (!isOwnPage(req, world.baseUrl())) return answer(403, { error: 'Not from another site.' });
  let input: unknown;
  try {
    input = JSON.parse((await readBody(req)).toString());
  } catch {
    return answer(400, { error: 'Not JSON.' });
  }
  const refusal = setFaults(world.faults, input);
  return refusal ? answer(422, { error: refusal }) : answer(200, world.faults);
}
