import { chargePayments } from './payments/charge-payments.ts';
import { clearOrderedCarts } from './stock/clear-ordered-carts.ts';
import { confirmPaidOrders } from './payments/confirm-paid-orders.ts';
import { creditMemoOnSettlement } from './invoicing/credit-memo-on-settlement.ts';
import { followReturns } from './returns/follow-returns.ts';
import { invoiceOnShipping } from './invoicing/invoice-on-shipping.ts';
import type { Reactor } from './engine/reactor.ts';
import { refundExcess } from './payments/refund-excess.ts';
import { refundPayments } from './payments/refund-payments.ts';
import { settleStock } from './stock/settle-stock.ts';
import { reportStatistics } from './statistics/tell-customer-service.ts';
import { notifyCustomers } from '../notifications/tell-customers.ts';

/** Every policy that any shop has. */
export const reactors: readonly Reactor[] = [
  invoiceOnShipping,
  creditMemoOnSettlement,
  chargePayments,
  confirmPaidOrders,
  refundExcess,
  refundPayments,
  followReturns,
  clearOrderedCarts,
  settleStock,
  notifyCustomers,
];

/** Those of a shop: a customer service is told of orders only where there is one. */
export const reactorsFor = ({ hasCustomerService }: { readonly hasCustomerService: boolean }): readonly Reactor[] =>
  hasCustomerService ? [...reactors, reportStatistics] : reactors;
