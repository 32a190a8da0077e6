import { type Html, html } from '../github/pages/html.ts';
import { markdown } from '../github/pages/markdown.ts';
import { style } from '../github/pages/style.ts';
import type { Issue, Project } from './types.ts';
import { WORKSPACE } from './world.ts';

/** What the links of projects and issues lead to. Only to be read: the data is made to be tried out. */

interface Addresses {
  projectUrl(project: Project): string;
  issueUrl(issue: Issue): string;
}

export function showPage(
  path: string,
  projects: readonly Project[],
  addresses: Addresses,
): { status: number; html: string } {
  const [, workspace, kind, name = ''] = path.split('/');
  const inside = workspace === WORKSPACE.urlKey;
  const project = inside && kind === 'project' && projects.find((one) => name.endsWith(one.slugId));
  if (project) return page(project.name, projectBody(project, addresses));
  const issue =
    inside && kind === 'issue' && projects.flatMap((one) => one.issues).find((one) => one.identifier === name);
  if (issue) return page(`${issue.identifier} ${issue.title}`, issueBody(issue));
  if (workspace === undefined || (inside && !kind)) return page('Projects', listBody(projects, addresses));
  return { ...page('Not found', html`<p>There is no such page.</p>`), status: 404 };
}

function page(title: string, body: Html): { status: number; html: string } {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/linear/style.css">
</head>
<body>
<header class="top"><div class="crumbs"><a href="/linear">Linear stand-in</a></div></header>
<main><h1>${title}</h1>${body}</main>
</body>
</html>`;
  return { status: 200, html: document.html };
}

export const css: string = style;

const listBody = (projects: readonly Project[], { projectUrl }: Addresses): Html => html`
<p class="dim">Copy the address of a project behind <code>/ticket milestone</code>.</p>
<div class="card">${projects.map(
  (project) => html`<div class="row"><a class="grow" href="${projectUrl(project)}">${project.name}</a>
<span class="dim small">${project.issues.length} issues</span></div>`,
)}</div>`;

function projectBody(project: Project, { projectUrl, issueUrl }: Addresses): Html {
  const groups = [...project.milestones.map((one) => one.name), null];
  return html`<p><code>/ticket milestone ${projectUrl(project)}</code></p>
${groups.map((name) => {
  const issues = project.issues.filter((issue) => issue.milestone === name);
  const status = project.milestones.find((one) => one.name === name)?.status;
  return (
    issues.length > 0 &&
    html`<h2>${name ?? 'No milestone'}${status && html` <span class="pill">${status}</span>`}</h2>
<div class="card">${issues.map((issue) => row(issue, issueUrl(issue)))}</div>`
  );
})}`;
}

const row = (issue: Issue, url: string): Html => html`<div class="row">
<span class="dim small">${issue.identifier}</span><a class="grow" href="${url}">${issue.title}</a>
${issue.blockedBy.length > 0 && html`<span class="small">blocked by ${issue.blockedBy.join(', ')}</span>`}
${issue.labels.map((label) => html`<span class="label">${label}</span>`)}
<span class="pill">${issue.state}</span></div>`;

const issueBody = (issue: Issue): Html => html`<p class="dim">${issue.identifier} · ${issue.state}${
  issue.blockedBy.length > 0 && html` · blocked by ${issue.blockedBy.join(', ')}`
}</p>
<div class="card"><div class="pad md">${issue.description ? markdown(issue.description) : html`<p class="dim">No description.</p>`}</div></div>`;
