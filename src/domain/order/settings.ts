import { decimalsOf } from '../shared/currency.ts';
import { divideHalfUp, type Currency, type Minor } from '../shared/money.ts';
import { CANCELLABLE_STATUSES, RETURNABLE_STATUSES, type OrderStatus } from './vocabulary/transitions.ts';

/** A merchant's settings for orders, within the transition table. */
export type OrderSettings = {
  /** Statuses in which an order may be cancelled. Default: all the table allows. */
  readonly cancellationStatuses: readonly OrderStatus[];
  /** Statuses in which a return may be opened. Default: all the table allows. */
  readonly returnStatuses: readonly OrderStatus[];
  /** Whether cancelling needs a reason. Default false. */
  readonly requireCancelReason: boolean;
  /** Whether processing waits for the money, cash on delivery excepted. Default false. */
  readonly paymentRequired: boolean;
  /** Whether captured money that covers the total confirms the order. Default true. */
  readonly autoConfirmOnPayment: boolean;
  /** Which waiting orders the scheduler moves to processing: those with nothing due, all, or none. Default paid. */
  readonly autoProcess: 'paid' | 'all' | 'off';
  /** Whether a processed return starts its refund at once. Default true. */
  readonly autoRefundReturns: boolean;
  /** Which prices a customer's lines have: the catalogue's, or those sent. Default trust. */
  readonly customerPrices: 'trust' | 'catalogue';
  /** Minutes before `scheduled_for` at which a scheduled order is released. Default 60. */
  readonly scheduleLeadMinutes: number;
  /** Minutes from placing or release to the estimated delivery. Default 30. */
  readonly deliveryEstimateMinutes: number;
  /** Speed of a courier in a straight line; kilometres per hour. Default 15. */
  readonly courierSpeedKmh: number;
  /** What an invoice is for: the whole order, with the first shipment, or each shipment. Default order. */
  readonly invoicePer: 'order' | 'shipment';
  /** Days after delivery within which a return may be opened. Default 30. */
  readonly returnWindowDays: number;
  /** Whether returning everything for a change of mind refunds the shipping too. Default false. */
  readonly returnShippingOnWithdrawal: boolean;
  /** Days without a step after which an approved return whose goods have not come is closed. 0: never. Default 30. */
  readonly returnExpiresDays: number;
};

export { CANCELLABLE_STATUSES, RETURNABLE_STATUSES };

export const DEFAULT_ORDER_SETTINGS: OrderSettings = {
  cancellationStatuses: CANCELLABLE_STATUSES,
  returnStatuses: RETURNABLE_STATUSES,
  requireCancelReason: false,
  paymentRequired: false,
  autoConfirmOnPayment: true,
  autoProcess: 'paid',
  autoRefundReturns: true,
  customerPrices: 'trust',
  scheduleLeadMinutes: 60,
  deliveryEstimateMinutes: 30,
  courierSpeedKmh: 15,
  invoicePer: 'order',
  returnWindowDays: 30,
  returnShippingOnWithdrawal: false,
  returnExpiresDays: 30,
};

/** Derives the ids that a decision needs: always the same id from the same parts, never random. */
export type OrderIds = {
  /** Id of the `n`-th refund of an order, which is made from this payment. */
  readonly refundId: (payment_id: string, n: number) => string;
  /** Id of the `n`-th credit of an order. */
  readonly creditId: (order_number: string, n: number) => string;
  /** Id of the `n`-th shipment of an order. */
  readonly shipmentId: (order_number: string, n: number) => string;
  /** Id of a return's item: at most one for each of the order's lines. */
  readonly returnItemId: (return_id: string, order_item_id: string) => string;
};

/** Ids that tell what they belong to, for tests; a store that needs UUIDs gets UUIDs (v5) of the same parts. */
export const PLAIN_IDS: OrderIds = {
  refundId: (payment_id, n) => `${payment_id}/refund-${n + 1}`,
  creditId: (order_number, n) => `${order_number}/credit-${n + 1}`,
  shipmentId: (_, n) => `00000000-0000-4000-8000-${String(n + 1).padStart(12, '0')}`,
  returnItemId: (return_id, order_item_id) => `${return_id}/${order_item_id}`,
};

export type OrderRules = OrderSettings & OrderIds;

const SCALE = 6;

/** The shipping cost in a currency: its own fee, else the general fee rounded to the currency's decimals. */
export const shippingFeeOf =
  (general: string, byCurrency: ReadonlyMap<Currency, Minor> = new Map()) =>
  (currency: Currency): Minor => {
    const own = byCurrency.get(currency);
    if (own !== undefined) return own;
    const [integer = '0', fraction = ''] = general.split('.');
    const scaled = BigInt(integer + fraction.padEnd(SCALE, '0')) * 10n ** BigInt(decimalsOf(currency) ?? 0);
    return Number(divideHalfUp(scaled, 10n ** BigInt(SCALE)));
  };
