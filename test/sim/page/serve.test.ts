import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPage } from '../../../sim/page/index.ts';
import { type Served, serve } from '../../../sim/serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve([createPage({ as: 'U01ROSA' })]);
});
afterAll(() => served.close());

const get = (path: string, init: RequestInit = {}) => fetch(served.url + path, { redirect: 'manual', ...init });

describe('the page', () => {
  it('sends a first visitor to a person, and keeps where they wanted to go', async () => {
    expect((await get('/')).headers.get('location')).toBe('/?as=U01ROSA');
    expect((await get('/?channel=C1&thread=1.1')).headers.get('location')).toBe('/?channel=C1&thread=1.1&as=U01ROSA');
  });

  it.each([
    ['/?as=U1', 'text/html; charset=utf-8', '<div id="root">'],
    ['/page.js', 'text/javascript; charset=utf-8', 'EventSource'],
    ['/page.css', 'text/css; charset=utf-8', '--accent'],
    ['/icon.svg', 'image/svg+xml', '<svg'],
  ])('serves %s', async (path, type, part) => {
    const res = await get(path);
    expect([res.status, res.headers.get('content-type')]).toEqual([200, type]);
    expect(await res.text()).toContain(part);
  });

  it('allows no inline script, no framing and nothing from elsewhere', async () => {
    const res = await get('/?as=U1');
    const policy = res.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(await res.text()).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|style=/);
  });

  it('answers 304 to a browser that has the newest', async () => {
    const etag = (await get('/page.js')).headers.get('etag')!;
    expect((await get('/page.js', { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('refuses other methods and leaves other paths to others', async () => {
    expect((await get('/page.js', { method: 'POST' })).status).toBe(405);
    expect((await get('/client/boot')).status).toBe(404);
  });
});
