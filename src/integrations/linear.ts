import { setTimeout as sleep } from 'node:timers/promises';
import type { LinearClient } from '@linear/sdk';
import { Refused, RetryLater } from './errors.ts';

/** Settings of the connection; `config.linear` has this shape. */
export interface LinearConnection {
  apiKey: string;
  apiUrl: string;
}

export interface LinearIssue {
  id: string;
  /** `SHOP-12` */
  identifier: string;
  title: string;
  description: string;
  url: string;
  /** 0 none, 1 urgent … 4 low. */
  priority: number;
  labels: string[];
  /** Issues that block this one and are still open in Linear. */
  blockers: LinearRef[];
}

export interface LinearRef {
  id: string;
  identifier: string;
  title: string;
  url: string;
}

/** What is to be done next in a project: its active milestone, or all of it where it has none. */
export interface LinearPlan {
  project: { id: string; name: string; url: string };
  milestone: { id: string; name: string } | null;
  /** Open ones, in the order of the project. */
  issues: LinearIssue[];
}

export interface Linear {
  /** The project with this id, or with the id that its address ends with. */
  plan(projectId: string): Promise<LinearPlan>;
}

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const CALL_MS = 8_000;
const AGAIN_MS = 300;
/** Small pages: Linear counts what a query could bring at most, and refuses those above 10,000 points. */
const PAGE = 25;
const MAX_ISSUES = 250;
const RELATIONS = 50;

const PROJECT = `query Project($id: String!) {
  project(id: $id) {
    id name url
    projectMilestones(first: 50) { nodes { id name status sortOrder } }
  }
}`;

const ISSUES = `query Issues($id: String!, $filter: IssueFilter!, $after: String) {
  project(id: $id) {
    issues(first: ${PAGE}, after: $after, filter: $filter) {
      nodes {
        id identifier title description url priority sortOrder
        labels(first: 20) { nodes { name } }
        inverseRelations(first: ${RELATIONS}) {
          nodes { type issue { id identifier title url state { type } } }
          pageInfo { hasNextPage }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

/** States of issues that nobody is to do any more. */
const CLOSED = ['completed', 'canceled', 'duplicate'];

interface ProjectAnswer {
  project: {
    id: string;
    name: string;
    url: string;
    projectMilestones: { nodes: { id: string; name: string; status: string; sortOrder: number }[] };
  };
}

interface IssueNode extends Omit<LinearIssue, 'labels' | 'blockers' | 'description'> {
  description: string | null;
  sortOrder: number;
  labels: { nodes: { name: string }[] };
  inverseRelations: {
    nodes: { type: string; issue: LinearRef & { state: { type: string } } }[];
    pageInfo: { hasNextPage: boolean };
  };
}

interface IssuesAnswer {
  project: { issues: { nodes: IssueNode[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } };
}

/**
 * Linear by documents of our own: the models of its SDK ask one more request for each relation. Throws Refused with a
 * sentence for people, RetryLater when Linear asks to wait, else an Error.
 */
export function createLinear(connection: LinearConnection, log: Log): Linear {
  /** The SDK is large, and most processes never ask Linear. The client carries the time limit of one call. */
  async function client(): Promise<LinearClient> {
    const sdk = await import('@linear/sdk');
    const { apiKey, apiUrl } = connection;
    return new sdk.LinearClient({ apiKey, apiUrl, signal: AbortSignal.timeout(CALL_MS) });
  }

  /** Reading is safe to repeat: once, when Linear did not answer. */
  async function ask<T>(name: string, document: string, variables: Record<string, unknown>): Promise<T> {
    for (let nth = 1; ; nth += 1) {
      const began = Date.now();
      const line = (status: number | string) => ({ call: name, status, ms: Date.now() - began });
      try {
        const { client: graphql } = await client();
        const answer = await graphql.rawRequest<T, Record<string, unknown>>(document, variables);
        log.info(line(answer.status ?? 200), 'linear');
        return answer.data as T;
      } catch (raw) {
        const failure = raw as Failure;
        log.warn({ ...line(failure.status ?? failure.name), reason: failure.type }, 'linear');
        const error = inOurWords(failure);
        if (nth > 1 || error instanceof Refused || error instanceof RetryLater) throw error;
        await sleep(AGAIN_MS);
      }
    }
  }

  async function issuesOf(id: string, filter: object): Promise<IssueNode[]> {
    const all: IssueNode[] = [];
    let after: string | null = null;
    do {
      const answer: IssuesAnswer = await ask('issues', ISSUES, { id, filter, after });
      const { nodes, pageInfo } = answer.project.issues;
      all.push(...nodes);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      if (all.length > MAX_ISSUES) {
        const sentence = `There are more than ${MAX_ISSUES} open issues: give the project a milestone with those that come next.`;
        throw new Refused(sentence, 'linear_too_many');
      }
    } while (after);
    return all;
  }

  return {
    async plan(projectId) {
      const { project } = await ask<ProjectAnswer>('project', PROJECT, { id: projectId });
      const milestone = active(project.projectMilestones.nodes);
      const open = { state: { type: { nin: CLOSED } } };
      const filter = milestone ? { ...open, projectMilestone: { id: { eq: milestone.id } } } : open;
      const nodes = await issuesOf(project.id, filter);
      const sorted = nodes.sort((one, other) => one.sortOrder - other.sortOrder);
      return {
        project: { id: project.id, name: project.name, url: project.url },
        milestone: milestone && { id: milestone.id, name: milestone.name },
        issues: sorted.map(toIssue),
      };
    },
  };
}

type MilestoneNode = ProjectAnswer['project']['projectMilestones']['nodes'][number];

/** The one that Linear calls next; where it calls none so, the first that is not done. */
function active(all: readonly MilestoneNode[]): MilestoneNode | null {
  const open = all.filter((one) => one.status !== 'done').sort((one, other) => one.sortOrder - other.sortOrder);
  return open.find((one) => one.status === 'next') ?? open[0] ?? null;
}

function toIssue({ sortOrder: _, labels, inverseRelations, description, ...issue }: IssueNode): LinearIssue {
  if (inverseRelations.pageInfo.hasNextPage) {
    const sentence = `${issue.identifier} has more than ${RELATIONS} relations, so what blocks it is not certain.`;
    throw new Refused(sentence, 'linear_too_many');
  }
  const blockers = inverseRelations.nodes
    .filter((one) => one.type === 'blocks' && !CLOSED.includes(one.issue.state.type))
    .map(({ issue: { id, identifier, title, url } }) => ({ id, identifier, title, url }));
  return { ...issue, description: description ?? '', labels: labels.nodes.map((label) => label.name), blockers };
}

/** What the SDK throws. Its types are told by `type`: a second copy of the SDK would have classes of its own. */
interface Failure extends Error {
  type?: string;
  status?: number;
  errors?: readonly { type?: string; message?: string }[];
  requestsResetAt?: number;
  complexityResetAt?: number;
  raw?: { response?: { errors?: readonly { extensions?: { code?: string } }[] } };
}

const LONGEST_WAIT_MS = 60 * 60_000;
const USUAL_WAIT_MS = 60_000;

function inOurWords(failure: Failure): Error {
  const { type, status, message } = failure;
  const code = failure.raw?.response?.errors?.[0]?.extensions?.code;
  if (type === 'Ratelimited' || code === 'RATELIMITED' || status === 429) {
    const resetAt = Math.max(failure.requestsResetAt ?? 0, failure.complexityResetAt ?? 0);
    const ms = resetAt > 0 ? resetAt - Date.now() : USUAL_WAIT_MS;
    return new RetryLater('Linear asks us to slow down', Math.min(Math.max(ms, 1000), LONGEST_WAIT_MS));
  }
  if (status === undefined || status >= 500) return new Error(`Linear did not answer: ${short(message)}`);
  if (status === 401 || code === 'AUTHENTICATION_ERROR') {
    return new Refused('Linear does not accept our key. `npm run doctor` says what to do.', 'linear_401');
  }
  if (status === 403 || type === 'Forbidden' || code === 'FORBIDDEN') {
    return new Refused('Linear does not let our key see this project.', 'linear_403');
  }
  if (type === 'InvalidInput' && /not found/i.test(message)) {
    return new Refused('Linear knows no such project, or does not show it to our key.', 'linear_not_found');
  }
  return new Refused(`Linear refused the question: ${short(message)}`, 'linear_refused');
}

const short = (message: string): string => message.slice(0, 200);
