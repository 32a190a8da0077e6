/**
 * The process of one scripted run: `node scripted-run.ts <start folder>`. It outlives the worker that started it and
 * says how it stands in `status.json`. Everything it needs is in `task.json`; its environment holds no secrets.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gitEnv } from './git.ts';
import { identify, minimalEnv } from './process.ts';
import { isSuperseded, type RunOrder, type RunStart, readOrder, readStatus, writeJson } from './run-folder.ts';
import { runTests } from './run-tests.ts';
import { type AgentScript, applyEdits, findScript, loadScripts, type ScriptEdit } from './scripts.ts';
import { type AgentSnapshot, type AgentState, isFinal, type TestEvidence } from './types.ts';

const logLines = 60;

/** Holds the status and writes it whole on every change. */
function createReporter(start: RunStart, order: RunOrder) {
  const status: AgentSnapshot & { progress: NonNullable<AgentSnapshot['progress']>; evidence: TestEvidence[] } = {
    state: 'running',
    branch: order.task.branch,
    progress: { doing: 'Reading the ticket', plan: [], log: [], at: new Date().toISOString() },
    evidence: [],
  };
  const write = () => {
    // A later start owns the run, or somebody cancelled it: this process has nothing more to say.
    if (isSuperseded(start) || isFinal(readStatus(start)?.state ?? 'queued')) process.exit(0);
    status.progress.at = new Date().toISOString();
    writeJson(start.dir, 'status.json', status);
  };
  return {
    status,
    plan(steps: string[]) {
      status.progress.plan = steps.map((step) => ({ step, done: false }));
      write();
    },
    log(line: string) {
      status.progress.log = [...status.progress.log, line].slice(-logLines);
    },
    async step(doing: string, delayMs: number) {
      status.progress.doing = doing;
      this.log(doing);
      write();
      await sleep(delayMs);
    },
    /** Ticks the plan off in proportion: `done` of `of` parts of the work are finished. */
    tick(done: number, of: number) {
      const steps = status.progress.plan;
      const ticked = Math.floor((steps.length * done) / of);
      status.progress.plan = steps.map((one, index) => ({ ...one, done: index < ticked }));
    },
    end(state: AgentState, words: { summary?: string; question?: string; error?: string }) {
      Object.assign(status, words, { state });
      this.log(words.summary ?? words.question ?? words.error ?? state);
      write();
    },
  };
}

type Reporter = ReturnType<typeof createReporter>;

interface Work {
  order: RunOrder;
  report: Reporter;
  /** The environment of everything that this process starts */
  env: Record<string, string>;
}

/** Drops what an earlier, interrupted start left in the checkout; what is committed stays. */
function discardLeftovers({ order, env }: Work): void {
  const cwd = order.task.workspace!;
  const git = gitEnv({ path: order.path, home: env.HOME ?? '' }, { cwd });
  const steps = [
    ['reset', '-q', '--hard'],
    ['clean', '-fdq'],
  ];
  for (const args of steps) {
    const done = spawnSync('git', args, { cwd, env: git, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`git ${args[0]} failed in the checkout: ${(done.stderr ?? '').trim()}`);
  }
}

async function test(work: Work, phase: 'red' | 'green'): Promise<TestEvidence> {
  const { order, report } = work;
  const evidence = await runTests({
    cwd: order.task.workspace!,
    env: work.env,
    phase,
    timeoutMs: Math.max(1, order.deadline - Date.now()),
    onLine: report.log,
  });
  report.status.evidence.push(evidence);
  return evidence;
}

function edit(work: Work, edits: ScriptEdit[]): string[] {
  const changed = applyEdits(edits, { workspace: work.order.task.workspace!, doNotTouch: work.order.task.doNotTouch });
  for (const file of changed) work.report.log(`edited ${file}`);
  return changed;
}

/** The ticket itself: tests first, seen failing, then the change, seen passing. */
async function followScript(work: Work, script: AgentScript): Promise<void> {
  const { order, report } = work;
  report.plan(script.plan);
  await report.step('Writing the tests first', order.stepDelayMs);
  const newTests = edit(work, script.tests);
  report.tick(1, 4);
  if (newTests.length > 0) {
    await report.step('Running npm test: the new tests must fail', order.stepDelayMs);
    const red = await test(work, 'red');
    if (red.exitCode === null) return report.end('timed_out', { error: 'npm test did not end in the time allowed' });
    if (red.exitCode === 0) {
      return report.end('failed', { error: 'The new tests pass before the change, so they would prove nothing.' });
    }
  }
  report.tick(2, 4);
  await report.step('Making the change', order.stepDelayMs);
  const changed = edit(work, script.changes);
  report.tick(3, 4);
  const nothing = newTests.length + changed.length === 0;
  await finish(work, nothing ? 'Nothing to do: the branch already holds this change and its tests.' : script.summary);
}

/** A reviewer's comment on work that is already on the branch. */
async function followComment(work: Work, script: AgentScript, feedback: string): Promise<void> {
  const { order, report } = work;
  const known = script.followUps?.find((one) => new RegExp(one.match, 'i').test(feedback));
  if (!known) {
    const question = `I was asked: "${feedback.trim()}". I have no script for that. Take it over, or give it to another agent.`;
    return report.end('needs_input', { question });
  }
  report.plan(['Read the comment', 'Change what it asks for', 'Run the tests']);
  report.tick(1, 3);
  await report.step('Changing what was asked for', order.stepDelayMs);
  const changed = edit(work, known.edits);
  report.tick(2, 3);
  const summary = known.summary ?? `Changed ${changed.join(', ')} as asked.`;
  await finish(work, changed.length === 0 ? 'Nothing to do: the branch already holds what was asked for.' : summary);
}

async function finish(work: Work, summary: string): Promise<void> {
  const { order, report } = work;
  await report.step('Running npm test: everything must pass', order.stepDelayMs);
  const green = await test(work, 'green');
  if (green.exitCode === null) return report.end('timed_out', { error: 'npm test did not end in the time allowed' });
  if (green.exitCode !== 0) {
    const which = green.failing.length > 0 ? `: ${green.failing.slice(0, 5).join('; ')}` : '';
    return report.end('failed', { error: `The tests fail after the change${which}` });
  }
  report.tick(1, 1);
  report.end('succeeded', { summary });
}

async function solve(work: Work): Promise<void> {
  const { order, report } = work;
  const { task } = order;
  await report.step('Reading the ticket', order.stepDelayMs);
  const script = findScript(loadScripts(order.scriptsDir, task.repo), task.title);
  if (!script) {
    const question = `I have no script for "${task.title}" in ${task.repo}, so I can't do this one. Take it over, or give it to another agent.`;
    return report.end('needs_input', { question });
  }
  discardLeftovers(work);
  if (task.feedback) return followComment(work, script, task.feedback);
  return followScript(work, script);
}

async function main(dir: string): Promise<void> {
  const start = { dir, number: Number(path.basename(dir)) };
  writeJson(dir, 'child.json', identify(process.pid));
  const order = readOrder(start);
  if (!order) throw new Error(`no task.json in ${dir}`);
  const report = createReporter(start, order);
  const timer = setTimeout(() => {
    report.end('timed_out', { error: `The time limit of ${order.task.limits.minutes} minutes was reached.` });
    // The whole group: a test that hangs must not stay behind.
    process.kill(-process.pid, 'SIGKILL');
  }, order.deadline - Date.now());
  try {
    const env = minimalEnv({ path: order.path, home: dir, tmp: path.join(dir, 'tmp') });
    await solve({ order, report, env });
  } catch (error) {
    report.end('failed', { error: error instanceof Error ? error.message : String(error) });
  }
  clearTimeout(timer);
}

await main(process.argv[2] ?? '');
