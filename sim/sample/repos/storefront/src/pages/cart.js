import { cartLines, totalCents } from '../cart.js';
import { html } from '../html.js';
import { formatPrice } from '../money.js';
import { layout } from './layout.js';

/** What the customer has chosen, with its total. */
export function cartPage({ sha, cart }) {
  const body = html`
    <h1>Your cart</h1>
    ${cart.size === 0 ? html`<p class="empty">Your cart is empty. <a href="/">Go to the shop</a></p>` : filledCart(cart)}`;
  return layout({ title: 'Cart', sha, cart, body });
}

function filledCart(cart) {
  return html`
    <table class="lines">
      <thead><tr><th>Product</th><th class="number">Quantity</th><th class="number">Price</th><th></th></tr></thead>
      <tbody>${cartLines(cart).map(cartLine)}
      </tbody>
      <tfoot><tr><th colspan="2">Total</th><td class="number total">${formatPrice(totalCents(cart))}</td><td></td></tr></tfoot>
    </table>`;
}

function cartLine({ product, quantity, totalCents: cents }) {
  return html`
        <tr>
          <td><a href="/products/${product.id}">${product.name}</a></td>
          <td class="number">${quantity}</td>
          <td class="number">${formatPrice(cents)}</td>
          <td>
            <form method="post" action="/cart/remove">
              <input type="hidden" name="id" value="${product.id}">
              <button class="quiet" aria-label="Remove ${product.name}">Remove</button>
            </form>
          </td>
        </tr>`;
}
