import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Checkout, here, refusal, type Sandbox, sandbox, until } from './helpers.ts';

describe('deployments', () => {
  let box: Sandbox;
  let clone: Checkout;
  afterEach(() => box.close());

  async function start(options: Parameters<typeof sandbox>[0] = {}) {
    box = await sandbox(options);
    clone = await box.clone('sim-emil');
    return clone.git('rev-parse', 'HEAD');
  }
  async function deploy(ref: string, environment: string) {
    const { data } = await box.octokit().repos.createDeployment({
      ...here,
      ref,
      environment,
      auto_merge: false,
      required_contexts: [],
      payload: { item: 'LS-1' },
    });
    if (!('id' in data)) throw new Error(data.message);
    await box.github.idle();
    return data.id;
  }
  const statuses = async (id: number) =>
    (await box.octokit().repos.listDeploymentStatuses({ ...here, deployment_id: id })).data;
  const states = async (id: number) => (await statuses(id)).map((status) => status.state);
  const served = async (name: string) => {
    const found = box.github.environments().find((one) => one.name === name);
    return found ? (await fetch(found.url)).text() : null;
  };

  it('serve each environment at an address that stays, and retire the one before', async () => {
    const first = await start();
    const one = await deploy(first, 'staging');
    const address = (await statuses(one))[0]!.environment_url;
    const second = await clone.push('topic', { 'greeting.js': "export const greeting = 'Two';\n" });
    const two = await deploy(second, 'staging');
    expect(await states(one)).toEqual(['inactive', 'success', 'in_progress']);
    expect(await states(two)).toEqual(['success', 'in_progress']);
    expect((await statuses(two))[0]!.environment_url).toBe(address);
    expect(await (await fetch(address!)).text()).toBe(`Two ${second}`);
    expect(
      (await box.octokit().repos.listDeployments({ ...here, environment: 'staging', sha: first })).data,
    ).toMatchObject([{ id: one, sha: first, payload: { item: 'LS-1' }, production_environment: false }]);
    const log = await fetch((await statuses(two))[0]!.log_url!);
    expect(await log.text()).toContain('node server.js');
    const sent = box.hooks.filter((hook) => hook.event === 'deployment_status').map((hook) => hook.payload);
    expect(sent.at(1)).toMatchObject({
      action: 'created',
      deployment_status: { state: 'success', environment_url: address, environment: 'staging' },
      deployment: { id: one, sha: first, environment: 'staging' },
    });
  });

  it('that fail leave what was there before', async () => {
    const first = await start({ readyMs: 1_000 });
    await deploy(first, 'production');
    const crash = await clone.push('crash', { 'server.js': "throw new Error('cannot find the sea');\n" });
    const failed = await deploy(crash, 'production');
    expect((await statuses(failed))[0]).toMatchObject({
      state: 'failure',
      description: expect.stringMatching(/ended with exit code 1/),
    });
    const silent = await clone.push('silent', { 'server.js': 'setInterval(() => {}, 1000);\n' });
    const late = await deploy(silent, 'production');
    expect((await statuses(late))[0]!.description).toContain('did not answer');
    const nothing = await clone.push('nothing', { 'package.json': '{"scripts":{"test":"exit 0"}}' });
    const empty = await deploy(nothing, 'production');
    expect((await statuses(empty))[0]).toMatchObject({
      state: 'failure',
      description: expect.stringContaining('no start script'),
    });
    expect(await served('production')).toBe(`Hello ${first}`);
  });

  it('wait for green checks unless told otherwise, and merge by default', async () => {
    await start();
    const { repos } = box.octokit();
    const red = await clone.push('red', { 'greeting.js': "export const greeting = 'red';\n" });
    await box.octokit().pulls.create({ ...here, title: 'Red', head: 'red', base: 'main' });
    await box.github.idle();
    const refused = repos.createDeployment({ ...here, ref: red, auto_merge: false });
    expect(await refusal(refused)).toMatchObject({
      status: 409,
      errors: [{ field: 'required_contexts', contexts: [{ context: 'test', state: 'failure' }] }],
    });
    const missing = repos.createDeployment({ ...here, ref: 'main', auto_merge: false, required_contexts: ['e2e'] });
    expect((await refusal(missing)).status).toBe(409);
    expect((await refusal(repos.createDeployment({ ...here, ref: 'nowhere' }))).status).toBe(422);

    await clone.git('checkout', '--quiet', 'main');
    const main = await clone.push('main', { 'main.txt': 'x' });
    const { status, data } = await repos.createDeployment({ ...here, ref: 'red', required_contexts: [] });
    expect([status, data]).toMatchObject([202, { message: 'Auto-merged main into red on deployment.' }]);
    expect((await repos.listDeployments(here)).data).toEqual([]);
    await clone.git('fetch', '--quiet');
    await clone.git('merge-base', '--is-ancestor', main, 'origin/red');
  });

  it('of other environments are only written down', async () => {
    const sha = await start();
    const id = await deploy(sha, 'qa');
    expect(await states(id)).toEqual([]);
    await box.octokit().repos.createDeploymentStatus({
      ...here,
      deployment_id: id,
      state: 'success',
      environment_url: 'http://qa.example',
    });
    expect(await states(id)).toEqual(['success']);
    const wrong = box.octokit().repos.createDeploymentStatus({ ...here, deployment_id: id, state: 'great' as never });
    expect((await refusal(wrong)).status).toBe(422);
  });

  it('of a preview end with their pull request', async () => {
    await start();
    const head = await clone.push('topic', { 'greeting.js': "export const greeting = 'Preview';\n" });
    await box.octokit().pulls.create({ ...here, title: 'Topic', head: 'topic', base: 'main' });
    const id = await deploy(head, 'preview/pr-1');
    const url = (await statuses(id))[0]!.environment_url!;
    expect(await (await fetch(url)).text()).toBe(`Preview ${head}`);
    await box.octokit().pulls.update({ ...here, pull_number: 1, state: 'closed' });
    await box.github.idle();
    expect(await states(id)).toEqual(['inactive', 'success', 'in_progress']);
    expect(await served('preview/pr-1')).toBeNull();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('are served again after a restart, at the same address', async () => {
    const sha = await start();
    await deploy(sha, 'production');
    const [before] = box.github.environments();
    await box.restart();
    const [after] = box.github.environments();
    expect(after!.url).toBe(before!.url);
    expect(await served('production')).toBe(`Hello ${sha}`);
  });

  it('come back when their process ends by itself', async () => {
    await start();
    const sha = await clone.push('fragile', {
      'server.js': `import { createServer } from 'node:http';
createServer((req, res) => { res.end('pid ' + process.pid); if (req.url === '/die') setTimeout(() => process.exit(1), 10); }).listen(process.env.PORT);\n`,
    });
    await deploy(sha, 'production');
    const [{ url } = { url: '' }] = box.github.environments();
    const first = await (await fetch(url)).text();
    await fetch(`${url}die`);
    await until('the process to end', () => box.github.environments()[0]?.state === 'stopped');
    const second = await (await fetch(url)).text();
    expect(second).toMatch(/^pid \d+$/);
    expect(second).not.toBe(first);
  });

  it('use the wished port, or another one when it is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const taken = (blocker.address() as AddressInfo).port;
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const wished = (free.address() as AddressInfo).port;
    await new Promise((resolve) => free.close(resolve));
    const sha = await start({ ports: { production: wished, staging: taken } });
    await deploy(sha, 'production');
    await deploy(sha, 'staging');
    const ports = box.github.environments().map((one) => [one.name, Number(new URL(one.url).port)]);
    expect(ports[0]).toEqual(['production', wished]);
    expect(ports[1]![1]).not.toBe(taken);
    expect(await served('staging')).toBe(`Hello ${sha}`);
    await new Promise((resolve) => blocker.close(resolve));
  });
});
