/** One line of CODEOWNERS that names owners, or clears them. */
interface Line {
  matches: (path: string) => boolean;
  owners: string[];
}

/**
 * Reads CODEOWNERS as GitHub does: the last line that matches wins, a line without owners clears, `!` and `[a-z]` are
 * not patterns. Returns owners as written: `@login`, `@org/team`, or an address.
 */
export function readCodeowners(text: string): (path: string) => string[] {
  const lines = text.split(/\r?\n/).flatMap((raw): Line[] => {
    const words = raw
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter(Boolean);
    const [pattern, ...owners] = words;
    if (!pattern || pattern.startsWith('!') || pattern.includes('[')) return [];
    return [{ matches: matcher(pattern), owners: owners.filter((one) => one.includes('@')) }];
  });
  return (path) => lines.findLast((line) => line.matches(path))?.owners ?? [];
}

function matcher(pattern: string): (path: string) => boolean {
  const anchored = /^\/|\/(?!$)/.test(pattern);
  const folder = pattern.endsWith('/');
  const body = pattern
    .replace(/^\/|\/$/g, '')
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return part.replace(/[.+^${}()|\\]/g, '\\$&');
    })
    .join('');
  // `docs/*` is that folder's own files only; a name without a star may also be a folder with all that is in it.
  const tail = folder ? '/.*' : /(^|\/)\*$/.test(pattern) ? '' : '(?:/.*)?';
  const expression = new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}${tail}$`);
  return (path) => expression.test(path);
}
