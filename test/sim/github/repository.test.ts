import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botToken, here, refusal, type Sandbox, sampleFiles, sandbox } from './helpers.ts';

describe('repository over REST', () => {
  let box: Sandbox;
  let main: string;
  beforeAll(async () => {
    box = await sandbox();
    main = (await box.octokit().repos.getBranch({ ...here, branch: 'main' })).data.commit.sha;
  });
  afterAll(() => box.close());
  const octokit = () => box.octokit();

  it('knows tokens', async () => {
    expect((await octokit().users.getAuthenticated()).data).toMatchObject({ login: 'lockstep[bot]', type: 'Bot' });
    expect((await box.octokit('sim-priya').users.getAuthenticated()).data.login).toBe('priya');
    const wrong = refusal(box.octokit('nonsense').users.getAuthenticated());
    expect(await wrong).toMatchObject({ status: 401, message: 'Bad credentials' });
    const none = await fetch(`${box.url}/github/api/v3/user`);
    expect([none.status, await none.json()]).toMatchObject([401, { message: 'Requires authentication' }]);
  });

  it('answers what GitHub answers when something is not there or not readable', async () => {
    expect(await refusal(octokit().repos.get({ owner: 'acme', repo: 'none' }))).toMatchObject({
      status: 404,
      message: 'Not Found',
    });
    expect(await refusal(octokit().request('GET /nothing'))).toMatchObject({ status: 404 });
    expect(await refusal(octokit().repos.getBranch({ ...here, branch: 'none' }))).toMatchObject({
      message: 'Branch not found',
    });
    expect(await refusal(octokit().repos.getCommit({ ...here, ref: '0123456789' }))).toMatchObject({ status: 422 });
    for (const ref of ['--output=x', 'main..main', 'main^{tree}', ':/x', 'HEAD@{1}']) {
      expect((await refusal(octokit().repos.getCommit({ ...here, ref }))).status).toBe(422);
    }
    const broken = await fetch(`${box.url}/github/api/v3/repos/acme/web/issues`, {
      method: 'POST',
      body: '{',
      headers: { authorization: `Bearer ${botToken}`, 'x-github-api-version': '2022-11-28' },
    });
    expect([broken.status, await broken.json()]).toMatchObject([400, { message: 'Problems parsing JSON' }]);
  });

  it('describes the repository, its branches and rules', async () => {
    const { data } = await octokit().repos.get(here);
    expect(data).toMatchObject({
      full_name: 'acme/web',
      default_branch: 'main',
      clone_url: `${box.url}/github/acme/web.git`,
    });
    expect(data.id).toBeGreaterThan(2 ** 32);
    const { data: branches } = await octokit().repos.listBranches(here);
    expect(branches).toMatchObject([{ name: 'main', protected: true, commit: { sha: main } }]);
    const { data: rules } = await octokit().request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
      ...here,
      branch: 'main',
    });
    expect(rules).toMatchObject([{ type: 'pull_request' }]);
  });

  it('makes, moves and deletes refs, but not the protected one', async () => {
    const ref = 'heads/lockstep/LS-12';
    await octokit().git.createRef({ ...here, ref: `refs/${ref}`, sha: main });
    const again = refusal(octokit().git.createRef({ ...here, ref: `refs/${ref}`, sha: main }));
    expect(await again).toMatchObject({ status: 422, message: 'Reference already exists' });
    expect((await octokit().git.getRef({ ...here, ref })).data.object.sha).toBe(main);
    expect((await octokit().repos.getBranch({ ...here, branch: 'lockstep/LS-12' })).data.name).toBe('lockstep/LS-12');
    const clone = await box.clone();
    const ahead = await clone.push('ahead', { 'ahead.txt': 'x' });
    await octokit().git.updateRef({ ...here, ref, sha: ahead });
    const back = refusal(octokit().git.updateRef({ ...here, ref, sha: main }));
    expect(await back).toMatchObject({ status: 422, message: 'Update is not a fast forward' });
    await octokit().git.updateRef({ ...here, ref, sha: main, force: true });
    await octokit().git.deleteRef({ ...here, ref });
    expect((await refusal(octokit().git.getRef({ ...here, ref }))).status).toBe(404);
    expect((await refusal(octokit().git.updateRef({ ...here, ref: 'heads/main', sha: ahead }))).status).toBe(422);
    expect((await refusal(octokit().git.deleteRef({ ...here, ref: 'heads/main' }))).status).toBe(422);
  });

  it('gives trees and contents', async () => {
    const { data: tree } = await octokit().git.getTree({ ...here, tree_sha: 'main', recursive: '1' });
    expect(tree.truncated).toBe(false);
    expect(tree.tree.filter((one) => one.type === 'blob').map((one) => one.path)).toEqual(
      Object.keys(sampleFiles).sort(),
    );
    const { data: file } = await octokit().repos.getContent({ ...here, path: 'docs/adr/0001-plain-node.md' });
    const content = 'content' in file ? Buffer.from(file.content, 'base64').toString() : '';
    expect(content).toBe(sampleFiles['docs/adr/0001-plain-node.md']);
    const raw = await octokit().repos.getContent({
      ...here,
      path: 'greeting.js',
      ref: main,
      mediaType: { format: 'raw' },
    });
    expect(raw.data).toBe(sampleFiles['greeting.js']);
    const { data: folder } = await octokit().repos.getContent({ ...here, path: 'docs' });
    expect(folder).toMatchObject([{ type: 'dir', path: 'docs/adr' }]);
    expect((await refusal(octokit().repos.getContent({ ...here, path: 'none.txt' }))).status).toBe(404);
    expect((await refusal(octokit().repos.getContent({ ...here, path: '--help' }))).status).toBe(404);
  });

  it('gives commits, their files, and comparisons from the merge base', async () => {
    const clone = await box.clone();
    const head = await clone.push(
      'compared',
      { 'greeting.js': "export const greeting = 'Hi';\n" },
      'Say hi\n\nBecause.',
    );
    const person = await box.clone('sim-emil');
    await person.push('main', { 'other.txt': 'x' });
    const { data } = await octokit().repos.compareCommitsWithBasehead({ ...here, basehead: 'main...compared' });
    expect(data).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1, merge_base_commit: { sha: main } });
    expect(data.files?.map((file) => [file.filename, file.additions, file.deletions])).toEqual([['greeting.js', 1, 1]]);
    expect(data.files?.[0]?.patch).toContain("+export const greeting = 'Hi';");
    const { data: commit } = await octokit().repos.getCommit({ ...here, ref: head });
    expect(commit).toMatchObject({
      sha: head,
      author: { login: 'emil' },
      stats: { total: 2 },
      commit: { message: 'Say hi\n\nBecause.' },
    });
    const { data: list } = await octokit().repos.listCommits({ ...here, sha: 'compared', path: 'greeting.js' });
    expect(list.map((one) => one.sha)).toEqual([head, main]);
    const { data: git } = await octokit().git.getCommit({ ...here, commit_sha: head });
    expect(git.parents.map((one) => one.sha)).toEqual([main]);
  });

  it('fails as it is told to, before or after doing it', async () => {
    const { faults } = box.github;
    faults.requests.push({ method: 'POST', path: '/issues$', status: 502, times: 2 });
    const create = (title: string) => octokit().issues.create({ ...here, title });
    expect((await refusal(create('one'))).status).toBe(502);
    expect((await refusal(create('two'))).status).toBe(502);
    faults.requests.push({ method: 'POST', path: '/issues$', status: 502, afterApply: true });
    expect((await refusal(create('three'))).status).toBe(502);
    await create('four');
    const { data } = await octokit().issues.listForRepo(here);
    expect(data.map((issue) => issue.title)).toEqual(['four', 'three']);

    const set = (body: unknown, headers = {}) =>
      fetch(`${box.url}/github/faults`, { method: 'POST', body: JSON.stringify(body), headers });
    const limited = {
      path: '^/user$',
      status: 403,
      headers: { 'retry-after': '7' },
      body: { message: 'secondary rate limit' },
    };
    expect((await set({ requests: [limited] })).status).toBe(200);
    expect(await refusal(octokit().users.getAuthenticated())).toMatchObject({
      status: 403,
      message: 'secondary rate limit',
    });
    expect((await set({ requests: [{ path: '(', status: 500 }] })).status).toBe(422);
    expect(await (await set({ nonsense: 1 })).json()).toMatchObject({
      error: expect.stringContaining('Unknown: nonsense'),
    });
    expect((await set({ refusePush: 'x' }, { origin: 'http://evil.example' })).status).toBe(403);
    expect(faults.refusePush).toBeNull();
  });
});
