import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleRepos, sampleTickets, scriptsDir } from '../../sim/sample/index.ts';
import { minimalEnv } from '../../src/agents/process.ts';
import { runTests } from '../../src/agents/run-tests.ts';
import { type AgentScript, applyEdits, findScript, loadScripts } from '../../src/agents/scripts.ts';
import { git } from '../agents/fixture.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'lockstep-sample-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));

function copyOf(name: string, as = name) {
  const workspace = path.join(root, as);
  cpSync(sampleRepos.find((repo) => repo.name === name)!.dir, workspace, { recursive: true });
  return { workspace, doNotTouch: [] };
}

function npmTest(cwd: string, phase: 'red' | 'green' = 'green') {
  const env = minimalEnv({ path: process.env.PATH ?? '', home: root, tmp: root });
  return runTests({ cwd, env, phase, timeoutMs: 60_000 });
}

const scripts = loadScripts(scriptsDir, 'acme/storefront');
const titles = sampleTickets.map((ticket) => ticket.title);
const solvable = sampleTickets.filter((one) => one.service === 'storefront' && findScript(scripts, one.title));
const scriptFor = (title: string): AgentScript => findScript(scripts, title)!;

/** The scenarios of a pasted description, fenced or not, by Cucumber's own parser. */
function scenarios(description: string) {
  const at = description.indexOf('Scenario:');
  if (at === -1) return [];
  const text = `Feature: ticket\n${description.slice(at).replace(/```\s*$/, '')}`;
  const newId = IdGenerator.incrementing();
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text);
  return compile(document, 'ticket', newId);
}

test.each(sampleRepos.map((repo) => repo.name))(
  '%s: untouched, its tests pass in under 3 seconds of their own',
  async (name) => {
    const done = await npmTest(copyOf(name).workspace);
    expect(done).toMatchObject({ exitCode: 0, failed: 0 });
    expect(Number(done.tail.match(/duration_ms ([\d.]+)/)?.[1])).toBeLessThan(3000);
    expect(done.tests).toBeGreaterThan(3);
  },
);

test('the tickets show what a newcomer should see', () => {
  expect(new Set(titles).size).toBe(titles.length);
  expect(solvable).toHaveLength(3);
  expect(scripts).toHaveLength(3);
  const withoutScript = sampleTickets.filter((one) => !solvable.includes(one));
  expect(withoutScript.map((one) => [one.service, scenarios(one.description).length > 0])).toEqual([
    ['storefront', true],
    ['ledger', true],
    ['storefront', false],
    ['newsletter', true],
  ]);
  expect(loadScripts(scriptsDir, 'acme/ledger')).toEqual([]);
  expect(loadScripts(scriptsDir, 'acme/newsletter')).toEqual([]);
});

test.each(sampleTickets.filter((one) => one.description.includes('Scenario:')))(
  'the criteria of "$title" parse, and each has an action and an outcome',
  ({ description }) => {
    for (const scenario of scenarios(description)) {
      expect(scenario.steps.map((step) => step.type)).toEqual(expect.arrayContaining(['Action', 'Outcome']));
    }
  },
);

describe.each(solvable)('$title', ({ title, description }) => {
  const script = scriptFor(title);

  test('its tests fail before the change and pass after it', async () => {
    const scope = copyOf('storefront');
    applyEdits(script.tests, scope);
    const red = await npmTest(scope.workspace, 'red');
    expect(red.exitCode).not.toBe(0);
    expect(red.passed).toBeGreaterThan(15);
    applyEdits(script.changes, scope);
    expect(await npmTest(scope.workspace)).toMatchObject({ exitCode: 0, failed: 0 });
  });

  test('every scenario of the ticket is the name of a test', () => {
    const scope = copyOf('storefront');
    const text = applyEdits(script.tests, scope)
      .map((file) => readFileSync(path.join(scope.workspace, file), 'utf8'))
      .join('\n');
    for (const { name } of scenarios(description)) expect(text).toContain(`test('Scenario: ${name}'`);
  });

  test.each((script.followUps ?? []).map((one) => [one.match, one] as const))(
    'a reviewer who asks for %s gets it, and the tests pass',
    async (_match, followUp) => {
      const scope = copyOf('storefront');
      applyEdits([...script.tests, ...script.changes], scope);
      expect(applyEdits(followUp.edits, scope)).not.toEqual([]);
      expect(await npmTest(scope.workspace)).toMatchObject({ exitCode: 0, failed: 0 });
    },
  );
});

test('no two scripts answer to one title', () => {
  for (const title of titles) {
    expect(scripts.filter((one) => findScript([one], title)).length).toBeLessThanOrEqual(1);
  }
});

test('tickets that are worked on at the same time merge without a conflict, and the result passes', async () => {
  const scope = copyOf('storefront');
  const { workspace } = scope;
  git(workspace, 'init', '-q', '-b', 'main');
  git(workspace, 'add', '-A');
  git(workspace, 'commit', '-q', '-m', 'base');
  for (const [index, script] of scripts.entries()) {
    git(workspace, 'checkout', '-q', '-b', `b${index}`, 'main');
    applyEdits([...script.tests, ...script.changes], scope);
    git(workspace, 'add', '-A');
    git(workspace, 'commit', '-q', '-m', `change ${index}`);
  }
  git(workspace, 'checkout', '-q', '-b', 'all', 'main');
  for (const index of scripts.keys()) git(workspace, 'merge', '-q', '--no-edit', `b${index}`);
  expect(await npmTest(workspace)).toMatchObject({ exitCode: 0, failed: 0 });
});

test('a script also applies where the others are merged already', async () => {
  const scope = copyOf('storefront');
  for (const script of [...scripts].reverse()) {
    applyEdits([...script.tests, ...script.changes], scope);
    expect(applyEdits([...script.tests, ...script.changes], scope)).toEqual([]);
  }
  expect(await npmTest(scope.workspace)).toMatchObject({ exitCode: 0, failed: 0 });
});

test.each(sampleRepos)('$owner/$name has what Lockstep reads from a repository', ({ dir }) => {
  for (const file of ['README.md', 'package.json', 'catalog-info.yaml', '.github/CODEOWNERS']) {
    expect(existsSync(path.join(dir, file)), file).toBe(true);
  }
  expect(existsSync(path.join(dir, '.git'))).toBe(false);
  const manifest = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));
  expect(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })).toEqual([]);
});
