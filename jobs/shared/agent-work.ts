import { join } from 'node:path';
import type { AgentSnapshot, CodingAgent } from '../../src/agents/types.ts';
import { openWorkspace, type Workspace } from '../../src/agents/workspace.ts';
import { type FactValues, fact } from '../../src/pipeline/facts.ts';
import type { NewFact } from '../../src/pipeline/types.ts';
import type { AgentRun } from '../../src/store/runs.ts';
import { GiveUp, type JobInput } from '../job.ts';

const SLUG_LENGTH = 44;

/** One run for one visit: the launch and the poll both know its id, and a retry is a new visit. */
export function runId(input: JobInput<unknown>): string {
  return `${input.item.key}-v${input.item.visit}`;
}

/** `lockstep/LS-12-show-a-banner`; an item that has a branch keeps it. */
export function branchOf({ deps, item, state }: JobInput<unknown>): string {
  const words =
    item.title
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  let slug = '';
  for (const word of words) {
    if (`${slug}-${word}`.length > SLUG_LENGTH) break;
    slug += `-${word}`;
  }
  return fact(state.facts, 'branch') ?? `${deps.config.branch_prefix}/${item.key}${slug}`;
}

export function agentOf({ deps }: JobInput<unknown>, kind: string): CodingAgent {
  const agent = deps.agents[kind];
  if (agent) return agent;
  throw new GiveUp(`There is no agent "${kind}" here; there are: ${Object.keys(deps.agents).join(', ')}.`);
}

/** The checkout of a run: its own worktree, fetched now, with a token that lives in memory only. */
export async function workspaceOf(input: JobInput<unknown>, run: AgentRun, repo: string): Promise<Workspace> {
  const { config, github } = input.deps;
  return openWorkspace({
    root: join(config.dataDir, 'workspaces'),
    path: config.path,
    cloneUrl: github.cloneUrl(repo),
    authHeader: await github.gitAuthHeader(),
    repo,
    baseSha: run.base_sha,
    branch: run.branch,
    key: input.item.key,
    branchPrefix: `${config.branch_prefix}/`,
  });
}

export function agentRunFact(run: AgentRun, snapshot: AgentSnapshot): NewFact {
  const value: FactValues['agent_run'] = {
    id: run.id,
    agent: run.adapter,
    state: snapshot.state,
    step: snapshot.progress?.doing ?? '',
    plan: (snapshot.progress?.plan ?? []).map(({ step, done }) => `${done ? '✓' : '○'} ${step}`),
    summary: snapshot.summary ?? '',
    question: snapshot.question ?? '',
    error: snapshot.error ?? '',
    url: run.url,
    usd: snapshot.usd ?? 0,
  };
  return { name: 'agent_run', value, source: `agent ${run.adapter}` };
}
