import { html } from '../html.js';
import { formatPrice } from '../money.js';
import { art } from './art.js';
import { layout } from './layout.js';

/** One product. */
export function productPage({ sha, cart, product }) {
  const body = html`
    <article class="product">
      <div class="tile big ${product.tint}">${art(product.art)}</div>
      <div>
        <p class="back"><a href="/">All products</a></p>
        <h1>${product.name}</h1>
        <p class="price">${formatPrice(product.priceCents)}</p>
        <p>${product.text}</p>
        <form method="post" action="/cart/add">
          <input type="hidden" name="id" value="${product.id}">
          <button>Add to cart</button>
        </form>
      </div>
    </article>`;
  return layout({ title: product.name, sha, cart, body });
}
