/** The products whose name or text holds what the customer typed. Nothing typed: all of them. */
export function search(products, query) {
  if (query === '') return products;
  return products.filter((product) => product.name.includes(query) || product.text.includes(query));
}
