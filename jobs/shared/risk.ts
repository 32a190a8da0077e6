import { type FactValues, fact } from '../../src/pipeline/facts.ts';
import type { Facts } from '../../src/pipeline/types.ts';

type Risk = FactValues['deploy_checks']['risk'];

const LARGE = { lines: 400, files: 20 };
const MIDDLE = { lines: 100, files: 8 };

/** The release risk from what is known, each part with its reason. What is not known counts as a part. */
export function riskOf(facts: Facts, now: Date): Risk {
  const found = [changeVolume(facts), reach(facts), tier(facts), time(now)].filter((part) => part !== null);
  const points = found.reduce((sum, [weight]) => sum + weight, 0);
  const level = points >= 4 ? 'high' : points >= 2 ? 'medium' : 'low';
  return { level, parts: found.map(([, sentence]) => sentence) };
}

type Part = [weight: number, sentence: string] | null;

function changeVolume(facts: Facts): Part {
  const pr = fact(facts, 'pr');
  if (!pr) return [2, 'the size of the change is not known'];
  const lines = pr.additions + pr.deletions;
  const words = `${lines} lines in ${pr.files} ${pr.files === 1 ? 'file' : 'files'}`;
  if (lines > LARGE.lines || pr.files > LARGE.files) return [2, `a large change: ${words}`];
  return lines > MIDDLE.lines || pr.files > MIDDLE.files ? [1, words] : [0, `a small change: ${words}`];
}

function reach(facts: Facts): Part {
  const radius = fact(facts, 'blast_radius');
  if (!radius || radius.level === 'unassessed') return [2, 'the blast radius is unassessed'];
  return [{ low: 0, medium: 1, high: 3 }[radius.level], `the blast radius is ${radius.level}`];
}

function tier(facts: Facts): Part {
  const known = fact(facts, 'tier');
  if (!known) return [1, 'the tier of the service is not known'];
  return [{ T1: 2, T2: 1, T3: 0 }[known], `the service is ${known}`];
}

/** Who would look after it: nobody on a weekend, few on a Friday afternoon. */
function time(now: Date): Part {
  const [day, hour] = [now.getUTCDay(), now.getUTCHours()];
  if (day === 0 || day === 6) return [1, 'it is the weekend'];
  if (day === 5 && hour >= 14) return [1, 'it is Friday afternoon (UTC)'];
  return null;
}
