import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { createApp } from '../src/app.js';
import { createBook } from '../src/book.js';
import { formatAmount } from '../src/page.js';

const newBook = () =>
  createBook([
    { id: 'customers', title: 'Customer payments' },
    { id: 'revenue', title: 'Revenue' },
  ]);
const sale = { key: 'order-1', from: 'customers', to: 'revenue', amountCents: 1850 };

describe('the book', () => {
  test('moves money, and the balances add up to zero', () => {
    const book = newBook();
    book.transfer(sale);
    book.transfer({ ...sale, key: 'order-2', amountCents: 25 });
    assert.deepEqual(book.balances().map((one) => one.balanceCents), [-1875, 1875]);
  });

  test('takes the same transfer once', () => {
    const book = newBook();
    assert.equal(book.transfer(sale).repeated, false);
    assert.equal(book.transfer(sale).repeated, true);
    assert.equal(book.balances()[1].balanceCents, 1850);
  });

  for (const [why, change] of [
    ['a key that belongs to another transfer', { amountCents: 1 }],
    ['half a cent', { key: 'x', amountCents: 0.5 }],
    ['nothing', { key: 'x', amountCents: 0 }],
    ['a negative amount', { key: 'x', amountCents: -5 }],
    ['an unknown account', { key: 'x', to: 'pocket' }],
    ['one account only', { key: 'x', to: 'customers' }],
    ['no key', { key: '' }],
  ]) {
    test(`refuses ${why}, and nothing moves`, () => {
      const book = newBook();
      book.transfer(sale);
      assert.throws(() => book.transfer({ ...sale, ...change }), { name: 'Error' });
      assert.deepEqual(book.balances().map((one) => one.balanceCents), [-1850, 1850]);
    });
  }
});

test('amounts are written with two decimals', () => {
  assert.deepEqual([0, 5, 1850, -1850].map(formatAmount), ['0.00', '0.05', '18.50', '-18.50']);
});

describe('over HTTP', () => {
  const server = createServer(createApp({ book: newBook(), sha: '0123456789abcdef' }));
  let base;
  const post = (body) => fetch(`${base}/transfers`, { method: 'POST', body });

  before(async () => {
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  test('records a transfer, and answers the repeat with the same one', async () => {
    assert.equal((await post(JSON.stringify(sale))).status, 201);
    assert.equal((await post(JSON.stringify(sale))).status, 200);
    const { balances } = await (await fetch(`${base}/balances`)).json();
    assert.equal(balances[1].balanceCents, 1850);
  });

  test('says what is wrong', async () => {
    assert.equal((await post('{')).status, 400);
    assert.equal((await post('null')).status, 422);
    assert.equal((await post('x'.repeat(20_000))).status, 413);
    assert.equal((await fetch(`${base}/nothing`)).status, 404);
  });

  test('is healthy and shows its page', async () => {
    assert.deepEqual(await (await fetch(`${base}/healthz`)).json(), { ok: true, sha: '0123456789abcdef' });
    assert.match(await (await fetch(base)).text(), /Customer payments.*<code>0123456<\/code>/s);
  });
});
