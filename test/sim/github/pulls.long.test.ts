import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botToken, type Checkout, here, refusal, type Sandbox, sandbox, until } from './helpers.ts';

describe('pull requests', () => {
  let box: Sandbox;
  let clone: Checkout;
  beforeAll(async () => {
    box = await sandbox();
    clone = await box.clone();
  });
  afterAll(() => box.close());

  async function open(branch: string, files: Record<string, string | null>, token = botToken) {
    await clone.git('checkout', '--quiet', '-B', branch, 'origin/main');
    const sha = await clone.push(branch, files);
    const { data } = await box
      .octokit(token)
      .pulls.create({ ...here, title: `About ${branch}`, head: branch, base: 'main' });
    return { sha, number: data.number, data };
  }
  const octokit = () => box.octokit();

  it('refuses a second one for the same branch, one without commits, and unknown branches', async () => {
    await open('twice', { 'a.txt': 'a' });
    const create = (head: string, base = 'main') =>
      refusal(octokit().pulls.create({ ...here, title: 'x', head, base }));
    const message = (text: string) => ({
      status: 422,
      message: 'Validation Failed',
      errors: [expect.objectContaining({ message: text })],
    });
    expect(await create('twice')).toMatchObject(message('A pull request already exists for acme:twice.'));
    expect(await create('acme:twice')).toMatchObject(message('A pull request already exists for acme:twice.'));
    await octokit().git.createRef({
      ...here,
      ref: 'refs/heads/empty',
      sha: await clone.git('rev-parse', 'origin/main'),
    });
    expect(await create('empty')).toMatchObject(message('No commits between main and empty'));
    expect(await create('nowhere')).toMatchObject({ status: 422, errors: [{ field: 'head', code: 'invalid' }] });
    expect(await create('empty', 'nowhere')).toMatchObject({
      status: 422,
      errors: [{ field: 'base', code: 'invalid' }],
    });
  });

  it('finds them by head, state and base, in pages', async () => {
    for (const at of [1, 2, 3]) await open(`many-${at}`, { [`many-${at}.txt`]: 'x' });
    const { data: byHead } = await octokit().pulls.list({ ...here, head: 'acme:many-2', state: 'open' });
    expect(byHead.map((pull) => pull.title)).toEqual(['About many-2']);
    const first = await octokit().pulls.list({ ...here, per_page: 2 });
    expect(first.headers.link).toContain('rel="next"');
    const all = await octokit().paginate(octokit().pulls.list, { ...here, per_page: 2, state: 'all' });
    expect(new Set(all.map((pull) => pull.number)).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect((await octokit().pulls.list({ ...here, base: 'other' })).data).toEqual([]);
  });

  it('says null, then whether it merges, and refuses to merge what conflicts', async () => {
    const fine = await open('fine', { 'fine.txt': 'x' });
    expect(fine.data).toMatchObject({ mergeable: null, mergeable_state: 'unknown' });
    const settled = (number: number) =>
      until('mergeable', async () => {
        const { data } = await octokit().pulls.get({ ...here, pull_number: number });
        return data.mergeable !== null && data;
      });
    expect(['clean', 'unstable']).toContain((await settled(fine.number)).mergeable_state);

    const one = await open('left', { 'greeting.js': "export const greeting = 'Left';\n" });
    const two = await open('right', { 'greeting.js': "export const greeting = 'Right';\n" });
    await octokit().pulls.merge({ ...here, pull_number: one.number });
    expect(await settled(two.number)).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    const merge = octokit().pulls.merge({ ...here, pull_number: two.number });
    expect(await refusal(merge)).toMatchObject({ status: 405, message: 'Pull Request is not mergeable' });
    expect(await refusal(octokit().pulls.checkIfMerged({ ...here, pull_number: two.number }))).toMatchObject({
      status: 404,
    });
    await clone.git('fetch', '--quiet');
  });

  it('refuses to merge a head that moved, a draft, and one that is closed', async () => {
    const { number, sha } = await open('moving', { 'moving.txt': '1' });
    await clone.push('moving', { 'moving.txt': '2' });
    const merge = octokit().pulls.merge({ ...here, pull_number: number, sha });
    expect(await refusal(merge)).toMatchObject({
      status: 409,
      message: 'Head branch was modified. Review and try the merge again.',
    });
    await octokit().pulls.update({ ...here, pull_number: number, state: 'closed' });
    expect(await refusal(octokit().pulls.merge({ ...here, pull_number: number }))).toMatchObject({ status: 405 });
    const { data } = await octokit().pulls.update({
      ...here,
      pull_number: number,
      state: 'open',
      title: 'Still moving',
    });
    expect(data).toMatchObject({ state: 'open', title: 'Still moving' });

    await clone.git('checkout', '--quiet', '-B', 'draft', 'origin/main');
    await clone.push('draft', { 'draft.txt': 'x' });
    const draft = await octokit().pulls.create({ ...here, title: 'Draft', head: 'draft', base: 'main', draft: true });
    const refused = refusal(octokit().pulls.merge({ ...here, pull_number: draft.data.number }));
    expect(await refused).toMatchObject({ status: 405, message: 'Pull Request is still a draft' });
  });

  it.each(['merge', 'squash', 'rebase'] as const)(
    'merges by %s with the history that the method gives',
    async (method) => {
      const { number, sha } = await open(`by-${method}`, { [`${method}-1.txt`]: '1' }, 'sim-emil');
      const second = await clone.push(`by-${method}`, { [`${method}-2.txt`]: '2' }, 'Second step');
      const before = await clone.git('rev-parse', 'origin/main');
      const { data } = await octokit().pulls.merge({ ...here, pull_number: number, sha: second, merge_method: method });
      await clone.git('fetch', '--quiet');
      expect(await clone.git('rev-parse', 'origin/main')).toBe(data.sha);
      const parents = (await clone.git('log', '-1', '--format=%P', data.sha)).split(' ');
      const count = Number(await clone.git('rev-list', '--count', '--first-parent', `${before}..origin/main`));
      if (method === 'merge') expect(parents).toEqual([before, second]);
      if (method === 'squash') expect(parents).toEqual([before]);
      expect(count).toBe(method === 'rebase' ? 2 : 1);
      expect(await clone.git('ls-tree', '--name-only', data.sha)).toContain(`${method}-2.txt`);
      if (method === 'squash') {
        expect(await clone.git('log', '-1', '--format=%an|%cn|%s|%b', data.sha)).toBe(
          `Emil Larsen|GitHub|About by-squash (#${number})|* Change on by-squash\n* Second step`,
        );
      }
      const { data: pull } = await octokit().pulls.get({ ...here, pull_number: number });
      expect(pull).toMatchObject({
        merged: true,
        state: 'closed',
        merge_commit_sha: data.sha,
        merged_by: { login: 'lockstep[bot]' },
      });
      expect(pull.changed_files).toBe(2);
      const { data: brought } = await octokit().repos.listPullRequestsAssociatedWithCommit({
        ...here,
        commit_sha: data.sha,
      });
      expect(brought.map((one) => one.number)).toEqual([number]);
      expect(sha).not.toBe(second);
    },
  );

  it('gives files with patches, renames, binaries, commits, and the diff', async () => {
    const before = await clone.git('show', 'origin/main:server.js');
    const { number } = await open('changes', {
      'server.js': null,
      'app/server.js': `${before}\n// Moved.\n`,
      'docs/adr/0002-new.md': '# New\n',
      'logo.bin': '\0\x01\x02',
      'greeting.test.js': null,
    });
    const { data: files } = await octokit().pulls.listFiles({ ...here, pull_number: number });
    const brief = files.map(({ filename, status, additions, deletions, previous_filename, patch }) => ({
      filename,
      status,
      lines: `+${additions} -${deletions}`,
      ...(previous_filename ? { previous_filename } : {}),
      patch: patch?.split('\n')[0],
    }));
    expect(brief).toMatchInlineSnapshot(`
      [
        {
          "filename": "app/server.js",
          "lines": "+1 -0",
          "patch": "@@ -1,3 +1,4 @@",
          "previous_filename": "server.js",
          "status": "renamed",
        },
        {
          "filename": "docs/adr/0002-new.md",
          "lines": "+1 -0",
          "patch": "@@ -0,0 +1 @@",
          "status": "added",
        },
        {
          "filename": "greeting.test.js",
          "lines": "+0 -4",
          "patch": "@@ -1,4 +0,0 @@",
          "status": "removed",
        },
        {
          "filename": "logo.bin",
          "lines": "+0 -0",
          "patch": undefined,
          "status": "added",
        },
      ]
    `);
    const { data: diff } = await octokit().pulls.get({ ...here, pull_number: number, mediaType: { format: 'diff' } });
    expect(String(diff)).toContain('+# New');
    const { data: commits } = await octokit().pulls.listCommits({ ...here, pull_number: number });
    expect(commits.map((one) => [one.commit.message, one.author?.login])).toEqual([['Change on changes', 'emil']]);
  });

  it('refuses the diff of more than 300 files and still lists them', async () => {
    const files = Object.fromEntries(Array.from({ length: 301 }, (_, at) => [`many/${at}.txt`, 'x']));
    const { number } = await open('huge', files);
    const diff = octokit().pulls.get({ ...here, pull_number: number, mediaType: { format: 'diff' } });
    expect(await refusal(diff)).toMatchObject({ status: 406, errors: [{ code: 'too_large' }] });
    const all = await octokit().paginate(octokit().pulls.listFiles, { ...here, pull_number: number, per_page: 100 });
    expect(all).toHaveLength(301);
  });

  it('takes reviews, but not an author approving the own work', async () => {
    const { number, sha } = await open('reviewed', { 'reviewed.txt': 'x' });
    const review = (token: string, event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT', body = '') =>
      box.octokit(token).pulls.createReview({ ...here, pull_number: number, event, body });
    expect(await refusal(review(botToken, 'APPROVE'))).toMatchObject({
      status: 422,
      errors: ['Can not approve your own pull request'],
    });
    expect(await refusal(review('sim-rosa', 'REQUEST_CHANGES'))).toMatchObject({ status: 422 });
    await octokit().pulls.requestReviewers({ ...here, pull_number: number, reviewers: ['rosa'] });
    const { data } = await review('sim-rosa', 'APPROVE', 'Fine');
    expect(data).toMatchObject({
      state: 'APPROVED',
      commit_id: sha,
      user: { login: 'rosa' },
      author_association: 'MEMBER',
    });
    await review('sim-olga', 'APPROVE');
    const { data: all } = await octokit().pulls.listReviews({ ...here, pull_number: number });
    expect(all.map((one) => [one.user?.login, one.author_association])).toEqual([
      ['rosa', 'MEMBER'],
      ['olga', 'NONE'],
    ]);
    const { data: asked } = await octokit().pulls.listRequestedReviewers({ ...here, pull_number: number });
    expect(asked.users).toEqual([]);
    await box.github.idle();
    const hook = box.hooks.find((one) => one.event === 'pull_request_review');
    expect(hook?.payload).toMatchObject({
      action: 'submitted',
      review: { state: 'approved', commit_id: sha, user: { login: 'rosa' } },
      pull_request: { number },
      sender: { login: 'rosa' },
    });
  });

  it('asks nobody when one of the reviewers cannot be asked', async () => {
    const { number } = await open('asked', { 'asked.txt': 'x' }, 'sim-emil');
    const ask = (...reviewers: string[]) =>
      octokit().pulls.requestReviewers({ ...here, pull_number: number, reviewers });
    expect(await refusal(ask('rosa', 'nobody'))).toMatchObject({ status: 422 });
    expect(await refusal(ask('olga'))).toMatchObject({ status: 422 });
    expect((await refusal(ask('emil'))).message).toBe('Review cannot be requested from pull request author.');
    const { data } = await ask('rosa', 'remo');
    expect(data.requested_reviewers?.map((one) => 'login' in one && one.login)).toEqual(['rosa', 'remo']);
  });

  it('keeps comments and labels, and searches', async () => {
    const { number } = await open('talk', { 'talk.txt': 'x' });
    const { data: comment } = await octokit().issues.createComment({ ...here, issue_number: number, body: 'First' });
    await octokit().issues.updateComment({ ...here, comment_id: comment.id, body: 'Second' });
    const { data: comments } = await octokit().issues.listComments({ ...here, issue_number: number });
    expect(comments.map((one) => one.body)).toEqual(['Second']);
    const { data: labels } = await octokit().issues.addLabels({
      ...here,
      issue_number: number,
      labels: ['ai', 'ai', 'feature'],
    });
    expect(labels.map((one) => one.name)).toEqual(['ai', 'feature']);
    const { data: issue } = await octokit().issues.get({ ...here, issue_number: number });
    expect(issue).toMatchObject({ number, comments: 1, pull_request: { merged_at: null } });
    const { data: found } = await octokit().search.issuesAndPullRequests({
      q: 'repo:acme/web is:pr is:open label:feature',
    });
    expect(found.items.map((one) => one.number)).toEqual([number]);
  });
});
