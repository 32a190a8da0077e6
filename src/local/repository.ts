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
  /** `description` says where each one came from. */
  repos: readonly { owner: string; name: string; description: string }[];
  addLocalRepository(
    path: string,
  ): Promise<{ owner: string; name: string; description: string; defaultBranch: string }>;
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
  const before = host.repos.length;
  const { owner, name, description, defaultBranch } = await host.addLocalRepository(path).catch((error: Error) => {
    throw new RepositoryError(`--repo: ${path} cannot be loaded: ${error.message}`);
  });
  const isNew = host.repos.length > before;
  if (!isNew && !description.endsWith(` ${path}`)) {
    throw new RepositoryError(
      `--repo: the local GitHub has a ${owner}/${name} already (${description}): give the folder ${path} another name.`,
    );
  }
  const file = writeEntry(join(dataDir, 'catalog'), { takenNames, name, slug: `${owner}/${name}` });
  const what = isNew
    ? `Loaded ${path} (branch ${defaultBranch}) as ${owner}/${name}`
    : `${owner}/${name} is there from an earlier start, as it was left`;
  return `${what}; its catalog entry is ${file}.`;
}

/** Answers the file of the entry; one that is there was perhaps corrected by a person. */
function writeEntry(
  folder: string,
  { takenNames, name, slug }: { takenNames: readonly string[]; name: string; slug: string },
): string {
  mkdirSync(folder, { recursive: true });
  const word = catalogName(name);
  const service = takenNames.includes(word) ? `${word}-local` : word;
  const file = join(folder, `${service}.yaml`);
  if (!existsSync(join(folder, 'group.yaml'))) writeFileSync(join(folder, 'group.yaml'), stringify(localGroup));
  if (!existsSync(file)) writeFileSync(file, component(service, slug));
  return file;
}

/** The catalog is stricter than GitHub: letters and digits at both ends, and not too long. */
function catalogName(name: string): string {
  return (
    name
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 50)
      .replace(/[^A-Za-z0-9]+$/, '') || 'repository'
  );
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

/** What holds for a repository that nobody has said anything about: least critical, and nothing else needs it. */
const component = (name: string, slug: string): string => `\
# Made by \`npm start -- --repo\`, for you to correct. Lockstep reads this file when it starts.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${JSON.stringify(name)}
  title: ${JSON.stringify(name)}
  labels:
    # How critical it is: T1, T2 or T3. T1 keeps agents away.
    lockstep.dev/tier: T3
  annotations:
    github.com/project-slug: ${JSON.stringify(slug)}
    # Nothing else in the catalog needs it. Where something does, take this line away and say what, under spec:
    #   dependencyOf: [component:storefront]
    lockstep.dev/leaf: "true"
    # How long a version stays on the local staging before it may go to production.
    lockstep.dev/soak: 10s
spec:
  type: service
  lifecycle: production
  owner: group:local
`;
