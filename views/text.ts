/**
 * Text that people or vendors wrote never becomes a mention, a link or a command: it is cleaned here, then escaped
 * for `mrkdwn` or put into `plain_text` and `rich_text`, which Slack does not parse.
 */

/**
 * Control characters, and the invisible ones that reorder text, stand between its letters or carry a message that only a
 * machine reads, so that what is read is what was written. Joiners stay where emoji and scripts are written with them.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]|\u034f|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0080}-\u{e0fff}]/gu;
const JOINERS = /[\u200c\u200d](?<=(?:^|[\n -~\u200c\u200d]).)/gu;
/** Unseen letters; flags of parts of a country are made of some. */
const TAGS = /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,8}\u{e007f})|[\u{e0000}-\u{e007f}]/gu;
/** More marks on one letter than any script has would cover the lines around it. */
const HEAP = /(\p{M}{6})\p{M}+/gu;

/** Text of several lines without hidden characters. */
export const clean = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .toWellFormed()
    .replace(HIDDEN, '')
    .replace(JOINERS, '')
    .replace(TAGS, '$1')
    .replace(HEAP, '$1');

/** The same on one line. */
export const oneLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim();

const CHARACTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** A cut goes back to the end of a word, if one is as near as this. */
const WORD = 24;

/** At most `max` UTF-16 units, never cutting a character in two, nor a word if it can be helped; the cut is shown. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  // Some more, so that the character at the cut is seen whole.
  const at = CHARACTERS.segment(text.slice(0, max + 64)).containing(Math.max(max - 1, 0));
  const kept = text.slice(0, at?.index ?? 0);
  const space = kept.lastIndexOf(' ');
  const within = !/\s/.test(text[kept.length] ?? ' ') && space > 0 && kept.length - space <= WORD;
  return `${(within ? kept.slice(0, space) : kept).trimEnd()}…`;
}

/** The same for values and inputs, where nothing may stand for what was cut. */
export function upTo(text: string, max: number): string {
  const whole = text.toWellFormed();
  return whole.slice(0, /[\ud800-\udbff]/.test(whole[max - 1] ?? '') ? max - 1 : max);
}

/** The same for `mrkdwn`, of which no escape and no `<…>` is left in halves, and no mark of ours without its other one. */
export function clipMarkup(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = clip(text, max - CLOSING)
    .slice(0, -1)
    .replace(/(?:<[^<>]*|&[a-z]{0,4})$/, '')
    .replace(/[\s*_~`]+$/, '');
  return `${kept}…${stillOpen(kept)}`;
}

/** At most one mark within another, as we write them. */
const CLOSING = 2;

/** The marks that the last line leaves open, the innermost first. In what others wrote there are none that act. */
function stillOpen(text: string): string {
  const open: string[] = [];
  const line = text.slice(text.lastIndexOf('\n') + 1).replace(/<[^<>]*>/g, (token) => 'x'.repeat(token.length));
  for (const { 0: mark } of line.matchAll(ACTIVE)) {
    if (open[0] === mark) open.shift();
    else if (open[0] !== '`' && mark !== '>') open.unshift(mark);
  }
  return open.join('').slice(0, CLOSING);
}

/** One line of at most `max`; what was written and cannot be seen is a dash. */
export const shown = (text: string, max: number): string => clip(oneLine(text), max) || (text === '' ? '' : '–');

/** Slack's three escapes. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Slack has no escape for its marks of bold, italic, strike, code and quote. Where one could act, a character that looks
 * alike stands for it; within a word (snake_case) none can, and it stays.
 */
const ALIKE: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': "'", '>': '›' };
const ACTIVE = /`|^>|(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu;

/** One cleaned and clipped line for `mrkdwn` and fallback text, in which nothing acts as markup. */
export const safe = (text: string, max = 300): string =>
  escapeText(shown(text, max).replace(ACTIVE, (mark) => ALIKE[mark] ?? mark));

/** A word to be copied as it is, as code; Slack reads no other markup in it. */
export const code = (text: string, max = 200): string =>
  `\`${escapeText(shown(text, max).replaceAll('`', "'") || ' ')}\``;

/** A link that we made ourselves; an address that is not http(s) is shown as its label only. */
export function link(url: string | null | undefined, label: string): string {
  const text = safe(label, 150).replaceAll('|', '¦');
  if (!url || !/^https?:\/\/[^\s<>|]+$/.test(url) || url.length > 2000) return text;
  return `<${url.replaceAll('&', '&amp;')}|${text}>`;
}

/** A mention of one person; Lockstep itself and unknown ids stay words. */
export const person = (id: string, name: string): string => (/^[UW][A-Z0-9]+$/.test(id) ? `<@${id}>` : safe(name, 80));

/**
 * A moment in the reader's own time zone. Slack writes "Today" at the beginning of the pattern and "today" within it, so
 * the words that lead to it are part of the pattern.
 */
export function when(at: Date, pattern = '{date_short_pretty} at {time}'): string {
  const utc = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const fallback = pattern.replace('{date_short_pretty} at {time}', utc);
  return `<!date^${Math.floor(at.getTime() / 1000)}^${pattern}|${fallback}>`;
}

export const since = (at: Date): string => when(at, 'since {date_short_pretty} at {time}');

/** Moments that stand as `2026-11-20T10:42:00.000Z` in a sentence become readable; for `mrkdwn` only. */
export const dated = (text: string): string =>
  text.replace(/\b(since |until )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)/g, (found, lead = '', moment) => {
    const at = new Date(moment);
    return Number.isNaN(at.getTime()) ? found : when(at, `${lead}{date_short_pretty} at {time}`);
  });

export const shortSha = (sha: string): string => sha.slice(0, 7);

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Counts are bounded where they are read: more than 99 is not a number anybody needs. */
export const atMost99 = (count: number): string => (count > 99 ? '99+' : String(count));

/** "a product manager", "an engineer" */
export function roleWords(role: string): string {
  const words = role.replaceAll('_', ' ');
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const dollars = (usd: number): string => (usd > 0 && usd < 0.01 ? 'under $0.01' : `$${usd.toFixed(2)}`);

/** "Priya Patel", "Emil Larsen or Rosa Marin", "one, two or three" */
export const orList = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
