import type { Boot } from '../../slack/client-api.ts';
import { fillDate } from './dates.ts';
import type { Inline } from './inline.ts';
import { parseMrkdwn } from './mrkdwn.ts';

/** `@engineering`: as the app wrote it, or as the workspace knows the group. */
export function groupName({ id, label }: { id: string; label: string }, boot: Boot): string {
  const group = boot.user_groups.find((one) => one.id === id);
  return label || `@${group?.handle ?? id}`;
}

/** Slack's markup as one line of words, as notifications show it: names instead of ids, labels instead of addresses. */
export function toWords(text: string, boot: Boot): string {
  const chunks = parseMrkdwn(text, { autolink: false });
  const parts = chunks.map((chunk) => (chunk.t === 'pre' ? chunk.text : words(chunk.kids, boot)));
  return parts.join(' ').replace(/\s+/g, ' ').trim();
}

function words(nodes: Inline[], boot: Boot): string {
  return nodes.map((node) => wordsOf(node, boot)).join('');
}

function wordsOf(node: Inline, boot: Boot): string {
  switch (node.t) {
    case 'text':
    case 'code':
      return node.text;
    case 'br':
      return ' ';
    case 'bold':
    case 'italic':
    case 'strike':
    case 'link':
      return words(node.kids, boot);
    case 'user': {
      const person = boot.people.find((one) => one.id === node.id);
      return `@${person?.real_name || person?.name || node.id}`;
    }
    case 'channel':
      return `#${boot.channels.find((one) => one.id === node.id)?.name ?? (node.name || 'private channel')}`;
    case 'group':
      return groupName(node, boot);
    case 'everyone':
      return `@${node.range}`;
    case 'date':
      return node.pattern && Number.isFinite(node.seconds) ? fillDate(node.seconds, node.pattern) : node.fallback;
    case 'emoji':
      return node.char;
  }
}

/** A stored text as one would type it again: the composer turns names back into references when it is sent. */
export function toTyped(text: string, boot: Boot): string {
  const name = (id: string) => {
    const person = boot.people.find((one) => one.id === id);
    return person?.real_name || person?.name;
  };
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g, (whole, id: string) => (name(id) ? `@${name(id)}` : whole))
    .replace(/<#(C[A-Z0-9]+)(?:\|[^<>]*)?>/g, (whole, id: string) => {
      const channel = boot.channels.find((one) => one.id === id);
      return channel ? `#${channel.name}` : whole;
    })
    .replace(/<!(here|channel|everyone)(?:\|[^<>]*)?>/g, '@$1')
    .replace(/<!subteam\^(S[A-Z0-9]+)(?:\|([^<>]*))?>/g, (_, id: string, label = '') => groupName({ id, label }, boot))
    .replace(/&(?:amp|lt|gt);/g, (entity) => ({ '&amp;': '&', '&lt;': '<', '&gt;': '>' })[entity]!);
}
