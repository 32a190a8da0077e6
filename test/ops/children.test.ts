import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Children, createChildren } from '../../src/local/children.ts';
import { isAlive } from '../../src/local/processes.ts';

let dir: string;
let said: string[];
let children: Children;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-children-'));
  said = [];
  children = create();
});
afterEach(async () => {
  children.kill();
  await children.stop(100);
  rmSync(dir, { recursive: true });
});

function create(verbose = false): Children {
  return createChildren({ env: process.env, logs: join(dir, 'logs'), verbose, say: (line) => void said.push(line) });
}

/** A program that writes down its process id each time it starts, then does what `body` says. */
function program(body: string): string {
  const file = join(dir, 'program.mjs');
  const pids = JSON.stringify(join(dir, 'pids'));
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs';\nappendFileSync(${pids}, process.pid + '\\n');\n${body}`,
  );
  return file;
}
const STAY = `setInterval(() => {}, 1e6);`;
const pids = () =>
  existsSync(join(dir, 'pids')) ? readFileSync(join(dir, 'pids'), 'utf8').trim().split('\n').map(Number) : [];
const untilStarted = (times: number) =>
  vi.waitFor(() => expect(pids()).toHaveLength(times), { timeout: 10_000, interval: 20 });

it('starts a program again when it is killed, and says so', async () => {
  children.keep('worker', program(STAY));
  children.settled();
  await untilStarted(1);
  process.kill(pids()[0]!, 'SIGKILL');
  await untilStarted(2);
  expect(said).toEqual(['worker was ended by SIGKILL; starting it again in 0.2 s.']);
});

it('waits longer each time for a program that dies at once', async () => {
  children.keep('worker', program('process.exit(3);'));
  children.settled();
  await untilStarted(3);
  expect(said.slice(0, 2)).toEqual([
    'worker ended with code 3; starting it again in 0.2 s.',
    'worker ended with code 3; starting it again in 0.5 s.',
  ]);
});

it('fails a start with the words of the program that died', async () => {
  children.keep('web', program(`console.error('config/lockstep.yml:3: chanel is not known'); process.exit(1);`));
  await expect(children.failure).rejects.toThrow('config/lockstep.yml:3: chanel is not known');
  expect(pids()).toHaveLength(1);
});

it('leaves the stack of a crash to the log', async () => {
  children.keep('web', program(`throw new Error('listen EADDRNOTAVAIL 10.0.0.1');`));
  const failure = await children.failure.catch((error: Error) => error.message);
  expect(failure).toMatch(/^Error: listen EADDRNOTAVAIL 10\.0\.0\.1$/m);
  expect(failure).not.toMatch(/^\s+at |Node\.js v/m);
  expect(readFileSync(join(dir, 'logs/web.log'), 'utf8')).toMatch(/^\s+at /m);
});

it('shows errors as one line, keeps everything in a file, and the file of the start before', async () => {
  const line = (fields: object) => `console.log(${JSON.stringify(JSON.stringify(fields))});`;
  const file = program(
    [
      line({ level: 30, msg: 'all is well' }),
      line({ level: 50, item: 'LS-7', msg: 'job failed', err: { message: 'no answer', stack: 'Error\n at x' } }),
      STAY,
    ].join('\n'),
  );
  children.settled();
  children.keep('worker', file);
  await vi.waitFor(() => expect(said).toEqual(['worker: [LS-7] job failed no answer']), { timeout: 5_000 });
  await vi.waitFor(() =>
    expect(readFileSync(join(dir, 'logs/worker.log'), 'utf8')).toMatch(/all is well[\s\S]*job failed/),
  );
  await children.stop(1_000);
  children = create();
  children.keep('worker', program(STAY));
  await untilStarted(2);
  expect(readFileSync(join(dir, 'logs/worker.1.log'), 'utf8')).toMatch(/all is well/);
  expect(readFileSync(join(dir, 'logs/worker.log'), 'utf8')).toBe('');
});

it('shows every line when a log level was asked for', async () => {
  children.kill();
  children = create(true);
  children.settled();
  children.keep('web', program(`console.log('{"level":20,"msg":"detail"}');${STAY}`));
  await vi.waitFor(() => expect(said).toEqual(['{"level":20,"msg":"detail"}']), { timeout: 5_000 });
});

it('stops politely, and ends what does not listen', async () => {
  children.keep('worker', program(`process.on('SIGTERM', () => {}); console.error('deaf'); ${STAY}`));
  children.settled();
  await vi.waitFor(() => expect(readFileSync(join(dir, 'logs/worker.log'), 'utf8')).toMatch('deaf'), {
    timeout: 5_000,
  });
  const [pid] = pids();
  await children.stop(300);
  expect(isAlive(pid!)).toBe(false);
  expect(pids()).toHaveLength(1);
});
