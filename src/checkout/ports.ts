import type { Trace } from '../platform/trace.ts';
import type { Products, WantedLine } from '../domain/catalogue/index.ts';

/** The products, with prices and stock. */
export type Catalogue = {
  /** Whether there is one: without, nothing is checked against it. */
  readonly exists: () => Promise<boolean>;
  /** Those of these products that it knows. */
  readonly find: (ids: readonly string[], trace: Trace) => Promise<Products>;
};

export type StockChange = {
  readonly product_id: string;
  /** Units that come (above 0) or go (below). */
  readonly change: number;
  readonly order_id: string;
  /** The same key is one change, even if it is requested repeatedly. */
  readonly key: string;
  readonly trace: Trace;
};

/** `refused`: there are fewer than would go. */
export type StockOutcome = 'changed' | 'unknown_product' | 'refused';

export type Stock = { readonly change: (change: StockChange) => Promise<StockOutcome> };

export type Carts = {
  /** The contents of a customer's cart; empty if there is none. */
  readonly read: (customerId: string, trace: Trace) => Promise<readonly WantedLine[]>;
  /** Empties it. The same key empties it once, so that products added later stay. */
  readonly clear: (customerId: string, how: { readonly key: string; readonly trace: Trace }) => Promise<void>;
};

export type KnownUser = { readonly email: string | null; readonly name: string | null };

export type Users = { readonly find: (id: string, trace: Trace) => Promise<KnownUser | undefined> };

type Claim = {
  readonly customer_id: string;
  /** The contents of the cart. */
  readonly cart: string;
  readonly command_id: string;
  /** The order that this command places. */
  readonly order_id: string;
};

/** Which command orders a customer's cart, from before the order is placed until the cart is empty. */
export type CheckoutClaims = {
  /** Claims the cart, or returns the claim that exists. */
  readonly claim: (claim: Claim) => Promise<{ readonly command_id: string; readonly cart_is_same: boolean }>;
  /** Takes over the claim of a command that placed no order and whose request must have ended. */
  readonly takeOver: (claim: Claim, from: string) => Promise<boolean>;
  /** Ends the claim: the cart of this order is empty, or no order was placed. */
  readonly end: (claim: Pick<Claim, 'customer_id' | 'order_id'>) => Promise<void>;
};
