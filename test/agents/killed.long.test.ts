import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createScriptedAgent } from '../../src/agents/scripted.ts';
import { makeWorld, PATH, taskFor, until, untilDone, type World, writeFiles } from './fixture.ts';

const author = { name: 'Lockstep', email: 'lockstep@acme.test' };
const source = path.join(import.meta.dirname, '../../src/agents');
let world: World;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.dispose());

/** A worker of its own: a Node process that runs a piece of code with one value. */
function startWorker(code: string, value: unknown): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', code, JSON.stringify(value)], {
    env: { PATH },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function kill(worker: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => worker.once('close', resolve));
  worker.kill('SIGKILL');
  await closed;
}

test('a run goes on when the worker that started it is killed', async () => {
  const config = { root: path.join(world.root, 'agents'), scriptsDir: world.scriptsDir, path: PATH, stepDelayMs: 200 };
  const task = taskFor(await world.open());
  const launch = `
    import { createScriptedAgent } from '${source}/scripted.ts';
    const { config, task } = JSON.parse(process.argv[1]);
    await createScriptedAgent(config).launch(task, { signal: new AbortController().signal });
    setInterval(() => {}, 1000);`;
  const worker = startWorker(launch, { config, task });
  const child = path.join(config.root, 'runs', 'run-1', '1', 'status.json');
  await until(() => existsSync(child), Boolean);
  await kill(worker);

  const nextWorker = createScriptedAgent(config);
  expect((await nextWorker.poll({ kind: 'scripted', externalId: 'run-1' })).state).toBe('running');
  expect((await untilDone(nextWorker)).state).toBe('succeeded');
});

test('a workspace survives a worker killed at any moment of opening, committing, pushing and removing', async () => {
  const work = `
    import { writeFileSync } from 'node:fs';
    import { openWorkspace } from '${source}/workspace.ts';
    const options = JSON.parse(process.argv[1]);
    for (let round = 1; ; round++) {
      const workspace = await openWorkspace(options);
      writeFileSync(workspace.dir + '/note.txt', String(Math.random()));
      await workspace.commit({ message: 'note', author: { name: 'L', email: 'l@acme.test' } });
      await workspace.push();
      if (round % 2 === 0) await workspace.remove();
    }`;
  for (let round = 0; round < 6; round++) {
    const worker = startWorker(work, world.options);
    // The moment is the point of this test: any will do.
    await sleep(150 + Math.random() * 400);
    await kill(worker);
    const workspace = await world.open();
    const { files } = await workspace.changes();
    expect(files.map((file) => file.path).filter((file) => file !== 'note.txt')).toEqual([]);
    writeFiles(workspace.dir, { 'note.txt': `after ${round}` });
    const { sha } = await workspace.commit({ message: 'after', author });
    expect(await workspace.push()).toEqual({ sha });
  }
});
