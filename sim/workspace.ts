/** The local workspace: the stand-ins of Slack, GitHub and Linear and the page to use them, together on one loopback port. */

import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGitHub, type GitHub } from './github/index.ts';
import type { EnvironmentView } from './github/world.ts';
import { createLinear, type Linear } from './linear/index.ts';
import { createPage } from './page/index.ts';
import { sampleRepos } from './sample/index.ts';
import { type Handler, serve } from './serve.ts';
import { createSlack, type Slack, type SlackOptions } from './slack/index.ts';

export interface WorkspaceOptions {
  /** 0 takes any free port. */
  port: number;
  /** Every stand-in keeps its state below. */
  dataDir: string;
  /** null: the real Slack is used. Without `requestUrl` the app is reached by Socket Mode. */
  slack: { signingSecret: string; botToken: string; appToken: string; requestUrl?: string } | null;
  /** null: the real GitHub is used. */
  github: {
    token: string;
    webhookSecret: string;
    webhookUrl: string;
    /** Sample repositories that are in production from the beginning. Default: all. */
    inProduction?: readonly string[];
  } | null;
  /** null or left out: the real Linear is used, or none. */
  linear?: { key: string } | null;
  /** How the Slack stand-in differs from Slack, for tests that would wait for its limits, its clock or its file. */
  slackPace?: Pick<SlackOptions, 'rateLimits' | 'eventRetryDelaysMs' | 'now' | 'dataFile'>;
  log: (line: string) => void;
}

/** The addresses as the product's configuration wants them; null for what is not a stand-in. */
export interface Workspace {
  url: string;
  slackApiUrl: string | null;
  githubApiUrl: string | null;
  githubGitUrl: string | null;
  linearApiUrl: string | null;
  slack: Slack | null;
  github: GitHub | null;
  linear: Linear | null;
  /** Ends what runs (checks, previews, production); everything is continued at the next start. */
  close(): Promise<void>;
}

/** Listens at once, so that a taken port is known before anything else starts, then builds the stand-ins. */
export async function startWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const handlers: Handler[] = [];
  const served = await serve(handlers, { port: options.port });
  const baseUrl = () => served.url;
  const github = options.github
    ? await openGitHub(options, options.github, baseUrl).catch(async (error) => {
        await served.close();
        throw error;
      })
    : null;
  const slack = options.slack
    ? await openSlack(options, options.slack, baseUrl, github).catch(async (error) => {
        await github?.close();
        await served.close();
        throw error;
      })
    : null;
  const linear = options.linear ? createLinear({ key: options.linear.key, baseUrl }) : null;
  if (slack) handlers.push(slack);
  if (github) handlers.push(github);
  if (linear) handlers.push(linear);
  handlers.push(slack ? createPage() : { handle: toGitHub });
  return {
    url: served.url,
    slackApiUrl: slack ? `${served.url}/api/` : null,
    githubApiUrl: github ? `${served.url}/github/api/v3` : null,
    githubGitUrl: github ? `${served.url}/github` : null,
    linearApiUrl: linear ? `${served.url}/linear/graphql` : null,
    slack,
    github,
    linear,
    async close() {
      await github?.close();
      await slack?.close();
      await served.close();
    },
  };
}

async function openSlack(
  options: WorkspaceOptions,
  app: NonNullable<WorkspaceOptions['slack']>,
  baseUrl: () => string,
  github: GitHub | null,
): Promise<Slack> {
  return createSlack({
    dataFile: join(options.dataDir, 'slack.json'),
    baseUrl,
    app,
    ...options.slackPace,
    links: () => [
      ...(github ? [{ label: 'GitHub', url: `${baseUrl()}/github` }] : []),
      ...(options.linear ? [{ label: 'Linear', url: `${baseUrl()}/linear` }] : []),
      ...environmentLinks(github?.environments() ?? []),
    ],
  });
}

/** "storefront preview LS-1"; with its owner only where two repositories share a name. */
function environmentLinks(environments: EnvironmentView[]): { label: string; title: string; url: string }[] {
  const short = (repo: string) => repo.split('/')[1]!;
  return environments.map(({ repo, name, url }) => {
    const twin = environments.some((other) => other.repo !== repo && short(other.repo) === short(repo));
    return { label: `${twin ? repo : short(repo)} ${name.replaceAll('/', ' ')}`, title: `${repo}: ${name}`, url };
  });
}

function openGitHub(
  options: WorkspaceOptions,
  { token, webhookSecret, webhookUrl, inProduction }: NonNullable<WorkspaceOptions['github']>,
  baseUrl: () => string,
): Promise<GitHub> {
  return createGitHub({
    dataDir: join(options.dataDir, 'github'),
    baseUrl,
    token,
    webhook: { url: webhookUrl, secret: webhookSecret },
    repos: sampleRepos.map(({ owner, name, description, dir }) => ({
      owner,
      name,
      description,
      seed: seedFrom(dir),
      inProduction: inProduction?.includes(name) ?? true,
    })),
    ...(options.port ? { ports: { production: options.port + 1, staging: options.port + 2 } } : {}),
    log: options.log,
  });
}

/** Turns a plain folder into a repository of one commit, the same in every workspace. */
function seedFrom(folder: string): (dir: string) => Promise<void> {
  return async (dir) => {
    await cp(folder, dir, { recursive: true });
    const who = { NAME: 'Emil Sandberg', EMAIL: 'emil@example.com', DATE: '2026-11-02T09:00:00Z' };
    const identity = Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]);
    // Nothing of the machine's own git configuration (hooks, signing, templates) may take part.
    const env = {
      ...process.env,
      ...Object.fromEntries(identity),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    };
    const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: dir, env });
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'The application as it is');
  };
}

/** With the real Slack there is no page of ours; whoever opens the address wants to see the stand-in that there is. */
async function toGitHub(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  if (req.url !== '/') return false;
  res.writeHead(302, { location: '/github' }).end();
  return true;
}
