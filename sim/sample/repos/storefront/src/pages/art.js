import { html } from '../html.js';

/** Line drawings on a 120 × 120 grid; their colour comes from the tile they stand on. */
const drawings = {
  mug: html`<path d="M34 42h44v38a10 10 0 0 1-10 10H44a10 10 0 0 1-10-10z"/><path d="M78 52h8a8 8 0 0 1 8 8v4a8 8 0 0 1-8 8h-8"/><path d="M34 52h44"/>`,
  tote: html`<path d="M32 48h56l5 46H27z"/><path d="M46 60V40a14 14 0 0 1 28 0v20"/>`,
  beanie: html`<path d="M32 74c0-22 10-38 28-38s28 16 28 38"/><rect x="28" y="74" width="64" height="16" rx="5"/><circle cx="60" cy="30" r="6"/><path d="M48 42v30M60 38v34M72 42v30"/>`,
  notebook: html`<rect x="36" y="28" width="50" height="64" rx="4"/><path d="M46 28v64M56 46h20M56 56h20M56 66h12"/>`,
  lantern: html`<path d="M48 30a12 12 0 0 1 24 0"/><rect x="44" y="30" width="32" height="10" rx="2"/><path d="M46 40h28l4 38H42z"/><rect x="40" y="78" width="40" height="12" rx="3"/><path d="M60 50c6 7 8 11 8 15a8 8 0 0 1-16 0c0-4 2-8 8-15z"/>`,
  bottle: html`<rect x="52" y="24" width="16" height="12" rx="2"/><path d="M54 36h12v6c8 4 10 8 10 16v30a6 6 0 0 1-6 6H50a6 6 0 0 1-6-6V58c0-8 2-12 10-16z"/><path d="M44 64h32"/>`,
  towel: html`<path d="M28 36h64"/><path d="M38 36h36v52H38z"/><path d="M74 36h10v38H74M38 76h36M38 82h36"/>`,
  tray: html`<ellipse cx="60" cy="62" rx="38" ry="22"/><ellipse cx="60" cy="60" rx="28" ry="14"/><path d="M22 62v6c0 12 17 22 38 22s38-10 38-22v-6"/>`,
};

export function art(name) {
  return html`<svg viewBox="0 0 120 120" aria-hidden="true">${drawings[name]}</svg>`;
}
