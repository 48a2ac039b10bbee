import type { Currency, Minor } from '../shared/money.ts';

/** Why a line cannot be sold. `line` is its index as sent. */
export type UnsoldLine = {
  readonly line: number;
  readonly product_id: string;
  /** `no_price`: its price is not known. `currency`: it is sold in another one. */
  readonly reason: 'unknown' | 'not_sold' | 'sold_out' | 'no_price' | 'currency';
  /** Units in stock, if they are too few. */
  readonly available: number | null;
};

export type PriceDifference = {
  readonly line: number;
  readonly unit_price: Minor;
  /** The price in the catalogue. */
  readonly price: Minor;
  readonly currency: Currency;
};

/** The lines that the catalogue cannot sell. */
export type CatalogueRejection =
  /**
   * `being_ordered`: by a request in progress. `being_cleared`: the order was placed, and the cart is not empty yet.
   */
  | { readonly rejected: 'cart.empty' | 'cart.being_ordered' | 'cart.being_cleared' }
  | { readonly rejected: 'catalogue.not_sold'; readonly lines: readonly UnsoldLine[] }
  /** Everything is sold, and of these products there are too few. */
  | { readonly rejected: 'stock.insufficient'; readonly lines: readonly UnsoldLine[] }
  | { readonly rejected: 'catalogue.price_differs'; readonly lines: readonly PriceDifference[] };
