import { spawn } from 'node:child_process';
import type { TestEvidence } from './types.ts';

/** Output beyond this is dropped from the front: a test that prints a gigabyte must not fill our memory. */
const keepBytes = 64 * 1024;
const tailLines = 40;

export interface TestRun {
  cwd: string;
  env: Record<string, string>;
  phase: 'red' | 'green';
  timeoutMs: number;
  onLine?: (line: string) => void;
}

/**
 * Really runs `npm test` in a checkout. The child stays in the caller's process group, so ending the group ends it;
 * at the timeout it is ended by itself and `exitCode` is null.
 */
export function runTests(run: TestRun): Promise<TestEvidence> {
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['test'], {
      cwd: run.cwd,
      env: run.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: run.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const take = (chunk: string) => {
      output = (output + chunk).slice(-keepBytes);
      for (const line of chunk.split('\n')) if (line.trim()) run.onLine?.(line.trimEnd());
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (exitCode) =>
      resolve(asEvidence({ output, exitCode, phase: run.phase, ms: Date.now() - started })),
    );
  });
}

function asEvidence(run: {
  output: string;
  exitCode: number | null;
  phase: 'red' | 'green';
  ms: number;
}): TestEvidence {
  return {
    phase: run.phase,
    command: 'npm test',
    exitCode: run.exitCode,
    ms: run.ms,
    tests: count(run.output, 'tests'),
    passed: count(run.output, 'pass'),
    failed: count(run.output, 'fail'),
    failing: failingNames(run.output),
    tail: run.output.trimEnd().split('\n').slice(-tailLines).join('\n'),
  };
}

/** Reads the summary that `node --test` prints, in its TAP (`# fail 1`) and its readable form (`ℹ fail 1`). */
function count(output: string, word: string): number | null {
  const found = output.match(new RegExp(`^(?:#|ℹ) ${word} (\\d+)$`, 'm'))?.[1];
  return found === undefined ? null : Number(found);
}

function failingNames(output: string): string[] {
  const names = output
    .split('\n')
    .map((line) => line.match(/^\s*(?:not ok \d+ - |✖ )(.+?)(?: \([\d.]+ms\))?$/)?.[1])
    .filter((name): name is string => name !== undefined && name !== 'failing tests:');
  return [...new Set(names)];
}
