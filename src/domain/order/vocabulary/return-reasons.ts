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
