import type { ResourceDeps } from '../../../http/api.ts';

/** What staff say and decide about orders, returns and payments: it takes what those work with. */
export const remarkResources = (
  { orders }: Pick<ResourceDeps, 'orders'>,
  { returns, payments }: Pick<ResourceDeps, 'returns' | 'payments'>,
): Pick<ResourceDeps, 'notes' | 'refunds'> => ({
  notes: { orders, returns, payments },
  refunds: { orders, findPaymentIdByNumber: payments.findPaymentIdByNumber },
});
