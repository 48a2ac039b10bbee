type Settled = { readonly accepted_quantity: number | null };

/**
 * Whether a settled return needs a credit memo: when at least one unit was accepted, whatever becomes of the money.
 * `null`: nothing has been settled for this item.
 */
export const needsCreditMemo = (items: readonly Settled[]): boolean =>
  items.some(({ accepted_quantity }) => accepted_quantity !== null && accepted_quantity > 0);
