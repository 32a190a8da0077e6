import type { Deps } from '../../src/deps.ts';
import { fact } from '../../src/pipeline/facts.ts';
import { asks } from '../../src/pipeline/gate.ts';
import { type ApprovedByParams, excluded, humanRules } from '../../src/pipeline/rules/approved-by.ts';
import type { RuleResult, Stage, State } from '../../src/pipeline/types.ts';
import { membersOf } from '../../src/store/people.ts';
import type { PersonRef } from '../../views/data.ts';
import { askId, type Judged } from '../../views/describe.ts';

type OpenAsk = ReturnType<typeof asks>[number];

/**
 * Who can make each decision that is open: the reviewer who was asked, else everybody of the role whose decision counts
 * and who has not made it.
 */
export async function decidersOf(
  db: Deps['db'],
  { stage, state, gate }: { stage: Stage; state: State; gate: RuleResult },
): Promise<Judged['deciders']> {
  const rules = humanRules(stage.gate);
  const found = asks(gate).map(async (ask) => [askId(ask), await decide(db, { state, rules, ask })] as const);
  return Object.fromEntries(await Promise.all(found));
}

async function decide(
  db: Deps['db'],
  { state, rules, ask }: { state: State; rules: readonly ApprovedByParams[]; ask: OpenAsk },
): Promise<PersonRef[]> {
  const { facts, item, log } = state;
  const reviewer = ask.of === 'head' ? fact(facts, 'reviewer') : undefined;
  if (reviewer?.id) return [{ id: reviewer.id, name: reviewer.name }];
  const rule = rules.find((one) => one.of === ask.of && one.role === ask.role && one.verb === ask.verb);
  const not = rule ? excluded(rule, { requester: item.requester, facts, log }) : new Map();
  const before = log.filter((one) => one.type === 'approved' && one.of === ask.of && one.subject === ask.subject);
  const members = await membersOf(db, [ask.role]);
  return members.filter((one) => !not.has(one.id) && !before.some((entry) => entry.actor.id === one.id));
}
