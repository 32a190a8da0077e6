import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addRepository } from '../../src/local/repository.ts';
import { blocks, cardOf, create, fills, goes, read } from '../flows/crew.ts';
import { type Lockstep, startLockstep, untilPeopleAreKnown } from '../flows/lockstep.ts';

/** A repository that Lockstep has never seen, loaded as `npm start -- --repo` loads it. */

let lockstep: Lockstep;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-own-'));
  lockstep = await startLockstep({ start: false, slackPace: { rateLimits: false } });
}, 60_000);
afterAll(async () => {
  await lockstep?.close();
  rmSync(dir, { recursive: true, force: true });
});

function makeRepository(): string {
  const path = join(dir, 'invoices');
  const scripts = { test: 'node --test', start: 'node server.js' };
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'invoices', type: 'module', scripts }));
  writeFileSync(
    join(path, 'server.js'),
    `import { createServer } from 'node:http';\ncreateServer((_, res) => res.end('Invoices')).listen(process.env.PORT);\n`,
  );
  const git = (...args: string[]) => execFileSync('git', ['-C', path, ...args], { stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'Invoices');
  return path;
}

it('a ticket about it passes the scorecard, and the scripted agent, which has nothing for it, asks a person', async () => {
  const options = { dataDir: lockstep.dataDir, takenNames: ['storefront'] };
  const line = await addRepository(lockstep.github, makeRepository(), options);
  expect(line).toMatch(/\(branch main\) as local\/invoices; its catalog entry is /);
  // Web and worker read the catalog when they start.
  await lockstep.startWeb();
  await lockstep.startWorker();
  await untilPeopleAreKnown(lockstep);

  const criteria = 'Scenario: The total is shown\n  Given an invoice\n  When I open it\n  Then I see its total';
  const key = await create(lockstep, {
    title: 'Show the total of an invoice',
    description: criteria,
    service: 'invoices',
  });
  await goes(lockstep, key, 'ready');
  expect(read(await cardOf(lockstep, key))).toMatch(/blast radius:? low/i);
  await fills(lockstep, key, 'emil', { action: 'delegate', callback: 'delegate', values: { agent: 'scripted' } });
  expect(await blocks(lockstep, key)).toMatch(
    'I have no script for "Show the total of an invoice" in local/invoices, so I can\'t do this one.',
  );
}, 90_000);
