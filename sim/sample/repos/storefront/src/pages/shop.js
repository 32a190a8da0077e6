import { html } from '../html.js';
import { formatPrice } from '../money.js';
import { art } from './art.js';
import { layout } from './layout.js';

/** The front page: every product, or those that match the search. */
export function shopPage({ sha, cart, query, products }) {
  const body = html`
    <section class="hero">
      <h1>Things for outside, and for after.</h1>
      <p>Eight objects. We use all of them.</p>
    </section>
    ${query !== '' && html`<p class="result">${products.length} ${products.length === 1 ? 'result' : 'results'} for “${query}”</p>`}
    ${products.length === 0 && html`<p class="empty">Nothing matches. <a href="/">See everything</a></p>`}
    <ul class="grid">${products.map(productCard)}
    </ul>`;
  return layout({ title: 'Shop', sha, cart, query, body });
}

function productCard(product) {
  return html`
      <li class="card">
        <a class="tile ${product.tint}" href="/products/${product.id}" aria-label="${product.name}">${art(product.art)}</a>
        <div class="card-text">
          <h2><a href="/products/${product.id}">${product.name}</a></h2>
          <p class="price">${formatPrice(product.priceCents)}</p>
        </div>
        <form method="post" action="/cart/add">
          <input type="hidden" name="id" value="${product.id}">
          <button>Add to cart</button>
        </form>
      </li>`;
}
