/**
 * What the shop sells. `wasCents` is the price before a reduction. `art` names a drawing in pages/art.js and `tint`
 * the colour class of its tile.
 */
export const products = [
  {
    id: 'enamel-mug',
    name: 'Enamel Mug',
    priceCents: 1800,
    art: 'mug',
    tint: 'clay',
    text: 'Steel under two coats of enamel. Survives campfires, sinks and colleagues.',
  },
  {
    id: 'canvas-tote',
    name: 'Canvas Tote',
    priceCents: 2400,
    wasCents: 3200,
    art: 'tote',
    tint: 'sand',
    text: 'Heavy cotton canvas with long handles and one pocket that is actually big enough.',
  },
  {
    id: 'wool-beanie',
    name: 'Wool Beanie',
    priceCents: 2800,
    art: 'beanie',
    tint: 'pine',
    text: 'Knitted from undyed merino. Warm when wet, which it will be.',
  },
  {
    id: 'field-notebook',
    name: 'Field Notebook',
    priceCents: 1200,
    art: 'notebook',
    tint: 'sky',
    text: 'Ninety-six dotted pages, sewn so that they lie flat.',
  },
  {
    id: 'camp-lantern',
    name: 'Camp Lantern',
    priceCents: 4600,
    wasCents: 5800,
    art: 'lantern',
    tint: 'dusk',
    text: 'Forty hours of warm light on one charge, with a hook for the tent.',
  },
  {
    id: 'trail-bottle',
    name: 'Trail Bottle',
    priceCents: 3200,
    art: 'bottle',
    tint: 'moss',
    text: 'Double-walled steel, half a litre, and a lid that a gloved hand can open.',
  },
  {
    id: 'linen-towel',
    name: 'Linen Towel',
    priceCents: 1400,
    art: 'towel',
    tint: 'rose',
    text: 'Washed linen that dries before you have packed the rest.',
  },
  {
    id: 'walnut-tray',
    name: 'Walnut Tray',
    priceCents: 3800,
    art: 'tray',
    tint: 'bark',
    text: 'Turned from one piece of walnut and finished with oil, not lacquer.',
  },
];

export function findProduct(id) {
  return products.find((product) => product.id === id) ?? null;
}
