import { readFileSync } from 'node:fs';
import { addItem, parseCart, removeItem, serializeCart } from './cart.js';
import { cartPage } from './pages/cart.js';
import { notFoundPage } from './pages/not-found.js';
import { productPage } from './pages/product.js';
import { shopPage } from './pages/shop.js';
import { findProduct, products } from './products.js';
import { search } from './search.js';

const styles = readFileSync(new URL('../public/styles.css', import.meta.url), 'utf8');
const maxBody = 4096;

/** The request listener of the shop. `sha` is shown in the footer, so that everybody can see what is deployed. */
export function createApp({ sha }) {
  return async (request, response) => {
    try {
      await route(request, response, sha);
    } catch (error) {
      send(response, error.status ?? 500, 'text/plain', error.status ? error.message : 'Something went wrong');
      if (!error.status) console.error(error);
    }
  };
}

async function route(request, response, sha) {
  const url = new URL(request.url, 'http://shop');
  const cart = parseCart(request.headers.cookie);
  const page = { sha, cart };
  const at = `${request.method === 'HEAD' ? 'GET' : request.method} ${url.pathname}`;

  if (at === 'GET /healthz') return send(response, 200, 'application/json', JSON.stringify({ ok: true, sha }));
  if (at === 'GET /styles.css') return send(response, 200, 'text/css', styles);
  if (at === 'GET /') {
    const query = url.searchParams.get('q') ?? '';
    return sendHtml(response, 200, shopPage({ ...page, query, products: search(products, query) }));
  }
  if (at === 'GET /cart') return sendHtml(response, 200, cartPage(page));
  if (at === 'POST /cart/add') return changeCart(request, response, (form) => addItem(cart, form.get('id')));
  if (at === 'POST /cart/remove') return changeCart(request, response, (form) => removeItem(cart, form.get('id')));

  const product = at.startsWith('GET /products/') && findProduct(url.pathname.slice('/products/'.length));
  if (product) return sendHtml(response, 200, productPage({ ...page, product }));
  return sendHtml(response, 404, notFoundPage(page));
}

async function changeCart(request, response, change) {
  const cart = change(new URLSearchParams(await readBody(request)));
  response.setHeader('set-cookie', `cart=${serializeCart(cart)}; Path=/; HttpOnly; SameSite=Lax`);
  response.writeHead(303, { location: '/cart' }).end();
}

async function readBody(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > maxBody) throw Object.assign(new Error('That is too much'), { status: 413 });
  }
  return body;
}

function sendHtml(response, status, page) {
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self'");
  send(response, status, 'text/html', String(page));
}

function send(response, status, type, body) {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }).end(body);
}
