import { buildSchema } from 'graphql';

/**
 * The part of Linear's schema that Lockstep reads, with Linear's own names of types, fields and arguments. Everything
 * else is refused as Linear refuses a field that it does not have.
 */
export const schema = buildSchema(`
  scalar DateTime

  type Query {
    "By its id, or by the id that its address ends with."
    project(id: String!): Project!
    viewer: User!
  }

  type User { id: ID! name: String! displayName: String! organization: Organization! }
  type Organization { id: ID! name: String! urlKey: String! }

  type Project {
    id: ID!
    name: String!
    slugId: String!
    url: String!
    issues(after: String, first: Int, filter: IssueFilter): IssueConnection!
    projectMilestones(after: String, first: Int): ProjectMilestoneConnection!
  }

  enum ProjectMilestoneStatus { unstarted next overdue done }
  type ProjectMilestone { id: ID! name: String! status: ProjectMilestoneStatus! sortOrder: Float! }

  type Issue {
    id: ID!
    identifier: String!
    title: String!
    description: String
    url: String!
    "0 none, 1 urgent, 2 high, 3 normal, 4 low"
    priority: Float!
    sortOrder: Float!
    state: WorkflowState!
    labels(after: String, first: Int): IssueLabelConnection!
    "Relations that begin here: this one blocks the other."
    relations(after: String, first: Int): IssueRelationConnection!
    "Relations that end here: this one is blocked by the other."
    inverseRelations(after: String, first: Int): IssueRelationConnection!
    projectMilestone: ProjectMilestone
  }
  type WorkflowState { id: ID! name: String! type: String! }
  type IssueLabel { id: ID! name: String! }
  type IssueRelation { id: ID! type: String! issue: Issue! relatedIssue: Issue! }

  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type IssueConnection { nodes: [Issue!]! pageInfo: PageInfo! }
  type IssueLabelConnection { nodes: [IssueLabel!]! pageInfo: PageInfo! }
  type IssueRelationConnection { nodes: [IssueRelation!]! pageInfo: PageInfo! }
  type ProjectMilestoneConnection { nodes: [ProjectMilestone!]! pageInfo: PageInfo! }

  input IssueFilter { state: WorkflowStateFilter projectMilestone: NullableProjectMilestoneFilter }
  input WorkflowStateFilter { type: StringComparator }
  input NullableProjectMilestoneFilter { id: IDComparator null: Boolean }
  input StringComparator { eq: String neq: String in: [String!] nin: [String!] }
  input IDComparator { eq: ID neq: ID in: [ID!] nin: [ID!] }
`);
