import type { Definition, Facts, RuleResult } from '../src/pipeline/types.ts';
import { capital, orList, roleWords } from './text.ts';
import { isWork } from './words.ts';

/** Of whom a blocked item is, and who may do what about it. */
export interface Standing {
  facts: Facts;
  allow: Definition['allow'];
  requester: string;
  /** The work can be done by a person instead of the agent. */
  takeOver: boolean;
}

/** Who can change what keeps an item where it is, and what to press then. Plain text. */
export function nextStep(rule: RuleResult, standing: Standing): string {
  const roles = rule.mayOverride?.roles ?? [];
  const step = withoutOverride(rule, standing);
  return roles.length > 0 ? `${step}. ${capital(orList(roles.map(roleWords)))} can override it` : step;
}

function withoutOverride(rule: RuleResult, standing: Standing): string {
  const found = STEPS.find(([name]) => name.test(rule.name));
  if (found) return found[1](standing, rule);
  const { takeOver } = standing;
  if (isWork(rule)) return `${may(standing, 'retry')} can press Retry${takeOver ? ' or Take It Over' : ''}`;
  return `When that has changed, ${may(standing, 'retry')} can press Retry`;
}

type Step = (standing: Standing, rule: RuleResult) => string;

const inCatalog: Step = (standing, { status }) =>
  `${owner(standing)} can ${status === 'unknown' ? 'add it to' : 'change that in'} the catalog; then ${may(standing, 'retry')} can press Retry`;

const byPush: Step = () => 'A fix that is pushed to the branch is looked at by itself; Request Changes sends it back';

/** What is at work ends by itself; about everything else Linear has to be told. */
const byRelation: Step = (_, { because }) =>
  because.includes('not done yet')
    ? 'It goes on by itself when that is done'
    : 'Take the relation away in Linear, then `/ticket milestone` with the address of the project reads it again';

/** By the sentence of the rule; `test/views/next-step.test.ts` asks the rules themselves. */
const STEPS: readonly [RegExp, Step][] = [
  [/^the service tier is not|^the blast radius is known/, inCatalog],
  [/^no incident is active/, (standing) => `When it is resolved, ${may(standing, 'retry')} can press Retry`],
  [/^everything that blocks it/, byRelation],
  [/^the priority is not/, ({ requester }) => `${requester} can cancel it and file it again with another priority`],
  [/^the acceptance criteria/, ({ requester }) => `${requester} can edit the PRD; it is then approved again`],
  [/^the checks are green|^the diff stays within/, byPush],
  [/^production stays healthy/, (standing) => `${may(standing, 'rollback')} can press Rollback…`],
];

/** The person who asked for the item, where they may; else everybody who may, by role. */
function may({ allow, requester }: Standing, what: 'retry' | 'rollback'): string {
  return allow[what].includes('requester') ? requester : orList(allow[what].map(roleWords)) || 'nobody';
}

function owner({ facts }: Standing): string {
  const [team, person] = [facts.team?.value, facts.owner?.value];
  return String(team ?? person ?? 'the owner of the service');
}
