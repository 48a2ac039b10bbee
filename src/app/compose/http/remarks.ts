import type { ResourceDeps } from '../../../http/api.ts';
import type { ConnectOptions } from './options.ts';

/** What staff say and decide about orders, returns and payments: it takes what those work with. */
export const remarkResources = (
  { orderMoney }: Pick<ConnectOptions, 'orderMoney'>,
  { orders }: Pick<ResourceDeps, 'orders'>,
  { returns, payments }: Pick<ResourceDeps, 'returns' | 'payments'>,
): Pick<ResourceDeps, 'notes' | 'refunds'> => ({
  notes: { orders, returns, payments },
  refunds: { orders, commands: orderMoney, findPaymentIdByNumber: payments.findPaymentIdByNumber },
});
