import type { Life, Until } from './lives.ts';

/** What a small team had on its hands in a month: thirty items that are open, and those that came to production. */

const OPEN: readonly [
  title: string,
  service: string,
  by: Life['by'],
  until: Until,
  hours: number,
  priority?: Life['priority'],
][] = [
  ['Show the price before the picture has loaded', 'storefront', 'olga', 'created', 0.2],
  ['Search finds “t-shirt” when people type “tshirt”', 'search-index', 'olga', 'created', 1],
  ['Let people save a cart for later', 'checkout', 'priya', 'enriched', 0.4, 'P3'],
  ['Invoices carry the order number', 'ledger', 'olga', 'enriched', 2, 'P2'],
  ['Unsubscribe with one click', 'newsletter', 'olga', 'prd approved', 1.5, 'P1'],
  ['Refunds say when the money arrives', 'refund-desk', 'emil', 'prd approved', 3, 'P2'],
  ['Remember the delivery address', 'checkout', 'olga', 'prd drafted', 3, 'P2'],
  ['Warn before an item sells out', 'inventory', 'olga', 'prd drafted', 26, 'P3'],
  ['Gift wrapping at checkout', 'checkout', 'priya', 'prd drafted', 49, 'P3'],
  ['Show delivery dates on the product page', 'storefront', 'olga', 'prd drafted', 150, 'P2'],
  ['Weekly digest of new arrivals', 'newsletter', 'olga', 'spec drafted', 2, 'P3'],
  ['Filter the catalog by size', 'product-catalog', 'olga', 'spec drafted', 7, 'P2'],
  ['Track parcels of two carriers', 'order-tracker', 'remo', 'spec drafted', 28, 'P2'],
  ['Round prices the same everywhere', 'pricing-engine', 'emil', 'spec drafted', 30, 'P2'],
  ['Larger pictures on the product page', 'lookbook', 'olga', 'scored', 1, 'P4'],
  ['Print labels without reloading the page', 'shipping-labels', 'remo', 'scored', 22, 'P3'],
  ['Sort reviews by date', 'storefront', 'olga', 'scored', 71, 'P3'],
  ['Keep people signed in on their own devices', 'identity', 'emil', 'scored', 5, 'P2'],
  ['Explain declined cards in plain words', 'payment-gateway', 'olga', 'scored', 100, 'P1'],
  ['Show stock of each store', 'inventory', 'olga', 'delegated', 0.3, 'P2'],
  ['Breadcrumbs in the catalog', 'product-catalog', 'priya', 'delegated', 0.6, 'P4'],
  ['Suggest a spelling when nothing is found', 'search-index', 'olga', 'delegated', 1.1, 'P3'],
  ['Export orders as CSV', 'order-tracker', 'olga', 'in review', 1, 'P2'],
  ['Free-shipping banner over $50', 'storefront', 'olga', 'in review', 4, 'P2'],
  ['Alt texts for the lookbook', 'lookbook', 'priya', 'in review', 27, 'P3'],
  ['Show the carrier on the label', 'shipping-labels', 'remo', 'on staging', 0.1, 'P3'],
  ['Show returns in the order history', 'order-tracker', 'olga', 'release ready', 2, 'P2'],
  ['Price history for merchandisers', 'pricing-engine', 'priya', 'release ready', 20, 'P3'],
  ['One-tap reorder', 'checkout', 'olga', 'rolled back', 9, 'P2'],
  ['Show taxes before checkout', 'checkout', 'olga', 'prd drafted', 1, 'P2'],
];

/** Tier and priority keep these from an agent, so they are blocked at the scorecard. */
const TIERS: Readonly<Record<string, Life['tier']>> = { identity: 'T1', 'payment-gateway': 'T1' };

const SHIPPED = [
  'Wish lists',
  'Faster product pages',
  'Sale badges',
  'Search by colour',
  'Store hours',
  'Order mails in dark mode',
  'Coupons at checkout',
  'Stock alerts',
  'Label preview',
  'Refund reasons',
  'Picture zoom',
  'Size charts',
  'Delivery slots',
  'Newsletter archive',
  'Related products',
  'Sort by price',
  'Carrier status',
  'Price rounding',
  'Guest checkout',
  'Return labels',
  'Search history',
  'Cart reminders',
  'Product videos',
  'Login by mail',
] as const;
const SERVICES = ['storefront', 'checkout', 'search-index', 'order-tracker', 'newsletter', 'product-catalog'] as const;

/** Sooner or later, as nature has it, and the same each time. */
const spread = (index: number): number => ((index * 7919) % 97) / 97;

export const month: readonly Life[] = [
  ...SHIPPED.map((title, index): Life => {
    const late = index / SHIPPED.length;
    return {
      title,
      service: SERVICES[(index * 5) % SERVICES.length]!,
      by: (['olga', 'priya', 'emil', 'remo'] as const)[index % 4]!,
      priority: (['P2', 'P3', 'P2', 'P4'] as const)[index % 4]!,
      until: 'in production',
      ended: 24 * (29 - 28.5 * late),
      // They got faster over the month.
      pace: (1.2 + 3 * spread(index)) * (1.3 - 0.7 * late),
      agent: index % 5 === 2 ? 'manual' : 'scripted',
    };
  }),
  ...OPEN.map(([title, service, by, until, ended, priority], index): Life => {
    const tier = TIERS[service];
    return { title, service, by, until, ended, priority, pace: 0.5 + spread(index), ...(tier ? { tier } : {}) };
  }),
];
