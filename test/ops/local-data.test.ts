import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blastRadius } from '../../src/catalog/blast-radius.ts';
import { loadCatalog } from '../../src/catalog/index.ts';
import { claim, readLocal, release, whoRuns, wipe, writeLocal } from '../../src/local/data.ts';
import { addRepository, type RepositoryHost } from '../../src/local/repository.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-data-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('makes its secrets once, for nobody else to read', () => {
  const first = readLocal(dir);
  writeLocal(dir, { ...first, webPort: 4567 });
  expect(readLocal(dir)).toEqual({ ...first, webPort: 4567 });
  expect(statSync(join(dir, 'local.json')).mode & 0o777).toBe(0o600);
  expect(new Set(Object.values(first)).size).toBe(Object.values(first).length);
});

it('starts over when its file is no JSON', () => {
  writeFileSync(join(dir, 'local.json'), '{"slackBot');
  expect(readLocal(dir).slackBotToken).toMatch(/^xoxb-local-/);
});

describe('one Lockstep for one folder', () => {
  it('a second one is told which process runs and where', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)', 'local.ts'], { stdio: 'ignore' });
    try {
      writeFileSync(join(dir, 'running'), `${other.pid}\nhttp://127.0.0.1:4000\n`);
      expect(claim(dir, 'http://127.0.0.1:4010')).toBe(
        `Lockstep already runs on ${dir} (process ${other.pid}, http://127.0.0.1:4000): use that one, stop it, or choose another folder with LOCKSTEP_DATA=….`,
      );
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('the mark of one that was killed is no obstacle', () => {
    const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    writeFileSync(join(dir, 'running'), `${gone}\nhttp://127.0.0.1:4000\n`);
    expect(claim(dir, 'http://127.0.0.1:4000')).toBeNull();
    release(dir);
    expect(existsSync(join(dir, 'running'))).toBe(false);
  });

  it('a number that another program has by now is no obstacle', () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
    try {
      writeFileSync(join(dir, 'running'), `${other.pid}\nhttp://127.0.0.1:4000\n`);
      expect(whoRuns(dir)).toBeNull();
    } finally {
      other.kill('SIGKILL');
    }
  });
});

describe('deleting the data', () => {
  it('deletes what Lockstep made', () => {
    readLocal(dir);
    mkdirSync(join(dir, 'postgres', 'data'), { recursive: true });
    expect(wipe(dir)).toBeNull();
    expect(existsSync(dir)).toBe(false);
  });

  it('leaves a folder alone that Lockstep did not make', () => {
    writeFileSync(join(dir, 'thesis.txt'), 'years of work');
    expect(wipe(dir)).toMatch(/has files and no local\.json, so Lockstep did not make it and does not delete it\.$/);
    expect(readFileSync(join(dir, 'thesis.txt'), 'utf8')).toBe('years of work');
  });
});

describe('loading a repository', () => {
  let host: RepositoryHost;
  beforeEach(() => {
    const repos: { owner: string; name: string; description: string; defaultBranch: string }[] = [];
    host = {
      repos,
      async addLocalRepository(path) {
        if (!repos[0])
          repos.push({ owner: 'local', name: 'shop', description: `From ${path}`, defaultBranch: 'trunk' });
        return repos[0]!;
      },
    };
  });
  const git = (...args: string[]) => execFileSync('git', ['-C', dir, ...args], { stdio: 'pipe' });
  const data = () => ({ dataDir: join(dir, 'data'), takenNames: ['storefront'] });
  const commit = () => {
    git('init', '--quiet', '--initial-branch=trunk');
    git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--allow-empty', '-m', 'one');
  };

  it('gives it a catalog entry that the catalog can read', async () => {
    commit();
    const line = await addRepository(host, dir, data());
    expect(line).toBe(
      `Loaded ${dir} (branch trunk) as local/shop; its catalog entry is ${join(dir, 'data/catalog/shop.yaml')}.`,
    );
    const catalog = loadCatalog(join(dir, 'data', 'catalog'));
    expect(catalog.warnings).toEqual([]);
    expect(catalog.services).toMatchObject([
      { name: 'shop', repo: 'local/shop', tier: 'T3', team: 'You', soakSeconds: 10 },
    ]);
    expect(blastRadius(catalog, 'shop')).toMatchObject({ level: 'low', because: 'No service needs it. Score 0.' });
  });

  it('says so when it was loaded by an earlier start', async () => {
    commit();
    await addRepository(host, dir, data());
    expect(await addRepository(host, dir, data())).toMatch(
      /^local\/shop is there from an earlier start, as it was left; its catalog entry is \S+shop\.yaml\.$/,
    );
  });

  it('does not take another repository for one of the same name', async () => {
    commit();
    await host.addLocalRepository('/elsewhere/shop');
    await expect(addRepository(host, dir, data())).rejects.toThrow(
      `--repo: the local GitHub has a local/shop already (From /elsewhere/shop): give the folder ${dir} another name.`,
    );
  });

  it.each([
    ['.dotfiles', 'dotfiles'],
    ['2024', '2024'],
    ['-', 'repository'],
  ])('gives %s a name that the catalog takes', async (name, service) => {
    commit();
    const one = { owner: 'local', name, description: `From ${dir}`, defaultBranch: 'trunk' };
    await addRepository({ repos: [one], addLocalRepository: async () => one }, dir, data());
    expect(loadCatalog(join(dir, 'data', 'catalog')).services).toMatchObject([
      { name: service, repo: `local/${name}` },
    ]);
  });

  it('keeps what a person wrote into the entry', async () => {
    commit();
    await addRepository(host, dir, data());
    const file = join(dir, 'data/catalog/shop.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('T3', 'T1'));
    await addRepository(host, dir, data());
    expect(readFileSync(file, 'utf8')).toMatch('T1');
  });

  it('does not take the name of a service that is there', async () => {
    commit();
    await addRepository(host, dir, { ...data(), takenNames: ['shop'] });
    expect(loadCatalog(join(dir, 'data', 'catalog')).services.map((service) => service.name)).toEqual(['shop-local']);
  });

  it('says what is wrong with a path', async () => {
    const say = (path: string) => addRepository(host, path, data()).catch((error: Error) => error.message);
    expect(await say(join(dir, 'nowhere'))).toBe(`--repo: there is no folder ${join(dir, 'nowhere')}.`);
    expect(await say(dir)).toMatch(/^--repo: \S+ is no git repository that can be read \(/);
    git('init', '--quiet');
    expect(await say(dir)).toBe(`--repo: ${dir} has no commit yet: commit something, then start again.`);
  });
});
