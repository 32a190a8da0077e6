import type { Repo } from '../model.ts';
import { fullName, openPulls } from '../world.ts';
import { type Html, html } from './html.ts';

export interface Page {
  status?: number;
  title: string;
  repo?: Repo;
  tab?: 'code' | 'pulls' | 'issues' | 'deployments';
  body: Html;
  /** Something on it is still running: it is redrawn every two seconds. */
  live?: boolean;
}

export function layout(page: Page): string {
  const { repo, tab } = page;
  const at = repo ? `/github/${fullName(repo)}` : '';
  const link = (name: Page['tab'], path: string, words: string) =>
    html`<a href="${at}${path}"${name === tab ? html` aria-current="page"` : ''}>${words}</a>`;
  const issues = repo?.issues.filter((issue) => !issue.pull && issue.state === 'open').length ?? 0;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/github/assets/style.css">
<script src="/github/assets/page.js"></script>
</head>
<body${page.live ? html` data-live` : ''}>
<header class="top">
<a class="back" href="/">← Workspace</a>
<div class="crumbs"><a href="/github">GitHub stand-in</a>${repo && html` / <a href="${at}">${fullName(repo)}</a>`}</div>
<nav aria-label="Repository">${
    repo
      ? [
          link('code', '', 'Code'),
          link('pulls', '/pulls', `Pull requests (${openPulls(repo).length})`),
          link('issues', '/issues', `Issues (${issues})`),
          link('deployments', '/deployments', 'Deployments'),
        ]
      : html`<a href="/github/deliveries">Webhooks</a>`
  }</nav>
</header>
<main>${page.body}</main>
</body>
</html>`;
  return document.html;
}

const words: Record<string, string> = {
  success: 'good',
  APPROVED: 'good',
  open: 'good',
  serving: 'good',
  failure: 'bad',
  error: 'bad',
  timed_out: 'bad',
  CHANGES_REQUESTED: 'bad',
  closed: 'bad',
  merged: 'merged',
  queued: 'wait',
  pending: 'wait',
  in_progress: 'wait',
  starting: 'wait',
};

/** Leads to what an environment serves; the address itself is said when it is pointed at. */
export function openLink(environment: string, url: string): Html {
  return html`<a href="${url}" title="${url}">Open ${environment}</a>`;
}

/** A state as a coloured word; the word itself says it, the colour only helps. */
export function pill(state: string): Html {
  return html`<span class="pill ${words[state] ?? 'dim'}">${state.toLowerCase().replaceAll('_', ' ')}</span>`;
}
