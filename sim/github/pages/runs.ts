/** Pages of what ran: a check with its log, deployments with theirs, webhook deliveries. */
import { currentState } from '../deployments.ts';
import type { CheckRun, Deployment, Repo } from '../model.ts';
import { logTail } from '../workspace.ts';
import { fullName, logFile, type World } from '../world.ts';
import { ago, html, short } from './html.ts';
import { openLink, type Page, pill } from './layout.ts';
import { markdown } from './markdown.ts';
import { personChoice } from './pull.ts';
import { environmentsCard } from './repo.ts';

const mostLogLines = 5_000;

export async function runPage(world: World, repo: Repo, run: CheckRun): Promise<Page> {
  const at = `/github/${fullName(repo)}/runs/${run.id}`;
  const own = run.app === 'github-actions';
  const log = own ? await logTail(logFile(world, 'check', run.id), mostLogLines) : '';
  const details = own ? html`` : html`<div class="card"><div class="pad md">${markdown(run.output.text)}</div></div>`;
  const annotations = run.output.annotations.map(
    (
      one,
    ) => html`<div class="row"><code>${String(one.path)}:${String(one.start_line)}</code><div class="grow">${String(one.message)}</div>
<span class="small dim">${String(one.annotation_level ?? '')}</span></div>`,
  );
  const rerun =
    own &&
    run.status === 'completed' &&
    html`<form method="post" action="${at}/rerun"><div class="line"><button>Run again</button></div></form>`;
  const buttons = run.actions as { label?: string; identifier?: string; description?: string }[];
  const actions =
    buttons.length > 0 &&
    html`<div class="card"><form method="post" action="${at}/action"><div class="line">${personChoice()}${buttons.map(
      (one) =>
        html`<button name="identifier" value="${one.identifier}" title="${one.description}">${one.label}</button>`,
    )}</div></form></div>`;
  const body = html`<h1>${run.name}</h1><p>${pill(run.conclusion ?? run.status)} <strong>${run.output.title ?? ''}</strong>
<span class="dim">${run.app} on</span> <a class="mono" href="/github/${fullName(repo)}/commit/${run.headSha}">${short(run.headSha)}</a>
<span class="dim">(${run.headBranch}) ${ago(run.startedAt)}</span></p>
<div class="md">${markdown(run.output.summary)}</div>${rerun}${actions}${details}
${annotations.length > 0 && html`<h2>Annotations</h2><div class="card">${annotations}</div>`}
${own && html`<h2 id="log">Log</h2><div class="card"><pre class="log">${log || 'Nothing yet.'}</pre></div><p class="small"><a href="${at}/log">Plain text</a></p>`}`;
  return { title: `${run.name} · ${short(run.headSha)}`, repo, tab: 'pulls', body, live: run.status !== 'completed' };
}

export function deploymentsPage(world: World, repo: Repo): Page {
  const newest = [...repo.deployments].reverse();
  const rows = newest.map((one) => {
    const last = one.statuses.at(-1);
    const link = last?.state === 'success' && last.environmentUrl;
    return html`<div class="row">${pill(currentState(one))}<div class="grow"><strong>${one.environment}</strong>
<a class="mono" href="/github/${fullName(repo)}/commit/${one.sha}">${short(one.sha)}</a>
<span class="dim">${one.description ?? ''} ${last?.state === 'failure' ? last.description : ''}</span></div>
${link && openLink(one.environment, link)} <a class="small" href="/github/${fullName(repo)}/deployments/${one.id}/log" aria-label="Log of ${one.environment}, ${short(one.sha)}">Log</a>
<span class="small dim">${one.creator}, ${ago(one.createdAt)}</span></div>`;
  });
  const body = html`<h1>Deployments</h1>${environmentsCard(world, repo)}<h2>History</h2>
<div class="card">${rows.length > 0 ? rows : html`<p class="empty">Nothing was deployed yet.</p>`}</div>`;
  return { title: `Deployments · ${fullName(repo)}`, repo, tab: 'deployments', body, live: newest.some(isRunning) };
}

function isRunning(deployment: Deployment): boolean {
  return ['pending', 'queued', 'in_progress'].includes(currentState(deployment));
}

export async function deployLogPage(world: World, repo: Repo, deployment: Deployment): Promise<Page> {
  const log = await logTail(logFile(world, 'deploy', deployment.id), mostLogLines);
  const statuses = deployment.statuses.map(
    (one) =>
      html`<div class="row">${pill(one.state)}<div class="grow">${one.description}</div><span class="small dim">${one.creator}, ${ago(one.createdAt)}</span></div>`,
  );
  const body = html`<h1>${deployment.environment} <span class="dim">${short(deployment.sha)}</span></h1><div class="card">${statuses}</div>
<h2 id="log">Log</h2><div class="card"><pre class="log">${log || 'Nothing yet.'}</pre></div>`;
  return {
    title: `Deployment to ${deployment.environment}`,
    repo,
    tab: 'deployments',
    body,
    live: isRunning(deployment),
  };
}

export function deliveriesPage(world: World): Page {
  const newest = [...world.store.state.deliveries].reverse().slice(0, 100);
  const rows = newest.map((one) => {
    const state =
      one.statusCode === null ? 'pending' : one.statusCode >= 200 && one.statusCode < 300 ? 'success' : 'failure';
    return html`<div class="row">${pill(state)}<div class="grow"><strong>${one.event}${one.action ? `.${one.action}` : ''}</strong>
<span class="dim">${one.status}${one.redelivery ? ', redelivered' : ''}</span></div><code>${one.guid}</code>
<form method="post" action="/github/deliveries/${one.id}/redeliver"><button aria-label="Redeliver ${one.event} ${one.guid}">Redeliver</button></form><span class="small dim">${ago(one.deliveredAt)}</span></div>`;
  });
  const body = html`<h1>Webhooks</h1><p class="dim">GitHub sends each once and never repeats one by itself.</p>
<div class="card">${rows.length > 0 ? rows : html`<p class="empty">None sent yet.</p>`}</div>`;
  return { title: 'Webhooks', body };
}
