type Claim = {
  readonly customer_id: string;
  /** What is in it. */
  readonly cart: string;
  readonly command_id: string;
  /** The order that this command places. */
  readonly order_id: string;
};

/** Which command orders a customer's cart, from before the order is placed until the cart is empty. */
export type CheckoutClaims = {
  /** Claims the cart, or answers who has it. */
  readonly claim: (claim: Claim) => Promise<{ readonly command_id: string; readonly cart_is_same: boolean }>;
  /** Takes the claim of a command that has placed nothing, once its request cannot be alive any more. */
  readonly takeOver: (claim: Claim, from: string) => Promise<boolean>;
  /** The cart of this order is empty, or nothing was placed. */
  readonly end: (claim: Pick<Claim, 'customer_id' | 'order_id'>) => Promise<void>;
};
