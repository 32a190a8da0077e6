import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addItem, itemCount, parseCart, removeItem, serializeCart, totalCents } from '../src/cart.js';
import { html } from '../src/html.js';
import { formatPrice } from '../src/money.js';
import { products } from '../src/products.js';
import { search } from '../src/search.js';

describe('money', () => {
  for (const [cents, text] of [[0, '$0.00'], [5, '$0.05'], [1850, '$18.50'], [123456, '$1,234.56'], [-250, '-$2.50']]) {
    test(`${cents} cents are ${text}`, () => assert.equal(formatPrice(cents), text));
  }
});

describe('the cart', () => {
  test('is read from a cookie and written back', () => {
    const cart = parseCart('theme=dark; cart=enamel-mug:2,canvas-tote:1');
    assert.equal(itemCount(cart), 3);
    assert.equal(totalCents(cart), 2 * 1800 + 2400);
    assert.equal(serializeCart(cart), 'enamel-mug:2,canvas-tote:1');
  });

  test('leaves out what it cannot read and what we do not sell', () => {
    const cart = parseCart('cart=enamel-mug:x,yacht:1,canvas-tote:-2,wool-beanie:1000,__proto__:1');
    assert.deepEqual([...cart], [['wool-beanie', 99]]);
  });

  test('adding and removing make a new cart', () => {
    const empty = parseCart('');
    const one = addItem(empty, 'enamel-mug');
    assert.equal(itemCount(empty), 0);
    assert.equal(itemCount(addItem(one, 'enamel-mug')), 2);
    assert.equal(itemCount(addItem(one, 'yacht')), 1);
    assert.equal(itemCount(removeItem(one, 'enamel-mug')), 0);
  });
});

describe('search', () => {
  test('finds by name and by text', () => {
    assert.deepEqual(search(products, 'Mug').map((product) => product.id), ['enamel-mug']);
    assert.deepEqual(search(products, 'merino').map((product) => product.id), ['wool-beanie']);
  });

  test('shows everything when nothing is typed', () => assert.equal(search(products, '').length, products.length));
});

describe('html', () => {
  test('escapes values, and joins lists of markup as they are', () => {
    assert.equal(String(html`<p>${'<b>"&\''}</p>`), '<p>&lt;b&gt;&quot;&amp;&#39;</p>');
    assert.equal(String(html`<ul>${['a', '<'].map((one) => html`<li>${one}</li>`)}</ul>`), '<ul><li>a</li><li>&lt;</li></ul>');
    assert.equal(String(html`${null}${false}${0}`), '0');
  });
});
