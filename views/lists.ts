import type { KnownBlock } from '@slack/types';
import { actions, button, context, header, type MessageView, section } from './blocks.ts';
import type { BoardData, Counted, Row } from './data.ts';
import { itemRow } from './home.ts';
import { atMost99, safe } from './text.ts';

/** Answers to `/ticket …` that only the asking person sees. */

/** `typed` may have been meant as the title of a ticket that begins with "search": one button makes it one. */
export function searchResults(words: string, found: Counted<Row>, typed: string): MessageView {
  const message =
    found.rows.length === 0
      ? sentence(`Nothing found for “${clipWords(words)}”. Try fewer words, or a key such as LS-12.`)
      : rows(`${atMost99(found.count)} found for “${clipWords(words)}”`, found);
  const ticket = button({ id: 'new_ticket', text: `New ticket: ${typed}`, value: typed.slice(0, 1900) });
  return { ...message, blocks: [...message.blocks, ...actions([ticket])] };
}

export function myItems(found: Counted<Row>): MessageView {
  if (found.rows.length === 0) return sentence('You have no open items. `/ticket` starts one.');
  return rows('Your open items', found);
}

/** Slack takes some 12,000 characters in all blocks of a message; the escapes of hostile text count too. */
const BUDGET = 9000;

/** As many of the blocks as fit, and a word about the rest. */
function fitting(blocks: KnownBlock[]): KnownBlock[] {
  let left = BUDGET;
  const kept = blocks.filter((block) => {
    left -= JSON.stringify(block).length;
    return left > 0;
  });
  return kept.length === blocks.length ? kept : [...kept, context('The list goes on; search for words to narrow it.')];
}

const clipWords = (words: string): string => safe(words, 100);

function rows(title: string, found: Counted<Row>): MessageView {
  const shown = found.rows.slice(0, 20);
  return {
    text: title,
    blocks: [
      section(`*${title}*`),
      ...fitting(shown.map(itemRow)),
      ...(found.count > shown.length ? [context(`${atMost99(found.count - shown.length)} more are not shown.`)] : []),
    ],
  };
}

export function boardMessage(data: BoardData): MessageView {
  const total = data.reduce((sum, column) => sum + column.count, 0);
  if (total === 0) return sentence('The board is empty. `/ticket` starts something.');
  return {
    text: `Board: ${data.map((column) => `${column.column} ${atMost99(column.count)}`).join(', ')}`,
    blocks: fitting(
      data
        .filter((column) => column.count > 0)
        .flatMap((column) => [
          header(`${column.column} (${atMost99(column.count)})`),
          ...column.rows.slice(0, 5).map(itemRow),
        ]),
    ),
  };
}

export const sentence = (text: string): MessageView => ({ text, blocks: [section(text)] });

/** A first word that is almost a subcommand is asked about, never guessed. */
export function didYouMean(typed: string, suggestion: string): MessageView {
  const text = `“${safe(typed, 100)}” is close to \`/ticket ${safe(suggestion, 100)}\`. Did you mean that?`;
  return {
    text,
    blocks: [
      section(text),
      ...actions([
        button({
          id: 'suggest',
          text: `Yes: /ticket ${suggestion}`,
          style: 'primary',
          value: suggestion.slice(0, 1900),
        }),
        button({ id: 'new_ticket', text: 'No, make it a ticket', value: typed.slice(0, 1900) }),
      ]),
    ],
  };
}

export function help(): MessageView {
  const lines = [
    ['/ticket', 'start a ticket'],
    ['/ticket <title>', 'start one with that title'],
    ['/ticket show LS-12', 'where an item stands, and what you can do'],
    ['/ticket mine', 'your open items'],
    ['/ticket board', 'all open items by column'],
    ['/ticket search <words>', 'find items by their words'],
  ];
  const text = lines.map(([command, what]) => `\`${safe(command!)}\`  ${what}`).join('\n');
  return {
    text: 'What Lockstep understands',
    blocks: [
      section(`*What Lockstep understands*\n${text}`),
      context(
        'Everything about one item happens in its thread: approve, ask for changes, edit, delegate, deploy, roll back. What waits on you is in the Home tab of this app.',
      ),
    ],
  };
}
