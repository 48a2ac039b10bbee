/** Why an order is held. */
export const HOLD_REASONS = ['fraud_check', 'stock', 'address', 'payment', 'other'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Why money is refunded or credited. Customers may see it. */
export const REASON_CATEGORIES = [
  'goodwill',
  'damaged',
  'late',
  'price',
  'out_of_stock',
  'lost',
  'customer_request',
  'fraud_check',
  'duplicate',
  'other',
] as const;
export type ReasonCategory = (typeof REASON_CATEGORIES)[number];

/** Why goods come back. */
export const RETURN_REASONS = [
  'defective',
  'wrong_item',
  'not_as_described',
  'damaged',
  'size_issue',
  'quality_issue',
  'change_of_mind',
  'other',
] as const;

export type ReturnReason = (typeof RETURN_REASONS)[number];

const SELLERS_FAULT: ReadonlySet<ReturnReason> = new Set([
  'defective',
  'wrong_item',
  'damaged',
  'not_as_described',
  'quality_issue',
]);

/** Whether the seller is responsible, and so refunds the shipping when everything is returned. */
export const isSellersFault = (reason: ReturnReason): boolean => SELLERS_FAULT.has(reason);
