import type { AgentRef, AgentSnapshot, AgentTask, CodingAgent } from './types.ts';

/**
 * A person writes the code. The reference carries repository and branch, so nothing is kept on this machine; the
 * pull request arrives by webhook (bound by the branch's name), not by polling.
 */
export function createManualAgent(): CodingAgent {
  return {
    kind: 'manual',
    can: { followUp: false, cancel: false, stream: false, reportsCost: false, opensPr: true },
    launch: async (task) => launched(task),
    poll: async (ref) => standing(ref),
  };
}

function launched(task: AgentTask): AgentRef {
  return { kind: 'manual', externalId: `${task.repo}:${task.branch}` };
}

function standing(ref: AgentRef): AgentSnapshot {
  const at = ref.externalId.indexOf(':');
  const [repo, branch] = [ref.externalId.slice(0, at), ref.externalId.slice(at + 1)];
  return {
    state: 'running',
    branch,
    summary: `Waiting for a person to push the branch ${branch} to ${repo} and to open a pull request from it.`,
  };
}
