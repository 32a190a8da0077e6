import { z } from 'zod';
import type { AgentSnapshot, CodingAgent } from '../src/agents/types.ts';
import { isFinal } from '../src/agents/types.ts';
import { PushRefused } from '../src/agents/workspace-push.ts';
import { allStorable } from '../src/store/json.ts';
import { type AgentRun, runOf, updateRun } from '../src/store/runs.ts';
import { again, done, type JobInput, job, type Outcome } from './job.ts';
import { agentOf, agentRunFact, runId } from './shared/agent-work.ts';
import { calls, failed, finished, observed, repoOf } from './shared/item-facts.ts';
import { publish, Unpublishable } from './shared/publish.ts';
import { pullFacts } from './shared/pull-facts.ts';

const NAME = 'poll-agent';
const LOCAL_MS = 1_500;
const ELSEWHERE_MS = 30_000;
const LAUNCHING_MS = 500;

/** Follows a run to its end; the stage's gate waits for that. When the agent has succeeded, our runner inspects, commits, pushes and opens the PR. */
export const pollAgent = job({
  name: NAME,
  queue: 'agents',
  params: z.strictObject({}),
  attempts: 6,
  backoffMs: 2_000,
  timeoutMs: 300_000,
  async run(input) {
    const run = await runOf(input.deps.db, runId(input));
    if (!run?.external_id) return again(LAUNCHING_MS);
    const agent = agentOf(input, run.adapter);
    const opened = agent.can.opensPr ? await openedElsewhere(input, run) : null;
    if (opened) return opened;
    const url = run.url ?? undefined;
    const snapshot = allStorable(await agent.poll({ kind: run.adapter, externalId: run.external_id, url }));
    await remember(input, run, snapshot);
    if (!isFinal(snapshot.state)) return progress(input, { run, agent, snapshot });
    if (snapshot.state !== 'succeeded') {
      return done(failed(input, NAME, whatIsNeeded(snapshot), [agentRunFact(run, snapshot)]));
    }
    if (agent.can.opensPr) return again(LOCAL_MS);
    return open(input, run, snapshot);
  },
});

/** A person, or a hosted agent, opens the pull request by themselves; the branch's name ties it to the item. */
async function openedElsewhere(input: JobInput<unknown>, run: AgentRun): Promise<Outcome | null> {
  const pull = await calls(input).findPullByBranch(repoOf(input.state), run.branch);
  if (pull?.state !== 'open') return null;
  const state = 'succeeded' as const;
  await updateRun(input.deps.db, run.id, { state, ended_at: input.deps.now() });
  const facts = [...pullFacts(pull), agentRunFact(run, { state, summary: `${pull.author} opened #${pull.number}` })];
  return done(finished(input, NAME, facts, `#${pull.number} was opened by ${pull.author}`));
}

interface Watched {
  run: AgentRun;
  agent: CodingAgent;
  snapshot: AgentSnapshot;
}

function progress(input: JobInput<unknown>, { run, agent, snapshot }: Watched): Outcome {
  const step = snapshot.progress?.doing ?? snapshot.summary ?? snapshot.state;
  const event = observed(input.state, [agentRunFact(run, snapshot)], step);
  return again(agent.can.opensPr ? ELSEWHERE_MS : LOCAL_MS, event);
}

async function open(input: JobInput<unknown>, run: AgentRun, snapshot: AgentSnapshot): Promise<Outcome> {
  try {
    const pull = await publish(input, { run, snapshot, repo: repoOf(input.state) });
    const facts = [...pullFacts(pull), agentRunFact(run, snapshot)];
    return done(finished(input, NAME, facts, `#${pull.number} is open`));
  } catch (error) {
    if (!(error instanceof Unpublishable || error instanceof PushRefused)) throw error;
    await updateRun(input.deps.db, run.id, { state: 'failed', error: error.message });
    const fact = agentRunFact(run, { ...snapshot, state: 'failed', error: error.message });
    return done(failed(input, NAME, error.message, [fact]));
  }
}

async function remember({ deps }: JobInput<unknown>, run: AgentRun, snapshot: AgentSnapshot): Promise<void> {
  await updateRun(deps.db, run.id, {
    state: snapshot.state,
    step: snapshot.progress?.doing ?? '',
    summary: snapshot.summary ?? '',
    question: snapshot.question ?? '',
    error: snapshot.error ?? '',
    evidence: JSON.stringify({ tests: snapshot.evidence ?? [], log: (snapshot.progress?.log ?? []).slice(-40) }),
    usd: snapshot.usd ?? 0,
    tokens_in: snapshot.tokens?.in ?? 0,
    tokens_out: snapshot.tokens?.out ?? 0,
    ...(isFinal(snapshot.state) && !run.ended_at ? { ended_at: deps.now() } : {}),
  });
}

function whatIsNeeded(snapshot: AgentSnapshot): string {
  switch (snapshot.state) {
    case 'needs_input':
      return `The agent asks: ${snapshot.question || 'it does not say what it needs'}`;
    case 'timed_out':
      return `The agent ran out of time. ${snapshot.error ?? ''} Retry, or take it over.`.replace(/ {2,}/g, ' ');
    case 'cancelled':
      return 'The agent was stopped. Retry, or take it over.';
    default:
      return `The agent failed: ${snapshot.error || 'it does not say why'}. Retry, or take it over.`.replace('..', '.');
  }
}
