/** Why an order is held. */
export const HOLD_REASONS = ['fraud_check', 'stock', 'address', 'payment', 'other'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];
