type Claim = { readonly customer_id: string; readonly cart: string; readonly command_id: string };

/** Which command orders a customer's cart, from before the order is placed until the cart is empty. */
export type CheckoutClaims = {
  /** Claims the cart, or answers who has it. `cart`: what is in it. */
  readonly claim: (claim: Claim) => Promise<{ readonly command_id: string; readonly cart_is_same: boolean }>;
  /** Takes the claim of a command that has placed nothing, once its request cannot be alive any more. */
  readonly takeOver: (claim: Claim, from: string) => Promise<boolean>;
  /** The cart is empty, or nothing was placed. */
  readonly release: (claim: Omit<Claim, 'cart'>) => Promise<void>;
};
