import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOwnPage } from '../../../sim/github/pages/forms.ts';
import { markdown } from '../../../sim/github/pages/markdown.ts';
import { here, type Sandbox, sandbox } from './helpers.ts';

describe('pages', () => {
  let box: Sandbox;
  let head: string;
  beforeAll(async () => {
    box = await sandbox();
    const clone = await box.clone();
    head = await clone.push('lockstep/LS-1', { 'greeting.js': "export const greeting = '<b>Bold</b>';\n" });
    await box.octokit().pulls.create({
      ...here,
      title: '<script>alert(1)</script>',
      head: 'lockstep/LS-1',
      base: 'main',
      body: '## Why\n\n<!-- lockstep:LS-1 -->\n<img src=x onerror=alert(1)>\n\n| a | b |\n|---|---|\n| 1 | [x](javascript:alert(1)) |',
    });
    await box.github.idle();
  });
  afterAll(() => box.close());

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${box.url}/github${path}`, { headers });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
  const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams(form);
    const answer = await fetch(`${box.url}/github${path}`, { method: 'POST', body, headers, redirect: 'manual' });
    return {
      status: answer.status,
      text: await answer.text(),
      location: answer.headers.get('location'),
      cookie: answer.headers.get('set-cookie'),
    };
  };

  it('exist for everything that the API links to', async () => {
    const pull = (await box.octokit().pulls.get({ ...here, pull_number: 1 })).data;
    const run = (await box.octokit().checks.listForRef({ ...here, ref: head })).data.check_runs[0]!;
    const commit = (await box.octokit().repos.getCommit({ ...here, ref: head })).data;
    const { data: file } = await box
      .octokit()
      .repos.getContent({ ...here, path: 'docs/adr/0001-plain-node.md', ref: 'lockstep/LS-1' });
    const links: string[] = [
      pull.html_url,
      pull.diff_url,
      pull.base.repo.html_url,
      pull.user.html_url,
      run.html_url!,
      `${run.html_url}/log`,
      commit.html_url,
      commit.files![0]!.blob_url,
      commit.files![0]!.raw_url,
    ];
    if ('html_url' in file) links.push(file.html_url!, file.download_url!);
    for (const link of links) {
      expect([link, (await fetch(link)).status]).toEqual([link, 200]);
    }
    const pages = [
      '',
      '/acme/web',
      '/acme/web/pulls?state=all',
      '/acme/web/issues',
      '/acme/web/deployments',
      '/acme/web/compare/main...lockstep/LS-1',
      '/acme/web/tree/lockstep/LS-1/docs',
      '/deliveries',
    ];
    for (const page of pages) expect([page, (await get(page)).status]).toEqual([page, 200]);
    for (const page of ['/acme/none', '/acme/web/pull/99', '/acme/web/blob/main/none', '/acme/web/nonsense', '/%ff']) {
      expect([page, (await get(page)).status]).toEqual([page, 404]);
    }
  });

  it('show text as text', async () => {
    const { text, headers } = await get('/acme/web/pull/1');
    expect(text).not.toMatch(/<script>alert|<img|href="javascript|lockstep:LS-1/);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('&lt;b&gt;Bold&lt;/b&gt;');
    expect(text).toContain('<h4>Why</h4>');
    expect(text).toContain('<td>1</td>');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    const raw = await get('/acme/web/raw/main/server.js');
    expect(raw.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('let a person comment, review and merge', async () => {
    expect(await post('/acme/web/pull/1/comment', { as: 'priya', body: '' })).toMatchObject({
      status: 422,
      text: expect.stringContaining('Write something first.'),
    });
    const commented = await post('/acme/web/pull/1/comment', { as: 'priya', body: 'Looks **good**' });
    expect(commented).toMatchObject({
      status: 303,
      location: '/github/acme/web/pull/1',
      cookie: expect.stringContaining('github-as=priya'),
    });
    await post('/acme/web/pull/1/review', { as: 'rosa', event: 'APPROVE', body: '' });
    const { text } = await get('/acme/web/pull/1', { cookie: 'github-as=rosa' });
    expect(text).toContain('Looks <strong>good</strong>');
    expect(text).toContain('>approved<');
    expect(text).toContain('<option value="rosa" selected>');
    expect((await post('/acme/web/pull/1/merge', { as: 'olga', body: '' })).status).toBe(403);
    expect((await post('/acme/web/pull/1/merge', { as: 'nobody', body: '' })).text).toContain('Choose who acts.');
    expect((await post('/acme/web/pull/1/merge', { as: 'remo', body: '' })).status).toBe(303);
    const { data } = await box.octokit().pulls.get({ ...here, pull_number: 1 });
    expect(data).toMatchObject({ merged: true, merged_by: { login: 'remo' } });
    const again = await post('/acme/web/pull/1/merge', { as: 'remo', body: '' });
    expect(again).toMatchObject({ status: 405, text: expect.stringContaining('Pull Request is not mergeable') });
  });

  it('take forms from themselves only', async () => {
    const form = { as: 'priya', body: 'From elsewhere' };
    expect((await post('/acme/web/pull/1/comment', form, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('/acme/web/pull/1/comment', form, { origin: 'null' })).status).toBe(403);
    expect((await post('/acme/web/pull/1/comment', form, { origin: box.url })).status).toBe(303);
    const own = (headers: Record<string, string>) =>
      isOwnPage({ headers } as unknown as IncomingMessage, 'http://127.0.0.1:4000');
    expect(own({ host: 'localhost:4000', origin: 'http://localhost:4000' })).toBe(true);
    expect(own({ host: 'rebound.example:4000', origin: 'http://rebound.example:4000' })).toBe(false);
    expect(own({ host: '127.0.0.1:4000', origin: 'http://127.0.0.1:5000' })).toBe(false);
    expect(own({ host: '127.0.0.1:4000', 'sec-fetch-site': 'cross-site' })).toBe(false);
  });

  it('press the buttons of a check', async () => {
    const actions = [{ label: 'Accept', description: 'Accept the file', identifier: 'accept' }];
    const { data: run } = await box.octokit().checks.create({ ...here, name: 'spec', head_sha: head, actions });
    const path = `/acme/web/runs/${run.id}`;
    expect((await get(path)).text).toContain('value="accept"');
    expect((await post(`${path}/action`, { as: 'rosa', identifier: 'other' })).status).toBe(404);
    expect((await post(`${path}/action`, { as: 'rosa', identifier: 'accept' })).status).toBe(303);
    await box.github.idle();
    expect(box.hooks.find((hook) => hook.payload.action === 'requested_action')?.payload).toMatchObject({
      requested_action: { identifier: 'accept' },
      check_run: { id: run.id },
      sender: { login: 'rosa' },
    });
  });

  it('understand the Markdown of comments', () => {
    const text = [
      '# Title',
      '',
      'A `<b>` and _more_ https://example.com/a_b_c.',
      '',
      '- [x] done',
      '- open',
      '  1. deeper',
      '',
      '> said',
      '',
      '```js',
      'a < b',
      '```',
      'end',
    ];
    expect(markdown(text.join('\n')).html).toMatchInlineSnapshot(
      `"<h3>Title</h3><p>A <code>&lt;b&gt;</code> and <em>more</em> <a href="https://example.com/a_b_c" rel="noopener noreferrer">https://example.com/a_b_c</a>.</p><ul><li><input type="checkbox" disabled checked> done</li><li>open<ol><li>deeper</li></ol></li></ul><blockquote><p>said</p></blockquote><pre><code>a &lt; b</code></pre><p>end</p>"`,
    );
    expect(markdown('[x](javascript:alert(1)) <a href=x>').html).toBe(
      '<p>[x](javascript:alert(1)) &lt;a href=x&gt;</p>',
    );
    expect(markdown(null).html).toBe('');
  });
});
