import { isAncestor, listRefs, readCommit, resolveCommit } from '../commits.ts';
import { refChanged, zeroSha } from '../pushes.ts';
import { bareDir } from '../world.ts';
import { gitCommitJson } from './commit-shapes.ts';
import {
  notFound,
  ok,
  page,
  Refusal,
  type Reply,
  type RepoCall,
  type Route,
  repoRoute,
  requireWrite,
  string,
} from './router.ts';
import { repoApi, repoHtml } from './shapes.ts';
import { nodeId } from './users.ts';

export const gitDataRoutes: Route[] = [
  repoRoute('GET', '/git/ref/*ref', getRef),
  repoRoute('GET', '/git/matching-refs/*ref', async (call) => {
    const refs = await allRefs(call);
    const found = [...refs].filter(([ref]) => ref.startsWith(`refs/${call.params.ref}`));
    return page(
      call,
      found.map(([ref, sha]) => refJson(call, ref, sha)),
    );
  }),
  repoRoute('POST', '/git/refs', createRef),
  repoRoute('PATCH', '/git/refs/*ref', updateRef),
  repoRoute('DELETE', '/git/refs/*ref', deleteRef),
  repoRoute('GET', '/git/trees/*tree', getTree),
  repoRoute('GET', '/git/commits/:sha', async ({ world, repo, params }) => {
    const dir = bareDir(world, repo);
    const sha = await resolveCommit(world.git, dir, params.sha ?? '');
    if (!sha) throw notFound();
    return ok(gitCommitJson(world, repo, await readCommit(world.git, dir, sha)));
  }),
  repoRoute('GET', '/git/blobs/:sha', getBlob),
  repoRoute('GET', '/contents', getContents),
  repoRoute('GET', '/contents/*path', getContents),
];

async function allRefs({ world, repo }: RepoCall): Promise<Map<string, string>> {
  return listRefs(world.git, bareDir(world, repo), 'refs');
}

function refJson({ world, repo }: RepoCall, ref: string, sha: string) {
  const api = `${repoApi(world, repo)}/git`;
  return {
    ref,
    node_id: nodeId('REF', repo.id),
    url: `${api}/${ref}`,
    object: { type: 'commit', sha, url: `${api}/commits/${sha}` },
  };
}

async function getRef(call: RepoCall): Promise<Reply> {
  const ref = `refs/${call.params.ref}`;
  const sha = (await allRefs(call)).get(ref);
  if (!sha) throw notFound();
  return ok(refJson(call, ref, sha));
}

function refuseProtected({ repo, actor }: RepoCall, ref: string): void {
  if (actor.type !== 'Bot' || ref !== `refs/heads/${repo.defaultBranch}`) return;
  throw new Refusal(422, 'Repository rule violations found\n\nChanges must be made through a pull request.\n');
}

async function createRef(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const ref = string(body, 'ref') ?? '';
  const dir = bareDir(world, repo);
  const wellFormed =
    /^refs\/(heads|tags)\//.test(ref) && (await world.git.run(dir, ['check-ref-format', ref])).code === 0;
  if (!wellFormed) throw new Refusal(422, "Reference name must start with 'refs/' and contain at least two slashes");
  const after = await resolveCommit(world.git, dir, string(body, 'sha') ?? '');
  if (!after) throw new Refusal(422, 'Object does not exist');
  return world.lock(repo, async () => {
    if ((await allRefs(call)).has(ref)) throw new Refusal(422, 'Reference already exists');
    const made = await world.git.run(dir, ['update-ref', ref, after, zeroSha]);
    if (made.code !== 0) throw new Refusal(422, 'Reference update failed');
    await refChanged(world, repo, { ref, before: zeroSha, after }, actor);
    return ok(refJson(call, ref, after), 201);
  });
}

async function updateRef(call: RepoCall): Promise<Reply> {
  const { world, repo, body, actor } = call;
  requireWrite(actor);
  const ref = `refs/${call.params.ref}`;
  refuseProtected(call, ref);
  const dir = bareDir(world, repo);
  const after = await resolveCommit(world.git, dir, string(body, 'sha') ?? '');
  if (!after) throw new Refusal(422, 'Object does not exist');
  return world.lock(repo, async () => {
    const before = (await allRefs(call)).get(ref);
    if (!before) throw new Refusal(422, 'Reference does not exist');
    if (body.force !== true && !(await isAncestor(world.git, dir, before, after))) {
      throw new Refusal(422, 'Update is not a fast forward');
    }
    await world.git.text(dir, ['update-ref', ref, after, before]);
    if (before !== after) await refChanged(world, repo, { ref, before, after }, actor);
    return ok(refJson(call, ref, after));
  });
}

async function deleteRef(call: RepoCall): Promise<Reply> {
  const { world, repo, actor } = call;
  requireWrite(actor);
  const ref = `refs/${call.params.ref}`;
  refuseProtected(call, ref);
  return world.lock(repo, async () => {
    const before = (await allRefs(call)).get(ref);
    if (!before || !/^refs\/(heads|tags)\//.test(ref)) throw new Refusal(422, 'Reference does not exist');
    await world.git.text(bareDir(world, repo), ['update-ref', '-d', ref, before]);
    await refChanged(world, repo, { ref, before, after: zeroSha }, actor);
    return { status: 204 };
  });
}

interface Entry {
  path: string;
  mode: string;
  type: string;
  sha: string;
  size?: number;
}

/** Entries of a tree; null when there is no such tree. */
async function readTree(
  { world, repo }: RepoCall,
  tree: string,
  flags: string[],
  path?: string,
): Promise<Entry[] | null> {
  const only = path === undefined ? [] : ['--', path];
  const result = await world.git.run(bareDir(world, repo), ['ls-tree', '-l', '-z', ...flags, tree, ...only]);
  if (result.code !== 0) return null;
  return result.out
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, tab).split(/\s+/);
      return { path: line.slice(tab + 1), mode, type, sha, ...(size === '-' ? {} : { size: Number(size) }) };
    });
}

async function getTree(call: RepoCall): Promise<Reply> {
  const { world, repo, params, query } = call;
  const dir = bareDir(world, repo);
  const name = params.tree ?? '';
  const commit = await resolveCommit(world.git, dir, name);
  if (!commit && !/^[0-9a-f]{40}$/.test(name)) throw notFound();
  const parsed = await world.git.run(dir, ['rev-parse', '--verify', '--quiet', `${commit ?? name}^{tree}`]);
  const sha = parsed.out.toString().trim();
  const entries = parsed.code === 0 ? await readTree(call, sha, query.has('recursive') ? ['-r', '-t'] : []) : null;
  if (!entries) throw notFound();
  const api = `${repoApi(world, repo)}/git`;
  const tree = entries.map((entry) => ({ ...entry, url: `${api}/${entry.type}s/${entry.sha}` }));
  return ok({ sha, url: `${api}/trees/${sha}`, tree, truncated: false });
}

async function getBlob({ world, repo, params }: RepoCall): Promise<Reply> {
  const sha = params.sha ?? '';
  if (!/^[0-9a-f]{40}$/.test(sha)) throw notFound();
  const result = await world.git.run(bareDir(world, repo), ['cat-file', 'blob', sha]);
  if (result.code !== 0) throw notFound();
  const url = `${repoApi(world, repo)}/git/blobs/${sha}`;
  return ok({ sha, url, size: result.out.length, encoding: 'base64', content: wrapped(result.out) });
}

/** Base64 in lines of 60 characters, as GitHub sends it. */
function wrapped(content: Buffer): string {
  return content
    .toString('base64')
    .replace(/.{60}(?=.)/g, '$&\n')
    .concat('\n');
}

const largestJson = 1024 * 1024;

async function getContents(call: RepoCall): Promise<Reply> {
  const { world, repo, params, query, accept } = call;
  const dir = bareDir(world, repo);
  const ref = query.get('ref') || repo.defaultBranch;
  const commit = await resolveCommit(world.git, dir, ref);
  if (!commit) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const path = (params.path ?? '').replace(/^\/+|\/+$/g, '');
  const entries = path ? await readTree(call, commit, ['--full-tree'], path) : null;
  const entry = entries?.find((one) => one.path === path);
  if (path && !entry) throw notFound();
  if (!entry || entry.type === 'tree') {
    const children = (await readTree(call, entry?.sha ?? commit, [])) ?? [];
    const prefix = path ? `${path}/` : '';
    return ok(children.slice(0, 1000).map((child) => entryJson(call, ref, { ...child, path: prefix + child.path })));
  }
  const content = (await world.git.run(dir, ['cat-file', 'blob', entry.sha])).out;
  if (/\braw\b/.test(accept)) return { status: 200, text: content };
  const small = content.length <= largestJson;
  return ok({
    ...entryJson(call, ref, entry),
    encoding: small ? 'base64' : 'none',
    content: small ? wrapped(content) : '',
  });
}

function entryJson({ world, repo }: RepoCall, ref: string, entry: Entry) {
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  const types: Record<string, string> = { tree: 'dir', commit: 'submodule' };
  return {
    type: entry.mode === '120000' ? 'symlink' : (types[entry.type] ?? 'file'),
    name: entry.path.split('/').at(-1),
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: `${repoApi(world, repo)}/contents/${path}?ref=${ref}`,
    html_url: `${repoHtml(world, repo)}/blob/${ref}/${path}`,
    git_url: `${repoApi(world, repo)}/git/${entry.type}s/${entry.sha}`,
    download_url: entry.type === 'blob' ? `${repoHtml(world, repo)}/raw/${ref}/${path}` : null,
  };
}
