/** Text that is HTML already. Everything else that goes into a template is escaped. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | null | undefined | false | Part[];

/** A template whose values are escaped, unless they are HTML themselves. Null and false give nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const text = strings.reduce((before, string, at) => before + render(parts[at - 1]) + string);
  return { html: text };
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map(render).join('');
  return typeof part === 'object' ? part.html : escapeHtml(String(part));
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

export function trusted(text: string): Html {
  return { html: text };
}

export function short(sha: string): string {
  return sha.slice(0, 7);
}

/** How long ago, with the exact time on hover. */
export function ago(date: string | null): Html {
  if (!date) return html``;
  const minutes = Math.max(Math.round((Date.now() - Date.parse(date)) / 60_000), 0);
  const days = Math.floor(minutes / 1440);
  const words =
    minutes < 1
      ? 'just now'
      : minutes < 60
        ? `${minutes} min ago`
        : days < 1
          ? `${Math.floor(minutes / 60)} h ago`
          : `${days} d ago`;
  return html`<time datetime="${date}" title="${date}">${words}</time>`;
}
