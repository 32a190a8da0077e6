import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { here, type Sandbox, sandbox } from './helpers.ts';

describe('from a branch to production', () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = await sandbox();
  });
  afterAll(() => box.close());

  it('takes a pushed change through pull request, check, merge and deployment, and back', async () => {
    const octokit = box.octokit();
    const clone = await box.clone();
    const before = await clone.git('rev-parse', 'HEAD');
    const head = await clone.push('lockstep/LS-1', { 'greeting.js': "export const greeting = 'Welcome';\n" });

    const { data: pull } = await octokit.pulls.create({
      ...here,
      title: 'Welcome',
      head: 'lockstep/LS-1',
      base: 'main',
    });
    expect(pull).toMatchObject({
      number: 1,
      state: 'open',
      head: { sha: head },
      base: { sha: before },
      changed_files: 1,
    });
    await box.github.idle();
    const { data: checks } = await octokit.checks.listForRef({ ...here, ref: head });
    expect(checks.check_runs.map((run) => [run.name, run.app?.slug, run.conclusion])).toEqual([
      ['test', 'github-actions', 'success'],
    ]);

    const { data: merged } = await octokit.pulls.merge({ ...here, pull_number: 1, sha: head, merge_method: 'squash' });
    expect(merged.merged).toBe(true);
    await clone.git('fetch', '--quiet');
    expect(await clone.git('rev-parse', 'origin/main')).toBe(merged.sha);
    await box.github.idle();

    const deploy = async (ref: string) => {
      await octokit.repos.createDeployment({ ...here, ref, environment: 'production', auto_merge: false });
      await box.github.idle();
      const [environment] = box.github.environments();
      return (await fetch(environment!.url)).text();
    };
    expect(await deploy(merged.sha)).toBe(`Welcome ${merged.sha}`);
    expect(await deploy(before)).toBe(`Hello ${before}`);

    expect(box.hooks.map((hook) => [hook.event, hook.payload.action].filter(Boolean).join('.'))).toMatchInlineSnapshot(`
      [
        "push",
        "pull_request.opened",
        "check_run.created",
        "check_run.completed",
        "check_suite.completed",
        "pull_request.closed",
        "push",
        "check_run.created",
        "check_run.completed",
        "check_suite.completed",
        "deployment.created",
        "deployment_status.created",
        "deployment_status.created",
        "deployment.created",
        "deployment_status.created",
        "deployment_status.created",
        "deployment_status.created",
      ]
    `);
  });
});
