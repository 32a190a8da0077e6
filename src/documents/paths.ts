import { posix } from 'node:path';

/** A pattern is a path, a folder (`db` or `db/`, with everything in it) or a glob. */
export function matchesPath(file: string, pattern: string): boolean {
  const name = pattern
    .trim()
    .replace(/^`|`$/g, '')
    .replace(/^\.?\//, '')
    .replace(/\/+$/, '');
  if (name === '') return false;
  return file === name || file.startsWith(`${name}/`) || posix.matchesGlob(file, name);
}
