import { html } from '../html.js';
import { layout } from './layout.js';

export function notFoundPage({ sha, cart }) {
  const body = html`
    <h1>There is nothing here</h1>
    <p class="empty">The page may have moved. <a href="/">Go to the shop</a></p>`;
  return layout({ title: 'Not found', sha, cart, body });
}
