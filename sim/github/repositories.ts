import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { branchTip } from './commits.ts';
import type { Repo } from './model.ts';
import { stamp } from './store.ts';
import { bareDir, type World } from './world.ts';

export interface RepoOptions {
  owner: string;
  name: string;
  description?: string;
  /** The path of a local git repository, or a function that fills an empty folder with one. */
  seed: string | ((dir: string) => Promise<void>);
  /** The seed is in production from the beginning, as a service that people use is; there is something to go back to. */
  inProduction?: boolean;
}

/** Mirrors the seed into a bare repository and registers it. */
export async function createRepository(world: World, options: RepoOptions): Promise<Repo> {
  const { owner, name } = options;
  if (![owner, name].every((word) => /^[\w.-]+$/.test(word) && !/^\.+$/.test(word))) {
    throw new Error(`"${owner}/${name}" is not a name for a repository.`);
  }
  if (typeof options.seed === 'string') {
    await mirror(world, options, options.seed);
  } else {
    const dir = await mkdtemp(join(tmpdir(), 'lockstep-seed-'));
    try {
      await options.seed(dir);
      await mirror(world, options, dir);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
  const now = stamp();
  const repo: Repo = {
    id: world.store.id(),
    owner,
    name,
    description: options.description ?? '',
    defaultBranch: await defaultBranch(world, options),
    createdAt: now,
    pushedAt: now,
    nextNumber: 1,
    issues: [],
    comments: [],
    reviews: [],
    checkRuns: [],
    checkSuites: [],
    statuses: [],
    deployments: [],
    environments: {},
  };
  world.store.state.repos.push(repo);
  world.store.touch();
  await world.store.save();
  return repo;
}

async function mirror(world: World, options: RepoOptions, from: string): Promise<void> {
  const to = bareDir(world, options);
  // Left over from a start that was interrupted before the repository was registered.
  await rm(to, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  await world.git.text(dirname(to), ['clone', '--quiet', '--mirror', '--no-hardlinks', resolve(from), to]);
  await world.git.text(to, ['remote', 'remove', 'origin']);
  const refs = (await world.git.text(to, ['for-each-ref', '--format=%(refname)'])).split('\n').filter(Boolean);
  // Remote-tracking branches and stashes of the seed are its owner's own business.
  const alien = refs.filter((ref) => !/^refs\/(heads|tags)\//.test(ref));
  const input = alien.map((ref) => `delete ${ref}\n`).join('');
  await world.git.text(to, ['update-ref', '--stdin'], { input });
}

/** The branch that HEAD of the seed names; a detached HEAD gives main, master or whatever branch there is. */
async function defaultBranch(world: World, options: RepoOptions): Promise<string> {
  const dir = bareDir(world, options);
  const head = (await world.git.run(dir, ['symbolic-ref', '--short', 'HEAD'])).out.toString().trim();
  const all = (await world.git.text(dir, ['for-each-ref', '--format=%(refname:short)', 'refs/heads'])).split('\n');
  for (const name of [head, 'main', 'master', ...all].filter(Boolean)) {
    if (!(await branchTip(world.git, dir, name))) continue;
    await world.git.text(dir, ['symbolic-ref', 'HEAD', `refs/heads/${name}`]);
    return name;
  }
  throw new Error(`${options.owner}/${options.name} has no commits yet, so there is nothing to work on.`);
}

/** A local repository as options for `createRepository`; its folder gives the name. */
export async function localRepository(world: World, path: string, owner: string): Promise<RepoOptions> {
  const full = resolve(path);
  if (!existsSync(full)) throw new Error(`There is no folder ${full}.`);
  const top = await world.git.run(full, ['rev-parse', '--git-dir']);
  if (top.code !== 0) throw new Error(`${full} is not a git repository.`);
  const name = basename(full)
    .replace(/\.git$/, '')
    .replace(/[^\w.-]+/g, '-');
  return { owner, name, description: `From ${full}`, seed: full };
}
