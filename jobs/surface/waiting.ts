import type { Deps } from '../../src/deps.ts';
import { type ApprovedByParams, currentSubject, excluded, humanRules } from '../../src/pipeline/rules/approved-by.ts';
import type { Facts } from '../../src/pipeline/types.ts';
import { namesOf } from '../../src/store/people.ts';
import { approvalsOf, factsOf, type StandingRow, type WaitedFor, waitsOf } from '../../src/store/queue.ts';
import type { Waiting } from '../../views/data.ts';
import { roleWords } from '../../views/text.ts';

/**
 * What each row of a list waits for, and what the reader may decide there. It follows from who is waited for, which the
 * last commit of the item wrote, and from the rules of its stage: no gate is judged, so a list of eighty items costs
 * three reads, not eighty.
 */
export interface Reader {
  id: string;
  roles: readonly string[];
}

/** More people than this are told as their role. */
const NAMED = 2;

export async function waitingOf(
  deps: Pick<Deps, 'db' | 'pipelines'>,
  rows: readonly StandingRow[],
  reader: Reader,
): Promise<Map<string, Waiting | null>> {
  const ids = [...new Set(rows.map((row) => row.id))];
  const waits = Map.groupBy(await waitsOf(deps.db, ids), (wait) => wait.item_id);
  const asked = ids.filter((id) => waits.get(id)?.some((wait) => wait.kind !== 'blocked'));
  const who = new Set(asked.flatMap((id) => waits.get(id)!.map((wait) => wait.who)));
  const [facts, names] = await Promise.all([
    factsOf(deps.db, asked, ['prd', 'spec', 'pr', 'merge']),
    // One more than is told, and one who may be left out.
    namesOf(deps.db, [...who], NAMED + 2),
  ]);
  const rulesOf = async (row: StandingRow): Promise<readonly ApprovedByParams[]> => {
    const stage = (await deps.pipelines.byHash(row.pipeline_hash)).stages.find((one) => one.id === row.stage);
    return stage ? humanRules(stage.gate) : [];
  };
  const rules = new Map(await Promise.all(rows.map(async (row) => [row.id, await rulesOf(row)] as const)));
  const shared = rows.filter((row) => rules.get(row.id)!.some((rule) => rule.count > 1));
  const approvals = Map.groupBy(await approvalsOf(deps.db, shared), (one) => one.item_id);
  return new Map(
    rows.map((row) => {
      const { id, requester } = row;
      const known = { facts: facts.get(id) ?? {}, waits: waits.get(id) ?? [], approvals: approvals.get(id) ?? [] };
      return [id, waiting({ requester, names, ...known }, rules.get(id)!, reader)];
    }),
  );
}

interface About {
  requester: string;
  facts: Facts;
  waits: readonly WaitedFor[];
  /** Given in this visit, where more than one is needed. */
  approvals: readonly { actor_id: string; of: string | null; subject: string }[];
  names: ReadonlyMap<string, { id: string; name: string }[]>;
}

function waiting(about: About, rules: readonly ApprovedByParams[], reader: Reader): Waiting | null {
  const questions = about.waits.filter((wait) => wait.kind === 'question');
  const open = rules.flatMap((rule) => {
    const subject = currentSubject(rule.of, about.facts);
    const wait = about.waits.find((one) => asks(one, rule));
    return subject !== null && wait ? [{ rule, subject, wait, not: whoMayNot(about, rule, subject) }] : [];
  });
  const [question] = questions;
  if (question) {
    const may = questions.some((one) => one.who === `user:${reader.id}` || reader.roles.includes(one.who.slice(5)));
    return { who: people(about, questions, new Set()), asked: 'question', others: open.length, may, ask: null };
  }
  const mine = open.find(({ rule, not }) => reader.roles.includes(rule.role) && !not.has(reader.id));
  const first = mine ?? open[0];
  if (!first) return null;
  const { verb, of } = first.rule;
  // Two decisions that one role is asked for leave the same trace: which of them is open, only the gate can say.
  const certain = open.filter(({ wait }) => wait === first.wait).length === 1;
  return {
    who: people(about, [first.wait], first.not),
    asked: { verb, of },
    others: open.length - 1,
    may: mine !== undefined,
    ask: mine && certain ? { verb, of, subject: first.subject } : null,
  };
}

/** Those whose decision does not count here, or was made. */
const whoMayNot = ({ requester, facts, approvals }: About, rule: ApprovedByParams, subject: string): Set<string> => {
  const made = approvals.filter((one) => one.of === rule.of && one.subject === subject);
  return new Set([...excluded(rule, { requester, facts, log: [] }).keys(), ...made.map((one) => one.actor_id)]);
};

/** As `waitsOf` of the core writes it: a review waits for the reviewer who was asked, or for the role. */
const asks = (wait: WaitedFor, rule: ApprovedByParams): boolean =>
  rule.of === 'head' ? wait.kind === 'review' : wait.kind === 'gate' && wait.who === `role:${rule.role}`;

function people({ names }: About, waits: readonly WaitedFor[], not: ReadonlySet<string>): string {
  const known = waits.flatMap(({ who }) => {
    const able = (names.get(who) ?? []).filter((one) => who.startsWith('user:') || !not.has(one.id));
    return able.length === 0 || able.length > NAMED ? [roleWords(who.slice(5))] : able.map((one) => one.name);
  });
  return [...new Set(known)].join(' or ');
}
