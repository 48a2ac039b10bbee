import {
  linesOfCatalogue,
  linesToSell,
  type CatalogueRejection,
  type Product,
} from '../../src/domain/catalogue/index.ts';
import { documentDecider, type DocumentRejection } from '../../src/domain/document/index.ts';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPlaced,
  ORDER_STATUSES,
  whyNoPosition,
  type OrderCommand,
  type OrderEvent,
  type OrderRejection,
  type OrderSettings,
  type OrderStatus,
} from '../../src/domain/order/index.ts';
import {
  paymentDecider,
  type PaymentCommand,
  type PaymentEvent,
  type PaymentInitiated,
  type PaymentRejection,
} from '../../src/domain/payment/index.ts';
import {
  RETURN_STATUSES,
  returnDecider,
  type ReturnCommand,
  type ReturnEvent,
  type ReturnRejection,
  type ReturnStatus,
} from '../../src/domain/return/index.ts';
import type { Fact } from '../../src/domain/shared/decider.ts';
import {
  storeCreditDecider,
  type StoreCreditCommand,
  type StoreCreditRejection,
} from '../../src/domain/store-credit/index.ts';
import { NOON, specFor, SYSTEM } from '../support/decider-spec.ts';
import {
  ADMIN,
  CUSTOMER,
  hold,
  modify,
  move,
  mug,
  place,
  pricedMug,
  releaseHold,
  ship,
  take,
} from '../support/order-commands.ts';
import { cancelled, confirmed, held, pathTo, placed, shipmentId } from '../support/order-events.ts';
import {
  item,
  openReturn,
  paymentCaptured,
  paymentRefunded,
  refund,
  refundAllocated,
  refundFailed,
  refundByHand,
  refundOrder,
  refundReturn,
  resolveRefund,
  returnOpened,
  returnSettled,
  settleReturn,
  startPayment,
} from '../support/order-money.ts';
import { initiated, pathOf, take as takeOnReturn } from '../support/return-events.ts';

type AnyRejection =
  | OrderRejection
  | PaymentRejection
  | ReturnRejection
  | StoreCreditRejection
  | CatalogueRejection
  | DocumentRejection;
/** Only these steps of a payment answer that they were taken before; the type names every status. */
type PaymentAlready = Extract<PaymentRejection['rejected'], `payment.already_${string}`>;
type UnusedCode = Exclude<PaymentAlready, 'payment.already_processing' | 'payment.already_cancelled'>;
export type DocumentedCode = Exclude<AnyRejection['rejected'], UnusedCode>;

/** A case in words, and the same case carried out: what the rules decide. */
type Example = { readonly when: string; readonly decide: () => unknown };
/** Decided between aggregates, by a command: this test carries it out. */
type CommandExample = { readonly when: string; readonly test: string };

const now = { at: NOON, by: SYSTEM };
const admin = { at: NOON, by: ADMIN };

const onOrder = (
  when: string,
  past: readonly (OrderEvent | Fact<OrderEvent>)[],
  command: OrderCommand,
  settings: Partial<OrderSettings> = {},
): Example => ({
  when,
  decide: () => {
    const decider = createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, ...settings });
    return decider.decide(command, specFor(decider)(...past).state);
  },
});
const notesChanged: OrderEvent = { type: 'OrderDetailsChanged', data: { personal: { notes: 'again' } } };
const returnChanged: ReturnEvent = { type: 'ReturnDetailsChanged', data: { personal: { notes: 'again' } } };
const paymentChanged: PaymentEvent = { type: 'PaymentDetailsChanged', data: { personal: { meta_data: null } } };

const onPayment = (when: string, past: readonly PaymentEvent[], command: PaymentCommand): Example => ({
  when,
  decide: () => paymentDecider.decide(command, specFor(paymentDecider)(...past).state),
});
const onReturn = (when: string, past: readonly ReturnEvent[], command: ReturnCommand): Example => ({
  when,
  decide: () => returnDecider.decide(command, specFor(returnDecider)(...past).state),
});

/** Of a customer who has nothing. */
const onStoreCredit = (when: string, type: StoreCreditCommand['type'], amount: number): Example => ({
  when,
  decide: () => {
    const data = {
      customer_id: 'c-1',
      currency: 'EUR',
      entry_id: 'e-1',
      amount,
      kind: 'adjustment',
      order_id: null,
      return_id: null,
      reason_category: null,
    } as const;
    return storeCreditDecider.decide({ type, data, ...admin }, storeCreditDecider.initialState);
  },
});

const one = refund('f-1', 'p-1', 100);
const moved = [placed(), paymentCaptured('p-1', 100), refundAllocated('money', [one])];
const overpaid = [placed(), paymentCaptured('p-1', 100), refundAllocated('overpaid', [one])];
const allocatedToCancel = refundAllocated('cancellation', [one]);
const pricedByStaff = { ...placed({ lines: [pricedMug({ own_tax: true })] }), ...admin };
const stranger = { id: 'c-2', role: 'customer' } as const;
const delivered = pathTo('delivered');
const unit = (first: number, last: number) => ({ first, last, amount: 1429 * (last - first + 1) });
const opened = (last: number) =>
  returnOpened('r-1', [{ order_item_id: 'line-mug', quantity: last, units: [unit(1, last)] }]);
const feedback = (rating: number): OrderCommand => ({ type: 'GiveFeedback', data: { rating }, at: NOON, by: CUSTOMER });
const mugAt = (unit_price: number): Product => ({
  product_id: 'mug',
  name: 'Mug',
  sku: null,
  description: null,
  unit_price,
  currency: 'EUR',
  stock: 2,
  is_sold: true,
  returnable: true,
  return_window_days: null,
});
const catalogue = new Map([['mug', mugAt(1299)]]);
const wanted = (product_id: string, quantity: number) => ({
  product_id,
  quantity,
  product_name: null,
  unit_price: null,
});

const payment: PaymentInitiated = {
  type: 'PaymentInitiated',
  data: {
    payment_number: 'PAY-2026-000001',
    order_id: 'o-1',
    customer_id: 'c-1',
    method: 'cash_on_delivery',
    amount: 1000,
    currency: 'EUR',
    transaction_id: null,
    personal: { notes: null, meta_data: null },
  },
};
const credit: PaymentEvent = { ...payment, data: { ...payment.data, method: 'store_credit' } };
const processing: PaymentEvent = { type: 'PaymentProcessingStarted', data: {} };
const paid: readonly PaymentEvent[] = [
  payment,
  processing,
  { type: 'PaymentCompleted', data: { transaction_id: null } },
];
const manual = (amount: number, refund_id = 'f-1') =>
  ({ refund_id, amount, method: 'original_payment', kind: 'money', return_id: null }) as const;
const requestRefund = (amount: number, refund_id?: string): PaymentCommand => ({
  type: 'RequestRefund',
  data: manual(amount, refund_id),
  ...now,
});

const orderAlready = Object.fromEntries(
  ORDER_STATUSES.map((status) => [
    `order.already_${status}`,
    onOrder(`\`${status}\` asked of an order that is ${status}`, pathTo(status), take(status)),
  ]),
) as Record<`order.already_${OrderStatus}`, Example>; // made from every status
const returnAlready = Object.fromEntries(
  RETURN_STATUSES.map((status) => [
    `return.already_${status}`,
    onReturn(`\`${status}\` asked of a return that is ${status}`, pathOf[status], takeOnReturn(status)),
  ]),
) as Record<`return.already_${ReturnStatus}`, Example>; // made from every status

/** The compiler asks for an example of every code; `rules-docs.test.ts` carries each out. */
export const EXAMPLES: Readonly<Record<DocumentedCode, Example | CommandExample>> = {
  'order.not_found': onOrder('another customer cancels it', [placed()], take('cancel', { by: stranger })),
  'order.already_placed': onOrder('placed again under the same id', [placed()], place()),
  'order.scheduled_in_the_past': onOrder('placed at 12:00 for 12:00', [], place({ scheduled_for: NOON })),
  'order.unknown_action': onOrder('`teleport`', [placed()], take('teleport')),
  'order.invalid_transition': onOrder('`deliver` on a pending order', [placed()], take('deliver')),
  'order.action_not_permitted': onOrder('a customer confirms', [placed()], take('confirm', { by: CUSTOMER })),
  'order.cancel_reason_required': onOrder(
    'cancelled without a reason where the shop wants one',
    [placed()],
    take('cancel'),
    { requireCancelReason: true },
  ),
  'order.cancel_reason_length': onOrder(
    'a reason of 9 characters',
    [placed()],
    take('cancel', { reason: 'too short' }),
  ),
  'order.payment_required': onOrder(
    'processing starts with 33.58 due where payment is required',
    [placed(), confirmed],
    take('start_processing'),
    { paymentRequired: true },
  ),
  'order.captured_money_left': onOrder(
    'closed by hand while 33.58 are captured',
    [...delivered, paymentCaptured('p-1', 3358)],
    take('return_order'),
  ),
  'order.items_locked': onOrder('items replaced in processing', pathTo('processing'), modify([mug()])),
  'order.items_priced_by_staff': onOrder(
    'a customer replaces items whose tax an admin set',
    [pricedByStaff],
    modify([mug()]),
  ),
  'order.items_paid': onOrder(
    'a customer replaces items after a payment, without the catalogue',
    [placed(), paymentCaptured('p-1', 100)],
    modify([mug()]),
  ),
  'order.address_locked': onOrder('a new address after shipping', pathTo('shipped'), {
    type: 'ChangeDetails',
    data: { shipping_address: null },
    ...admin,
  }),
  'order.billing_locked': onOrder('another e-mail address after shipping', pathTo('shipped'), {
    type: 'ChangeDetails',
    data: { customer_email: 'ana@shop.example' },
    ...admin,
  }),
  'order.too_many_changes': onOrder(
    'the 501st change of notes',
    [placed(), ...Array.from({ length: 500 }, () => notesChanged)],
    { type: 'ChangeDetails', data: { notes: 'once more' }, ...admin },
  ),
  'order.held': onOrder('`ship` on an order that is held', [...pathTo('processing'), held()], take('ship')),
  'order.already_held': onOrder('held twice', [placed(), held()], hold()),
  'order.not_held': onOrder('released without a hold', [placed()], releaseHold()),
  'order.assignment_locked': onOrder('a courier assigned after delivery', delivered, {
    type: 'AssignDeliveryPartner',
    data: { delivery_partner_id: 'd-2' },
    ...admin,
  }),
  'order.not_under_way': {
    when: 'a position reported for a pending order',
    decide: () => {
      const { state } = specFor(createOrderDecider())(placed());
      return isPlaced(state) ? whyNoPosition(state, 'delivery_partner', DEFAULT_ORDER_SETTINGS) : undefined;
    },
  },
  ...orderAlready,
  'order.invalid_line': onOrder('quantity 0', [], place({ lines: [mug({ quantity: 0 })] })),
  'order.discount_exceeds_line': onOrder(
    '25.99 off two mugs of 12.99',
    [],
    place({ lines: [mug({ discount: 2599 })] }),
  ),
  'order.invalid_line_count': onOrder('no line', [], place({ lines: [] })),
  'order.amount_too_large': onOrder('a mug of 10^12 EUR', [], place({ lines: [mug({ unit_price: 10 ** 14 })] })),
  'payment.exceeds_amount_due': onOrder('33.59 started with 33.58 due', [placed()], startPayment('p-1', 3359)),
  'return.order_not_returnable': onOrder('a return of a pending order', [placed()], openReturn('r-1')),
  'return.window_closed': onOrder(
    'opened 32 days after delivery',
    delivered,
    openReturn('r-1', { at: '2026-04-02T12:00:00.000Z' }),
  ),
  'return.item_not_returnable': onOrder(
    'a mug that the catalogue sold as not returnable',
    [placed({ lines: [pricedMug({ returnable: false })] }), ...delivered.slice(1)],
    openReturn('r-1'),
  ),
  'return.nothing_left': onOrder('all units are under a return', [...delivered, opened(2)], openReturn('r-2')),
  'return.unknown_item': onOrder('a line of another order', delivered, openReturn('r-1', { items: [item('x', 1)] })),
  'return.duplicate_item': onOrder(
    'one line twice',
    delivered,
    openReturn('r-1', { items: [item('line-mug', 1), item('line-mug', 1)] }),
  ),
  'return.invalid_quantity': onOrder('0 units', delivered, openReturn('r-1', { items: [item('line-mug', 0)] })),
  'return.quantity_exceeds_returnable': onOrder(
    '3 of 2 units',
    delivered,
    openReturn('r-1', { items: [item('line-mug', 3)] }),
  ),
  'return.accepted_exceeds_requested': onOrder(
    '2 accepted of 1 requested',
    [...delivered, opened(1)],
    settleReturn('r-1', { 'line-mug': 2 }),
  ),
  'return.not_settled': onOrder('refunded before it was processed', [...delivered, opened(1)], refundReturn('r-1')),
  'return.refund_in_progress': onOrder(
    'refunded again while its refund is on its way',
    [
      ...delivered,
      paymentCaptured('p-1', 3358),
      opened(1),
      returnSettled('r-1', [{ order_item_id: 'line-mug', accepted_quantity: 1, units: [unit(1, 1)] }]),
      refundAllocated('return', [refund('f-1', 'p-1', 1429)], 'r-1'),
    ],
    refundReturn('r-1'),
  ),
  'order.cancel_items_required': onOrder(
    '`cancel` after one of two mugs was shipped',
    pathTo('partially_shipped'),
    take('cancel'),
  ),
  'shipment.not_found': onOrder('an unknown shipment is delivered', pathTo('shipped'), move('s-9', 'deliver')),
  'shipment.nothing_left': onOrder('more is shipped after everything was', pathTo('shipped'), ship()),
  'shipment.more_than_left': onOrder(
    'two mugs are shipped after one of two was',
    pathTo('partially_shipped'),
    ship([{ order_item_id: 'line-mug', quantity: 2 }]),
  ),
  'shipment.unknown_item': onOrder(
    'a line of another order is shipped',
    pathTo('processing'),
    ship([{ order_item_id: 'line-9', quantity: 1 }]),
  ),
  'shipment.duplicate_item': onOrder(
    'the same line is named twice',
    pathTo('processing'),
    ship([
      { order_item_id: 'line-mug', quantity: 1 },
      { order_item_id: 'line-mug', quantity: 1 },
    ]),
  ),
  'shipment.invalid_quantity': onOrder(
    '0 units are shipped',
    pathTo('processing'),
    ship([{ order_item_id: 'line-mug', quantity: 0 }]),
  ),
  'shipment.resolution_not_possible': onOrder(
    '`deliver` with a resolution',
    pathTo('shipped'),
    move(shipmentId(), 'deliver', { resolution: 'refund' }),
  ),
  'shipment.restock_not_possible': onOrder(
    '`lost` with units that are in stock again',
    pathTo('shipped'),
    move(shipmentId(), 'lost', {
      resolution: 'refund',
      restocked: [{ order_item_id: 'line-mug', quantity: 1 }],
    }),
  ),
  'shipment.more_than_shipped': onOrder(
    '3 mugs restocked of a parcel with 2',
    pathTo('shipped'),
    move(shipmentId(), 'returned_to_sender', {
      resolution: 'refund',
      restocked: [{ order_item_id: 'line-mug', quantity: 3 }],
    }),
  ),
  'shipment.invalid_transition': onOrder(
    '`lost` after it was delivered',
    pathTo('delivered'),
    move(shipmentId(), 'lost'),
  ),
  'feedback.already_given': onOrder(
    'given twice',
    [...delivered, { type: 'FeedbackGiven', data: { rating: 5 } }],
    feedback(4),
  ),
  'feedback.invalid_rating': onOrder('6 of 5', delivered, feedback(6)),
  'feedback.order_not_delivered': onOrder('on a pending order', [placed()], feedback(5)),
  'payment.not_found': onPayment('another customer cancels it', [payment], {
    type: 'CancelPayment',
    data: {},
    at: NOON,
    by: stranger,
  }),
  'payment.invalid_amount': onPayment('an amount of 0', [], {
    type: 'InitiatePayment',
    data: { ...payment.data, amount: 0 },
    ...now,
  }),
  'payment.invalid_transition': onPayment('cancelled while it is processed', [payment, processing], {
    type: 'CancelPayment',
    data: {},
    ...now,
  }),
  'payment.already_processing': onPayment('processed twice', [payment, processing], {
    type: 'StartProcessing',
    data: {},
    ...now,
  }),
  'payment.already_cancelled': onPayment('cancelled twice', [payment, { type: 'PaymentCancelled', data: {} }], {
    type: 'CancelPayment',
    data: {},
    ...now,
  }),
  'payment.action_not_permitted': onPayment('a customer processes cash on delivery', [payment], {
    type: 'StartProcessing',
    data: {},
    at: NOON,
    by: CUSTOMER,
  }),
  'payment.not_refundable': onPayment('a refund before the money is here', [payment], requestRefund(100)),
  'payment.outcome_known': { when: 'settled when its outcome is known', test: 'test/commands/payments.test.ts' },
  'payment.settles_itself': onPayment('store credit settled by an admin', [credit, processing], {
    type: 'DeclinePayment',
    data: { failure_reason: 'it hangs' },
    ...admin,
  }),
  'payment.too_many_changes': onPayment(
    'the 501st change of meta data',
    [payment, ...Array.from({ length: 500 }, () => paymentChanged)],
    { type: 'ChangePaymentDetails', data: { meta_data: null }, ...admin },
  ),
  'payment.exceeds_total': { when: 'created for more than the order costs', test: 'test/commands/payments.test.ts' },
  'payment.wrong_currency': { when: 'in USD on an order in EUR', test: 'test/commands/payments.test.ts' },
  'refund.nothing_refundable': onPayment(
    'a refund after all of it',
    [...paid, { type: 'RefundRequested', data: manual(1000) }],
    requestRefund(1, 'f-2'),
  ),
  'refund.exceeds_refundable': onPayment('10.01 of 10.00', paid, requestRefund(1001)),
  'refund.exceeds_creditable': onOrder('33.59 goodwill of 33.58', [placed()], refundOrder({ goodwill: 3359 })),
  'refund.nothing_to_credit': onOrder('a credit of nothing', [placed()], refundOrder({})),
  'refund.invalid_amount': onOrder('goodwill below 0', [placed()], refundOrder({ goodwill: -1 })),
  'refund.unknown_item': onOrder(
    'a credit for a line of another order',
    [placed()],
    refundOrder({ items: [{ order_item_id: 'line-9' }] }),
  ),
  'refund.duplicate_item': onOrder(
    'the same line twice in one credit',
    [placed()],
    refundOrder({ items: [{ order_item_id: 'line-mug' }, { order_item_id: 'line-mug' }] }),
  ),
  'refund.invalid_quantity': onOrder(
    'a credit for 3 of 2 mugs',
    [placed()],
    refundOrder({ items: [{ order_item_id: 'line-mug', quantity: 3 }] }),
  ),
  'refund.restock_not_possible': onOrder(
    '`restock` of a mug that has not left',
    [placed()],
    refundOrder({ items: [{ order_item_id: 'line-mug', quantity: 1 }], restock: true }),
  ),
  'refund.in_progress': onOrder('`retry` before the gateway has answered', moved, resolveRefund('f-1', 'retry')),
  'refund.store_credit_only': onOrder(
    '`method` cash for a payment by store credit',
    [placed(), { type: 'PaymentCaptured', data: { payment_id: 'p-1', amount: 100, method: 'store_credit' } }],
    refundByHand('p-1', 100, { method: 'cash' }),
  ),
  'refund.not_failed': onOrder(
    '`retry` of a refund that waits to be paid out',
    [placed(), paymentCaptured('p-1', 100), refundAllocated('overpaid', [refund('f-1', 'p-1', 100, 'cash')])],
    resolveRefund('f-1', 'retry'),
  ),
  'refund.not_owed': onOrder(
    '`retry` of a refund of what was overpaid, when nothing is overpaid any more',
    [...overpaid, refundFailed(one, 'overpaid')],
    resolveRefund('f-1', 'retry'),
  ),
  'refund.payment_required': onOrder(
    '`other_payment` without naming it',
    [...moved, refundFailed(one, 'money')],
    resolveRefund('f-1', 'other_payment'),
  ),
  'refund.already_ended': onOrder(
    '`retry` of a refund that is completed',
    [...moved, paymentRefunded(one, 'money')],
    resolveRefund('f-1', 'retry'),
  ),
  'refund.still_overpaid': onOrder(
    '`withdraw` for a cancelled order that still has the money',
    [placed(), paymentCaptured('p-1', 100), cancelled, allocatedToCancel, refundFailed(one, 'cancellation')],
    resolveRefund('f-1', 'withdraw'),
  ),
  'refund.not_found': onPayment('the outcome of a refund that was never asked for', paid, {
    type: 'CompleteRefund',
    data: { refund_id: 'f-9' },
    ...now,
  }),
  'return.not_found': onReturn('a return that was never begun', [], takeOnReturn('approve')),
  'return.reason_required': onReturn('`reject` without a reason', [initiated], takeOnReturn('reject')),
  'return.too_many_changes': onReturn(
    'the 501st change of notes',
    [initiated, ...Array.from({ length: 500 }, () => returnChanged)],
    { type: 'ChangeReturnDetails', data: { notes: 'once more' }, ...admin },
  ),
  'return.unknown_action': onReturn('`teleport`', [initiated], takeOnReturn('teleport')),
  'return.invalid_transition': onReturn('`receive` before it was approved', [initiated], takeOnReturn('receive')),
  'return.tracking_locked': onReturn('the customer names a parcel before the approval', [initiated], {
    type: 'ChangeReturnDetails',
    data: { tracking_number: 'T1' },
    at: NOON,
    by: CUSTOMER,
  }),
  'return.action_not_permitted': onReturn('a customer approves', [initiated], {
    ...takeOnReturn('approve'),
    by: CUSTOMER,
  }),
  'return.quantity_out_of_range': onReturn(
    '3 received of 2',
    pathOf.in_transit,
    takeOnReturn('receive', { items: [{ order_item_id: 'line-mug', received_quantity: 3 }] }),
  ),
  'return.fee_exceeds_value': onReturn(
    'a fee of 250.00 on a return of 20.00',
    pathOf.received,
    takeOnReturn('process', { restocking_fee: 25_000, value: 2_000 }),
  ),
  'return.invalid_restocking_fee': onReturn(
    'a fee below 0',
    pathOf.received,
    takeOnReturn('process', { restocking_fee: -1 }),
  ),
  'return.review_amount_out_of_range': onReturn('reviewed at 0', [initiated], {
    type: 'ReviewReturn',
    data: { decision: 'approved', notes: 'fine', refund_amount: 0 },
    ...admin,
  }),
  ...returnAlready,
  'store_credit.insufficient': onStoreCredit('1.00 taken of a balance of 0.00', 'SpendStoreCredit', 100),
  'store_credit.invalid_amount': onStoreCredit('0.00 given', 'GiveStoreCredit', 0),
  'cart.empty': { when: 'nothing in the cart', test: 'test/http/checkout/checkout.test.ts' },
  'cart.being_ordered': { when: 'the cart changes while it is ordered', test: 'test/http/checkout/checkout.test.ts' },
  'cart.being_cleared': { when: 'another cart before the last is empty', test: 'test/http/checkout/checkout.test.ts' },
  'catalogue.not_sold': {
    when: 'a pot that the catalogue does not have',
    decide: () => linesToSell([wanted('pot', 1)], catalogue, 'EUR'),
  },
  'stock.insufficient': {
    when: '3 mugs of which 2 are left',
    decide: () => linesToSell([wanted('mug', 3)], catalogue, 'EUR'),
  },
  'catalogue.price_differs': {
    when: '0.01 sent for a mug of 12.99',
    decide: () =>
      linesOfCatalogue([{ product_id: 'mug', unit_price: 1, quantity: 1 }], catalogue, { currency: 'EUR', kept: [] }),
  },
  'document.not_requested': {
    when: 'rendered without a request',
    decide: () =>
      documentDecider.decide(
        { type: 'RecordRendering', data: { number: 'INV-1', file_name: 'a.pdf', sha256: '', size: 1 }, ...now },
        documentDecider.initialState,
      ),
  },
  'document.not_rendered': {
    when: 'redacted before it was rendered',
    decide: () =>
      documentDecider.decide(
        { type: 'RecordRedaction', data: { sha256: '', size: 1 }, ...now },
        documentDecider.initialState,
      ),
  },
};

/** Rejections that an order has in common with its payments or returns: each has its own place that decides it. */
type SharedCode = Extract<OrderRejection['rejected'], PaymentRejection['rejected'] | ReturnRejection['rejected']>;

/** The examples of these codes by the aggregate that {@link EXAMPLES} does not show. */
export const OF_THE_OTHER_AGGREGATE: Readonly<Record<SharedCode, Example>> = {
  'refund.nothing_refundable': onOrder('a payment that it does not have', [placed()], refundByHand('p-9', 1)),
  'refund.exceeds_refundable': onOrder(
    '1.01 of 1.00',
    [placed(), paymentCaptured('p-1', 100)],
    refundByHand('p-1', 101),
  ),
  'refund.not_found': onOrder('a refund that it does not have', [placed()], resolveRefund('f-9', 'retry')),
  'return.unknown_item': onReturn(
    'an item of another return is received',
    pathOf.in_transit,
    takeOnReturn('receive', { items: [{ order_item_id: 'x', received_quantity: 1 }] }),
  ),
  'return.duplicate_item': onReturn(
    'an item is received twice',
    pathOf.in_transit,
    takeOnReturn('receive', {
      items: [1, 1].map((received_quantity) => ({ order_item_id: 'line-mug', received_quantity })),
    }),
  ),
  'return.not_found': onOrder(
    'a return that it does not have is settled',
    delivered,
    settleReturn('r-9', { 'line-mug': 1 }),
  ),
};

/** The last section of `docs/rules.md`. */
export const rejectionTable = (): string =>
  [
    '| code | for example |',
    '| --- | --- |',
    ...Object.entries(EXAMPLES)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { when }]) => `| \`${code}\` | ${when} |`),
  ].join('\n');
