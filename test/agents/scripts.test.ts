import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyEdits, findScript, loadScripts, matchesPath } from '../../src/agents/scripts.ts';
import { bangScript, makeWorld, type World } from './fixture.ts';

let world: World;
let scope: { workspace: string; doNotTouch: string[] };

beforeEach(() => {
  world = makeWorld();
  scope = { workspace: world.seed, doNotTouch: [] };
});
afterEach(() => world.dispose());

test('scripts are found by repository and by title, whatever its case', () => {
  const scripts = loadScripts(world.scriptsDir, 'acme/greeter');
  expect(findScript(scripts, 'An EXCLAMATION mark, please')?.summary).toBe(bangScript.summary);
  expect(findScript(scripts, 'Something else')).toBeNull();
  expect(loadScripts(world.scriptsDir, 'acme/other')).toEqual([]);
  expect(loadScripts(world.scriptsDir, 'acme/..')).toEqual([]);
});

test('a malformed script names its file and what is wrong', () => {
  world.script('bad', { ...bangScript, changes: [{ path: 'x' }] });
  expect(() => loadScripts(world.scriptsDir, 'acme/greeter')).toThrow(/^bad\.json is not a script: /);
});

test('edits done twice change nothing the second time', () => {
  const edits = [...bangScript.tests, ...bangScript.changes, { path: 'db/001.sql', append: '-- more\n' }];
  expect(applyEdits(edits, scope)).toEqual(['test/bang.test.js', 'src/greet.js', 'db/001.sql']);
  expect(applyEdits(edits, scope)).toEqual([]);
});

test('a replacement is taken literally', () => {
  applyEdits([{ path: 'src/greet.js', find: 'name;', replace: "name + '$&$1';" }], scope);
  expect(readFileSync(path.join(world.seed, 'src/greet.js'), 'utf8')).toContain("'$&$1'");
});

test('text that is not there is a sentence', () => {
  const edit = { path: 'src/greet.js', find: 'no such line\nsecond', replace: 'nor this' };
  expect(() => applyEdits([edit], scope)).toThrow('src/greet.js is not as expected: "no such line" isn\'t in it');
});

test.each(['../outside.txt', '/etc/hosts', 'link/inside.txt', '.git/config', 'src/../../x'])(
  '%s is outside the checkout',
  (file) => {
    mkdirSync(path.join(world.root, 'elsewhere'));
    symlinkSync(path.join(world.root, 'elsewhere'), path.join(world.seed, 'link'));
    expect(() => applyEdits([{ path: file, write: 'x' }], scope)).toThrow('is outside the checkout');
  },
);

test.each([
  ['db/001.sql', 'db/', true],
  ['db/001.sql', 'db', true],
  ['dbx/001.sql', 'db', false],
  ['db/001.sql', '**/*.sql', true],
  ['db/001.sql', '*.sql', false],
  ['src/a.js', './src/a.js', true],
  ['src/a.js', '', false],
  ['src/a.js', '/', false],
])('%s against the pattern %j: %s', (file, pattern, matches) => {
  expect(matchesPath(file, pattern)).toBe(matches);
});
