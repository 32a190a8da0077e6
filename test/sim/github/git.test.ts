import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { botToken, here, type Sandbox, sandbox, secret } from './helpers.ts';

describe('git over HTTP', () => {
  let box: Sandbox;
  beforeEach(async () => {
    box = await sandbox();
  });
  afterEach(() => box.close());

  const pull = (branch: string, base = 'main') =>
    box.octokit().pulls.create({ ...here, title: branch, head: branch, base });

  it('wants a token, and a right one', async () => {
    await expect(box.clone('wrong')).rejects.toThrow(/Authentication failed|401|could not read/);
    const plain = await fetch(`${box.url}/github/acme/web.git/info/refs?service=git-upload-pack`);
    expect([plain.status, plain.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="GitHub"']);
    const header = `Authorization: Basic ${Buffer.from(`x-access-token:${botToken}`).toString('base64')}`;
    const clone = await box.clone('sim-olga');
    await clone.git('-c', `http.extraHeader=${header}`, 'ls-remote', `${box.url}/github/acme/web.git`);
    await expect(clone.push('x', { x: '1' })).rejects.toThrow(/403/);
  });

  it('keeps the bot from pushing to the default branch, and lets people', async () => {
    const clone = await box.clone();
    const before = await clone.git('rev-parse', 'origin/main');
    await expect(clone.push('main', { 'x.txt': '1' })).rejects.toThrow(
      /Protected branch update failed for refs\/heads\/main/,
    );
    const person = await box.clone('sim-emil');
    expect(await person.git('rev-parse', 'HEAD')).toBe(before);
    const after = await person.push('main', { 'y.txt': '1' });
    await box.github.idle();
    const push = box.hooks.find((hook) => hook.event === 'push')!.payload;
    expect(push).toMatchObject({
      ref: 'refs/heads/main',
      before,
      after,
      created: false,
      forced: false,
      sender: { login: 'emil' },
    });
    expect(push.commits).toMatchObject([{ id: after, added: ['y.txt'], author: { username: 'emil' } }]);
    const checks = await box.octokit().checks.listForRef({ ...here, ref: 'main' });
    expect(checks.data.check_runs.map((run) => [run.head_sha, run.conclusion])).toEqual([[after, 'success']]);
  });

  it('refuses every push with the sentence that it was told', async () => {
    box.github.faults.refusePush = 'Repository is read-only for maintenance.';
    const clone = await box.clone();
    await expect(clone.push('x', { x: '1' })).rejects.toThrow('Repository is read-only for maintenance.');
    box.github.faults.refusePush = null;
    await clone.git('push', '--quiet', 'origin', 'x');
  });

  it('lets a pull request follow its branch, forced pushes included', async () => {
    const clone = await box.clone();
    const first = await clone.push('topic', { 'x.txt': '1' });
    await pull('topic');
    await clone.git('reset', '--quiet', '--hard', 'origin/main');
    const second = await clone.push('topic', { 'z.txt': '1' });
    const { data } = await box.octokit().pulls.get({ ...here, pull_number: 1 });
    expect(data.head.sha).toBe(second);
    await box.github.idle();
    const hook = box.hooks.find((one) => one.payload.action === 'synchronize')!.payload;
    expect(hook).toMatchObject({ number: 1, before: first, after: second, pull_request: { head: { sha: second } } });
    expect(box.hooks.filter((one) => one.event === 'push').map((one) => one.payload.forced)).toEqual([false, true]);
  });

  it('closes a pull request whose branch is deleted', async () => {
    const clone = await box.clone();
    await clone.push('topic', { 'x.txt': '1' });
    await pull('topic');
    await clone.git('push', '--quiet', 'origin', ':topic');
    const { data } = await box.octokit().pulls.get({ ...here, pull_number: 1 });
    expect(data).toMatchObject({ state: 'closed', merged: false });
  });

  it('notices that a push to the base merged a pull request', async () => {
    const clone = await box.clone('sim-emil');
    const head = await clone.push('topic', { 'x.txt': '1' });
    await pull('topic');
    await clone.git('push', '--quiet', 'origin', 'topic:main');
    const { data } = await box.octokit().pulls.get({ ...here, pull_number: 1 });
    expect(data).toMatchObject({ state: 'closed', merged: true, merge_commit_sha: head, changed_files: 1 });
  });

  it('does not show its secrets to what runs in the repository', async () => {
    const clone = await box.clone();
    const test = `import test from 'node:test'; import { readFileSync, readdirSync } from 'node:fs';
test('env', () => { console.log('ENV ' + JSON.stringify(process.env) + readFileSync('.git/config')); });\n`;
    await clone.push('spy', { 'spy.test.js': test });
    process.env.SPIED_SECRET = 'do-not-tell';
    try {
      await pull('spy');
      await box.github.idle();
    } finally {
      delete process.env.SPIED_SECRET;
    }
    const { data } = await box.octokit().checks.listForRef({ ...here, ref: 'spy' });
    const text = data.check_runs[0]!.output.text ?? '';
    expect(text).toContain('ENV {');
    for (const word of ['do-not-tell', botToken, secret, 'origin']) expect(text).not.toContain(word);
  });
});
