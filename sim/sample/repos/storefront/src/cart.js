import { findProduct } from './products.js';

const maxQuantity = 99;

/**
 * The cart lives in a cookie, `cart=enamel-mug:2,canvas-tote:1` (ADR 2). A cart is a Map of product id to quantity;
 * what we don't sell, or can't read, is left out.
 */
export function parseCart(cookieHeader = '') {
  const cookie = cookieHeader
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith('cart='));
  const cart = new Map();
  for (const entry of (cookie ?? '').slice('cart='.length).split(',')) {
    const [id, quantity] = entry.split(':');
    const count = Number(quantity);
    if (findProduct(id) && Number.isInteger(count) && count > 0) cart.set(id, Math.min(count, maxQuantity));
  }
  return cart;
}

export function serializeCart(cart) {
  return [...cart].map(([id, quantity]) => `${id}:${quantity}`).join(',');
}

export function addItem(cart, id) {
  if (!findProduct(id)) return cart;
  return new Map(cart).set(id, Math.min((cart.get(id) ?? 0) + 1, maxQuantity));
}

export function removeItem(cart, id) {
  const changed = new Map(cart);
  changed.delete(id);
  return changed;
}

/** The lines of the cart in the order they were added. */
export function cartLines(cart) {
  return [...cart].map(([id, quantity]) => {
    const product = findProduct(id);
    return { product, quantity, totalCents: product.priceCents * quantity };
  });
}

export function totalCents(cart) {
  return cartLines(cart).reduce((sum, line) => sum + line.totalCents, 0);
}

export function itemCount(cart) {
  return [...cart.values()].reduce((sum, quantity) => sum + quantity, 0);
}
