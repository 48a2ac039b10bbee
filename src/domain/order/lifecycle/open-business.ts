import { isDeliveryOver } from '../delivery/delivery-phase.ts';
import type { Order } from '../vocabulary/state.ts';

/** What is not finished yet, so that the customer's data is still needed. */
export const OPEN_BUSINESS = ['delivery', 'return', 'refund', 'payment', 'document'] as const;
export type OpenBusiness = (typeof OPEN_BUSINESS)[number];

/**
 * What an order itself says is not finished. An amount due is no open business: the order keeps it, and needs no name for
 * it. Documents and payments that were not started have streams of their own.
 */
export const openBusinessOf = ({
  status,
  returns,
  refunds,
  payments,
}: Pick<Order, 'status' | 'returns' | 'refunds' | 'payments'>): readonly OpenBusiness[] => [
  ...(isDeliveryOver(status) ? [] : (['delivery'] as const)),
  ...(returns.some((one) => one.status !== 'closed') ? (['return'] as const) : []),
  ...(refunds.some((one) => one.status === 'pending' || one.status === 'failed') ? (['refund'] as const) : []),
  ...(payments.some((one) => one.status === 'in_flight') ? (['payment'] as const) : []),
];
