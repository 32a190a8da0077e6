import { z } from 'zod';
import type { Clues } from '../store/match.ts';

const Ref = z.object({ ref: z.string() });
const Numbered = z.object({ number: z.number() });

/** The parts of GitHub's payloads that we read; everything else is ignored, and nothing of it is believed. */
export const Payload = z.object({
  action: z.string().nullish(),
  repository: z.object({ full_name: z.string() }).nullish(),
  ref: z.string().nullish(),
  number: z.number().nullish(),
  pull_request: z.object({ number: z.number(), head: Ref, body: z.string().nullish() }).nullish(),
  check_run: z
    .object({
      check_suite: z.object({ head_branch: z.string().nullish() }).nullish(),
      pull_requests: z.array(Numbered).nullish(),
    })
    .nullish(),
  check_suite: z.object({ head_branch: z.string().nullish(), pull_requests: z.array(Numbered).nullish() }).nullish(),
  workflow_run: z.object({ head_branch: z.string().nullish(), pull_requests: z.array(Numbered).nullish() }).nullish(),
  branches: z.array(z.object({ name: z.string() })).nullish(),
  deployment: z.object({ ref: z.string(), payload: z.unknown().nullish() }).nullish(),
});
export type Payload = z.infer<typeof Payload>;

/** Events that can be about an item: those that a webhook has to send (docs/github.md). */
export const RELEVANT: ReadonlySet<string> = new Set([
  'pull_request',
  'pull_request_review',
  'check_run',
  'check_suite',
  'workflow_run',
  'status',
  'deployment',
  'deployment_status',
  'push',
]);

/** Whether an event can be about an item at all. */
export function isRelevant(event: string): boolean {
  return RELEVANT.has(event);
}

export function cluesOf(payload: Payload): Clues {
  const { pull_request: pull, check_run: run, check_suite: suite, workflow_run: workflow } = payload;
  const branches = [
    pull?.head.ref,
    run?.check_suite?.head_branch,
    suite?.head_branch,
    workflow?.head_branch,
    payload.ref?.replace(/^refs\/heads\//, ''),
    payload.deployment?.ref,
    ...(payload.branches ?? []).map((branch) => branch.name),
  ];
  const pulls = [run?.pull_requests, suite?.pull_requests, workflow?.pull_requests].flatMap((list) => list ?? []);
  const numbers = [pull?.number, ...pulls.map((one) => one.number)];
  const key = /<!-- lockstep:([A-Z]+-\d+) -->/.exec(pull?.body ?? '')?.[1];
  return {
    repo: payload.repository?.full_name ?? '',
    branches: [...new Set(branches.filter((one) => typeof one === 'string' && one !== ''))] as string[],
    numbers: [...new Set(numbers.filter((one) => one !== undefined))],
    keys: key ? [key] : [],
    deployments: deploymentKey(payload.deployment?.payload),
  };
}

function deploymentKey(payload: unknown): string[] {
  try {
    const value = (typeof payload === 'string' ? JSON.parse(payload) : payload) as { lockstep?: unknown } | null;
    return typeof value?.lockstep === 'string' ? [value.lockstep] : [];
  } catch {
    return [];
  }
}
