import { z } from 'zod';

/** The typed fields of each document: what a model returns, what a person edits, what is hashed and approved. */
export const DOCUMENTS = ['prd', 'spec', 'release_notes'] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];

const Line = z.string();
/** How one point of a reviewer's feedback was handled by the redraft. */
const Handled = z.strictObject({ point: Line, handled: Line });

export const Prd = z.strictObject({
  problem: z.string(),
  evidence: z.array(z.strictObject({ text: Line, url: z.string().nullable() })),
  goals: z.array(Line),
  non_goals: z.array(Line),
  /** Gherkin without the `Feature:` line. */
  acceptance_criteria: z.string(),
  open_points: z.array(Line),
  feedback_handled: z.array(Handled),
});
export type Prd = z.infer<typeof Prd>;

export const RATINGS = ['low', 'medium', 'high', 'unknown'] as const;
export const RISK_TRIGGERS = [
  'data migration',
  'irreversible',
  'payments or availability',
  'security',
  'deploy infrastructure',
] as const;

export const Spec = z.strictObject({
  approach: z.string(),
  patterns: z.array(Line),
  files_in_scope: z.array(z.strictObject({ path: Line, reason: Line })),
  do_not_touch: z.array(Line),
  dependencies: z.array(Line),
  risks: z.array(
    z.strictObject({ risk: Line, likelihood: z.enum(RATINGS), impact: z.enum(RATINGS), mitigation: Line }),
  ),
  risk_triggers: z.array(z.enum(RISK_TRIGGERS)),
  test_matrix: z.array(z.strictObject({ scenario: Line, input: Line, expected: Line })),
  rollback: z.string(),
  verification: z.string(),
  monitoring: z.array(Line),
  migration: z.string(),
  definition_of_done: z.array(Line),
  open_points: z.array(Line),
  feedback_handled: z.array(Handled),
  /** Commit of the default branch that the spec was written against. */
  base_sha: z.string(),
});
export type Spec = z.infer<typeof Spec>;

export const ReleaseNotes = z.strictObject({
  summary: z.string(),
  changes: z.array(z.strictObject({ text: Line, url: z.string().nullable() })),
});
export type ReleaseNotes = z.infer<typeof ReleaseNotes>;

export interface DocumentFields {
  prd: Prd;
  spec: Spec;
  release_notes: ReleaseNotes;
}

/** Reads stored or submitted fields; throws a ZodError when they are not of this document. */
export function readFields<K extends DocumentKind>(document: K, fields: unknown): DocumentFields[K] {
  const schema = { prd: Prd, spec: Spec, release_notes: ReleaseNotes }[document];
  return schema.parse(fields) as DocumentFields[K];
}

export const EMPTY_PRD: Prd = {
  problem: '',
  evidence: [],
  goals: [],
  non_goals: [],
  acceptance_criteria: '',
  open_points: [],
  feedback_handled: [],
};

export const EMPTY_SPEC: Spec = {
  approach: '',
  patterns: [],
  files_in_scope: [],
  do_not_touch: [],
  dependencies: [],
  risks: [],
  risk_triggers: [],
  test_matrix: [],
  rollback: '',
  verification: '',
  monitoring: [],
  migration: '',
  definition_of_done: [],
  open_points: [],
  feedback_handled: [],
  base_sha: '',
};
