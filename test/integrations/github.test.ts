import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Refused, RetryLater } from '../../src/integrations/errors.ts';
import { createGitHub } from '../../src/integrations/github.ts';
import { readCodeowners } from '../../src/integrations/github-codeowners.ts';
import type { GitHub } from '../../src/integrations/github-types.ts';
import { botToken, type Checkout, type Sandbox, sandbox } from '../sim/github/helpers.ts';

const repo = 'acme/web';
let box: Sandbox;
let github: GitHub;
let checkout: Checkout;
let logged: Record<string, unknown>[] = [];

beforeAll(async () => {
  box = await sandbox();
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  github = createGitHub({ token: botToken, apiUrl: `${box.url}/github/api/v3`, gitUrl: `${box.url}/github` }, log);
  checkout = await box.clone();
});
afterEach(() => {
  box.github.faults.requests = [];
  logged = [];
});
afterAll(() => box.close());

const fault = (path: string, status: number, more: object = {}) => {
  box.github.faults.requests.push({ path, status, ...more });
};
async function pullOf(branch: string) {
  await checkout.git('checkout', '--quiet', 'main');
  const sha = await checkout.push(branch, { [`${branch}.txt`]: 'x\n' });
  const pull = await github.createPull(repo, { title: branch, body: 'b', branch, base: 'main' });
  return { sha, pull };
}

describe('pull requests', () => {
  test('are opened once: a second call adopts the open one', async () => {
    const { sha, pull } = await pullOf('once');
    const again = await github.createPull(repo, { title: 'again', body: '', branch: 'once', base: 'main' });
    expect(again).toMatchObject({ number: pull.number, headSha: sha, title: 'once', state: 'open' });
    expect(await github.findPullByBranch(repo, 'once')).toMatchObject({ number: pull.number });
    expect(await github.findPullByBranch(repo, 'nowhere')).toBeNull();
  });

  test('a lost answer to a create is not sent again by the client', async () => {
    await checkout.git('checkout', '--quiet', 'main');
    await checkout.push('lost', { 'lost.txt': 'x\n' });
    fault('/pulls$', 502, { method: 'POST', afterApply: true });
    const create = () => github.createPull(repo, { title: 'lost', body: '', branch: 'lost', base: 'main' });
    await expect(create()).rejects.toThrow('GitHub answered 502 to POST /repos/acme/web/pulls');
    expect(await create()).toMatchObject({ branch: 'lost', state: 'open' });
    const { data } = await box.octokit().pulls.list({ owner: 'acme', repo: 'web', head: 'acme:lost', state: 'all' });
    expect(data).toHaveLength(1);
  });

  test('a merge is of exactly that head; a moved head and a conflict are answers, not errors', async () => {
    const { sha, pull } = await pullOf('moves');
    const how = { title: 'Merge', method: 'squash' as const };
    const stale = await github.merge(repo, pull.number, { ...how, sha: '0'.repeat(40) });
    expect(stale.kind).toBe('moved');
    const merged = await github.merge(repo, pull.number, { ...how, sha });
    expect(merged).toMatchObject({ kind: 'merged' });
    expect(await github.getPull(repo, pull.number)).toMatchObject({ state: 'merged' });
    expect((await github.merge(repo, pull.number, { ...how, sha })).kind).toBe('blocked');
  });

  test('files come with both names of a renamed one', async () => {
    await checkout.git('checkout', '--quiet', '-B', 'renames', 'main');
    await checkout.git('mv', 'docs/adr/0001-plain-node.md', 'docs/adr/0001-node.md');
    await checkout.git('commit', '--quiet', '--message', 'Rename');
    await checkout.git('push', '--quiet', 'origin', 'renames');
    const pull = await github.createPull(repo, { title: 'r', body: '', branch: 'renames', base: 'main' });
    const { files, complete } = await github.pullFiles(repo, pull);
    expect(complete).toBe(true);
    expect(files).toMatchObject([
      { path: 'docs/adr/0001-node.md', previousPath: 'docs/adr/0001-plain-node.md', status: 'renamed' },
    ]);
  });

  test('our comment is rewritten, and somebody else who copies its marker changes nothing', async () => {
    const { pull } = await pullOf('comments');
    const about = { owner: 'acme', repo: 'web', issue_number: pull.number };
    await box.octokit('sim-olga').issues.createComment({ ...about, body: '<!-- m -->\nfake' });
    await github.upsertComment(repo, pull.number, '<!-- m -->', 'one');
    await github.upsertComment(repo, pull.number, '<!-- m -->', 'two');
    const { data } = await box.octokit().issues.listComments(about);
    const ours = data.filter((one) => one.user?.login === 'lockstep[bot]');
    expect(ours.map((one) => one.body)).toEqual(['<!-- m -->\ntwo']);
  });

  test('a reviewer who may not review is an answer', async () => {
    const { pull } = await pullOf('reviewers');
    expect(await github.requestReviewer(repo, pull.number, 'nobody-here')).toBe(false);
    expect(await github.requestReviewer(repo, pull.number, 'rosa')).toBe(true);
    expect((await github.getPull(repo, pull.number)).requestedReviewers).toEqual(['rosa']);
  });
});

describe('what a repository holds', () => {
  test('files, heads and trees; what is not there is null', async () => {
    const head = await github.headOf(repo, 'main');
    expect(head).toMatch(/^[0-9a-f]{40}$/);
    expect(await github.headOf(repo, 'no/such')).toBeNull();
    expect(await github.file(repo, 'greeting.js', head!)).toContain('Hello');
    expect(await github.file(repo, 'package.json', head!)).toContain('"name":"web"');
    expect(await github.file(repo, 'nope.js', head!)).toBeNull();
    expect((await github.tree(repo, head!)).files.map(({ path }) => path)).toContain('docs/adr/0001-plain-node.md');
    expect(await github.codeowners(repo, head!)).toBeNull();
    expect(await github.getRepo(repo)).toMatchObject({ repo, defaultBranch: 'main' });
  });

  test('checks of a commit that nothing has reported about are none, then what they turn out to be', async () => {
    const { sha } = await pullOf('checked');
    await box.github.idle();
    expect(await github.checksFor(repo, sha)).toMatchObject({ conclusion: 'success', runs: [{ name: 'test' }] });
    await github.setStatus(repo, sha, { state: 'failure', context: 'lockstep/spec', description: 'x'.repeat(300) });
    expect((await github.checksFor(repo, sha)).conclusion).toBe('success');
    await github.setStatus(repo, sha, { state: 'pending', context: 'ci/other', description: '' });
    expect((await github.checksFor(repo, sha)).conclusion).toBe('pending');
  });
});

describe('deployments', () => {
  test('are found by our key, and the last success is known after a later one', async () => {
    const main = (await github.headOf(repo, 'main'))!;
    const wanted = { sha: main, environment: 'staging', key: 'LS-1/staging/3', description: 'd' };
    expect(await github.findDeployment(repo, wanted)).toBeNull();
    const made = await github.createDeployment(repo, { ...wanted, production: false, transient: false });
    expect(await github.findDeployment(repo, wanted)).toEqual(made);
    expect(await github.findDeployment(repo, { ...wanted, key: 'LS-2/staging/3' })).toBeNull();
    await box.github.idle();
    expect(await github.deploymentStatus(repo, made.id)).toMatchObject({ state: 'success', url: expect.any(String) });
    const next = await github.createDeployment(repo, { ...wanted, key: 'k2', production: false, transient: false });
    await box.github.idle();
    expect((await github.successesOf(repo, 'staging', 5)).map(({ id }) => id)).toEqual([next.id, made.id]);
  });
});

describe('GitHub in trouble', () => {
  test('a 502 to a read is repeated once and not noticed', async () => {
    fault('/repos/acme/web$', 502);
    expect(await github.getRepo(repo)).toMatchObject({ repo });
  });

  test('rate limits become a wait for as long as GitHub says', async () => {
    fault('/repos/acme/web$', 403, { headers: { 'retry-after': '42' }, body: { message: 'secondary rate limit' } });
    const first = await github.getRepo(repo).catch((one: unknown) => one);
    expect(first).toBeInstanceOf(RetryLater);
    expect(first).toMatchObject({ ms: 42_000 });
    const reset = Math.floor(Date.now() / 1000) + 100;
    fault('/repos/acme/web$', 403, { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) } });
    const second = (await github.getRepo(repo).catch((one: unknown) => one)) as RetryLater;
    expect(second).toBeInstanceOf(RetryLater);
    expect(second.ms).toBeGreaterThan(90_000);
  });

  test('what a repeat cannot change is a sentence, without the token', async () => {
    const error = (await github.getRepo('acme/nothing').catch((one: unknown) => one)) as Refused;
    expect(error).toBeInstanceOf(Refused);
    expect(error.message).toBe(
      'GitHub does not know this, or does not show it to our token (GET /repos/acme/nothing).',
    );
    expect(error.code).toBe('github_404');
  });

  test('every call leaves one line with the item, status and time, and no secret', async () => {
    await github.about('LS-5').getRepo(repo);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ item: 'LS-5', status: 200, ms: expect.any(Number) });
    expect(JSON.stringify(logged)).not.toContain(botToken);
  });

  test('a job that is stopped stops its calls', async () => {
    const stop = AbortSignal.abort(new Error('worker stops'));
    await expect(github.about('LS-5', stop).getRepo(repo)).rejects.toThrow(/did not answer/);
  });
});

test('ids beyond 2^53 survive', async () => {
  const server: Server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      '[{"id": 9223372036854775807, "sha": "a", "environment": "e", "payload": "{\\"lockstep\\":\\"k\\"}", "created_at": "2026-01-01T00:00:00Z"}]',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const other = createGitHub({ token: 't', apiUrl, gitUrl: apiUrl }, pino({ level: 'silent' }));
  const found = await other.findDeployment(repo, { sha: 'a', environment: 'e', key: 'k' });
  server.closeAllConnections();
  server.close();
  expect(found?.id).toBe('9223372036854775807');
  expect(JSON.stringify(found)).toContain('9223372036854775807');
});

test('git gets its credentials in a header, never in the address', async () => {
  expect(github.cloneUrl(repo)).toBe(`${box.url}/github/acme/web.git`);
  expect(await github.gitAuthHeader()).toBe(`Basic ${Buffer.from(`x-access-token:${botToken}`).toString('base64')}`);
});

describe('CODEOWNERS', () => {
  const ownersOf = readCodeowners(
    [
      '# everything',
      '* @org/all',
      '*.js @js @two',
      '/docs/ @docs',
      'src/*.ts @flat',
      'apps/ @apps',
      '/build/logs/ ',
      'src/**/deep.rb mail@example.com',
      '!x @no',
    ].join('\n'),
  );
  test.each([
    ['README', ['@org/all']],
    ['a/b/c.js', ['@js', '@two']],
    ['docs/x/y.js', ['@docs']],
    ['lib/docs/x.md', ['@org/all']],
    ['src/a.ts', ['@flat']],
    ['src/deeper/a.ts', ['@org/all']],
    ['lib/apps/x.md', ['@apps']],
    ['build/logs/x', []],
    ['src/a/b/deep.rb', ['mail@example.com']],
  ])('%s', (path, owners) => {
    expect(ownersOf(path)).toEqual(owners);
  });
});
