import type { Trace } from '../platform/trace.ts';
import type { Products, WantedLine } from '../domain/catalogue/index.ts';

/** The products, with prices and stock. */
export type Catalogue = {
  /** It is in Waybill's own database: asking it costs one query, and it is never away. */
  readonly isOwn: boolean;
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

export type Stock = {
  readonly change: (change: StockChange) => Promise<StockOutcome>;
  /** Absent where the stock is another service's: its units can only be taken after the order is placed. */
  readonly reservations?: Reservations;
};

export type Units = { readonly product_id: string; readonly quantity: number };

/** A product of which fewer units are left than an order needs. */
export type Shortage = { readonly product_id: string; readonly left: number };

/** Units that are taken for an order before it is placed. One that is not placed gives them back after a while. */
export type Reservations = {
  /**
   * Takes all units that the order needs, or none. Asked again, it takes nothing more. `changing`: the revision of the
   * order whose items are to change; absent: the order is not placed yet.
   */
  readonly reserve: (order_id: string, units: readonly Units[], changing?: bigint) => Promise<readonly Shortage[]>;
  /** Whether units are reserved for a change of the order at this revision, which was asked for within these minutes. */
  readonly isChanging: (order_id: string, revision: bigint, minutes: number) => Promise<boolean>;
  /** The items were not changed: the next time stock is settled, the units go back. */
  readonly giveUpChange: (order_id: string) => Promise<void>;
  /** The units that are taken for an order. */
  readonly of: (order_id: string) => Promise<readonly Units[]>;
  /** The order was not placed: its units go back. */
  readonly giveBack: (order_id: string) => Promise<void>;
  /** Since when units are reserved for an order whose stock was not settled yet. */
  readonly since: (order_id: string) => Promise<string | undefined>;
  /** The stock of the order is settled, unless it was reserved again later than this. */
  readonly end: (order_id: string, since: string) => Promise<void>;
  /** Orders whose units were reserved before, and are not settled: their request or their job died. */
  readonly overdue: (minutes: number, limit: number) => Promise<readonly string[]>;
};

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
