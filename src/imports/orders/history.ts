import { parse as uuidBytes, v5 as uuidv5 } from 'uuid';
import { orderIds } from '../../commands/index.ts';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPaidByPeople,
  isReceipt,
  paymentMethodOf,
  orderPaymentMethod,
  type OrderAction,
  type OrderEvent,
  type PaymentMethod,
  type RequestedLine,
} from '../../domain/order/index.ts';
import { paymentDecider, type PaymentEvent } from '../../domain/payment/index.ts';
import type { Instant } from '../../domain/shared/decider.ts';
import { sum, type Minor } from '../../domain/shared/money.ts';
import { IMPORT, openPast, withoutInvoice, type Step } from '../past/past-order.ts';
import type { ImportedOrder, ImportedRefund } from './imported-order.ts';

const IMPORT_IDS = uuidBytes('6d0f6f1c-3b0a-5c6f-8f0e-2f5f0c7f9a55');

/** Ids are derived from the source of the order and its number there, so a repeated import finds the order. */
export const importedIds = (source: string, number: string) => {
  const order = JSON.stringify([source, number]);
  const idOf = (part: string): string => uuidv5(`${order}/${part}`, IMPORT_IDS);
  return {
    order_id: idOf('order'),
    payment_id: idOf('payment'),
    lineId: (index: number): string => idOf(`line/${index}`),
  };
};

export type History = { readonly order: readonly Step<OrderEvent>[]; readonly payment: readonly Step<PaymentEvent>[] };

/** Data that is not in the file. */
export type Identity = {
  readonly source: string;
  readonly customer_id: string;
  readonly order_number: string;
  readonly payment_number: string;
};

/** Past orders need not have waited for their money. */
const settings = { ...DEFAULT_ORDER_SETTINGS, autoConfirmOnPayment: false, paymentRequired: false };
const orderDecider = createOrderDecider(settings, orderIds);

/**
 * No gateway of Waybill has past money, so people pay out later refunds of it. The order keeps the shop's own word for
 * the method.
 */
const methodOf = (payment_method: string | null): PaymentMethod => {
  const known = payment_method === null ? undefined : paymentMethodOf(orderPaymentMethod(payment_method));
  return known !== undefined && isReceipt(known) ? known : 'other';
};

/** Names in shop systems for Waybill's methods. */
const METHODS: ReadonlyMap<string, string> = new Map([
  ['bacs', 'bank_transfer'],
  ['cheque', 'bank_transfer'],
]);

const wordFor = (payment_method: string | null): string | null =>
  payment_method === null ? null : (METHODS.get(payment_method.toLowerCase()) ?? payment_method);

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

const WAY: readonly OrderAction[] = ['confirm', 'start_processing', 'ship', 'deliver'];
/** How many steps lead to each status. */
const STEPS = {
  pending: 0,
  confirmed: 1,
  processing: 2,
  shipped: 3,
  out_for_delivery: 3,
  delivered: 4,
  cancelled: 0,
} as const;

type Happening = { readonly at: Instant; readonly happens: (at: Instant) => void };

/** Sorted by time; events of one moment keep their order. */
const inOrder = (happenings: readonly Happening[]): readonly Happening[] =>
  happenings.toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));

/**
 * The events of a past order from its file: placed, paid, shipped, cancelled, refunded, each at its time. The same
 * rules apply as for every order. @throws ImpossibleHistory
 */
export const historyOf = (imported: ImportedOrder, identity: Identity): History => {
  const { source, customer_id, order_number, payment_number } = identity;
  const ids = importedIds(source, imported.number);
  const { order_id, payment_id } = ids;
  const { created_at, captured, currency } = imported;
  const order = openPast(orderDecider);
  const payment = openPast(paymentDecider);
  const payment_method = wordFor(imported.payment_method);
  const method = methodOf(payment_method);

  const place = (at: Instant): void => {
    const lines = imported.lines.map((line, index): RequestedLine => ({
      ...line,
      id: ids.lineId(index),
      product_description: null,
    }));
    const data = {
      order_number,
      customer_id,
      currency,
      tax_rate: '0',
      shipping_cost: imported.shipping_cost,
      payment_method,
      scheduled_for: null,
      lines,
      external: { source, number: imported.number },
      personal: {
        customer_email: imported.customer_email,
        customer_name: imported.customer_name,
        shipping_address: imported.shipping_address,
        billing_address: imported.billing_address,
        notes: imported.notes,
        meta_data: imported.meta_data,
        latitude: null,
        longitude: null,
        line_meta_data: {},
      },
    };
    order.does({ type: 'PlaceOrder', data, at, by: IMPORT });
  };

  const pay = (at: Instant): void => {
    const paid = { payment_id, amount: captured, method };
    const personal = { notes: null, meta_data: null };
    const data = {
      payment_number,
      order_id,
      customer_id,
      method,
      amount: captured,
      currency,
      transaction_id: null,
      personal,
    };
    payment.does({ type: 'InitiatePayment', data, at, by: IMPORT });
    order.does({ type: 'StartPayment', data: paid, at, by: IMPORT });
    payment.does({ type: 'StartProcessing', data: {}, at, by: IMPORT });
    payment.does({ type: 'CompletePayment', data: { transaction_id: null }, at, by: IMPORT });
    order.does({ type: 'RecordCapture', data: paid, at, by: IMPORT });
  };

  const act =
    (action: OrderAction) =>
    (at: Instant): void => {
      const { carrier, tracking_number } = imported;
      const said =
        action === 'ship' ? { carrier: carrier ?? undefined, tracking_number: tracking_number ?? undefined } : {};
      order.does({ type: 'TakeOrderAction', data: { action, ...said }, at, by: IMPORT }, withoutInvoice);
    };

  const giveBack =
    ({ amount }: ImportedRefund) =>
    (at: Instant): void => {
      const refund = (amount: Minor, credit: boolean) =>
        order.does({ type: 'RefundByHand', data: { payment_id, amount, credit }, at, by: IMPORT });
      const credited = refund(amount, true);
      // History is a fact: what the credit sets off was refunded as well.
      const allocations = credited.flatMap(({ type, data }) => (type === 'RefundAllocated' ? data.refunds : []));
      const setOff = amount - sum(allocations.map((part) => part.amount));
      const events = setOff === 0 ? credited : [...credited, ...refund(setOff, false)];
      for (const { type, data } of events) {
        if (type !== 'RefundAllocated') continue;
        for (const { payment_id: _, ...part } of data.refunds) {
          const { kind, return_id } = data;
          payment.does({ type: 'RequestRefund', data: { ...part, kind, return_id }, at, by: IMPORT });
          const { refund_id, amount } = part;
          if (isPaidByPeople(part.method))
            payment.does({ type: 'PayOutRefund', data: { refund_id, amount, method: part.method }, at, by: IMPORT });
        }
      }
    };

  const { status, paid_at, shipped_at, delivered_at, cancelled_at } = imported;
  const isSent = STEPS[status] >= 3;
  const taken = captured > 0 ? paid_at : created_at;
  const times: readonly Instant[] = isSent
    ? [earlier(taken, shipped_at), shipped_at, shipped_at, delivered_at]
    : [taken, taken, taken, taken];
  const happenings: Happening[] = [
    ...(captured > 0 ? [{ at: paid_at, happens: pay }] : []),
    ...WAY.slice(0, STEPS[status]).map((action, index) => ({ at: times[index] ?? shipped_at, happens: act(action) })),
    ...(status === 'cancelled' ? [{ at: cancelled_at, happens: act('cancel') }] : []),
    ...imported.refunds.map((refund) => ({ at: refund.at, happens: giveBack(refund) })),
  ];
  place(created_at);
  for (const { at, happens } of inOrder(happenings)) happens(at);
  return { order: order.steps, payment: payment.steps };
};
