import type { RuleResult } from '../src/pipeline/types.ts';
import { clip, dated, safe } from './text.ts';

/** ✓ holds · … somebody or something is at it · ✗ somebody has to change something · ? not known. */
export function mark(result: RuleResult): string {
  if (result.status === 'met') return '✓';
  if (result.status === 'unknown') return '?';
  return result.waits === null ? '✗' : '…';
}

/** The gate as lines, each rule in its own words with its reason; at most `max` of them. */
export function treeLines(gate: RuleResult, max = 20): string[] {
  const lines = walk(gate.children ?? [gate], 0);
  return lines.length <= max ? lines : [...lines.slice(0, max - 1), `and ${lines.length - max + 1} more rules`];
}

function walk(results: readonly RuleResult[], depth: number): string[] {
  const indent = '\u2003'.repeat(depth);
  return results.flatMap((result) =>
    result.children
      ? [`${indent}${groupMark(result)} ${safe(result.name, 200)}`, ...walk(result.children, depth + 1)]
      : [
          `${indent}${mark(result)} ${safe(result.name, 200)}${result.because ? `: ${dated(safe(result.because, 250))}` : ''}`,
        ],
  );
}

/** A group is worth what its parts are worth. */
function groupMark(result: RuleResult): string {
  if (result.status === 'met') return '✓';
  if (result.status === 'unknown') return '?';
  const hopeless = (part: RuleResult): boolean =>
    part.status !== 'met' && (part.children ? part.children.some(hopeless) : part.waits === null);
  return hopeless(result) ? '✗' : '…';
}

export const tree = (gate: RuleResult): string => clip(treeLines(gate).join('\n'), 2800);
