import { GraphQLError } from 'graphql';
import type { Issue, Project } from './types.ts';

/** What questions are answered from: the data as objects whose functions are the fields with arguments. */

export const WORKSPACE = { id: 'b7f0c1de-0000-4000-8000-000000000001', name: 'Acme', urlKey: 'acme' };

interface Page {
  first?: number;
  after?: string;
}
interface Comparator {
  eq?: string;
  neq?: string;
  in?: string[];
  nin?: string[];
}
interface IssueFilter {
  state?: { type?: Comparator };
  projectMilestone?: { id?: Comparator; null?: boolean };
}

const MOST_OF_A_PAGE = 250;

export function createRoot(projects: readonly Project[], siteUrl: () => string) {
  const all = () => projects.flatMap((project) => project.issues.map((issue) => ({ project, issue })));

  const projectUrl = (project: Project): string => `${siteUrl()}/project/${slug(project.name)}-${project.slugId}`;
  const issueUrl = (issue: Issue): string => `${siteUrl()}/issue/${issue.identifier}/${slug(issue.title)}`;

  function toProject(project: Project) {
    const milestones = project.milestones.map((one, index) => ({ ...one, sortOrder: index }));
    return {
      ...project,
      url: projectUrl(project),
      projectMilestones: (page: Page) => connection(milestones, page),
      issues: ({ filter, ...page }: Page & { filter?: IssueFilter }) =>
        connection(
          project.issues.filter((issue) => fits(project, issue, filter ?? {})).map((issue) => toIssue(project, issue)),
          page,
        ),
    };
  }

  function toIssue(project: Project, issue: Issue): object {
    const { id, identifier, title, description, priority } = issue;
    const milestone = project.milestones.findIndex((one) => one.name === issue.milestone);
    return {
      id,
      identifier,
      title,
      description,
      priority,
      url: issueUrl(issue),
      sortOrder: project.issues.indexOf(issue),
      state: { id: `state-${issue.state}`, name: issue.state, type: issue.state },
      labels: (page: Page) =>
        connection(
          issue.labels.map((name) => ({ id: `label-${name}`, name })),
          page,
        ),
      projectMilestone: milestone < 0 ? null : { ...project.milestones[milestone]!, sortOrder: milestone },
      relations: (page: Page) =>
        connection(
          all()
            .filter((one) => one.issue.blockedBy.includes(identifier))
            .map((one) => blocks({ project, issue }, one)),
          page,
        ),
      inverseRelations: (page: Page) =>
        connection(
          all()
            .filter((one) => issue.blockedBy.includes(one.issue.identifier))
            .map((one) => blocks(one, { project, issue })),
          page,
        ),
    };
  }

  interface Placed {
    project: Project;
    issue: Issue;
  }
  const blocks = (one: Placed, other: Placed) => ({
    id: `${one.issue.id}-${other.issue.id}`,
    type: 'blocks',
    issue: () => toIssue(one.project, one.issue),
    relatedIssue: () => toIssue(other.project, other.issue),
  });

  return {
    projectUrl,
    issueUrl,
    root: {
      viewer: { id: 'user-1', name: 'Priya Patel', displayName: 'priya', organization: WORKSPACE },
      project({ id }: { id: string }) {
        const found = projects.find((one) => one.id === id || one.slugId === id);
        if (found) return toProject(found);
        throw new GraphQLError('Entity not found: Project', {
          extensions: {
            type: 'invalid input',
            code: 'INPUT_ERROR',
            userError: true,
            userPresentableMessage: 'Could not find referenced Project.',
          },
        });
      },
    },
  };
}

function fits(project: Project, issue: Issue, { state, projectMilestone }: IssueFilter): boolean {
  const milestone = project.milestones.find((one) => one.name === issue.milestone)?.id ?? null;
  const wantsNone = projectMilestone?.null;
  return (
    compares(issue.state, state?.type) &&
    (wantsNone === undefined || wantsNone === null || wantsNone === (milestone === null)) &&
    (!projectMilestone?.id || (milestone !== null && compares(milestone, projectMilestone.id)))
  );
}

const compares = (value: string, comparator: Comparator = {}): boolean =>
  (comparator.eq === undefined || value === comparator.eq) &&
  (comparator.neq === undefined || value !== comparator.neq) &&
  (!comparator.in || comparator.in.includes(value)) &&
  !comparator.nin?.includes(value);

function connection<T>(all: readonly T[], { first = 50, after }: Page) {
  if (first < 1 || first > MOST_OF_A_PAGE) {
    throw new GraphQLError(`Argument Validation Error: first must be between 1 and ${MOST_OF_A_PAGE}`, {
      extensions: { type: 'invalid input', code: 'INPUT_ERROR', userError: true },
    });
  }
  const start = after ? Number(Buffer.from(after, 'base64url').toString()) : 0;
  const end = start + first;
  return {
    nodes: all.slice(start, end),
    pageInfo: {
      hasNextPage: end < all.length,
      endCursor: all.length > start ? Buffer.from(String(Math.min(end, all.length))).toString('base64url') : null,
    },
  };
}

export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
