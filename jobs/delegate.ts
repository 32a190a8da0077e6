import { z } from 'zod';
import type { AgentTask } from '../src/agents/types.ts';
import { composePrompt } from '../src/documents/agent-prompt.ts';
import { readFields } from '../src/documents/fields.ts';
import { fact } from '../src/pipeline/facts.ts';
import { revisionByHash } from '../src/store/documents.ts';
import { type AgentRun, firstRunOnBranch, insertRun, lastSuccess, updateRun } from '../src/store/runs.ts';
import { done, GiveUp, type JobInput, job } from './job.ts';
import { agentOf, agentRunFact, branchOf, runId, workspaceOf } from './shared/agent-work.ts';
import { openFeedback } from './shared/drafting.ts';
import { calls, finished, repoOf } from './shared/item-facts.ts';

const NAME = 'delegate';

/** Hands the item to a coding agent and returns: the agent works on, `poll-agent` brings the end. */
export const delegate = job({
  name: NAME,
  queue: 'agents',
  params: z.strictObject({}),
  attempts: 5,
  backoffMs: 2_000,
  timeoutMs: 300_000,
  async run(input) {
    const { deps, state, signal } = input;
    const repo = repoOf(state);
    const kind = fact(state.facts, 'delegation')?.agent ?? deps.config.default_agent;
    const agent = agentOf(input, kind);
    const run = await recordRun(input, repo, kind);
    const workspace = agent.can.opensPr ? undefined : (await workspaceOf(input, run, repo)).dir;
    const task = await taskOf(input, { run, repo, workspace });
    const ref = await agent.launch(task, { signal });
    const url = ref.url ?? null;
    await updateRun(deps.db, run.id, { external_id: ref.externalId, url, state: 'running' });
    const facts = [
      { name: 'branch', value: run.branch, source: 'Lockstep' },
      agentRunFact({ ...run, url }, { state: 'running' }),
    ];
    return done(finished(input, NAME, facts, `${kind} works on ${run.branch}`));
  },
});

/** A branch that exists keeps the base that it started from, so that its diff stays its own. */
async function recordRun(input: JobInput<unknown>, repo: string, kind: string): Promise<AgentRun> {
  const { deps, state, item } = input;
  const branch = branchOf(input);
  const earlier = await firstRunOnBranch(deps.db, state.item.id, branch);
  return insertRun(deps.db, {
    id: runId(input),
    item_id: state.item.id,
    visit: item.visit,
    adapter: kind,
    external_id: null,
    url: null,
    branch,
    base_sha: earlier?.base_sha ?? (await headOfDefault(input, repo)),
    state: 'queued',
    ended_at: null,
  });
}

async function headOfDefault(input: JobInput<unknown>, repo: string): Promise<string> {
  const github = calls(input);
  const { defaultBranch } = await github.getRepo(repo);
  const head = await github.headOf(repo, defaultBranch);
  if (!head) throw new GiveUp(`${repo} has no commit on ${defaultBranch} to start from.`);
  return head;
}

interface Place {
  run: AgentRun;
  repo: string;
  workspace: string | undefined;
}

async function taskOf(input: JobInput<unknown>, { run, repo, workspace }: Place): Promise<AgentTask> {
  const { deps, state, item } = input;
  const [prd, spec] = await Promise.all([approved(input, 'prd'), approved(input, 'spec')]);
  const fields = readFields('spec', spec.fields);
  const asked = openFeedback(state.facts, 'head', await lastSuccess(deps.db, state.item.id));
  const feedback = asked?.text ?? null;
  const prompt = composePrompt({
    key: item.key,
    title: item.title,
    repo,
    branch: run.branch,
    prd: { markdown: prd.markdown, revision: prd.number },
    spec: { markdown: spec.markdown, revision: spec.number },
    scope: fields.files_in_scope,
    doNotTouch: fields.do_not_touch,
    conventions: fact(state.facts, 'conventions')?.files ?? [],
    feedback,
    note: fact(state.facts, 'delegation')?.note ?? '',
  });
  return {
    runId: run.id,
    repo,
    baseSha: run.base_sha,
    branch: run.branch,
    title: item.title,
    prompt,
    ...(feedback ? { feedback } : {}),
    ...(workspace ? { workspace } : {}),
    touch: fields.files_in_scope.map(({ path }) => path),
    doNotTouch: fields.do_not_touch,
    limits: { minutes: deps.config.agent_minutes },
  };
}

async function approved({ deps, state }: JobInput<unknown>, document: 'prd' | 'spec') {
  const hash = fact(state.facts, document)?.hash;
  const revision = hash ? await revisionByHash(deps.db, { itemId: state.item.id, document, hash }) : null;
  if (revision) return revision;
  throw new GiveUp(`There is no ${document === 'prd' ? 'PRD' : 'tech spec'} to give to an agent.`);
}
