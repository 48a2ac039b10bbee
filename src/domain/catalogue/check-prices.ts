import type { Currency, Minor } from '../shared/money.ts';
import { soldIn, type Products } from './product.ts';
import type { CatalogueRejection, PriceDifference, UnsoldLine } from './rejections.ts';

export type PricedLine = { readonly product_id: string; readonly unit_price: Minor };

/** Compares the prices of lines with the catalogue; undefined: they are equal. Stock is not checked. */
export const checkPrices = (
  lines: readonly PricedLine[],
  products: Products,
  currency: Currency,
): CatalogueRejection | undefined => {
  const not: UnsoldLine[] = [];
  const other: PriceDifference[] = [];
  for (const [line, { product_id, unit_price }] of lines.entries()) {
    const product = soldIn(products, product_id, currency);
    if (typeof product === 'string') not.push({ line, product_id, reason: product, available: null });
    else if (product.unit_price !== unit_price) other.push({ line, unit_price, price: product.unit_price, currency });
  }
  if (not.length > 0) return { rejected: 'catalogue.not_sold', lines: not };
  return other.length > 0 ? { rejected: 'catalogue.price_differs', lines: other } : undefined;
};
