/** Pages of pull requests and issues: the lists, and one with its conversation, checks, changes and buttons. */
import { logCommits } from '../commits.ts';
import type { CheckRun, Comment, Issue, PullIssue, Repo, Review } from '../model.ts';
import { people } from '../people.ts';
import { pullFiles, pullNumbers, pullRange } from '../pulls.ts';
import { latestRuns, latestStatuses } from '../status.ts';
import { bareDir, fullName, isPull, type World } from '../world.ts';
import { diffView } from './diff-view.ts';
import { ago, type Html, html, short } from './html.ts';
import { openLink, type Page, pill } from './layout.ts';
import { markdown } from './markdown.ts';
import { commitsCard } from './repo.ts';

export function issueState(issue: Issue): string {
  return issue.pull?.mergedAt ? 'merged' : issue.state;
}

export function listPage(repo: Repo, kind: 'pulls' | 'issues', state: string): Page {
  const all = repo.issues.filter((issue) => (issue.pull !== null) === (kind === 'pulls'));
  const shown = all.filter((issue) => state === 'all' || issue.state === state).reverse();
  const at = `/github/${fullName(repo)}`;
  const words = kind === 'pulls' ? 'Pull requests' : 'Issues';
  const rows = shown.map(
    (
      issue,
    ) => html`<div class="row">${pill(issueState(issue))}<div class="grow"><a href="${at}/${issue.pull ? 'pull' : 'issues'}/${issue.number}"><strong>${issue.title}</strong></a>
<span class="dim">#${issue.number} by ${issue.user}</span> ${issue.labels.map((label) => html`<span class="label">${label.name}</span> `)}</div>
${issue.pull && html`<code>${issue.pull.head.ref}</code>`} <span class="small dim">${ago(issue.createdAt)}</span></div>`,
  );
  const filters = ['open', 'closed', 'all'].map((one) =>
    one === state ? html`<strong>${one}</strong> ` : html`<a href="?state=${one}">${one}</a> `,
  );
  const none = `No ${state === 'all' ? '' : `${state} `}${words.toLowerCase()}.`;
  const body = html`<h1>${words}</h1><p class="small">${filters}</p>
<div class="card">${rows.length > 0 ? rows : html`<p class="empty">${none}</p>`}</div>`;
  return { title: `${words} · ${fullName(repo)}`, repo, tab: kind, body };
}

interface Notice {
  /** What went wrong with the form just sent. */
  notice?: string;
  /** Who acted last; chosen again in the forms. */
  as?: string;
}

export async function pullPage(world: World, repo: Repo, issue: PullIssue, { notice, as }: Notice): Promise<Page> {
  const { pull } = issue;
  const { from, to } = await pullRange(world, repo, issue);
  const commits = await logCommits(world.git, bareDir(world, repo), ['--reverse', '-250', `${from}..${to}`]);
  const runs = latestRuns(repo, pull.head.sha);
  const body = html`${notice && html`<p class="notice" role="alert">${notice}</p>`}
<h1>${issue.title} <span class="dim">#${issue.number}</span></h1>
<p>${pill(issueState(issue))} ${pull.draft && html`<span class="label">draft</span>`} <strong>${issue.user}</strong>
<span class="dim">wants to merge</span> <code>${pull.head.ref}</code> <span class="dim">into</span> <code>${pull.base.ref}</code>
<span class="dim">· head</span> <code>${short(pull.head.sha)}</code>
${issue.labels.map((label) => html`<span class="label">${label.name}</span> `)}</p>
${issue.state === 'open' && html`<p><a class="button" href="#your-turn">Review changes</a></p>`}
${pull.requestedReviewers.length > 0 && html`<p class="small dim">Review asked of ${pull.requestedReviewers.join(', ')}</p>`}
${entry(issue.user, 'opened this', issue.createdAt, issue.body)}
<h2>Checks</h2>${checksCard(repo, runs, pull.head.sha)}${previews(repo, issue)}
${conversation(repo, issue)}
<h2 id="your-turn">Your turn</h2>${await forms(world, repo, issue, as)}
<h2>Commits</h2>${commitsCard(repo, commits)}
<h2>Changes</h2>${diffView(await pullFiles(world, repo, issue))}`;
  const live = issue.state === 'open' && runs.some((run) => run.status !== 'completed');
  return { title: `${issue.title} · #${issue.number}`, repo, tab: 'pulls', body, live };
}

export function issuePage(repo: Repo, issue: Issue, { notice, as }: Notice): Page {
  const at = `/github/${fullName(repo)}/issues/${issue.number}`;
  const body = html`${notice && html`<p class="notice" role="alert">${notice}</p>`}
<h1>${issue.title} <span class="dim">#${issue.number}</span></h1><p>${pill(issue.state)}</p>
${entry(issue.user, 'opened this', issue.createdAt, issue.body)}${conversation(repo, issue)}
<h2>Your turn</h2><div class="card"><form method="post" action="${at}/comment">${whoAndText(as)}
<div class="line"><button>Comment</button></div></form></div>`;
  return { title: `${issue.title} · #${issue.number}`, repo, tab: 'issues', body };
}

function entry(user: string, did: string, date: string, text: string | null, extra: Html = html``): Html {
  return html`<div class="card"><div class="head"><strong>${user}</strong> <span class="dim">${did} ${ago(date)}</span> ${extra}</div>
<div class="pad md">${text?.trim() ? markdown(text) : html`<span class="dim">No words.</span>`}</div></div>`;
}

/** Comments and reviews in the order in which they came. */
function conversation(repo: Repo, issue: Issue): Html {
  const comments = repo.comments.filter((one) => one.number === issue.number);
  const reviews = repo.reviews.filter((one) => one.number === issue.number);
  const all: (Comment | Review)[] = [...comments, ...reviews].sort((a, b) => a.id - b.id);
  if (all.length === 0) return html``;
  const items = all.map((one) =>
    'state' in one
      ? entry(
          one.user,
          'reviewed',
          one.submittedAt,
          one.body,
          html`${pill(one.state)} <code>${short(one.commitId)}</code>`,
        )
      : entry(one.user, 'commented', one.createdAt, one.body),
  );
  return html`<h2>Conversation</h2>${items}`;
}

function checksCard(repo: Repo, runs: CheckRun[], sha: string): Html {
  const statuses = latestStatuses(repo, sha);
  const at = `/github/${fullName(repo)}`;
  if (runs.length + statuses.length === 0)
    return html`<div class="card"><p class="empty">No checks on this commit.</p></div>`;
  return html`<div class="card">${runs.map(
    (
      run,
    ) => html`<div class="row">${pill(run.conclusion ?? run.status)}<div class="grow"><a href="${at}/runs/${run.id}"><strong>${run.name}</strong></a>
<span class="dim">${run.output.title ?? ''}</span></div><span class="small dim">${run.app}</span>
<a class="small" href="${at}/runs/${run.id}" aria-label="${logOrDetails(run)} of ${run.name}">${logOrDetails(run)}</a></div>`,
  )}${statuses.map(
    (status) => html`<div class="row">${pill(status.state)}<div class="grow"><strong>${status.context}</strong>
<span class="dim">${status.description ?? ''}</span></div>
${isWeb(status.targetUrl) && html`<a class="small" href="${status.targetUrl}" aria-label="Details of ${status.context}">Details</a>`}</div>`,
  )}</div>`;
}

const logOrDetails = (run: CheckRun): string => (run.app === 'github-actions' ? 'Log' : 'Details');

/** Whoever reports a status chooses its address. */
const isWeb = (url: string | null): boolean =>
  url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Successful deployments of this head, with a link to the running thing. */
function previews(repo: Repo, issue: PullIssue): Html {
  const found = repo.deployments.filter((one) => one.sha === issue.pull.head.sha && !one.production);
  const rows = found.flatMap((one) => {
    const last = one.statuses.at(-1);
    if (last?.state !== 'success') return [];
    return [
      html`<div class="row"><div class="grow"><strong>${one.environment}</strong></div>${openLink(one.environment, last.environmentUrl)}</div>`,
    ];
  });
  return rows.length > 0 ? html`<h2>Preview</h2><div class="card">${rows}</div>` : html``;
}

export function personChoice(as?: string): Html {
  const options = people.map(
    (one) =>
      html`<option value="${one.login}"${one.login === as ? html` selected` : ''}>${one.name}${one.access === 'read' ? ' (outsider)' : ''}</option>`,
  );
  return html`<label>As <select name="as">${options}</select></label>`;
}

function whoAndText(as: string | undefined): Html {
  return html`<div class="line">${personChoice(as)}</div>
<label>Comment <textarea name="body"></textarea></label>`;
}

async function forms(world: World, repo: Repo, issue: PullIssue, as: string | undefined): Promise<Html> {
  const at = `/github/${fullName(repo)}/pull/${issue.number}`;
  const { mergeableState } = await pullNumbers(world, repo, issue);
  const open = issue.state === 'open';
  const merge = open
    ? html`<button formaction="${at}/merge">Merge</button> <button formaction="${at}/close">Close</button>
<span class="small dim">${mergeWords[mergeableState] ?? ''}</span>`
    : !issue.pull.mergedAt && html`<button formaction="${at}/reopen">Reopen</button>`;
  const review = open
    ? html`<button class="go" name="event" value="APPROVE" formaction="${at}/review">Approve</button>
<button name="event" value="REQUEST_CHANGES" formaction="${at}/review">Request changes</button>`
    : '';
  return html`<div class="card"><form method="post" action="${at}/comment">${whoAndText(as)}
<div class="line"><button>Comment</button> ${review}</div><div class="line">${merge}</div></form></div>`;
}

const mergeWords: Record<string, string> = {
  clean: 'Ready to merge.',
  unstable: 'Mergeable, but a check is not green.',
  dirty: 'Conflicts with the base branch.',
  draft: 'A draft cannot be merged.',
  unknown: 'Git is still working out whether it can be merged.',
};

export function findIssue(repo: Repo, number: number): Issue | PullIssue | null {
  const issue = repo.issues.find((one) => one.number === number);
  if (!issue) return null;
  return isPull(issue) ? issue : issue;
}
