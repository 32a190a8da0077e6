import { itemCount } from '../cart.js';
import { html } from '../html.js';

/** The frame of every page. `sha` is the deployed commit. */
export function layout({ title, sha, cart, query = '', body }) {
  const count = itemCount(cart);
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Acme Field Goods</title>
  <link rel="stylesheet" href="/styles.css">
</head>
<body>
  <header class="top">
    <a class="brand" href="/"><span class="brand-mark" aria-hidden="true">A</span> Acme Field Goods</a>
    <form class="search" action="/" role="search">
      <label class="unseen" for="q">Search the shop</label>
      <input id="q" name="q" type="search" value="${query}" placeholder="Search the shop" autocomplete="off">
    </form>
    <a class="cart-link" href="/cart">Cart <span class="count">${count}</span></a>
  </header>
  <main>
${body}
  </main>
  <footer class="foot">
    <p>Acme Field Goods. Made to be used.</p>
    <p class="version">Version <code>${sha.slice(0, 7)}</code></p>
  </footer>
</body>
</html>
`;
}
