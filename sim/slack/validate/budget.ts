/** How many characters one message may have, over all of its blocks and those in its attachments. */
import { isFields } from './check.ts';

/** What a message should keep to: more has been refused in real workspaces, depending on its blocks. */
export const MESSAGE_BUDGET = 10_000;
/** Slack publishes no number; measured refusals lie between 11,300 and 13,300 characters, so more than the least is. */
export const MESSAGE_REFUSED = 11_300;
const BLOCK_OVERHEAD = 25;
/** Blocks with a character limit of their own. */
const OWN_LIMIT = new Set(['table', 'data_table', 'data_visualization']);
/** Where readable characters stand: text objects, and the plain strings of newer blocks. */
const READ = new Set(['text', 'title', 'alt_text']);

/** Characters that people read or hear, and the overhead of each block. */
export function messageLength({ blocks, attachments }: { blocks?: unknown; attachments?: unknown }): number {
  const nested = asList(attachments).flatMap((one) => (isFields(one) ? asList(one.blocks) : []));
  return [...asList(blocks), ...nested]
    .filter((block) => !(isFields(block) && OWN_LIMIT.has(String(block.type))))
    .reduce<number>((sum, block) => sum + readable(block) + BLOCK_OVERHEAD, 0);
}

function readable(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + readable(one), 0);
  if (!isFields(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (typeof inner === 'string' ? (READ.has(key) ? inner.length : 0) : readable(inner)),
    0,
  );
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
