/** Pages of a repository: its code, a file, a commit, a comparison. */
import { branchTip, type CommitData, listRefs, logCommits, mergeBase, readCommit, resolveCommit } from '../commits.ts';
import { diffFiles, emptyTree } from '../diff.ts';
import type { Repo } from '../model.ts';
import { bareDir, fullName, openPulls, type World } from '../world.ts';
import { diffView } from './diff-view.ts';
import { ago, type Html, html, short } from './html.ts';
import { openLink, type Page, pill } from './layout.ts';
import { markdown } from './markdown.ts';

export function repositoriesPage(world: World): Page {
  const rows = world.store.state.repos.map(
    (
      repo,
    ) => html`<div class="row"><div class="grow"><a href="/github/${fullName(repo)}"><strong>${fullName(repo)}</strong></a>
<div class="dim">${repo.description}</div></div>
<a class="small" href="/github/${fullName(repo)}/pulls">${openPulls(repo).length} open pull requests</a>
<span class="small dim">pushed ${ago(repo.pushedAt)}</span></div>`,
  );
  const body = html`<h1>Repositories</h1><div class="card">${rows.length > 0 ? rows : html`<p class="empty">None yet.</p>`}</div>
${environmentsCard(world)}`;
  return { title: 'Repositories', body };
}

/** What is served right now, with its address. */
export function environmentsCard(world: World, repo?: Repo): Html {
  const all = world.deployer.environments().filter((one) => !repo || one.repo === fullName(repo));
  if (all.length === 0) return html``;
  return html`<h2>Served now</h2><div class="card">${all.map(
    (one) => html`<div class="row">${pill(one.state)}<div class="grow"><strong>${one.name}</strong>
<span class="dim">${repo ? '' : one.repo}</span></div><code>${short(one.sha)}</code> ${openLink(one.name, one.url)}</div>`,
  )}</div>`;
}

export async function codePage(world: World, repo: Repo): Promise<Page> {
  const dir = bareDir(world, repo);
  const at = `/github/${fullName(repo)}`;
  const refs = [...(await listRefs(world.git, dir))];
  const branches = await Promise.all(
    refs.slice(0, 50).map(async ([ref, sha]) => {
      const name = ref.slice('refs/heads/'.length);
      const commit = await readCommit(world.git, dir, sha);
      return html`<div class="row"><div class="grow"><a href="${at}/tree/${name}"><strong>${name}</strong></a>
${name === repo.defaultBranch ? html`<span class="label">default</span>` : ''}
<span class="dim">${title(commit)}</span></div>${shaLink(repo, sha)} <span class="small dim">${ago(commit.committer.date)}</span></div>`;
    }),
  );
  const tip = await branchTip(world.git, dir, repo.defaultBranch);
  const commits = tip ? await logCommits(world.git, dir, ['-20', tip]) : [];
  const body = html`<h1>${fullName(repo)}</h1><p class="dim">${repo.description}</p>
<p class="small">Clone: <code>${world.baseUrl().replace('://', '://x-access-token:sim-emil@')}${at}.git</code></p>
${environmentsCard(world, repo)}
<h2>Branches</h2><div class="card">${branches}</div>
<h2>Files</h2>${await filesCard(world, repo, repo.defaultBranch, '')}
<h2>Recent commits on ${repo.defaultBranch}</h2>${commitsCard(repo, commits)}`;
  return { title: fullName(repo), repo, tab: 'code', body };
}

function title(commit: CommitData): string {
  return commit.message.split('\n')[0] ?? '';
}

function shaLink(repo: Repo, sha: string): Html {
  return html`<a class="mono" href="/github/${fullName(repo)}/commit/${sha}">${short(sha)}</a>`;
}

export function commitsCard(repo: Repo, commits: CommitData[]): Html {
  return html`<div class="card">${commits.map(
    (
      commit,
    ) => html`<div class="row"><div class="grow">${title(commit)}</div><span class="small dim">${commit.author.name}</span>
${shaLink(repo, commit.sha)} <span class="small dim">${ago(commit.author.date)}</span></div>`,
  )}</div>`;
}

async function filesCard(world: World, repo: Repo, ref: string, path: string): Promise<Html> {
  const at = `/github/${fullName(repo)}`;
  const tree = path ? `${ref}:${path}` : ref;
  const out = (await world.git.run(bareDir(world, repo), ['ls-tree', '-z', tree])).out.toString();
  const entries = out
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [meta = '', name = ''] = line.split('\t');
      return { name, folder: meta.includes(' tree ') };
    });
  entries.sort((a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name));
  const inside = path ? `${path}/` : '';
  return html`<div class="card">${entries.map(
    ({ name, folder }) =>
      html`<div class="row"><a class="mono" href="${at}/${folder ? 'tree' : 'blob'}/${ref}/${inside}${name}">${name}${folder ? '/' : ''}</a></div>`,
  )}</div>`;
}

/** Splits `branch/with/slashes/and/a/path` where the branch ends; null when nothing there is a ref. */
export async function splitRef(world: World, repo: Repo, rest: string): Promise<{ ref: string; path: string } | null> {
  const parts = rest.split('/');
  for (let size = 1; size <= parts.length; size++) {
    const ref = parts.slice(0, size).join('/');
    if (await resolveCommit(world.git, bareDir(world, repo), ref)) return { ref, path: parts.slice(size).join('/') };
  }
  return null;
}

export async function treePage(world: World, repo: Repo, rest: string): Promise<Page | null> {
  const place = await splitRef(world, repo, rest);
  if (!place) return null;
  const files = await filesCard(world, repo, place.ref, place.path);
  const commits = await logCommits(world.git, bareDir(world, repo), [
    '-20',
    place.ref,
    '--',
    ...(place.path ? [place.path] : []),
  ]);
  const body = html`<h1>${place.path || place.ref} <span class="dim">${place.path ? `at ${place.ref}` : ''}</span></h1>${files}
<h2>Recent commits</h2>${commitsCard(repo, commits)}`;
  return { title: `${fullName(repo)}: ${rest}`, repo, tab: 'code', body };
}

export async function readBlob(world: World, repo: Repo, rest: string): Promise<Buffer | null> {
  const place = await splitRef(world, repo, rest);
  if (!place?.path) return null;
  const result = await world.git.run(bareDir(world, repo), ['cat-file', 'blob', `${place.ref}:${place.path}`]);
  return result.code === 0 ? result.out : null;
}

export async function blobPage(world: World, repo: Repo, rest: string): Promise<Page | null> {
  const content = await readBlob(world, repo, rest);
  if (!content) return null;
  const text = content.includes(0) ? null : content.toString();
  const isMarkdown = text !== null && rest.endsWith('.md');
  const shown = isMarkdown
    ? html`<div class="pad md">${markdown(text)}</div>`
    : html`<pre>${text ?? 'A binary file.'}</pre>`;
  const body = html`<h1 class="mono">${rest}</h1><p class="small"><a href="/github/${fullName(repo)}/raw/${rest}">Raw</a></p>
<div class="card">${shown}</div>`;
  return { title: rest, repo, tab: 'code', body };
}

export async function commitPage(world: World, repo: Repo, ref: string): Promise<Page | null> {
  const dir = bareDir(world, repo);
  const sha = await resolveCommit(world.git, dir, ref);
  if (!sha) return null;
  const commit = await readCommit(world.git, dir, sha);
  const files = await diffFiles(world.git, dir, commit.parents[0] ?? emptyTree, sha);
  const more = commit.message.split('\n').slice(1).join('\n').trim();
  const body = html`<h1>${title(commit)}</h1><p class="dim">${commit.author.name}, ${ago(commit.author.date)} · <code>${sha}</code></p>
${more && html`<div class="card"><pre>${more}</pre></div>`}${diffView(files)}`;
  return { title: title(commit), repo, tab: 'code', body };
}

export async function comparePage(world: World, repo: Repo, range: string): Promise<Page | null> {
  const dir = bareDir(world, repo);
  const [from = '', to = ''] = range.split('...');
  const base = await resolveCommit(world.git, dir, from);
  const head = await resolveCommit(world.git, dir, to);
  const common = base && head ? await mergeBase(world.git, dir, base, head) : null;
  if (!base || !head || !common) return null;
  const commits = await logCommits(world.git, dir, ['-100', `${base}..${head}`]);
  const body = html`<h1>${from} … ${to}</h1>${commits.length > 0 && commitsCard(repo, commits)}
${diffView(await diffFiles(world.git, dir, common, head))}`;
  return { title: `${from}...${to}`, repo, tab: 'code', body };
}
