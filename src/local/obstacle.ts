import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, relative, resolve } from 'node:path';

const OTHER = 'choose another data folder with LOCKSTEP_DATA=…';

/**
 * What the machine refused below one of these folders (a folder that is a file, a right that is missing, a full disk), as
 * one sentence that says what, where and what to do. Null for every other error.
 */
export function obstacle(error: unknown, folders: readonly string[]): string | null {
  const { code, path: from, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const given = code === 'EISDIR' ? (dest ?? from) : from;
  if (!code || typeof given !== 'string') return null;
  const path = resolve(given);
  if (!folders.some((folder) => isWithin(path, folder) || isWithin(folder, path))) return null;
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return `${nearest(path)} is a file, and Lockstep needs a folder there: move it away, or ${OTHER}.`;
    case 'EISDIR':
      return `${path} is a folder, and Lockstep needs a file there: move it away, or ${OTHER}.`;
    case 'EACCES':
    case 'EPERM':
      return missingRight(nearest(path));
    case 'EROFS':
      return `${nearest(path)} is on a disk that can only be read: ${OTHER}.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `There is no room left on the disk for ${path}: make some, or ${OTHER}.`;
    default:
      return `${path} cannot be used (${code}): see what is there, or ${OTHER}.`;
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(resolve(folder), path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

/** The path, or what is nearest above it and is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

function missingRight(path: string): string {
  const { uid, mode } = statSync(path);
  const me = process.getuid?.() ?? -1;
  const refused = `The user ${nameOf(me)} may not read and write ${path}`;
  if (uid === me || me === -1) {
    return `${refused}, whose mode is ${(mode & 0o777).toString(8)}: open it with \`chmod -R u+rwX ${path}\`, or ${OTHER}.`;
  }
  return `${refused}, which belongs to ${nameOf(uid)}: start Lockstep as ${nameOf(uid)}, give it away with \`chown -R ${nameOf(me)} ${path}\`, or ${OTHER}.`;
}

/** The name of a user of this machine, or the number where it has none. */
export function nameOf(uid: number): string {
  try {
    if (uid === process.getuid?.()) return userInfo().username;
    return execFileSync('id', ['-un', String(uid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return String(uid);
  }
}
