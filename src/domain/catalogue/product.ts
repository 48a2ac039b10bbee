import type { Currency, Minor } from '../shared/money.ts';

/** What is sold, as the catalogue has it now. */
export type Product = {
  readonly product_id: string;
  readonly name: string | null;
  readonly sku: string | null;
  readonly description: string | null;
  readonly unit_price: Minor;
  readonly currency: Currency;
  /** Units there are; null: they are not counted. */
  readonly stock: number | null;
  /** False: it is listed, but not sold any more. */
  readonly is_sold: boolean;
};

export type Products = ReadonlyMap<string, Product>;

/** A product and a quantity that a customer wants to buy. */
export type WantedLine = {
  readonly product_id: string;
  readonly quantity: number;
  /** What it was said to be and to cost, where it was said: holds only where there is no catalogue. */
  readonly product_name: string | null;
  readonly unit_price: Minor | null;
};

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
