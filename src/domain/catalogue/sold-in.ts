import type { Currency } from '../shared/money.ts';
import type { Product, Products } from './product.ts';

/** The product, if it is sold in this currency; else why not. */
export const soldIn = (
  products: Products,
  id: string,
  currency: Currency,
): Product | 'unknown' | 'not_sold' | 'currency' => {
  const product = products.get(id);
  if (product === undefined) return 'unknown';
  if (!product.is_sold) return 'not_sold';
  return product.currency === currency ? product : 'currency';
};
