/** Turns a plain folder into a git repository with a history that reads like one. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

export interface SeedCommit {
  message: string;
  /** ISO time; fixed, so that a seeded repository has the same SHAs everywhere. */
  date: string;
  author: { name: string; email: string };
  /** Files or folders that this commit brings, relative to the folder. Omitted: everything that is left. */
  paths?: string[];
}

const stock: SeedCommit[] = [
  {
    message: 'Import the service',
    date: '2026-09-14T08:30:00Z',
    author: { name: 'Emil Larsen', email: 'emil@example.com' },
  },
];

const never = /(^|[\\/])(node_modules|\.git)([\\/]|$)/;

/** A seed for `RepoOptions`: copies `folder` and commits it in the given steps, all on `main`. */
export function seedFromFolder(folder: string, options: { commits?: SeedCommit[] } = {}) {
  return async (dir: string): Promise<void> => {
    git(dir, ['init', '--quiet']);
    git(dir, ['symbolic-ref', 'HEAD', 'refs/heads/main']);
    const files = listFiles(folder);
    const given = options.commits?.length ? options.commits : stock;
    const rest = new Set(files);
    for (const [at, commit] of given.entries()) {
      const last = at === given.length - 1;
      const mine = files.filter((file) => rest.has(file) && (last || isIn(file, commit.paths)));
      for (const file of mine) {
        rest.delete(file);
        await mkdir(dirname(join(dir, file)), { recursive: true });
        await cp(join(folder, file), join(dir, file), { preserveTimestamps: false });
      }
      if (mine.length === 0) throw new Error(`The commit "${commit.message}" of ${folder} brings no file.`);
      git(dir, ['add', '--all', '--force']);
      git(dir, ['commit', '--quiet', '--no-verify', '--message', commit.message], commit);
    }
  };
}

function isIn(file: string, paths: string[] | undefined): boolean {
  if (!paths) return true;
  const name = file.split(sep).join('/');
  return paths.some((path) => name === path || name.startsWith(`${path.replace(/\/$/, '')}/`));
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !never.test(name) && statSync(join(folder, name)).isFile())
    .map((name) => relative('.', name))
    .sort();
}

function git(dir: string, args: string[], commit?: SeedCommit): void {
  const { name, email } = commit?.author ?? { name: 'GitHub', email: 'noreply@github.com' };
  const date = commit?.date ?? '2026-01-01T00:00:00Z';
  const result = spawnSync('git', args, {
    cwd: dir,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      HOME: dir,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: date,
    },
  });
  if (result.error) throw new Error(`git could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`git ${args[0]} failed in ${dir}: ${result.stderr.trim()}`);
}
