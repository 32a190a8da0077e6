/** 1850 -> "$18.50". Amounts are whole cents everywhere (ADR 1). */
export function formatPrice(cents) {
  const dollars = Math.floor(Math.abs(cents) / 100).toLocaleString('en-US');
  const rest = String(Math.abs(cents) % 100).padStart(2, '0');
  return `${cents < 0 ? '-' : ''}$${dollars}.${rest}`;
}
