import type { Currency, Minor } from '../shared/money.ts';

/** A product as it is in the catalogue now. */
export type Product = {
  readonly product_id: string;
  readonly name: string | null;
  readonly sku: string | null;
  readonly description: string | null;
  readonly unit_price: Minor;
  readonly currency: Currency;
  /** Units in stock; null: they are not counted. */
  readonly stock: number | null;
  /** False: it is listed, but no longer sold. */
  readonly is_sold: boolean;
  /** False: customers do not return it. */
  readonly returnable: boolean;
  /** Days after delivery in which it may be returned; null: the shop's. */
  readonly return_window_days: number | null;
};

/** Under which terms a line of a product may be returned; they are recorded in the order. */
export type ReturnTerms = { readonly returnable?: false; readonly return_window_days?: number };

export const termsOf = ({ returnable, return_window_days }: Product): ReturnTerms => ({
  ...(!returnable && { returnable }),
  ...(return_window_days !== null && { return_window_days }),
});

export type Products = ReadonlyMap<string, Product>;

/** A product and a quantity that a customer wants to buy. */
export type WantedLine = {
  readonly product_id: string;
  readonly quantity: number;
  /** Name and price as sent, if they were sent: used only where there is no catalogue. */
  readonly product_name: string | null;
  readonly unit_price: Minor | null;
};

/** The product, if it is sold in this currency; otherwise the reason why it is not. */
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

/** The products, with the units that an order has taken of them already. */
export const withKept = (
  products: Products,
  kept: readonly { readonly product_id: string; readonly quantity: number }[] = [],
): Products => {
  const counted = new Map(products);
  for (const { product_id, quantity } of kept) {
    const product = counted.get(product_id);
    if (product !== undefined && product.stock !== null)
      counted.set(product_id, { ...product, stock: product.stock + quantity });
  }
  return counted;
};
