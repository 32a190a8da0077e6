import { afterEach, describe, expect, it } from 'vitest';
import { here, refusal, type Sandbox, sampleFiles, sandbox, until } from './helpers.ts';

const slowTest = "import test from 'node:test'; test('slow', () => new Promise((done) => setTimeout(done, 60_000)));\n";

describe('checks', () => {
  let box: Sandbox;
  afterEach(() => box.close());

  async function pullWith(files: Record<string, string | null>, branch = 'topic') {
    const clone = await box.clone();
    const sha = await clone.push(branch, files);
    await box.octokit().pulls.create({ ...here, title: branch, head: branch, base: 'main' });
    return { clone, sha };
  }
  const runs = async (ref: string) => (await box.octokit().checks.listForRef({ ...here, ref })).data.check_runs;

  it('fail when the tests fail, with the log to say why', async () => {
    box = await sandbox();
    const { sha } = await pullWith({ 'greeting.js': "export const greeting = 'lower';\n" });
    await box.github.idle();
    const [run] = await runs(sha);
    expect(run).toMatchObject({
      name: 'test',
      conclusion: 'failure',
      output: { title: 'npm test failed with exit code 1', text: expect.stringContaining("'lower'") },
    });
    expect((await fetch(`${run!.html_url}/log`)).status).toBe(200);
    const logs = await box.octokit().actions.downloadJobLogsForWorkflowRun({ ...here, job_id: run!.id });
    expect(String(logs.data)).toContain('$ npm test');
    const { data: suites } = await box.octokit().checks.listSuitesForRef({ ...here, ref: sha });
    expect(suites.check_suites).toMatchObject([{ status: 'completed', conclusion: 'failure', head_branch: 'topic' }]);
    const sent = box.hooks.filter((hook) => hook.payload.check_run).map((hook) => hook.payload);
    expect(sent.map((payload) => [payload.action, payload.check_run.status, payload.check_run.conclusion])).toEqual([
      ['created', 'queued', null],
      ['completed', 'completed', 'failure'],
    ]);
    expect(sent[1].check_run).toMatchObject({
      head_sha: sha,
      app: { slug: 'github-actions' },
      pull_requests: [{ number: 1 }],
    });
    const { data } = await box.octokit().pulls.get({ ...here, pull_number: 1 });
    expect(data.mergeable_state).toBe(data.mergeable === null ? 'unknown' : 'unstable');
  });

  it('run again on demand and keep the latest run in front', async () => {
    box = await sandbox();
    const { sha } = await pullWith({ 'x.txt': 'x' });
    await box.github.idle();
    const [first] = await runs(sha);
    await box
      .octokit()
      .request('POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun', { ...here, job_id: first!.id });
    await box.github.idle();
    const [latest, ...others] = await runs(sha);
    expect(others).toEqual([]);
    expect(latest!.id).toBeGreaterThan(first!.id);
    const all = await box.octokit().checks.listForRef({ ...here, ref: sha, filter: 'all' });
    expect(all.data.total_count).toBe(2);
  });

  it('of an older commit are cancelled by a newer push', async () => {
    box = await sandbox();
    const { clone, sha } = await pullWith({ 'slow.test.js': slowTest });
    await until('the run', async () => (await runs(sha))[0]?.status === 'in_progress');
    const next = await clone.push('topic', { 'slow.test.js': null });
    await box.github.idle();
    expect((await runs(sha))[0]).toMatchObject({ conclusion: 'cancelled' });
    expect((await runs(next))[0]).toMatchObject({ conclusion: 'success' });
  });

  it('end after their time', async () => {
    box = await sandbox({ checkTimeoutMs: 1_500 });
    const { sha } = await pullWith({ 'slow.test.js': slowTest });
    await box.github.idle();
    expect((await runs(sha))[0]).toMatchObject({ conclusion: 'timed_out', output: { title: 'npm test timed out' } });
  });

  it('say so when there is nothing to test', async () => {
    const { 'package.json': _, ...files } = sampleFiles;
    box = await sandbox({ files });
    const { sha } = await pullWith({ 'x.txt': 'x' });
    await box.github.idle();
    expect((await runs(sha))[0]).toMatchObject({ conclusion: 'neutral', output: { title: 'Nothing to test' } });
  });

  it('start again when a restart interrupted them', async () => {
    box = await sandbox();
    const onceSlow = `import test from 'node:test'; import { existsSync, writeFileSync } from 'node:fs';
const mark = ${JSON.stringify(`${box.dir}/mark`)};
test('slow once', async () => { if (existsSync(mark)) return; writeFileSync(mark, ''); await new Promise((done) => setTimeout(done, 60_000)); });\n`;
    const { sha } = await pullWith({ 'slow.test.js': onceSlow });
    const { access } = await import('node:fs/promises');
    await until('the test to begin', () =>
      access(`${box.dir}/mark`).then(
        () => true,
        () => false,
      ),
    );
    await box.restart();
    await box.github.idle();
    expect((await runs(sha)).map((run) => run.conclusion)).toEqual(['success']);
  });

  it('of an app are its own, within the limits of GitHub', async () => {
    box = await sandbox({ files: { 'README.md': '# Nothing to run\n' } });
    const { sha } = await pullWith({ 'x.txt': 'x' });
    await box.github.idle();
    const { checks, repos } = box.octokit();
    const output = { title: 'Matrix', summary: 'Two of two' };
    const { data: run } = await checks.create({
      ...here,
      name: 'lockstep / spec',
      head_sha: sha,
      status: 'in_progress',
      output,
    });
    expect(run).toMatchObject({ status: 'in_progress', conclusion: null, app: { slug: 'lockstep' } });
    const annotation = {
      path: 'x.txt',
      start_line: 1,
      end_line: 1,
      annotation_level: 'warning' as const,
      message: 'Hm',
    };
    const update = (count: number) =>
      checks.update({
        ...here,
        check_run_id: run.id,
        conclusion: 'success',
        output: { ...output, annotations: Array(count).fill(annotation) },
      });
    await update(2);
    const { data: done } = await update(3);
    expect(done).toMatchObject({ status: 'completed', conclusion: 'success', output: { annotations_count: 5 } });
    expect(await refusal(update(51))).toMatchObject({ status: 422 });
    const action = { label: 'A label of more than twenty characters', description: 'd', identifier: 'i' };
    const tooLong = checks.create({ ...here, name: 'x', head_sha: sha, actions: [action] });
    expect(await refusal(tooLong)).toMatchObject({ status: 422 });
    const open = checks.create({ ...here, name: 'x', head_sha: sha, status: 'completed' } as never);
    expect(await refusal(open)).toMatchObject({ status: 422, errors: [{ field: 'conclusion' }] });
    const [actionsRun] = (await runs(sha)).filter((one) => one.app?.slug === 'github-actions');
    const foreign = checks.update({ ...here, check_run_id: actionsRun!.id, conclusion: 'success' });
    expect((await refusal(foreign)).status).toBe(403);
    expect((await refusal(box.octokit('sim-emil').checks.create({ ...here, name: 'x', head_sha: sha }))).status).toBe(
      403,
    );

    expect((await repos.getCombinedStatusForRef({ ...here, ref: sha })).data).toMatchObject({
      state: 'pending',
      total_count: 0,
    });
    await repos.createCommitStatus({ ...here, sha, state: 'failure', context: 'lint' });
    await repos.createCommitStatus({ ...here, sha, state: 'success', context: 'lint', description: 'Clean' });
    expect((await repos.getCombinedStatusForRef({ ...here, ref: sha })).data).toMatchObject({
      state: 'success',
      total_count: 1,
    });
    const long = repos.createCommitStatus({ ...here, sha, state: 'success', description: 'x'.repeat(141) });
    expect((await refusal(long)).status).toBe(422);
  });
});
