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
