import { createManualAgent } from './manual.ts';
import { createScriptedAgent, type ScriptedConfig } from './scripted.ts';
import type { CodingAgent } from './types.ts';

/** What each adapter needs; one that is not configured is not offered. `manual` always is. */
export interface AgentsConfig {
  scripted?: ScriptedConfig;
}

/** Every coding agent that this installation offers, by kind. A new adapter is one more line here. */
export function createAgents(config: AgentsConfig): Record<string, CodingAgent> {
  const agents: (CodingAgent | null)[] = [
    createManualAgent(),
    config.scripted ? createScriptedAgent(config.scripted) : null,
  ];
  return byKind(agents.filter((agent) => agent !== null));
}

function byKind(agents: CodingAgent[]): Record<string, CodingAgent> {
  const found: Record<string, CodingAgent> = {};
  for (const agent of agents) {
    if (found[agent.kind]) throw new Error(`two coding agents are called "${agent.kind}"`);
    found[agent.kind] = agent;
  }
  return found;
}
