/** What Slack makes of text that people type: `<@U1|priya>`, `<!channel>`, `&lt;`. Here it becomes what they typed. */
export function plainFromSlack(text: string): string {
  return text
    .replace(/<([^<>]*)>/g, (_, inner: string) => token(inner))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function token(inner: string): string {
  const bar = inner.indexOf('|');
  const id = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : inner.slice(bar + 1);
  if (id.startsWith('@')) return `@${label.replace(/^@/, '') || id.slice(1)}`;
  if (id.startsWith('#')) return `#${label.replace(/^#/, '') || id.slice(1)}`;
  if (id.startsWith('!subteam^')) return label.startsWith('@') ? label : `@${label || id.slice(9)}`;
  if (id.startsWith('!date^')) return label;
  if (id.startsWith('!')) return `@${id.slice(1)}`;
  return id.replace(/^mailto:/, '');
}

/** Words that would call a whole channel; they are kept as words. */
export function callsEverybody(text: string): string[] {
  return [...new Set(text.match(/@(?:channel|here|everyone)\b/g) ?? [])];
}
