import { branchTip, countCommits, listRefs, logCommits, mergeBase, readCommit, resolveCommit } from '../commits.ts';
import { diffFiles, diffText, emptyTree } from '../diff.ts';
import { everybody, people } from '../people.ts';
import { bareDir, isPull } from '../world.ts';
import { commitJson, fileJson } from './commit-shapes.ts';
import { notFound, ok, page, Refusal, type Reply, type RepoCall, type Route, repoRoute, route } from './router.ts';
import { pullJson, repoApi, repositoryJson } from './shapes.ts';
import { accountJson, isCollaborator } from './users.ts';

export const repoRoutes: Route[] = [
  route('GET', '/user', ({ world, actor }) =>
    ok({ ...accountJson(world, actor), name: actor.name, email: actor.email }),
  ),
  route('GET', '/rate_limit', () => {
    const core = { limit: 5000, remaining: 5000, used: 0, reset: Math.floor(Date.now() / 1000) + 3600 };
    return ok({ resources: { core }, rate: core });
  }),
  repoRoute('GET', '', ({ world, repo, actor }) => {
    const push = actor.access === 'write';
    const json = repositoryJson(world, repo);
    return ok({ ...json, permissions: { ...json.permissions, push, triage: push } });
  }),
  repoRoute('GET', '/branches', async (call) => {
    const dir = bareDir(call.world, call.repo);
    const refs = await listRefs(call.world.git, dir);
    const branches = [...refs].map(([ref, sha]) => branchShort(call, ref.slice('refs/heads/'.length), sha));
    return page(call, branches);
  }),
  repoRoute('GET', '/rules/branches/*branch', (call) =>
    page(call, call.params.branch === call.repo.defaultBranch ? [pullRequestRule(call)] : []),
  ),
  repoRoute('GET', '/branches/*branch', getBranch),
  route('GET', '/users/:login', ({ world, params }) => {
    const found = everybody.find((one) => one.login === params.login);
    if (!found) throw notFound();
    return ok({ ...accountJson(world, found), name: found.name, email: found.email });
  }),
  repoRoute('GET', '/collaborators', (call) =>
    page(
      call,
      people.filter((one) => isCollaborator(one.login)).map((one) => accountJson(call.world, one)),
    ),
  ),
  repoRoute('GET', '/collaborators/:login', ({ params }) => {
    if (!isCollaborator(params.login ?? '')) throw notFound();
    return { status: 204 };
  }),
  repoRoute('GET', '/commits', listCommits),
  repoRoute('GET', '/commits/*ref/pulls', listPullsOfCommit),
  repoRoute('GET', '/compare/*basehead', compare),
];

/** The last of the routes below `/commits/`: its pattern would swallow `/check-runs` and the others. */
export const commitRoute: Route = repoRoute('GET', '/commits/*ref', getCommit);

function branchShort({ world, repo }: RepoCall, name: string, sha: string) {
  const isProtected = name === repo.defaultBranch;
  return { name, commit: { sha, url: `${repoApi(world, repo)}/commits/${sha}` }, protected: isProtected };
}

function pullRequestRule({ repo }: RepoCall) {
  return {
    type: 'pull_request',
    ruleset_source_type: 'Repository',
    ruleset_source: `${repo.owner}/${repo.name}`,
    ruleset_id: repo.id,
    parameters: {
      required_approving_review_count: 0,
      dismiss_stale_reviews_on_push: false,
      require_code_owner_review: false,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
    },
  };
}

async function getBranch(call: RepoCall): Promise<Reply> {
  const { world, repo, params } = call;
  const name = params.branch ?? '';
  const dir = bareDir(world, repo);
  const sha = await branchTip(world.git, dir, name);
  if (!sha) throw new Refusal(404, 'Branch not found');
  const commit = commitJson(world, repo, await readCommit(world.git, dir, sha));
  return ok({ ...branchShort(call, name, sha), commit });
}

async function listCommits(call: RepoCall): Promise<Reply> {
  const { world, repo, query } = call;
  const dir = bareDir(world, repo);
  const tip = await resolveCommit(world.git, dir, query.get('sha') ?? repo.defaultBranch);
  if (!tip) throw notFound();
  const filters = ['since', 'until', 'author'].flatMap((key) => {
    const value = query.get(key);
    return value ? [`--${key}=${value}`] : [];
  });
  const path = query.get('path');
  const walk = [...filters, tip, '--', ...(path ? [path] : [])];
  // Only as far as this page and one more commit, which tells whether there is a next page.
  const size = Math.min(Number(query.get('per_page')) || 30, 100);
  const most = size * (Number(query.get('page')) || 1) + 1;
  const commits = await logCommits(world.git, dir, [`-${most}`, ...walk]);
  return page(
    call,
    commits.map((commit) => commitJson(world, repo, commit)),
  );
}

async function getCommit(call: RepoCall): Promise<Reply> {
  const { world, repo, params, accept } = call;
  const dir = bareDir(world, repo);
  const sha = await resolveCommit(world.git, dir, params.ref ?? '');
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${params.ref}`);
  if (/\bsha\b/.test(accept)) return { status: 200, text: sha };
  const commit = await readCommit(world.git, dir, sha);
  const parent = commit.parents[0] ?? emptyTree;
  if (/\bdiff\b/.test(accept)) return { status: 200, text: await diffText(world.git, dir, parent, sha) };
  const files = await diffFiles(world.git, dir, parent, sha);
  const sum = (key: 'additions' | 'deletions') => files.reduce((total, file) => total + file[key], 0);
  const [additions, deletions] = [sum('additions'), sum('deletions')];
  return ok({
    ...commitJson(world, repo, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.slice(0, 300).map((file) => fileJson(world, repo, sha, file)),
  });
}

/** Open pull requests that contain the commit, and merged ones that brought it. */
async function listPullsOfCommit(call: RepoCall): Promise<Reply> {
  const { world, repo, params } = call;
  const dir = bareDir(world, repo);
  const sha = await resolveCommit(world.git, dir, params.ref ?? '');
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${params.ref}`);
  const found = [];
  for (const issue of repo.issues.filter(isPull)) {
    const { head, base, mergeSha } = issue.pull;
    const range = await world.git.run(dir, ['rev-list', `${base.sha}..${head.sha}`]);
    if (mergeSha === sha || range.out.toString().split('\n').includes(sha)) found.push(pullJson(world, repo, issue));
  }
  return page(call, found);
}

async function compare(call: RepoCall): Promise<Reply> {
  const { world, repo, params, accept } = call;
  const dir = bareDir(world, repo);
  const [from = '', to = ''] = (params.basehead ?? '').split(/\.{3}/).map((part) => part.replace(/^[^/:]+:/, ''));
  const base = await resolveCommit(world.git, dir, from);
  const head = await resolveCommit(world.git, dir, to);
  const common = base && head ? await mergeBase(world.git, dir, base, head) : null;
  if (!base || !head || !common) throw notFound();
  if (/\bdiff\b/.test(accept)) return { status: 200, text: await diffText(world.git, dir, common, head) };
  const ahead = await logCommits(world.git, dir, ['--reverse', '-250', `${base}..${head}`]);
  const aheadBy = await countCommits(world.git, dir, `${base}..${head}`);
  const behindBy = await countCommits(world.git, dir, `${head}..${base}`);
  const [baseCommit, commonCommit] = [await readCommit(world.git, dir, base), await readCommit(world.git, dir, common)];
  const files = await diffFiles(world.git, dir, common, head);
  const status = aheadBy > 0 ? (behindBy > 0 ? 'diverged' : 'ahead') : behindBy > 0 ? 'behind' : 'identical';
  // Files come with the first page only, and never more than 300.
  const first = (Number(call.query.get('page')) || 1) === 1;
  const reply = page(
    call,
    ahead.map((commit) => commitJson(world, repo, commit)),
  );
  return {
    ...reply,
    json: {
      url: call.url.href,
      html_url: `${world.baseUrl()}/github/${repo.owner}/${repo.name}/compare/${from}...${to}`,
      base_commit: commitJson(world, repo, baseCommit),
      merge_base_commit: commitJson(world, repo, commonCommit),
      status,
      ahead_by: aheadBy,
      behind_by: behindBy,
      total_commits: aheadBy,
      commits: reply.json,
      ...(first ? { files: files.slice(0, 300).map((file) => fileJson(world, repo, head, file)) } : {}),
    },
  };
}
