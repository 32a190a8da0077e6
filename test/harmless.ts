import { parseMrkdwn } from '../sim/page/text/mrkdwn.ts';

/**
 * Whether what somebody else wrote acts anywhere in a message or view: no mention, no link that stands for another place
 * than its own, no markup, no picture, nothing invisible that reorders or hides, nothing cut in halves.
 */

/** Ids and hosts that only hostile text names; what people of the workspace are called is not among them. */
export const EVIL = { user: 'U0EVIL', group: 'S0EVIL', channel: 'C0EVIL', host: 'evil.example' } as const;
/** Words that hostile text wraps in markup, so that markup which acts on one of them is seen. */
const MARKED = /h(?:bold|italic|struck|code|block|quote|head)\b/;

/** What is wrong with it, each as a sentence with the text; empty when it is harmless. */
export function harms(drawn: unknown): string[] {
  const all = strings(drawn);
  return [
    ...parsedTexts(drawn).flatMap((one) => [...tokensOf(one.text), ...leftovers(one.text), ...unguarded(one)]),
    ...all.filter(({ read }) => read).flatMap(({ text }) => [...hidden(text), ...halves(text)]),
    ...all.flatMap(({ text }) => (text.isWellFormed() ? [] : [said('half a character', text)])),
    ...elements(drawn),
    ...pictures(drawn),
  ];
}

const said = (what: string, text: string): string => `${what}: ${JSON.stringify(text.slice(0, 300))}`;

/** Tokens and marks that act, found by the parser that draws the page. */
function tokensOf(text: string): string[] {
  const found: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const own = node as Record<string, unknown>;
    const { t } = own;
    if (t === 'everyone' || t === 'group' || t === 'channel') found.push(said(`a mention (${t})`, text));
    if (t === 'user' && own.id === EVIL.user) found.push(said('a mention of a person', text));
    if (t === 'link' && leadsElsewhere(own)) found.push(said('a link that says something else', text));
    if ((t === 'italic' || t === 'strike') && MARKED.test(JSON.stringify(own))) found.push(said('their markup', text));
    // In code of ours may stand whatever they wrote, but it is never all that they put between their marks.
    if ((t === 'code' || t === 'pre') && /^\s*h(?:code|block)\s*$/.test(String(own.text))) {
      found.push(said('their code', text));
    }
    if (t === 'quote') found.push(said('a quote', text));
    // What no parser took for markup stands there as it is: one of ours was cut off, or one of theirs was let through.
    if (t === 'text' && LOOSE.test(String(own.text))) found.push(said('a mark that closes nothing', text));
    Object.values(own).forEach(walk);
  };
  walk(parseMrkdwn(text, { autolink: false }));
  if (/\*hbold\*/.test(text.replace(/<[^<>]*>|`[^`]*`/g, ''))) found.push(said('their markup', text));
  return found;
}

/** A link to where only they lead must say so itself. */
const leadsElsewhere = ({ url, kids }: Record<string, unknown>): boolean =>
  URL.canParse(String(url)) &&
  new URL(String(url)).host === EVIL.host &&
  !(kids as { text?: string }[])[0]?.text?.startsWith(EVIL.host);

/** A mark where Slack could take it for one; within a word (snake_case), or between spaces, it is none. */
const LOOSE = /`|(?<![\p{L}\p{N}])[*_~](?=\S)|(?<=\S)[*_~](?![\p{L}\p{N}])/u;

/** Whatever is no token must be escaped. */
const leftovers = (text: string): string[] =>
  /[<>]|&(?!(?:amp|lt|gt);)/.test(text.replace(/<[^<>]*>/g, '')) ? [said('not escaped', text)] : [];

/** Without `verbatim` Slack makes links and mentions of bare addresses and names by itself. */
const unguarded = ({ text, verbatim }: Parsed): string[] => (verbatim ? [] : [said('not verbatim', text)]);

/** Invisible characters that reorder text, hide in it or carry a message of their own. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]|\u034f|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
/** Joiners between letters that are never joined. */
const JOINERS = /(?<=^|[ -~])[\u200c\u200d]|[\u200c\u200d]{2}/u;
/** A heap of marks on one letter covers the lines above and below. */
const HEAP = /\p{M}{7}/u;

function hidden(text: string): string[] {
  const flagless = text.replace(/\u{1f3f4}[\u{e0020}-\u{e007e}]{1,8}\u{e007f}/gu, '');
  return [
    ...(HIDDEN.test(flagless) || JOINERS.test(text) ? [said('invisible characters', text)] : []),
    ...(HEAP.test(text) ? [said('a heap of marks', text)] : []),
  ];
}

/** The sign of a cut stands behind whole characters; a token or an escape in halves is not escaped either. */
const halves = (text: string): string[] =>
  /\u200d…|…(?:\p{M}|\u200d|[\u{1f3fb}-\u{1f3ff}])/u.test(text) ? [said('a character in halves', text)] : [];

/** Elements that act without being parsed: links lead where they say, nobody is called. */
function elements(drawn: unknown): string[] {
  if (typeof drawn !== 'object' || drawn === null) return [];
  const own = drawn as Record<string, unknown>;
  const wrong =
    own.type === 'link'
      ? !String(own.text).startsWith(new URL(String(own.url)).host)
      : own.type === 'button'
        ? String(own.url ?? '').includes(EVIL.host)
        : own.type === 'broadcast' || own.type === 'usergroup' || own.user_id === EVIL.user;
  return [
    ...(wrong ? [said('an element that acts', JSON.stringify(own))] : []),
    ...Object.values(own).flatMap(elements),
  ];
}

/** No view of ours has a picture, and none takes Markdown that could hold one. */
function pictures(drawn: unknown): string[] {
  const found = /"type":"(?:image|video|markdown)"|"(?:image_url|thumbnail_url|slack_file)"/.exec(
    JSON.stringify(drawn) ?? '',
  );
  return found ? [`a picture or Markdown: ${found[0]}`] : [];
}

interface Parsed {
  text: string;
  verbatim: boolean;
}

/** Every text that Slack parses: `mrkdwn` objects and the message's own fallback, which is posted with `parse: none`. */
function parsedTexts(drawn: unknown): Parsed[] {
  if (typeof drawn !== 'object' || drawn === null) return [];
  const own = drawn as Record<string, unknown>;
  const { text, verbatim } = own;
  const mine: Parsed[] =
    typeof text !== 'string'
      ? []
      : own.type === 'mrkdwn'
        ? [{ text, verbatim: verbatim === true }]
        : own.type === undefined || own.type === 'message'
          ? [{ text, verbatim: true }]
          : [];
  return [...mine, ...Object.values(own).flatMap(parsedTexts)];
}

/** Every string, and whether people read it: what stands in an input is theirs to change, a value is read by nobody. */
function strings(drawn: unknown, key = ''): { text: string; read: boolean }[] {
  if (typeof drawn === 'string') return [{ text: drawn, read: READ.has(key) }];
  if (typeof drawn !== 'object' || drawn === null) return [];
  return Object.entries(drawn).flatMap(([name, value]) => strings(value, Array.isArray(drawn) ? key : name));
}
const READ = new Set(['text', 'title', 'caption', 'accessibility_label', 'alt_text', 'label', 'name', 'categories']);
