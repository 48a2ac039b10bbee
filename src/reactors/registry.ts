import { chargePayments } from './charge-payments.ts';
import { clearOrderedCarts } from './clear-ordered-carts.ts';
import { confirmPaidOrders } from './confirm-paid-orders.ts';
import { creditMemoOnSettlement } from './credit-memo-on-settlement.ts';
import { followReturns } from './follow-returns.ts';
import { invoiceOnShipping } from './invoice-on-shipping.ts';
import type { Reactor } from './reactor.ts';
import { refundExcess } from './refund-excess.ts';
import { refundPayments } from './refund-payments.ts';
import { settleStock } from './settle-stock.ts';
import { tellCustomerService } from './tell-customer-service.ts';
import { tellCustomers } from './tell-customers.ts';

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
  tellCustomers,
];

/** Those of a shop: a customer service is told of orders only where there is one. */
export const reactorsFor = ({ hasCustomerService }: { readonly hasCustomerService: boolean }): readonly Reactor[] =>
  hasCustomerService ? [...reactors, tellCustomerService] : reactors;
