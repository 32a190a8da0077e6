/** What a source file imports, read from its text: enough for the rules of `architecture.test.ts`. */
export interface Import {
  specifier: string;
  /** `import type`, `export type … from`, or `import('…')` inside a type: gone when the program runs. */
  typeOnly: boolean;
}

const STATIC = /(?:^|[;}\n])\s*(import|export)\s+(type\s+(?!from\b|,))?([\w*\s{},$]*?)\bfrom\s*(['"])([^'"\n]+)\4/g;
const BARE = /(?:^|[;}\n])\s*import\s*(['"])([^'"\n]+)\1/g;
const DYNAMIC = /(?<![\w$.])(typeof\s+)?import\s*\(\s*(?:(['"])([^'"\n]+)\2)?/g;

/** Static, side-effect and dynamic imports. `specifier` is empty where a dynamic import computes its address. */
export function importsOf(source: string): Import[] {
  const text = withoutComments(source);
  const found: Import[] = [];
  for (const [, , type, names = '', , specifier] of text.matchAll(STATIC)) {
    found.push({ specifier: specifier!, typeOnly: Boolean(type) || allNamesAreTypes(names) });
  }
  for (const [, , specifier] of text.matchAll(BARE)) found.push({ specifier: specifier!, typeOnly: false });
  for (const [, type, , specifier] of text.matchAll(DYNAMIC)) {
    found.push({ specifier: specifier ?? '', typeOnly: Boolean(type) });
  }
  return found;
}

/** `{ type A, type B }` */
function allNamesAreTypes(names: string): boolean {
  const inner = /^\s*\{([\s\S]*)\}\s*$/.exec(names)?.[1];
  if (inner === undefined) return false;
  const list = inner.split(',').map((name) => name.trim());
  return list.filter(Boolean).length > 0 && list.filter(Boolean).every((name) => name.startsWith('type '));
}

/** Comments become blanks; strings, templates and regular expressions stay, so that `//` in an address is no comment. */
export function withoutComments(source: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;
  return source.replace(token, (match) => (/^\/[/*]/.test(match) ? match.replace(/[^\n]/g, ' ') : match));
}
