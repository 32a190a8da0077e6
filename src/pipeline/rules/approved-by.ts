import { z } from 'zod';
import { fact } from '../facts.ts';
import { overridesOf } from '../overrides.ts';
import { notMet, rule, unknown } from '../rule.ts';
import { type Facts, type GateNode, type LogEntry, SUBJECTS, type SubjectKind, type Verb } from '../types.ts';

const Params = z.strictObject({
  role: z.string(),
  of: z.enum(SUBJECTS),
  count: z.number().int().min(1).max(20).default(1),
  /** Who does not count, whatever roles they hold. */
  not: z.array(z.enum(['requester', 'author'])).default([]),
  verb: z.enum(['approve', 'delegate', 'deploy']).default('approve'),
  /** Offered only while everything else in its group holds, so that it is decided on what is true now. */
  after_others: z.boolean().default(false),
});
export type ApprovedByParams = z.infer<typeof Params>;

const SUBJECT_NAMES: Record<SubjectKind, string> = {
  prd: 'the PRD',
  spec: 'the tech spec',
  head: 'the pull request',
  merge: 'the merged change',
};

export const roleName = (role: string): string => {
  const words = role.replaceAll('_', ' ');
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
};

/** Hash or SHA that a decision is pinned to now, or null while there is nothing to decide about. */
export function currentSubject(of: SubjectKind, facts: Facts): string | null {
  if (of === 'head') return fact(facts, 'pr')?.headSha ?? null;
  if (of === 'merge') return fact(facts, 'merge')?.sha ?? null;
  return fact(facts, of)?.hash ?? null;
}

/** People whose decision does not count here, with the reason that they are told. */
export function excluded(
  params: ApprovedByParams,
  { requester, facts, log }: { requester: string; facts: Facts; log: readonly LogEntry[] },
): Map<string, string> {
  const people = new Map<string, string>();
  for (const { by } of overridesOf(log))
    people.set(by.id, 'you have overridden a rule of this gate, so somebody else has to decide');
  if (params.not.includes('requester'))
    people.set(requester, 'you asked for this item, so somebody else has to decide');
  if (params.not.includes('author') && (params.of === 'prd' || params.of === 'spec')) {
    const document = fact(facts, params.of);
    if (document?.authorKind === 'person')
      people.set(document.authorId, 'you wrote this revision, so somebody else has to decide');
  }
  return people;
}

function sentence(params: ApprovedByParams): string {
  const people =
    params.count === 1 ? roleName(params.role) : `${params.count} people (${params.role.replaceAll('_', ' ')})`;
  const endings: Record<Verb, string> = {
    approve: `${SUBJECT_NAMES[params.of]} is approved by ${people}`,
    delegate: `${people} delegates it`,
    deploy: `${people} deploys it`,
  };
  return endings[params.verb];
}

export const approvedBy = rule<ApprovedByParams>({
  name: 'approved_by',
  help: 'People of a role decided in this visit, about exactly this revision or commit.',
  params: Params,
  check(params, { item, facts, log, canReject, othersHold }) {
    const name = sentence(params);
    const subject = currentSubject(params.of, facts);
    if (subject === null) return unknown(name, `${SUBJECT_NAMES[params.of]} does not exist yet`, 'work');
    const not = excluded(params, { requester: item.requester, facts, log });
    const counted = new Map(
      log
        .filter((entry) => entry.type === 'approved' && entry.of === params.of && entry.subject === subject)
        .filter((entry) => entry.role === params.role && !not.has(entry.actor.id))
        .map((entry) => [entry.actor.id, entry.actor.name]),
    );
    const have = counted.size;
    const names = [...counted.values()].join(', ');
    if (params.after_others && !othersHold) return notMet(name, 'it is offered once everything else holds', 'work');
    if (have >= params.count) return { name, status: 'met', because: `by ${names}`, waits: null };
    return {
      ...notMet(name, have === 0 ? 'nobody has decided yet' : `${have} of ${params.count}: ${names}`, {
        role: params.role,
      }),
      ask: {
        verb: params.verb,
        role: params.role,
        of: params.of,
        subject,
        have,
        need: params.count,
        reject: canReject,
      },
    };
  },
});

/** `approved_by` rules of a stage's gate, wherever they stand in the tree. */
export function humanRules(node: GateNode): ApprovedByParams[] {
  if (node.kind === 'not') return [];
  if (node.kind !== 'rule') return node.nodes.flatMap(humanRules);
  return node.rule === 'approved_by' ? [node.params as unknown as ApprovedByParams] : [];
}
