import { chargePayments } from './charge-payments.ts';
import { confirmPaidOrders } from './confirm-paid-orders.ts';
import { creditMemoOnSettlement } from './credit-memo-on-settlement.ts';
import { followReturns } from './follow-returns.ts';
import { invoiceOnShipping } from './invoice-on-shipping.ts';
import type { Reactor } from './reactor.ts';
import { refundExcess } from './refund-excess.ts';
import { refundPayments } from './refund-payments.ts';

/** Every policy there is. */
export const reactors: readonly Reactor[] = [
  invoiceOnShipping,
  creditMemoOnSettlement,
  chargePayments,
  confirmPaidOrders,
  refundExcess,
  refundPayments,
  followReturns,
];
