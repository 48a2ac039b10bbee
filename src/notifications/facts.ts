import { match, P } from 'ts-pattern';
import { documentIdOf, findEvent } from '../commands/index.ts';
import { needsCreditMemo, type DocumentRequested } from '../domain/document/index.ts';
import {
  dueAfterPaying,
  expectedSettlement,
  hasGoneBack,
  isDeliveryOver,
  isPaidByPeople,
  ledgerOf,
  leftOfPayment,
  paidBy,
  refundedIn,
  refundOfCancellation,
  wayBack,
  soldQuantity,
  type Credit,
  type Order,
  type OrderPlaced,
  type RefundMethod,
  type Shipment,
} from '../domain/order/index.ts';
import { hasEndedWithoutGoods, reviewTermsOf, type Return } from '../domain/return/index.ts';
import { isErased, type Personal } from '../domain/shared/decider.ts';
import { sum, type Minor } from '../domain/shared/money.ts';
import type { Recorded } from '../event-store/recorded.ts';
import { orderStream, streamId } from '../event-store/stream-names.ts';
import type { MailAddress } from './mail/port.ts';
import { STAFF_KINDS, type MailKind } from './kinds.ts';
import type { History } from './stream-cache.ts';

export type Recipient = {
  /** The customer of the order. */
  readonly customer_id: string;
  readonly email: string;
  readonly name: string | null;
  /** BCP 47; null: the shop's. */
  readonly locale: string | null;
};

/** The amounts in a mail, from the ledger at that time. Null: the mail has no amounts. */
export type MoneyFacts = {
  /** The amount that is or was refunded. */
  readonly refund: Minor | null;
  /** It is the most that goes back when all is accepted. */
  readonly is_estimate: boolean;
  /** How it goes; null where several ways are taken. */
  readonly method: RefundMethod | null;
  /** The refund a person is asked about. */
  readonly refund_id: string | null;
  /** The credited amount. */
  readonly credited: Minor | null;
  /** The part that only lowers the amount due. */
  readonly set_off: Minor | null;
  readonly due: Minor | null;
};

/** The content of a mail, in the state when its event was recorded. */
export type MailFacts = {
  readonly kind: MailKind;
  readonly order_id: string;
  readonly recipient: Recipient;
  readonly order: Order;
  readonly back: Return | null;
  readonly reason: string | null;
  /** The parcel that it is about. */
  readonly shipment: Shipment | null;
  /** The credit that it is about, other than that of a return. */
  readonly credit: Credit | null;
  readonly money: MoneyFacts;
  /** The document that goes with it. */
  readonly document_id: string | null;
};

const known = (text: Personal<string> | null | undefined): string | null =>
  text === null || text === undefined || typeof text !== 'string' ? null : text;

/** The customer, as the order names them; undefined if they have no e-mail address or were erased. */
const customerOf = (
  { customer_id, locale }: OrderPlaced['data'],
  { personal }: Pick<Order, 'personal'>,
): Recipient | undefined => {
  if (isErased(personal) || personal.customer_email === null) return undefined;
  return { customer_id, email: personal.customer_email, name: personal.customer_name, locale: locale ?? null };
};

type Telling = Pick<MailFacts, 'order' | 'back' | 'reason' | 'shipment' | 'credit' | 'money' | 'document_id'>;

const NO_MONEY: MoneyFacts = {
  refund: null,
  is_estimate: false,
  method: null,
  refund_id: null,
  credited: null,
  set_off: null,
  due: null,
};
const nothingMore = { back: null, reason: null, shipment: null, credit: null, money: NO_MONEY, document_id: null };

/** The way that all of them take. */
const commonWay = (ways: readonly RefundMethod[]): RefundMethod | null => {
  const [first = null, ...others] = new Set(ways);
  return others.length === 0 ? first : null;
};

/** Cancelled: everything that is here, or on its way back, goes back as it came. */
const moneyOfCancellation = (order: Order): MoneyFacts => {
  const held = order.payments.filter(({ payment_id }) => leftOfPayment(order, payment_id) > 0);
  const method = commonWay(held.map((payment) => wayBack(payment.method, 'original_payment')));
  return { ...NO_MONEY, refund: refundOfCancellation(order), method };
};

const moneyOfRefund = (
  order: Order,
  refunds: readonly { readonly amount: Minor; readonly method: RefundMethod }[],
): MoneyFacts => ({
  ...NO_MONEY,
  refund: sum(refunds.map(({ amount }) => amount)),
  method: commonWay(refunds.map(({ method }) => method)),
  due: ledgerOf(order).amount_due,
});

/** `order`: right after the credit, before what it pays is on its way. */
const moneyOfCredit = (order: Order, { amount, pays }: Credit): MoneyFacts => ({
  ...NO_MONEY,
  credited: amount,
  set_off: amount - pays,
  refund: pays,
  due: dueAfterPaying(order, pays),
});

/** The change of an order; undefined: no message follows. */
const aboutOrder = (order: Order, { fact }: Recorded, mail: MailKind): Telling | undefined =>
  match(fact)
    .returnType<Telling | undefined>()
    // What left with an invoice is told with it.
    .with({ type: 'OrderOutForDelivery' }, ({ data }) =>
      data.invoice === null ? { ...nothingMore, order } : undefined,
    )
    .with({ type: P.union('OrderShipped', 'ItemsShipped') }, ({ data }) =>
      data.invoice === null ? aboutParcel(order, data.shipment_id) : undefined,
    )
    .with({ type: 'OrderDelivered' }, () => aboutDelivery(order, mail, order.shipments.findLast(isDelivered)))
    .with({ type: 'ShipmentDelivered' }, ({ data }) => aboutDelivery(order, mail, parcelOf(order, data.shipment_id)))
    .with(
      {
        type: P.union(
          'ShipmentOutForDelivery',
          'ShipmentFailed',
          'ShipmentReturnedToSender',
          'ShipmentLost',
          'ShipmentResolved',
        ),
      },
      ({ data }) => aboutParcel(order, data.shipment_id),
    )
    .with({ type: 'OrderCancelled' }, () => {
      const reason = known(order.cancellation?.reason);
      return { ...nothingMore, order, reason, money: moneyOfCancellation(order) };
    })
    .with({ type: 'ItemsCancelled' }, ({ data: { items } }) => {
      // Units that are invoiced are told of with their credit memo, and a whole order with its cancellation.
      const isTold =
        items.some(({ removed }) => removed !== undefined) && order.lines.some((line) => soldQuantity(line) > 0);
      return isTold ? { ...nothingMore, order, money: { ...NO_MONEY, due: ledgerOf(order).amount_due } } : undefined;
    })
    .with({ type: 'OrderCredited' }, ({ data }) => {
      // One of something invoiced is told with its memo.
      const credit = data.invoiced ? undefined : order.credits.at(-1);
      return credit && { ...nothingMore, order, credit, money: moneyOfCredit(order, credit) };
    })
    .with({ type: 'RefundAllocated' }, ({ data: { kind, paid_out, refunds } }) => {
      const byPeople = refunds.filter(({ method }) => isPaidByPeople(method));
      if (mail === 'payout_due') return paid_out ? undefined : aboutPayout(order, byPeople);
      return aboutRefund(order, kind, paid_out ? byPeople : []);
    })
    .with({ type: P.union('PaymentRefunded', 'RefundResolved') }, ({ data }) => aboutRefund(order, data.kind, [data]))
    .with({ type: 'PaymentRefundFailed' }, ({ data: { amount, method, refund_id } }) => ({
      ...nothingMore,
      order,
      money: { ...NO_MONEY, refund: amount, method, refund_id },
    }))
    .otherwise(() => ({ ...nothingMore, order }));

const parcelOf = ({ shipments }: Order, id: string): Shipment | undefined =>
  shipments.find(({ shipment_id }) => shipment_id === id);

const isDelivered = ({ status }: Shipment): boolean => status === 'delivered';

const aboutParcel = (order: Order, shipment_id: string): Telling => ({
  ...nothingMore,
  order,
  shipment: parcelOf(order, shipment_id) ?? null,
});

/** The whole order has arrived, or one of its parcels has: one mail for either. What was refunded has not arrived. */
const aboutDelivery = (order: Order, mail: MailKind, shipment: Shipment | undefined): Telling | undefined => {
  const isWhole = isDeliveryOver(order.status) && order.shipments.every(({ resolution }) => resolution !== 'refund');
  const kind = isWhole ? 'order_delivered' : 'shipment_status';
  if (mail !== kind) return undefined;
  return { ...nothingMore, order, shipment: kind === 'order_delivered' ? null : (shipment ?? null) };
};

/** Money that went back; that of a return is told when the return is complete. */
const aboutRefund = (order: Order, kind: string, refunds: Parameters<typeof moneyOfRefund>[1]): Telling | undefined =>
  kind === 'return' || refunds.length === 0
    ? undefined
    : { ...nothingMore, order, money: moneyOfRefund(order, refunds) };

/** Money that people are to pay out. */
const aboutPayout = (order: Order, refunds: Parameters<typeof moneyOfRefund>[1]): Telling | undefined =>
  refunds.length === 0 ? undefined : { ...nothingMore, order, money: { ...moneyOfRefund(order, refunds), due: null } };

/** Before the settlement: the maximum refund in the current state of the order. */
const moneyExpected = (order: Order, back: Return, return_id: string): MoneyFacts => {
  if (hasEndedWithoutGoods(back.status)) return NO_MONEY;
  const { amount } = expectedSettlement(order, return_id, { review: reviewTermsOf(back) });
  const refund = paidBy(order, amount);
  return { ...NO_MONEY, refund, is_estimate: true, set_off: amount - refund };
};

/** Once it is complete: the amount actually refunded, and the rest. */
const moneyOfReturn = (order: Order, return_id: string): MoneyFacts => {
  const settlement = order.returns.find((one) => one.return_id === return_id)?.settlement;
  if (settlement === null || settlement === undefined) return NO_MONEY;
  const refunds = order.refunds.filter((refund) => refund.return_id === return_id && hasGoneBack(refund));
  return {
    ...NO_MONEY,
    refund: refundedIn(refunds),
    method: commonWay(refunds.map(({ method }) => method)),
    credited: settlement.amount,
    set_off: settlement.amount - settlement.pays,
    due: ledgerOf(order).amount_due,
  };
};

const memoOf = (order: Order, return_id: string): string | null => {
  const settlement = order.returns.find((one) => one.return_id === return_id)?.settlement;
  return settlement && needsCreditMemo(settlement) ? documentIdOf('credit_memo', return_id) : null;
};

const aboutReturn = (order: Order, back: Return, { stream, fact }: Recorded, mail: MailKind): Telling | undefined => {
  const return_id = streamId(stream);
  const isDone = fact.type === 'ReturnRefunded';
  // One of the two: the credit of an exchange is for the new order.
  if (isDone && (mail === 'return_exchanged') !== (back.exchange !== null)) return undefined;
  return {
    order,
    back,
    reason: known(back.rejection_reason),
    shipment: null,
    credit: null,
    money: isDone ? moneyOfReturn(order, return_id) : moneyExpected(order, back, return_id),
    document_id: isDone ? memoOf(order, return_id) : null,
  };
};

/** A document is ready: the invoice is sent with the shipment, the memo with the credit. */
const aboutDocument = (
  order: Order,
  { credit_id, return_id }: DocumentRequested['data'],
  { document_id, kind }: { readonly document_id: string; readonly kind: MailKind },
): Telling | undefined => {
  if (kind === 'order_shipped') {
    // The order as of the event that caused the invoice: what has just left is its last shipment.
    const shipment = order.shipments.at(-1) ?? null;
    return credit_id === null ? { ...nothingMore, order, shipment, document_id } : undefined;
  }
  const credit = order.credits.find((one) => one.credit_id === credit_id);
  // The memo of a return goes with the message that it is complete.
  if (credit === undefined || return_id !== null) return undefined;
  return { ...nothingMore, order, credit, money: moneyOfCredit(order, credit), document_id };
};

type Subject = {
  readonly order_id: string;
  readonly placed: OrderPlaced['data'];
  readonly telling: Telling | undefined;
};

const subjectOf = async (history: History, recorded: Recorded, kind: MailKind): Promise<Subject | undefined> => {
  const { stream, revision, position } = recorded;
  if (stream.startsWith('order-')) {
    const { placed, order } = await history.orderAt(stream, revision, recorded);
    return { order_id: streamId(stream), placed, telling: aboutOrder(order, recorded, kind) };
  }
  if (stream.startsWith('return-')) {
    const back = await history.returnAt(stream, revision);
    const { placed, order } = await history.orderBefore(orderStream(back.order_id), position);
    return { order_id: back.order_id, placed, telling: aboutReturn(order, back, recorded, kind) };
  }
  const requested = findEvent(await history.events(stream), 'DocumentRequested')?.fact.data;
  if (requested === undefined) return undefined;
  const { order_id, as_of } = requested;
  const { placed, order } = await history.orderAt(orderStream(order_id), BigInt(as_of));
  return { order_id, placed, telling: aboutDocument(order, requested, { document_id: streamId(stream), kind }) };
};

/** The event that a message is about. `isLater`: after other events, so that it goes to the address that the order has by then. */
export type MessageCause = { readonly recorded: Recorded; readonly isLater: boolean };

/** The content of a mail of this kind about an event; undefined: no message follows. */
export const mailFacts = async (
  history: History,
  { recorded, isLater }: MessageCause,
  kind: MailKind,
  staff: MailAddress | null,
): Promise<MailFacts | undefined> => {
  const found = await subjectOf(history, recorded, kind);
  if (found?.telling === undefined) return undefined;
  const { placed, order_id, telling } = found;
  const recipient = STAFF_KINDS.has(kind)
    ? staffOf(placed, staff)
    : customerOf(placed, isLater ? await history.orderNow(orderStream(order_id)) : telling.order);
  return recipient && { kind, order_id, recipient, ...telling };
};

/** Undefined: no address was configured. */
const staffOf = ({ customer_id }: OrderPlaced['data'], staff: MailAddress | null): Recipient | undefined =>
  staff === null ? undefined : { customer_id, email: staff.address, name: staff.name, locale: null };
