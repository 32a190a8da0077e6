import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { identify, isAlive, type ProcessId } from '../../src/agents/process.ts';
import { createScriptedAgent } from '../../src/agents/scripted.ts';
import type { CodingAgent } from '../../src/agents/types.ts';
import type { Workspace } from '../../src/agents/workspace.ts';
import { bangScript, makeWorld, PATH, taskFor, until, untilDone, type World } from './fixture.ts';

const ctl = { signal: new AbortController().signal };
const ref = { kind: 'scripted', externalId: 'run-1' };
/** Ten minutes: a run with this pause stands still until somebody ends it. */
const standStill = 600_000;

let world: World;
let workspace: Workspace;
let root: string;
const agentWith = (stepDelayMs = 0): CodingAgent =>
  createScriptedAgent({ root, scriptsDir: world.scriptsDir, path: PATH, stepDelayMs });

beforeEach(async () => {
  world = makeWorld();
  root = path.join(world.root, 'agents');
  workspace = await world.open();
});
afterEach(async () => {
  await agentWith().cancel!(ref);
  world.dispose();
});

const starts = () => readdirSync(path.join(root, 'runs', 'run-1')).filter((name) => /^\d+$/.test(name));
const childOf = (start: string): ProcessId =>
  JSON.parse(readFileSync(path.join(root, 'runs', 'run-1', start, 'child.json'), 'utf8'));
const greetSource = () => readFileSync(path.join(workspace.dir, 'src/greet.js'), 'utf8');

/** Launches a run that stops at its first step, and returns its process. */
async function launchStanding(): Promise<ProcessId> {
  await agentWith(standStill).launch(taskFor(workspace), ctl);
  await until(
    () => agentWith().poll(ref),
    (seen) => seen.state === 'running',
  );
  return childOf('1');
}

test('sees its tests fail, makes the change, sees them pass, and leaves it uncommitted in the checkout', async () => {
  const agent = agentWith();
  expect(await agent.launch(taskFor(workspace), ctl)).toEqual(ref);
  const done = await untilDone(agent);
  expect(done).toMatchObject({ state: 'succeeded', branch: 'lockstep/ls-1', summary: bangScript.summary });
  expect(done.evidence).toMatchObject([
    { phase: 'red', exitCode: 1, tests: 2, passed: 1, failed: 1 },
    { phase: 'green', exitCode: 0, tests: 2, passed: 2, failed: 0 },
  ]);
  expect(done.evidence?.[0]?.failing).toContain('Scenario: a greeting ends with a bang');
  expect(done.progress?.plan.every((one) => one.done)).toBe(true);
  const { files } = await workspace.changes();
  expect(files.map((file) => file.path)).toEqual(['src/greet.js', 'test/bang.test.js']);
  expect(await workspace.headSha()).toBe(world.baseSha);
});

test('a second and a simultaneous launch of one run start one process', async () => {
  const agent = agentWith();
  await Promise.all([agent.launch(taskFor(workspace), ctl), agent.launch(taskFor(workspace), ctl)]);
  await untilDone(agent);
  await agent.launch(taskFor(workspace), ctl);
  expect(starts()).toEqual(['1']);
});

test('a ticket without a script asks a person', async () => {
  const agent = agentWith();
  await agent.launch(taskFor(workspace, { title: 'Add gift wrapping' }), ctl);
  const done = await untilDone(agent);
  expect(done.state).toBe('needs_input');
  expect(done.question).toMatchInlineSnapshot(
    `"I have no script for "Add gift wrapping" in acme/greeter, so I can't do this one. Take it over, or give it to another agent."`,
  );
});

test('killed in the middle: the poll says failed, the next launch starts again from a clean checkout', async () => {
  const child = await launchStanding();
  writeFileSync(path.join(workspace.dir, 'src/half-done.js'), 'half an edit');
  process.kill(child.pid, 'SIGKILL');
  const dead = await until(
    () => agentWith().poll(ref),
    (seen) => seen.state !== 'running',
  );
  expect(dead).toMatchObject({ state: 'failed', error: "the agent's process ended without a result" });

  await agentWith().launch(taskFor(workspace), ctl);
  expect(starts()).toEqual(['1', '2']);
  expect((await untilDone(agentWith())).state).toBe('succeeded');
  expect(existsSync(path.join(workspace.dir, 'src/half-done.js'))).toBe(false);
});

test('a launch while the process is alive, from any worker, leaves it at work', async () => {
  const child = await launchStanding();
  await agentWith().launch(taskFor(workspace), ctl);
  expect(starts()).toEqual(['1']);
  expect(isAlive(child)).toBe(true);
});

test('a higher attempt ends the old process and starts over', async () => {
  const child = await launchStanding();
  await agentWith().launch(taskFor(workspace, { attempt: 2 }), ctl);
  expect(isAlive(child)).toBe(false);
  expect((await untilDone(agentWith())).state).toBe('succeeded');
});

test('cancel ends the process and its tests, and the run stays cancelled', async () => {
  world.script('bang', {
    ...bangScript,
    tests: [{ path: 'test/hang.test.js', write: `${writePid('hang')}setInterval(() => {}, 1000);\n` }],
  });
  const agent = agentWith();
  await agent.launch(taskFor(workspace), ctl);
  const pidFile = path.join(workspace.dir, 'hang.pid');
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', Boolean);
  const hanging = identify(Number(readFileSync(pidFile, 'utf8')));
  expect(isAlive(hanging)).toBe(true);
  await agent.cancel!(ref);
  await until(
    () => isAlive(hanging),
    (alive) => !alive,
  );
  expect(await agent.poll(ref)).toMatchObject({ state: 'cancelled', error: 'Stopped by a person.' });
  await agent.launch(taskFor(workspace), ctl);
  expect(starts()).toEqual(['1']);
});

test('the time limit ends a run whose tests hang', async () => {
  world.script('bang', {
    ...bangScript,
    tests: [{ path: 'test/hang.test.js', write: `${writePid('hang')}setInterval(() => {}, 1000);\n` }],
  });
  const agent = agentWith();
  await agent.launch(taskFor(workspace, { limits: { minutes: 1.5 / 60 } }), ctl);
  expect(await untilDone(agent)).toMatchObject({ state: 'timed_out' });
  const leader = childOf('1');
  await until(
    () => isAlive(leader),
    (alive) => !alive,
  );
});

test('tests that pass before the change are refused', async () => {
  const harmless = "import test from 'node:test';\ntest('nothing', () => {});\n";
  world.script('bang', { ...bangScript, tests: [{ path: 'test/bang.test.js', write: harmless }] });
  await agentWith().launch(taskFor(workspace), ctl);
  const done = await untilDone(agentWith());
  expect(done.state).toBe('failed');
  expect(done.error).toBe('The new tests pass before the change, so they would prove nothing.');
});

test('a change that does not make the tests pass is a failure that names them', async () => {
  world.script('bang', { ...bangScript, changes: [{ path: 'src/greet.js', append: '// no change\n' }] });
  await agentWith().launch(taskFor(workspace), ctl);
  const done = await untilDone(agentWith());
  expect(done.error).toContain('The tests fail after the change: Scenario: a greeting ends with a bang');
});

test('an edit on the do-not-touch list is denied', async () => {
  await agentWith().launch(taskFor(workspace, { doNotTouch: ['src/'] }), ctl);
  const done = await untilDone(agentWith());
  expect(done).toMatchObject({ state: 'failed', error: 'src/greet.js is on the do-not-touch list ("src/")' });
  expect(greetSource()).not.toContain("'!'");
});

test('a comment that a script knows is followed on the same branch, any other comes back as a question', async () => {
  const agent = agentWith();
  await agent.launch(taskFor(workspace), ctl);
  await untilDone(agent);
  await workspace.commit({ message: 'Bang', author: { name: 'Lockstep', email: 'lockstep@acme.test' } });

  await agent.launch(taskFor(workspace, { runId: 'run-2', feedback: 'Please add a comment here' }), ctl);
  const followed = await untilDone(agent, 'run-2');
  expect(followed).toMatchObject({ state: 'succeeded', summary: 'Changed src/greet.js as asked.' });
  expect(greetSource()).toMatch(/'!';\n\/\/ greets/);

  await agent.launch(taskFor(workspace, { runId: 'run-3', feedback: 'Make it purple' }), ctl);
  const asked = await untilDone(agent, 'run-3');
  expect(asked.question).toContain('I was asked: "Make it purple". I have no script for that.');
});

test('a branch that already holds the work is tested and left as it is', async () => {
  const agent = agentWith();
  await agent.launch(taskFor(workspace), ctl);
  await untilDone(agent);
  await workspace.commit({ message: 'Bang', author: { name: 'Lockstep', email: 'lockstep@acme.test' } });
  await agent.launch(taskFor(workspace, { runId: 'run-2' }), ctl);
  const done = await untilDone(agent, 'run-2');
  expect(done).toMatchObject({ state: 'succeeded', evidence: [{ phase: 'green', exitCode: 0 }] });
  expect(done.summary).toContain('already holds this change');
});

test('nothing of the worker’s environment reaches the tests of the repository', async () => {
  vi.stubEnv('SLACK_BOT_TOKEN', 'canary-5d41402abc4b');
  const dump = "import { writeFileSync } from 'node:fs';\nwriteFileSync('env.json', JSON.stringify(process.env));\n";
  world.script('bang', {
    ...bangScript,
    tests: [{ path: 'test/env.test.js', write: `${dump}throw new Error('red');\n` }],
  });
  await agentWith().launch(taskFor(workspace), ctl);
  await untilDone(agentWith());
  vi.unstubAllEnvs();
  const seen = readFileSync(path.join(workspace.dir, 'env.json'), 'utf8');
  expect(seen).not.toContain('canary-5d41402abc4b');
  const own = Object.keys(JSON.parse(seen)).filter((name) => !/^(npm_|NPM_|NODE_TEST_)/.test(name));
  expect(own.sort()).toEqual(expect.arrayContaining(['HOME', 'LANG', 'PATH', 'TMPDIR']));
  expect(JSON.parse(seen).HOME).toBe(path.join(root, 'runs', 'run-1', '1'));
});

test.each(['../escape', '', 'a/b', '-rf', 'a..b'])('the run id %j is refused', async (runId) => {
  await expect(agentWith().launch(taskFor(workspace, { runId }), ctl)).rejects.toThrow("can't be a run's id");
});

test('a run that this machine has never seen is a failure, not an exception', async () => {
  expect(await agentWith().poll({ kind: 'scripted', externalId: 'never' })).toMatchObject({ state: 'failed' });
});

function writePid(name: string): string {
  return `import { writeFileSync } from 'node:fs';\nwriteFileSync('${name}.pid', String(process.pid));\n`;
}
