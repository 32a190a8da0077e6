import type { Prd } from './fields.ts';

/** A ticket's description taken apart; every piece is in the author's own words. */
export interface TicketParts {
  /** Sentences that belong to no list, criterion or link line. */
  prose: string;
  links: Prd['evidence'];
  lists: { goals?: string[]; non_goals?: string[]; open_points?: string[]; approach?: string[] };
}

const HEADINGS: [RegExp, keyof TicketParts['lists']][] = [
  [/^goals?$/i, 'goals'],
  [/^(?:non[- ]goals?|out of scope|not in scope)$/i, 'non_goals'],
  [/^(?:open (?:points|questions)|questions)$/i, 'open_points'],
  [/^(?:approach|proposal|solution)$/i, 'approach'],
];
const CRITERIA = /^(?:acceptance criteria|scenario(?: outline)?|example|given|when|then|and|but)\b/i;
const URL_IN_TEXT = /https?:\/\/[^\s<>()"'`]+[^\s<>()"'`.,;:!?]/g;

export function readTicket(description: string): TicketParts {
  const prose: string[] = [];
  const links: TicketParts['links'] = [];
  const lists: TicketParts['lists'] = {};
  let list: keyof TicketParts['lists'] | null = null;
  let inCriteria = false;
  for (const raw of description.split(/\r?\n/)) {
    const line = raw.trim();
    // Fences only frame the criteria; they are no words of the ticket.
    if (line.startsWith('```')) continue;
    const heading = headingOf(line);
    const item = /^(?:[-*•]|\d+[.)])\s+(.*)$/.exec(line)?.[1];
    for (const [url] of line.matchAll(URL_IN_TEXT)) links.push({ text: textAround(line, url), url });
    if (heading) [list, inCriteria] = [heading, false];
    else if (CRITERIA.test(item ?? line)) [list, inCriteria] = [null, true];
    else if (list && item) lists[list] = [...(lists[list] ?? []), item];
    else if (list && line !== '' && !lists[list]) lists[list] = [line];
    else if (line === '') prose.push('');
    else if (!(inCriteria && item)) {
      [list, inCriteria] = [null, false];
      prose.push(line);
    }
  }
  return {
    prose: prose
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    links,
    lists,
  };
}

function headingOf(line: string): keyof TicketParts['lists'] | null {
  const words = /^(?:#+\s*|\*\*)?([A-Za-z -]+?)(?:\*\*)?:?(?:\*\*)?$/.exec(line)?.[1]?.trim() ?? '';
  return HEADINGS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** "The mails: https://…" and "[The mails](https://…)" have a name; a link in the middle of a sentence has none. */
function textAround(line: string, url: string): string {
  const before = line.slice(0, line.indexOf(url)).replace(/^(?:[-*•]|\d+[.)])\s+/, '');
  const after = line.slice(line.indexOf(url) + url.length);
  const name = before.replace(/^\[|[\s:(\]]+$/g, '').trim();
  return name !== '' && name.length <= 80 && /^[).\s]*$/.test(after) ? name : 'Link in the ticket';
}
