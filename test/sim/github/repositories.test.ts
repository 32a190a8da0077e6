import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { seedFromFolder } from '../../../sim/github/seed.ts';
import { gitEnv, type Sandbox, sandbox, writeFiles } from './helpers.ts';

describe('where repositories come from', () => {
  let box: Sandbox;
  afterEach(() => box.close());

  it('is a folder, committed in steps with the same SHAs every time', async () => {
    box = await sandbox();
    const folder = join(box.dir, 'folder');
    await writeFiles(folder, {
      'README.md': '# R',
      'src/a.js': 'a',
      'test/a.test.js': 't',
      '.github/CODEOWNERS': '* @rosa',
      'node_modules/x/y.js': 'no',
    });
    const emil = { name: 'Emil Larsen', email: 'emil@example.com' };
    const rosa = { name: 'Rosa Marin', email: 'rosa@example.com' };
    const commits = [
      { message: 'Begin', date: '2026-10-01T08:00:00Z', author: emil, paths: ['README.md', 'src'] },
      { message: 'Test it', date: '2026-10-02T09:00:00Z', author: rosa },
    ];
    const one = await box.github.addRepo({ owner: 'acme', name: 'one', seed: seedFromFolder(folder, { commits }) });
    await box.github.addRepo({ owner: 'acme', name: 'two', seed: seedFromFolder(folder, { commits }) });
    expect(one.defaultBranch).toBe('main');
    const log = async (repo: string) => (await box.octokit().repos.listCommits({ owner: 'acme', repo })).data;
    const commitsOfOne = await log('one');
    expect(
      commitsOfOne.map((commit) => [commit.commit.message, commit.author?.login, commit.commit.author?.date]),
    ).toEqual([
      ['Test it', 'rosa', '2026-10-02T09:00:00Z'],
      ['Begin', 'emil', '2026-10-01T08:00:00Z'],
    ]);
    expect((await log('two')).map((commit) => commit.sha)).toEqual(commitsOfOne.map((commit) => commit.sha));
    const { data: tree } = await box
      .octokit()
      .git.getTree({ owner: 'acme', repo: 'one', tree_sha: 'main', recursive: '1' });
    expect(tree.tree.map((entry) => entry.path)).toEqual([
      '.github',
      '.github/CODEOWNERS',
      'README.md',
      'src',
      'src/a.js',
      'test',
      'test/a.test.js',
    ]);
    const empty = seedFromFolder(folder, { commits: [{ ...commits[0]!, paths: ['nowhere'] }, commits[1]!] });
    await expect(box.github.addRepo({ owner: 'acme', name: 'three', seed: empty })).rejects.toThrow('brings no file');
  });

  it('is any local repository, with its own default branch and without its remotes', async () => {
    box = await sandbox();
    const path = join(box.dir, 'My Project');
    await writeFiles(path, { 'a.txt': 'a' });
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: path, env: gitEnv(box.dir), stdio: 'pipe' })
        .toString()
        .trim();
    git('init', '--quiet');
    git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
    git('add', '.');
    git('commit', '--quiet', '-m', 'First');
    git('branch', 'other');
    git('update-ref', 'refs/remotes/origin/secret', 'HEAD');
    const repo = await box.github.addLocalRepository(path);
    expect(repo).toMatchObject({ owner: 'local', name: 'My-Project', defaultBranch: 'trunk' });
    const { data } = await box.octokit().git.listMatchingRefs({ owner: 'local', repo: 'My-Project', ref: 'heads/' });
    expect(data.map((one) => one.ref)).toEqual(['refs/heads/other', 'refs/heads/trunk']);
    expect(await box.github.addLocalRepository(path)).toBe(repo);
    await box.restart();
    expect(box.github.repos.map((one) => one.name)).toEqual(['web', 'My-Project']);
  });

  it('is refused with a sentence when there is nothing to take', async () => {
    box = await sandbox();
    await expect(box.github.addLocalRepository(join(box.dir, 'none'))).rejects.toThrow('There is no folder');
    await writeFiles(join(box.dir, 'plain'), { 'a.txt': 'a' });
    await expect(box.github.addLocalRepository(join(box.dir, 'plain'))).rejects.toThrow('is not a git repository');
    execFileSync('git', ['init', '--quiet', join(box.dir, 'empty')], { env: gitEnv(box.dir) });
    await expect(box.github.addLocalRepository(join(box.dir, 'empty'))).rejects.toThrow('has no commits yet');
    await expect(box.github.addRepo({ owner: '..', name: 'x', seed: box.dir })).rejects.toThrow('is not a name');
  });
});
