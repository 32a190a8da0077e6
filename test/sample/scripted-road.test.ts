import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sampleRepos, sampleTickets, scriptsDir } from '../../sim/sample/index.ts';
import { createScriptedAgent } from '../../src/agents/scripted.ts';
import { openWorkspace } from '../../src/agents/workspace.ts';
import { git, PATH, untilDone } from '../agents/fixture.ts';

const author = { name: 'Lockstep', email: 'lockstep@acme.test' };

test('a sample ticket, from a bare repository to a pushed branch, and a reviewer’s wish on top', async () => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'lockstep-road-')));
  try {
    const origin = path.join(root, 'origin.git');
    const seed = path.join(root, 'seed');
    cpSync(sampleRepos.find((one) => one.name === 'storefront')!.dir, seed, { recursive: true });
    git(root, 'init', '-q', '--bare', '-b', 'main', origin);
    git(seed, 'init', '-q', '-b', 'main');
    git(seed, 'add', '-A');
    git(seed, 'commit', '-q', '-m', 'The shop');
    git(seed, 'push', '-q', origin, 'main');
    const place = { repo: 'acme/storefront', baseSha: git(seed, 'rev-parse', 'HEAD'), branch: 'lockstep/ls-7' };

    const workspace = await openWorkspace({ ...place, root, path: PATH, cloneUrl: origin, key: 'LS-7' });
    const agent = createScriptedAgent({ root, scriptsDir, path: PATH });
    const { title, description } = sampleTickets.find((one) => one.title.includes('Sale badge'))!;
    const run = async (runId: string, feedback?: string) => {
      const work = {
        title,
        prompt: description,
        feedback,
        workspace: workspace.dir,
        doNotTouch: ['docs/adr', '.github'],
      };
      await agent.launch({ runId, ...place, ...work, limits: { minutes: 2 } }, { signal: AbortSignal.timeout(60_000) });
      const done = await untilDone(agent, runId);
      await workspace.commit({ message: `${title}\n\n${done.summary}`, author });
      await workspace.push();
      return done;
    };

    const done = await run('ls-7-1');
    expect(done.evidence?.map(({ phase, exitCode, failed }) => [phase, exitCode, (failed ?? 0) > 0])).toEqual([
      ['red', 1, true],
      ['green', 0, false],
    ]);
    expect(done.evidence?.[0]?.failing).toContain('Scenario: Reduced products show a Sale badge and both prices');

    expect((await run('ls-7-2', 'Please show how many percent it is')).state).toBe('succeeded');
    expect(git(origin, 'show', 'lockstep/ls-7:src/pages/price.js')).toContain('percent');
    expect(git(origin, 'log', '--format=%an', 'main..lockstep/ls-7').split('\n')).toEqual(['Lockstep', 'Lockstep']);
    expect((await workspace.changes()).files.map((file) => file.path)).toEqual([
      'public/styles.css',
      'src/pages/price.js',
      'src/pages/product.js',
      'src/pages/shop.js',
      'test/sale.test.js',
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
});
