import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';

/** A path that cannot be loaded, as one sentence. */
export class RepositoryError extends Error {
  override name = 'RepositoryError';
}

/** The part of the local GitHub that takes repositories. */
export interface RepositoryHost {
  addLocalRepository(path: string): Promise<{ owner: string; name: string; defaultBranch: string }>;
}

/**
 * Loads a git repository of this machine into the local GitHub, as a copy, and gives it an entry in the catalog of the
 * data folder, so that tickets can be about it. What is there from an earlier start is left alone. Returns a line to
 * show.
 */
export async function addRepository(
  host: RepositoryHost,
  wanted: string,
  { dataDir, takenNames }: { dataDir: string; takenNames: readonly string[] },
): Promise<string> {
  const path = resolve(wanted);
  await checkRepository(path);
  const { owner, name, defaultBranch } = await host.addLocalRepository(path);
  const folder = join(dataDir, 'catalog');
  mkdirSync(folder, { recursive: true });
  const service = takenNames.includes(name) ? `${name}-local` : name;
  const file = join(folder, `${service}.yaml`);
  if (!existsSync(join(folder, 'group.yaml'))) writeFileSync(join(folder, 'group.yaml'), stringify(localGroup));
  if (!existsSync(file)) {
    const comment =
      '# Made by `npm start -- --repo`. Say what is true of this service: its tier (T1 keeps agents away), its owner,\n# what it depends on. Lockstep reads this file when it starts.\n';
    writeFileSync(file, comment + stringify(component(service, `${owner}/${name}`)));
  }
  return `Loaded ${path} (branch ${defaultBranch}) as ${owner}/${name}; its catalog entry is ${file}.`;
}

async function checkRepository(path: string): Promise<void> {
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw new RepositoryError(`--repo: there is no folder ${path}.`);
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', path, ...args]);
  try {
    await git('rev-parse', '--git-dir');
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? (error as Error).message)
      .trim()
      .split('\n')[0];
    throw new RepositoryError(`--repo: ${path} is no git repository that can be read (${said}).`);
  }
  try {
    await git('rev-parse', '--verify', '--quiet', 'HEAD^{commit}');
  } catch {
    throw new RepositoryError(`--repo: ${path} has no commit yet: commit something, then start again.`);
  }
}

const localGroup = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name: 'local', title: 'You' },
  spec: { type: 'team', children: [] },
};

const component = (name: string, slug: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name,
    title: name,
    labels: { 'lockstep.dev/tier': 'T3' },
    annotations: { 'github.com/project-slug': slug },
  },
  spec: { type: 'service', lifecycle: 'production', owner: 'group:local' },
});
