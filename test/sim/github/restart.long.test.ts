import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { State } from '../../../sim/github/model.ts';
import { here, quietOctokit, refusal, type Sandbox, sampleFiles, sandbox, until, writeFiles } from './helpers.ts';

describe('a restart', () => {
  let box: Sandbox;
  afterEach(() => box?.close());

  it('keeps pull requests, reviews, comments and deliveries', async () => {
    box = await sandbox();
    const clone = await box.clone();
    const sha = await clone.push('topic', { 'x.txt': '1' });
    await box.octokit().pulls.create({ ...here, title: 'Topic', head: 'topic', base: 'main' });
    await box.octokit('sim-rosa').pulls.createReview({ ...here, pull_number: 1, event: 'APPROVE' });
    await box.github.idle();
    const deliveries = box.github.deliveries.length;
    await box.restart();
    const { data } = await box.octokit().pulls.get({ ...here, pull_number: 1 });
    expect(data).toMatchObject({ title: 'Topic', head: { sha } });
    expect((await box.octokit().pulls.listReviews({ ...here, pull_number: 1 })).data).toHaveLength(1);
    expect(box.github.deliveries).toHaveLength(deliveries);
    expect((await box.octokit().checks.listForRef({ ...here, ref: sha })).data.total_count).toBe(1);
  });

  it('finishes a merge that a kill left between the repository and the state', async () => {
    box = await sandbox();
    const clone = await box.clone();
    await clone.push('topic', { 'x.txt': '1' });
    await box.octokit().pulls.create({ ...here, title: 'Topic', head: 'topic', base: 'main' });
    await box.github.idle();
    const { data: merged } = await box.octokit().pulls.merge({ ...here, pull_number: 1, merge_method: 'squash' });
    await box.github.idle();
    await box.github.close();
    const file = join(box.dir, 'data', 'state.json');
    const state = JSON.parse(await readFile(file, 'utf8')) as State;
    const issue = state.repos[0]!.issues[0]!;
    Object.assign(issue, { state: 'open', closedAt: null });
    Object.assign(issue.pull!, {
      mergedAt: null,
      mergedBy: null,
      mergeSha: null,
      merging: { sha: merged.sha, by: 'lockstep[bot]' },
    });
    await writeFile(file, JSON.stringify(state));
    await box.restart();
    const { data } = await box.octokit().pulls.get({ ...here, pull_number: 1 });
    expect(data).toMatchObject({ merged: true, merge_commit_sha: merged.sha, state: 'closed' });
  });

  it('starts the checks that a kill kept from being written down', async () => {
    box = await sandbox();
    const clone = await box.clone();
    const sha = await clone.push('topic', { 'x.txt': '1' });
    await box.octokit().pulls.create({ ...here, title: 'Topic', head: 'topic', base: 'main' });
    await box.github.close();
    const file = join(box.dir, 'data', 'state.json');
    const state = JSON.parse(await readFile(file, 'utf8')) as State;
    Object.assign(state.repos[0]!, { checkRuns: [], checkSuites: [] });
    await writeFile(file, JSON.stringify(state));
    await box.restart();
    await box.github.idle();
    const { data } = await box.octokit().checks.listForRef({ ...here, ref: sha });
    expect(data.check_runs.map((run) => run.conclusion)).toEqual(['success']);
  });

  it('follows a branch that was pushed to just before the kill', async () => {
    box = await sandbox();
    const clone = await box.clone();
    await clone.push('topic', { 'x.txt': '1' });
    await box.octokit().pulls.create({ ...here, title: 'Topic', head: 'topic', base: 'main' });
    await box.github.close();
    await clone.git('commit', '--quiet', '--allow-empty', '--message', 'Later');
    await clone.git('push', '--quiet', join(box.dir, 'data', 'repos', 'acme', 'web.git'), 'topic');
    await box.restart();
    const { data } = await box.octokit().pulls.get({ ...here, pull_number: 1 });
    expect(data.head.sha).toBe(await clone.git('rev-parse', 'HEAD'));
  });

  it('refuses a state file that it cannot read, and says which', async () => {
    box = await sandbox();
    await box.github.close();
    const file = join(box.dir, 'data', 'state.json');
    const good = await readFile(file, 'utf8');
    await writeFile(file, '{"version":');
    await expect(box.restart()).rejects.toThrow(`cannot read its state in ${file}`);
    await writeFile(file, good);
    await box.restart();
  });
});

describe('kill -9 of the stand-in', () => {
  let dir: string;
  let child: ChildProcess | undefined;
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  async function start() {
    child = fork(fileURLToPath(new URL('./stand-in.ts', import.meta.url)), [dir], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [url] = (await once(child, 'message')) as [string];
    return { url, octokit: quietOctokit(url) };
  }

  it('takes its applications and checks with it, and loses nothing that it answered', async () => {
    dir = await mkdtemp(join(tmpdir(), 'lockstep-github-kill-'));
    const pids = join(dir, 'pids');
    await writeFiles(join(dir, 'sample'), {
      ...sampleFiles,
      'server.js': `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n');\n${sampleFiles['server.js']}`,
      'slow.test.js': `import test from 'node:test'; import { appendFileSync } from 'node:fs';
test('slow', async () => { appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n'); await new Promise((done) => setTimeout(done, 60_000)); });\n`,
    });
    const first = await start();
    const main = (await first.octokit.repos.getBranch({ ...here, branch: 'main' })).data.commit.sha;
    await first.octokit.repos.createDeployment({ ...here, ref: main, auto_merge: false, required_contexts: [] });
    const readPids = async () => (await readFile(pids, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
    await until('the application', async () => {
      const { data } = await first.octokit.repos.listDeployments(here);
      const { data: statuses } = await first.octokit.repos.listDeploymentStatuses({
        ...here,
        deployment_id: data[0]!.id,
      });
      return statuses[0]?.state === 'success';
    });
    const tree = (await first.octokit.git.getCommit({ ...here, commit_sha: main })).data.tree.sha;
    expect(tree).toMatch(/^[0-9a-f]{40}$/);
    child!.send('push');
    await once(child!, 'message');
    await until('the test to run', async () => (await readPids()).length >= 2);
    const { data: issue } = await first.octokit.issues.create({ ...here, title: 'Answered just before' });
    child!.kill('SIGKILL');
    await until('everything to be gone', async () => (await readPids()).every((pid) => !alive(pid)));
    const second = await start();
    expect((await second.octokit.issues.get({ ...here, issue_number: issue.number })).data.title).toBe(
      'Answered just before',
    );
    expect((await refusal(second.octokit.issues.get({ ...here, issue_number: 99 }))).status).toBe(404);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
