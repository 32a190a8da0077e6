import type { RuleResult } from '../src/pipeline/types.ts';
import { capital, dated, safe, when } from './text.ts';
import { brief, inWords, isWork, shortReason } from './words.ts';

/** ✓ holds · ! somebody has overridden it · ○ somebody or something is at it · ✗ somebody has to change something · ? not known. */
export function mark(result: RuleResult): string {
  if (result.status === 'met') return result.override ? '!' : '✓';
  if (result.status === 'unknown') return '?';
  return result.waits === null ? '✗' : '○';
}

/**
 * The gate as lines, each rule in its own words with its reason. `decisions: false` leaves out what is to be decided right
 * beside the lines. `most`: where there are more, those that hold are only counted.
 */
export function treeLines(
  gate: RuleResult,
  { max = 20, decisions = true, most = 20 }: { max?: number; decisions?: boolean; most?: number } = {},
): string[] {
  const shown = worthTelling(gate.children ?? [gate]).filter((rule) => decisions || !rule.ask);
  // What somebody has overridden is not counted among what holds.
  const open = shown.filter((rule) => rule.status !== 'met' || isOverridden(rule));
  const holds = shown.length - open.length;
  const counted = shown.length > most && open.length > 0 && holds > 1;
  const lines = counted ? [...walk(open, 0), `✓ ${holds} other rules hold`] : walk(shown, 0);
  return lines.length <= max ? lines : [...lines.slice(0, max - 1), `and ${lines.length - max + 1} more rules`];
}

const isOverridden = (rule: RuleResult): boolean => rule.children?.some(isOverridden) ?? rule.override !== undefined;

/** Work that is done, or under way while more is asked than that, is nobody's concern; work that failed is. */
function worthTelling(rules: readonly RuleResult[]): readonly RuleResult[] {
  const asked = rules.filter((rule) => !isWork(rule));
  const open = asked.some((rule) => rule.status !== 'met');
  return rules.filter((rule) => !isWork(rule) || (rule.status !== 'met' && (rule.waits === null || !open)));
}

/** What the mark in front says already. */
const PLAIN = [
  'it is at work',
  'nobody has decided yet',
  'nothing found',
  'none',
  'it is offered once everything else holds',
];

/** An address is a link elsewhere on the card. */
function because(rule: RuleResult): string {
  if (rule.status === 'met' && rule.override) return '';
  const told = rule.because && !PLAIN.includes(rule.because) && !/^https?:\/\/\S+$/.test(rule.because);
  return told ? `: ${dated(safe(brief(rule.because), 250))}` : '';
}

/** Work that failed is told as what happened; other rules with their reason. */
function told(rule: RuleResult): string {
  const failed = isWork(rule) && rule.status !== 'met' && rule.waits === null;
  if (failed) return dated(safe(shortReason(rule.name, rule.because), 450));
  return `${safe(capital(inWords(rule.name)), 200)}${because(rule)}${overridden(rule)}`;
}

/** By whom, how long and why; one that the thread was not told yet does not count yet. */
function overridden({ override, status }: RuleResult): string {
  if (!override) return '';
  const by = `by ${safe(override.by.name, 80)} ${when(override.until, 'until {date_short_pretty} at {time}')}`;
  if (status !== 'met') return ` (overridden ${by} as soon as this thread was told)`;
  return `, overridden ${by}: “${safe(override.note, 250)}”`;
}

function walk(results: readonly RuleResult[], depth: number): string[] {
  const indent = '\u2003'.repeat(depth);
  return results.flatMap((result) =>
    result.children
      ? [`${indent}${groupMark(result)} ${safe(capital(result.name), 200)}`, ...walk(result.children, depth + 1)]
      : [`${indent}${mark(result)} ${told(result)}`],
  );
}

/** A group is worth what its parts are worth. */
function groupMark(result: RuleResult): string {
  if (result.status === 'met') return '✓';
  if (result.status === 'unknown') return '?';
  const hopeless = (part: RuleResult): boolean =>
    part.status !== 'met' && (part.children ? part.children.some(hopeless) : part.waits === null);
  return hopeless(result) ? '✗' : '○';
}
