import type { KnownBlock } from '@slack/types';
import { actions, button, context, type MessageView, section } from './blocks.ts';
import { summary } from './board.ts';
import type { BoardData, Counted, Row } from './data.ts';
import { itemRow } from './item-row.ts';
import { atMost99, code, safe, upTo } from './text.ts';

/** Answers to `/ticket …` that only the asking person sees. */

/** `typed` may have been meant as the title of a ticket that begins with "search": one button makes it one. */
export function searchResults(words: string, found: Counted<Row>, typed: string, now: Date): MessageView {
  const message =
    found.rows.length === 0
      ? sentence(`Nothing found for “${clipWords(words)}”. Try fewer words, or a key such as LS-12.`)
      : rows(`${atMost99(found.count)} found for “${clipWords(words)}”`, found, now);
  const ticket = button({ id: 'new_ticket', text: `New Ticket: ${typed}`, value: upTo(typed, 1900) });
  return { ...message, blocks: [...message.blocks, ...actions([ticket])] };
}

export function myItems(found: Counted<Row>, now: Date): MessageView {
  if (found.rows.length === 0) return sentence('You have no open items. `/ticket` starts one.');
  return rows('Your open items', found, now);
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

function rows(title: string, found: Counted<Row>, now: Date): MessageView {
  const shown = found.rows.slice(0, 20);
  return {
    text: title,
    blocks: [
      section(`*${title}*`),
      ...fitting(shown.map((row) => itemRow(row, { now }))),
      ...(found.count > shown.length ? [context(`${atMost99(found.count - shown.length)} more are not shown.`)] : []),
    ],
  };
}

/** Rows of each column in a message; the Board tab has the others. */
export const MESSAGE_ROWS = 3;

export function boardMessage(data: BoardData, now: Date): MessageView {
  const used = data.columns.filter((column) => column.count > 0);
  if (used.length === 0) return sentence('Nothing is open. `/ticket` starts something.');
  const title = summary(data, now);
  const columns = used.flatMap(({ column, count, rows }) => {
    const shown = rows.slice(0, MESSAGE_ROWS);
    const more = count - shown.length;
    return [
      section(`*${safe(column, 40)} (${atMost99(count)})*`),
      ...shown.map((row) => itemRow(row, { now })),
      ...(more > 0 ? [context(`${atMost99(more)} more`)] : []),
    ];
  });
  return {
    text: `${title}. ${used.map(({ column, count }) => `${column} ${atMost99(count)}`).join(', ')}`,
    blocks: [
      section(`*${title}*`),
      ...fitting(columns),
      context('The Board tab in the Home of this app shows all of them, with filters.'),
    ],
  };
}

export const sentence = (text: string): MessageView => ({ text, blocks: [section(text)] });

/** A first word that is almost a subcommand is asked about, never guessed. */
export function didYouMean(typed: string, suggestion: string): MessageView {
  const text = `“${safe(typed, 100)}” is close to ${code(`/ticket ${suggestion}`, 110)}. Did you mean that?`;
  return {
    text,
    blocks: [
      section(text),
      ...actions([
        button({
          id: 'suggest',
          text: `Yes: /ticket ${suggestion}`,
          style: 'primary',
          value: upTo(suggestion, 1900),
        }),
        button({ id: 'new_ticket', text: 'No, make it a ticket', value: upTo(typed, 1900) }),
      ]),
    ],
  };
}

/** Every subcommand, and where the rest is. */
export function help(): MessageView {
  const lines = [
    ['/ticket', 'start a ticket'],
    ['/ticket <title>', 'start one with that title'],
    ['/ticket show LS-12', 'where an item stands, and what you can do'],
    ['/ticket mine', 'your open items'],
    ['/ticket board', 'all open items by column'],
    ['/ticket search <words>', 'find items by their words'],
    ['/ticket incident', 'say that a service is broken, or works again; items on it wait meanwhile'],
    ['/ticket milestone <address of a Linear project>', 'an item for each of its issues, and how they come along'],
    ['/ticket metrics', 'how long things take, and what holds them up'],
    ['/ticket help', 'this list'],
  ];
  const text = lines.map(([command, what]) => `${code(command!)}  ${what}`).join('\n');
  return {
    text: 'What Lockstep understands',
    blocks: [
      section(`*What Lockstep understands*\n${text}`),
      section(
        [
          '*Threads.* Everything about one item happens in its thread: approve, ask for changes, edit, delegate, deploy, roll back.',
          '*Home.* What waits on you, the board of all items and the metrics are in the Home tab of this app.',
          '*Alerts.* In a triage channel, “Fix this” makes a bug of an alert and “Noise” keeps it quiet.',
        ].join('\n'),
      ),
      ...actions([button({ id: 'new_ticket', text: 'New Ticket', style: 'primary' })]),
    ],
  };
}
