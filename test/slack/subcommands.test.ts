import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/slack/subcommands.ts';

/** What `/ticket …` means. */

const meaning = (text: string): string => {
  const parsed = parseCommand(text);
  if (parsed.kind === 'command') return `${parsed.name}(${parsed.rest})`;
  return parsed.kind === 'near' ? `asks: ${parsed.suggestion}` : `ticket: ${parsed.title}`;
};

describe('a first word that is a subcommand', () => {
  it.each([
    ['', 'new()'],
    ['new', 'new()'],
    ['new Show a banner', 'new(Show a banner)'],
    ['show', 'show()'],
    ['show LS-12', 'show(LS-12)'],
    ['Show ls-12', 'show(ls-12)'],
    ['show 12', 'show(12)'],
    ['LS-12', 'show(LS-12)'],
    ['mine', 'mine()'],
    ['Board', 'board()'],
    ['help', 'help()'],
    ['search', 'search()'],
    ['search csv export', 'search(csv export)'],
    ['incident', 'incident()'],
    ['Incident storefront Checkout is down', 'incident(storefront Checkout is down)'],
    ['incident resolve storefront', 'incident(resolve storefront)'],
    ['Search finds nothing when I type lower case', 'search(finds nothing when I type lower case)'],
  ])('%j is %s', (text, meant) => expect(meaning(text)).toBe(meant));
});

describe('a sentence that begins like a subcommand is a ticket', () => {
  it.each([
    'show a free-shipping banner when the cart is over $50',
    'Show reduced products with a Sale badge',
    'show LS-12 on the board',
    'show banner',
    'mine the logs for slow queries',
    'Board is slow with many columns',
    'help new customers find the search box',
  ])('%j', (text) => expect(meaning(text)).toBe(`ticket: ${text}`));
});

describe('a near miss is asked about', () => {
  it.each([
    ['shwo LS-3', 'asks: show LS-3'],
    ['shw 3', 'asks: show 3'],
    ['serch csv export', 'asks: search csv export'],
    ['boad', 'asks: board'],
    ['hlep', 'asks: help'],
    ['nwe Show a banner', 'asks: new Show a banner'],
    ['incidents', 'asks: incident'],
    ['incidnet storefront Checkout is down', 'asks: incident storefront Checkout is down'],
  ])('%j', (text, asked) => expect(meaning(text)).toBe(asked));

  it.each(['slow dashboard', 'now with dark mode', 'mint a coin', 'shows nothing', 'incidents are listed twice'])(
    'but %j is a title',
    (text) => expect(meaning(text)).toBe(`ticket: ${text}`),
  );
});
