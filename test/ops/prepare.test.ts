import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepare } from '../../prepare.mjs';

// A clone with a stand-in for npm that writes down how it was called and makes what npm makes.
let root: string;
let env: Record<string, string | undefined>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lockstep-prepare-'));
  writeFileSync(join(root, 'package-lock.json'), '{"one":1}');
  writeFileSync(
    join(root, 'npm-cli.js'),
    `const fs = require('node:fs');
     fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
     if (process.env.NPM_FAILS) process.exit(1);
     fs.mkdirSync('node_modules/node/bin', { recursive: true });
     fs.writeFileSync('node_modules/.package-lock.json', '{}');
     if (!process.env.NO_SCRIPTS) fs.writeFileSync('node_modules/node/bin/node', '');`,
  );
  env = { ...process.env, npm_execpath: join(root, 'npm-cli.js') };
});
afterEach(() => rmSync(root, { recursive: true }));

const run = (more: { nodeVersion?: string } = {}) => prepare({ root, env, say: () => {}, ...more });
const installs = () =>
  existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n').length : 0;
const touchLock = (secondsFromNow: number) => {
  const time = Date.now() / 1000 + secondsFromNow;
  utimesSync(join(root, 'package-lock.json'), time, time);
};

describe('packages', () => {
  it('are installed on a fresh clone, with the development ones whatever NODE_ENV says', () => {
    expect(run()).toBeNull();
    expect(readFileSync(join(root, 'calls'), 'utf8')).toMatch(/^ci --include=dev /);
  });

  it('are left alone when they are newer than the lock file', () => {
    run();
    expect(run()).toBeNull();
    expect(installs()).toBe(1);
  });

  it('are left alone when git only wrote the same lock file again', () => {
    run();
    touchLock(60);
    expect(run()).toBeNull();
    expect(installs()).toBe(1);
  });

  it('are installed again when the lock file changed', () => {
    run();
    writeFileSync(join(root, 'package-lock.json'), '{"two":2}');
    touchLock(60);
    expect(run()).toBeNull();
    expect(installs()).toBe(2);
  });

  it('are installed again after an installation that was interrupted', () => {
    mkdirSync(join(root, 'node_modules', 'half'), { recursive: true });
    expect(run()).toBeNull();
    expect(installs()).toBe(1);
  });
});

describe('what is missing is one sentence', () => {
  it('an old Node', () => {
    expect(run({ nodeVersion: '18.19.0' })).toBe(
      'Lockstep needs Node 20 or newer and this is Node 18.19.0: install a newer one from https://nodejs.org and start again.',
    );
    expect(installs()).toBe(0);
  });

  it('no git', () => {
    env.PATH = root;
    expect(run()).toMatchInlineSnapshot(
      `"Lockstep needs git and it was not found: install it (https://git-scm.com/downloads) and start again."`,
    );
  });

  it('no npm', () => {
    writeFileSync(join(root, 'git'), '#!/bin/sh\n');
    chmodSync(join(root, 'git'), 0o755);
    env = { PATH: root };
    expect(run()).toMatchInlineSnapshot(
      `"Lockstep needs npm and it was not found: it comes with Node, install both from https://nodejs.org."`,
    );
  });

  it('an installation that fails', () => {
    env.NPM_FAILS = '1';
    expect(run()).toMatch(/^The packages could not be installed; npm says why above\./);
  });

  it('install scripts that are switched off', () => {
    env.NO_SCRIPTS = '1';
    expect(run()).toMatch(/told not to run install scripts: run `npm ci --include=dev --ignore-scripts=false`/);
  });
});

it('ends with 1 and the sentence when it runs as a script', () => {
  cpSync(join(import.meta.dirname, '../../prepare.mjs'), join(root, 'prepare.mjs'));
  env.NPM_FAILS = '1';
  const result = spawnSync(process.execPath, ['prepare.mjs'], {
    cwd: root,
    env: env as NodeJS.ProcessEnv,
    encoding: 'utf8',
  });
  expect(result.status).toBe(1);
  expect(result.stderr).toMatch(/^The packages could not be installed/);
});

it('is over at once when there is nothing to do', () => {
  run();
  const times = [1, 2, 3].map(() => {
    const before = performance.now();
    run();
    return performance.now() - before;
  });
  expect(Math.min(...times)).toBeLessThan(1_000);
});
