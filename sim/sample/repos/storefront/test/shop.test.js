import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { createApp } from '../src/app.js';

describe('the shop over HTTP', () => {
  const server = createServer(createApp({ sha: '0123456789abcdef' }));
  let base;
  const get = (path, options) => fetch(base + path, { redirect: 'manual', ...options });
  const page = async (path, options) => (await get(path, options)).text();

  before(async () => {
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  test('is healthy and says which commit it is', async () => {
    const response = await get('/healthz');
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { ok: true, sha: '0123456789abcdef' });
  });

  test('shows every product with its price, and the short commit in the footer', async () => {
    const shop = await page('/');
    assert.match(shop, /Enamel Mug/);
    assert.match(shop, /\$18\.00/);
    assert.equal(shop.match(/class="card"/g).length, 8);
    assert.match(shop, /<code>0123456<\/code>/);
  });

  test('finds products by name', async () => {
    const found = await page('/?q=Mug');
    assert.match(found, /1 result for “Mug”/);
    assert.doesNotMatch(found, /Canvas Tote/);
  });

  test('says so when nothing is found, and escapes what was typed', async () => {
    const found = await page(`/?q=${encodeURIComponent('<script>"x"</script>')}`);
    assert.match(found, /Nothing matches/);
    assert.match(found, /&lt;script&gt;&quot;x&quot;/);
    assert.doesNotMatch(found, /<script>/);
  });

  test('puts a product in the cart and takes it out again', async () => {
    const added = await get('/cart/add', { method: 'POST', body: new URLSearchParams({ id: 'enamel-mug' }) });
    assert.equal(added.status, 303);
    const cookie = added.headers.get('set-cookie').split(';')[0];
    assert.equal(cookie, 'cart=enamel-mug:1');
    assert.match(await page('/cart', { headers: { cookie } }), /Enamel Mug/);
    const body = new URLSearchParams({ id: 'enamel-mug' });
    const removed = await get('/cart/remove', { method: 'POST', body, headers: { cookie } });
    assert.equal(removed.headers.get('set-cookie').split(';')[0], 'cart=');
  });

  test('shows one product', async () => {
    assert.match(await page('/products/camp-lantern'), /Forty hours of warm light/);
  });

  test('answers 404 for what it does not sell, and 413 for a huge form', async () => {
    assert.equal((await get('/products/nothing')).status, 404);
    const response = await get('/cart/add', { method: 'POST', body: 'x'.repeat(10_000) });
    assert.equal(response.status, 413);
  });
});
