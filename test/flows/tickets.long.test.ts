import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptsDir } from '../../sim/sample/index.ts';
import { itemOf } from '../faults/road.ts';
import {
  arrives,
  blocks,
  cardOf,
  clicks,
  create,
  fills,
  gateOf,
  goes,
  hears,
  linesOf,
  masked,
  needOf,
  read,
  unnumbered,
} from './crew.ts';
import { type Lockstep, type SampleTicket, sampleTickets, startLockstep, until } from './lockstep.ts';

/** Tickets with real work in them: an agent that edits a checkout, checks that run, and a person who pushes. */

let lockstep: Lockstep;
let tickets: SampleTicket[];
let scripts: string;
beforeAll(async () => {
  tickets = await sampleTickets();
  scripts = await mkdtemp(join(tmpdir(), 'lockstep-scripts-'));
  await cp(scriptsDir, scripts, { recursive: true });
  for (const [name, script] of Object.entries(BAD_SCRIPTS)) {
    await writeFile(join(scripts, 'storefront', `${name}.json`), JSON.stringify(script));
  }
  lockstep = await startLockstep({ slackPace: { rateLimits: false }, env: { LOCKSTEP_AGENT_SCRIPTS: scripts } });
}, 60_000);
afterAll(async () => {
  await lockstep?.close();
  await rm(scripts, { recursive: true, force: true });
});

const ticket = (words: string): SampleTicket => tickets.find((one) => one.title.includes(words))!;
const CRITERIA = 'Scenario: it is seen\n  Given a shop\n  When I open it\n  Then I see it';
const delegates = { action: 'delegate', callback: 'delegate', values: { agent: 'scripted' } };

const test = (body: string) =>
  `import assert from 'node:assert/strict';\nimport { existsSync, writeFileSync } from 'node:fs';\nimport { test } from 'node:test';\n${body}`;

/** Agents gone wrong. Both bring a test that fails before and passes after, as the agent insists on. */
const BAD_SCRIPTS = {
  // Its test writes a file that nobody may touch, behind the back of the agent that looks at its own edits only.
  'quiet-lock': {
    match: { title: 'quietly' },
    summary: 'Done.',
    plan: ['Do it'],
    tests: [
      {
        path: 'test/quiet.test.js',
        write: test(
          "test('it is seen', () => { writeFileSync('package-lock.json', '{}'); assert.ok(existsSync('src/quiet.js')); });\n",
        ),
      },
    ],
    changes: [{ path: 'src/quiet.js', write: 'export const quiet = true;\n' }],
  },
  // Green on the agent's machine, red in the check.
  'only-here': {
    match: { title: 'on my machine' },
    summary: 'Works here.',
    plan: ['Do it'],
    tests: [
      {
        path: 'test/machine.test.js',
        write: test("test('it is seen', () => assert.ok(existsSync('src/machine.js') && !process.env.CI));\n"),
      },
    ],
    changes: [{ path: 'src/machine.js', write: 'export const machine = true;\n' }],
    followUps: [
      {
        match: 'everywhere',
        summary: 'Works everywhere.',
        edits: [{ path: 'test/machine.test.js', find: ' && !process.env.CI', replace: '' }],
      },
    ],
  },
};

/** What Emil writes by hand: the change, and a test for each scenario. */
const WRAPPING = {
  'src/wrapping.js': 'export const wrappingCents = 400;\n',
  'test/wrapping.test.js': test(
    ['Wrapping is added to the total', 'Wrapping can be taken off again']
      .map((scenario) => `test('${scenario}', () => assert.ok(existsSync('src/wrapping.js')));\n`)
      .join(''),
  ),
};

async function pullOf(key: string): Promise<number> {
  const { id } = await itemOf(lockstep, key);
  const fact = await lockstep.database.db
    .selectFrom('facts')
    .select('value')
    .where('item_id', '=', id)
    .where('name', '=', 'pr_number')
    .executeTakeFirstOrThrow();
  return Number(fact.value);
}

/** Everything but the reviewer. */
async function reviewable(key: string): Promise<void> {
  await arrives(lockstep, key, 'preview');
  await until(async () => {
    const { reason, status } = await itemOf(lockstep, key);
    if (status === 'blocked') throw new Error(reason);
    const card = read(await cardOf(lockstep, key));
    const holds = ['✓ The checks are green', '✓ The diff stays', '✓ A preview of the head'];
    if (!holds.every((one) => card.includes(one))) throw new Error(card);
    return true;
  }, 90_000);
}

describe('an item that the agent can do', () => {
  it('is ready for review in minutes, and its requester cannot be the reviewer', async () => {
    const search = await create(lockstep, ticket('Search finds'), 'rosa');
    const sale = await create(lockstep, ticket('Sale badge'));
    for (const key of [search, sale]) await goes(lockstep, key, 'ready');
    for (const key of [search, sale]) await fills(lockstep, key, 'emil', delegates);
    for (const key of [search, sale]) await reviewable(key);
    expect(await hears(lockstep, 'rosa', () => clicks(lockstep, search, 'rosa', 'approve'))).toMatchInlineSnapshot(
      `"This does not count: you asked for this item, so somebody else has to decide."`,
    );
    expect((await itemOf(lockstep, search)).stage).toBe('preview');
    await clicks(lockstep, sale, 'rosa', 'approve');
    await arrives(lockstep, sale, 'staging');
  });
});

describe('a person who takes it over', () => {
  it('pushes a branch, opens the pull request, and the item goes on', async () => {
    const key = await create(lockstep, ticket('gift wrapping'));
    await goes(lockstep, key, 'ready');
    await fills(lockstep, key, 'emil', delegates);
    await blocks(lockstep, key);
    await clicks(lockstep, key, 'emil', 'take_over');
    await until(async () => (await itemOf(lockstep, key)).status === 'active');
    expect(await needOf(lockstep, key)).toMatchInlineSnapshot(`"# Needed from Emil Larsen: open the pull request"`);
    const branch = await until(async () => {
      const card = read(await cardOf(lockstep, key));
      return /(lockstep\/ls-[\w-]+)/i.exec(card)?.[1];
    });
    await pushes(branch, WRAPPING);
    await opensPull(branch, `${key}: gift wrapping`);
    await arrives(lockstep, key, 'preview');
    await reviewable(key);
    expect((await linesOf(lockstep, key)).at(-1)).toBe(`${key}: *Emil Larsen* took it over`);
    expect(await gateOf(lockstep, key, /approve the pull request/)).toContain(`|#${await pullOf(key)} `);
    await clicks(lockstep, key, 'rosa', 'approve');
    await arrives(lockstep, key, 'staging');
  });
});

describe('an agent that did what it must not', () => {
  it('publishes nothing, and people read why', async () => {
    const key = await create(lockstep, { title: 'Do it quietly', description: CRITERIA, service: 'storefront' });
    await goes(lockstep, key, 'ready');
    await fills(lockstep, key, 'emil', delegates);
    await blocks(lockstep, key);
    expect(await needOf(lockstep, key)).toMatchInlineSnapshot(
      `"# Blocked: package-lock.json was changed, but "package-lock.json" is on the do-not-touch list."`,
    );
    expect(lockstep.github.repos.flatMap((repo) => repo.issues).some((one) => one.title.includes(key))).toBe(false);
  });

  it('fails a check, is sent back with the reason, and comes again', async () => {
    const key = await create(lockstep, {
      title: 'It works on my machine',
      description: CRITERIA,
      service: 'storefront',
    });
    await goes(lockstep, key, 'ready');
    await fills(lockstep, key, 'emil', delegates);
    await arrives(lockstep, key, 'preview');
    expect(masked(await blocks(lockstep, key))).toMatchInlineSnapshot(
      `"the checks are green on the head commit: red on SHA: test"`,
    );
    await fills(lockstep, key, 'rosa', {
      action: 'request_changes',
      callback: 'request_changes',
      values: { reason: 'It has to work everywhere, not only here.' },
    });
    await reviewable(key);
    expect((await linesOf(lockstep, key)).slice(4).map(unnumbered)).toMatchInlineSnapshot(`
      [
        "LS-N: Pull request: changes requested by Rosa Marin",
        "LS-N: <@U01PRIYA> #N: checks failed on SHA. Blocked: the checks are red on SHA: test",
      ]
    `);
  });
});

/** As a person at a terminal: real git over HTTP, with a password of their own. */
async function pushes(branch: string, files: Readonly<Record<string, string>>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'lockstep-person-'));
  const remote = new URL(`${lockstep.env.GITHUB_GIT_URL}/acme/storefront.git`);
  [remote.username, remote.password] = ['emil', 'sim-emil'];
  const who = { GIT_AUTHOR_NAME: 'Emil', GIT_AUTHOR_EMAIL: 'emil@example.com' };
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...who,
    GIT_COMMITTER_NAME: who.GIT_AUTHOR_NAME,
    GIT_COMMITTER_EMAIL: who.GIT_AUTHOR_EMAIL,
  };
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: dir, env });
  try {
    await git('clone', '--quiet', remote.href, '.');
    await git('switch', '--quiet', '--create', branch);
    for (const [path, text] of Object.entries(files)) await writeFile(join(dir, path), text);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'Gift wrapping');
    await git('push', '--quiet', 'origin', branch);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function opensPull(head: string, title: string): Promise<void> {
  const answer = await fetch(`${lockstep.env.GITHUB_API_URL}/repos/acme/storefront/pulls`, {
    method: 'POST',
    headers: { authorization: 'Bearer sim-emil', 'content-type': 'application/json' },
    body: JSON.stringify({ title, head, base: 'main', body: 'By hand.' }),
  });
  expect(answer.status).toBe(201);
}
