/** What Slack's composer does with typed text, and who a text calls. */
import type { Json, StoredChannel, StoredMessage } from './types.ts';
import type { Workspace } from './workspace.ts';

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const KNOWN_TOKEN = /<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|!subteam\^S[A-Z0-9]+)(?:\|[^<>]*)?>/g;

/**
 * Typed words to stored text: `&`, `<` and `>` become entities, `@name`, `@group` and `#channel` become references.
 * References that the page already wrote stay. `labels` adds the readable name, as slash commands get it.
 */
export function fromComposer(ws: Workspace, typed: string, labels = false): string {
  const out: string[] = [];
  let at = 0;
  for (const token of typed.matchAll(KNOWN_TOKEN)) {
    out.push(linkNames(ws, escapeText(typed.slice(at, token.index)), labels), token[0]);
    at = token.index + token[0].length;
  }
  out.push(linkNames(ws, escapeText(typed.slice(at)), labels));
  return out.join('');
}

function linkNames(ws: Workspace, text: string, labels: boolean): string {
  return text.replace(/(^|[\s(,;:])([@#])([\w.-]*\w)/g, (whole, before: string, sign: string, name: string) => {
    const ref = sign === '@' ? personRef(ws, name.toLowerCase(), labels) : channelRef(ws, name, labels);
    return ref ? before + ref : whole;
  });
}

function personRef(ws: Workspace, name: string, labels: boolean): string | undefined {
  const person = Object.values(ws.data.people).find((p) => p.name === name);
  if (person) return labels ? `<@${person.id}|${person.name}>` : `<@${person.id}>`;
  const group = Object.values(ws.data.user_groups).find((g) => g.handle === name);
  if (group) return labels ? `<!subteam^${group.id}|@${group.handle}>` : `<!subteam^${group.id}>`;
  return ['here', 'channel', 'everyone'].includes(name) ? `<!${name}>` : undefined;
}

function channelRef(ws: Workspace, name: string, labels: boolean): string | undefined {
  const channel = Object.values(ws.data.channels).find((c) => !c.is_im && c.name === name);
  if (!channel) return undefined;
  return labels ? `<#${channel.id}|${channel.name}>` : `<#${channel.id}>`;
}

/** The `rich_text` block that Slack adds to what a person types; apps see it in events. */
export function composerBlocks(text: string): unknown[] {
  const elements: Json[] = [];
  let at = 0;
  const plain = (part: string): void => {
    const readable = part.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    if (readable) elements.push({ type: 'text', text: readable });
  };
  for (const found of text.matchAll(/<(@|#|!subteam\^|!)([A-Za-z0-9]+)(?:\|[^<>]*)?>/g)) {
    plain(text.slice(at, found.index));
    const [, sign, id] = found;
    if (sign === '@') elements.push({ type: 'user', user_id: id });
    else if (sign === '#') elements.push({ type: 'channel', channel_id: id });
    else if (sign === '!') elements.push({ type: 'broadcast', range: id });
    else elements.push({ type: 'usergroup', usergroup_id: id });
    at = found.index + found[0].length;
  }
  plain(text.slice(at));
  return [{ type: 'rich_text', block_id: 'rt', elements: [{ type: 'rich_text_section', elements }] }];
}

/** Ids of the members of a channel that a message calls by name, by group or by `@channel`. */
export function mentioned(ws: Workspace, channel: StoredChannel, m: StoredMessage): Set<string> {
  const text = [m.text, ...mrkdwnIn(m.blocks)].join('\n');
  const called = new Set([...text.matchAll(/<@([UW][A-Z0-9]+)/g)].map((found) => found[1]!));
  for (const found of text.matchAll(/<!subteam\^(S[A-Z0-9]+)/g)) {
    for (const user of ws.data.user_groups[found[1]!]?.users ?? []) called.add(user);
  }
  if (channel.is_im || /<!(here|channel|everyone)/.test(text)) for (const user of channel.members) called.add(user);
  return new Set([...called].filter((user) => channel.members.includes(user) && user !== m.user));
}

/** Every parsed text in blocks, with the references of `rich_text` written the same way. */
function mrkdwnIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (typeof value !== 'object' || value === null) return [];
  const v = value as Json;
  if (v.type === 'mrkdwn' || v.type === 'markdown') return [String(v.text)];
  if (v.type === 'user') return [`<@${v.user_id}>`];
  if (v.type === 'usergroup') return [`<!subteam^${v.usergroup_id}>`];
  if (v.type === 'broadcast') return [`<!${v.range}>`];
  return Object.values(v).flatMap(mrkdwnIn);
}
