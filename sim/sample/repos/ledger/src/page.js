const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (character) => entities[character]);

/** -1850 -> "-18.50" */
export function formatAmount(cents) {
  return `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
}

/** The balances for a person to read. */
export function balancesPage({ balances, transfers, sha }) {
  const rows = balances.map((one) => `<tr><td>${escapeHtml(one.title)}</td><td>${formatAmount(one.balanceCents)}</td></tr>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ledger</title>
<style>
  body { max-width: 640px; margin: 48px auto; padding: 0 16px; color: #1d2430; font: 16px/1.5 system-ui, sans-serif; }
  table { width: 100%; border-collapse: collapse; }
  td { padding: 10px 0; border-bottom: 1px solid #dde2ea; }
  td + td { text-align: right; font-variant-numeric: tabular-nums; }
  footer { margin-top: 24px; color: #5a6474; font-size: 14px; }
</style>
<h1>Ledger</h1>
<p>${transfers} transfers. The balances add up to zero.</p>
<table>${rows.join('')}</table>
<footer>Version <code>${escapeHtml(sha.slice(0, 7))}</code></footer>
</html>
`;
}
