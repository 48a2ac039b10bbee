import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_POLICY,
  isPlaced,
  orderHistory,
  refundStatus,
  returnedQuantity,
  returnRequestedQuantity,
} from '../../../src/domain/order/index.ts';
import { fact, specFor } from '../../support/decider-spec.ts';
import { ADMIN, COURIER, CUSTOMER, mug, place, pricedMug, take } from '../../support/order-commands.ts';
import { assigned, confirmed, delivered, pathTo, placed, shipped, started } from '../../support/order-events.ts';
import {
  item,
  openReturn,
  paymentCaptured,
  recordCapture,
  recordRefund,
  refund,
  refundAllocated,
  refundExcess,
  refundFailed,
  refundReturn,
  returnClosed,
  returnOpened,
  settleReturn,
  startPayment,
} from '../../support/order-money.ts';
import { timeline } from '../../support/timeline.ts';

const test = suite('order: returns');
const given = specFor(createOrderDecider());

/** Three mugs: 38.97 and 3.90 tax, so 42.87 for three units: 14.29 each. Shipping 5.00, total 47.87. */
const line = pricedMug({ quantity: 3, tax: 390 });
const arrived = [placed({ lines: [line] }), confirmed, started, shipped, delivered];
const TOTAL = 4787;
const paid = [...arrived, paymentCaptured('p-1', TOTAL)];
const unit = (first: number, last: number, amount: number) => ({ first, last, amount });
const opened = (id: string, first: number, last: number, amount: number, reason: 'other' | 'defective' = 'other') =>
  returnOpened(
    id,
    [{ order_item_id: line.id, quantity: last - first + 1, units: [unit(first, last, amount)] }],
    reason === 'other' ? {} : { reason },
  );

test('a return takes the lowest free units, at what was paid for them', () =>
  given(...arrived)
    .when(openReturn('r-1', { items: [item(line.id, 2)], by: CUSTOMER }))
    .then(opened('r-1', 1, 2, 2858)));

test('a return that names no items is for everything left', () => {
  given(...arrived, opened('r-1', 1, 1, 1429))
    .when(openReturn('r-2'))
    .then(opened('r-2', 2, 3, 2858));
  given(...arrived, opened('r-1', 1, 3, 4287))
    .when(openReturn('r-2'))
    .thenRejected('return.nothing_left');
});

test('units of a line never add up to more than was bought, however it is asked', () => {
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(openReturn('r-2', { items: [item(line.id, 2)] }))
    .thenRejected('return.quantity_exceeds_returnable', { returnable: 1, requested: 2 });
  given(...arrived)
    .when(openReturn('r-1', { items: [item(line.id, 1), item(line.id, 3)] }))
    .thenRejected('return.duplicate_item');
  given(...arrived)
    .when(openReturn('r-1', { items: [item('nothing', 1)] }))
    .thenRejected('return.unknown_item');
  given(...arrived)
    .when(openReturn('r-1', { items: [item(line.id, 0)] }))
    .thenRejected('return.invalid_quantity');
});

test('a gap in the middle is filled first', () =>
  given(...arrived, opened('r-1', 1, 1, 1429), opened('r-2', 2, 2, 1429), returnClosed('r-1', 'cancelled'))
    .when(openReturn('r-3'))
    .then(returnOpened('r-3', [{ order_item_id: line.id, quantity: 2, units: [unit(1, 1, 1429), unit(3, 3, 1429)] }])));

test('opening the same return twice opens it once', () =>
  given(...arrived, opened('r-1', 1, 1, 1429))
    .when(openReturn('r-1'))
    .thenNothing());

test('only what was delivered is returned', () => {
  for (const status of ['pending', 'processing', 'shipped', 'cancelled', 'returned'] as const) {
    given(...pathTo(status))
      .when(openReturn('r-1'))
      .thenRejected('return.order_not_returnable', { current_status: status });
  }
  const strict = specFor(createOrderDecider({ ...DEFAULT_ORDER_POLICY, returnStatuses: ['delivered'] }));
  strict(...arrived, opened('r-1', 1, 1, 1429))
    .when(openReturn('r-2'))
    .thenRejected('return.order_not_returnable');
});

test('a courier opens no return', () =>
  given(...arrived, assigned(COURIER.id))
    .when(openReturn('r-1', { by: COURIER }))
    .thenRejected('order.action_not_permitted'));

test('the window closes thirty days after delivery; an admin may force it, which is told', () => {
  const lastMoment = '2026-03-31T12:00:00.000Z';
  const late = '2026-03-31T12:00:00.001Z';
  const past = arrived;
  given(...past)
    .when(openReturn('r-1', { at: lastMoment, force: true }))
    .then(opened('r-1', 1, 3, 4287));
  given(...past)
    .when(openReturn('r-1', { at: late }))
    .thenRejected('return.window_closed', { window_days: 30 });
  given(...past)
    .when(openReturn('r-1', { at: late, force: true, by: CUSTOMER }))
    .thenRejected('return.window_closed');
  const forced = opened('r-1', 1, 3, 4287);
  given(...past)
    .when(openReturn('r-1', { at: late, force: true, by: ADMIN }))
    .then({ ...forced, data: { ...forced.data, forced: true } });
});

test('the estimate has the shipping in it when everything comes back for a seller’s fault', () => {
  const { decide, evolve, initialState } = createOrderDecider();
  const state = arrived.reduce((s, event) => evolve(s, fact(event)), initialState);
  const estimateFor = (command: ReturnType<typeof openReturn>) => {
    const decision = decide(command, state);
    assert.ok('accepted' in decision);
    const [event] = decision.accepted;
    return event?.type === 'ReturnOpened' && event.data.estimate;
  };
  assert.is(estimateFor(openReturn('r-1', { reason: 'defective' })), 4787);
  assert.is(estimateFor(openReturn('r-1', { reason: 'change_of_mind' })), 4287);
  assert.is(estimateFor(openReturn('r-1', { reason: 'defective', items: [item(line.id, 2)] })), 2858);
  assert.is(estimateFor(openReturn('r-1', { items: [item(line.id, 3, 'damaged')] })), 4787);
});

const settled = (amount: number, last: number, more: object = {}) => ({
  type: 'ReturnSettled' as const,
  data: {
    return_id: 'r-1',
    items: [
      {
        order_item_id: line.id,
        accepted_quantity: last,
        units: last === 0 ? [] : [unit(1, last, 1429 * last)],
      },
    ],
    shipping: 0,
    reviewed_amount: null,
    restocking_fee: 0,
    amount,
    refund_method: null,
    ...more,
  },
});

test('a processed return is settled, and its refund allocated, in one append', () =>
  given(...paid, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }))
    .then(settled(2858, 2), refundAllocated('return', [refund('p-1/refund-1', 'p-1', 2858)], 'r-1')));

test('only accepted units are refunded, the others are free again', () => {
  const days = timeline();
  days.does(place({ lines: [mug({ quantity: 3 })] }), startPayment('p-1', TOTAL), recordCapture('p-1', TOTAL));
  days.does(...['confirm', 'start_processing', 'ship', 'deliver'].map((action) => take(action)));
  days.does(openReturn('r-1', { items: [item(line.id, 3)] }), settleReturn('r-1', { [line.id]: 1 }));
  assert.is(returnRequestedQuantity(days.order(), line.id), 1);
  days.does(recordRefund(refund('p-1/refund-1', 'p-1', 1429), 'return', 'r-1'));
  assert.is(returnedQuantity(days.order(), line.id), 1);
  assert.is(days.order().status, 'partially_returned');
  days.does(openReturn('r-2'));
  assert.equal(days.order().returns[1]?.items[0]?.units, [unit(2, 3, 2858)]);
});

test('shipping goes back with the last unit, when all came back for a seller’s fault', () =>
  given(...paid, opened('r-1', 1, 3, 4287, 'defective'))
    .when(settleReturn('r-1', { [line.id]: 3 }))
    .then(
      settled(4787, 3, { shipping: 500 }),
      refundAllocated('return', [refund('p-1/refund-1', 'p-1', 4787)], 'r-1'),
    ));

test('a restocking fee and a lowered review belong to their return alone', () => {
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }, { reviewed_amount: 2000, restocking_fee: 300 }))
    .then(settled(1700, 2, { reviewed_amount: 2000, restocking_fee: 300 }), returnClosed('r-1', 'refunded'));
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }, { reviewed_amount: 2858, restocking_fee: 9999 }))
    .then(settled(0, 2, { reviewed_amount: 2858, restocking_fee: 9999 }), returnClosed('r-1', 'refunded'));
});

test('an unpaid order has no money to give back: the return has ended', () =>
  given(...arrived, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }))
    .then(settled(2858, 2), returnClosed('r-1', 'refunded')));

test('a half-paid order gives back what it has', () =>
  given(...arrived, paymentCaptured('p-1', 2000), opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }))
    .then(settled(2858, 2), refundAllocated('return', [refund('p-1/refund-1', 'p-1', 2000)], 'r-1')));

test('store credit moves no money, and that money is nobody’s excess', () => {
  given(...paid, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 2 }, { refund_method: 'store_credit' }))
    .then(settled(2858, 2, { refund_method: 'store_credit' }), returnClosed('r-1', 'refunded'));
  given(
    ...paid,
    opened('r-1', 1, 2, 2858),
    settled(2858, 2, { refund_method: 'store_credit' }),
    returnClosed('r-1', 'refunded'),
  )
    .when(refundExcess)
    .thenNothing();
});

test('nothing accepted is nothing refunded: the order is delivered, as before', () => {
  const past = [...paid, opened('r-1', 1, 2, 2858)];
  given(...past)
    .when(settleReturn('r-1', {}))
    .then(settled(0, 0), returnClosed('r-1', 'refunded'));
  const { state } = given(...past, settled(0, 0), returnClosed('r-1', 'refunded'));
  assert.is(state.status, 'delivered');
});

test('more is never accepted than was asked for', () =>
  given(...paid, opened('r-1', 1, 2, 2858))
    .when(settleReturn('r-1', { [line.id]: 3 }))
    .thenRejected('return.accepted_exceeds_requested', { requested: 2 }));

test('settling and closing twice change nothing', () => {
  const past = [...paid, opened('r-1', 1, 2, 2858), settled(2858, 2)];
  given(...past)
    .when(settleReturn('r-1', { [line.id]: 1 }))
    .thenNothing();
  given(...past)
    .when({ ...refundExcess, type: 'CloseReturn', data: { return_id: 'r-1', outcome: 'cancelled' } })
    .thenNothing();
});

test('where refunds wait for an admin, nothing is allocated before their word', () => {
  const byHand = specFor(createOrderDecider({ ...DEFAULT_ORDER_POLICY, autoRefundReturns: false }));
  const past = [...paid, opened('r-1', 1, 2, 2858)];
  byHand(...past)
    .when(settleReturn('r-1', { [line.id]: 2 }))
    .then(settled(2858, 2));
  byHand(...past, settled(2858, 2))
    .when(refundReturn('r-1'))
    .then(refundAllocated('return', [refund('p-1/refund-1', 'p-1', 2858)], 'r-1'));
  byHand(...past, settled(2858, 2))
    .when(refundExcess)
    .thenNothing();
  byHand(...past)
    .when(refundReturn('r-1'))
    .thenRejected('return.not_settled');
});

const split = [refund('p-2/refund-1', 'p-2', 1000), refund('p-1/refund-2', 'p-1', 1858)] as const;
const splitPast = [
  ...arrived,
  paymentCaptured('p-1', TOTAL - 1000),
  paymentCaptured('p-2', 1000),
  opened('r-1', 1, 2, 2858),
  settled(2858, 2),
  refundAllocated('return', split, 'r-1'),
];

test('a return has ended when the last part of its money is back', () => {
  const { state } = given(...splitPast, ...[]);
  assert.ok(isPlaced(state));
  assert.is(refundStatus(state, 'r-1'), 'pending');
  const [first, second] = split;
  const half = { type: 'PaymentRefunded', data: { ...first, cause: 'return', return_id: 'r-1' } } as const;
  given(...splitPast)
    .when(recordRefund(first, 'return', 'r-1'))
    .then(half);
  given(...splitPast, half)
    .when(recordRefund(second, 'return', 'r-1'))
    .then({ ...half, data: { ...half.data, ...second } }, returnClosed('r-1', 'refunded'));
  given(...splitPast, half)
    .when(recordRefund(first, 'return', 'r-1'))
    .thenNothing();
});

test('only the part that failed for good is allocated anew, and only when nothing is on its way', () => {
  const [first, second] = split;
  const failed = refundFailed(first, 'return', 'r-1');
  given(...splitPast, failed)
    .when(refundReturn('r-1'))
    .thenRejected('return.refund_in_progress', { pending: 1858 });
  const done = { type: 'PaymentRefunded', data: { ...second, cause: 'return', return_id: 'r-1' } } as const;
  const { state } = given(...splitPast, failed, done);
  assert.ok(isPlaced(state));
  assert.is(refundStatus(state, 'r-1'), 'failed');
  given(...splitPast, failed, done)
    .when(refundReturn('r-1'))
    .then(refundAllocated('return', [refund('p-2/refund-3', 'p-2', 1000)], 'r-1'));
});

test('what is allocated anew ends the return only when all of it is back', () => {
  const [first, second] = split;
  const again = [refund('p-1/refund-3', 'p-1', 900), refund('p-2/refund-4', 'p-2', 958)] as const;
  const done = { type: 'PaymentRefunded', data: { ...first, cause: 'return', return_id: 'r-1' } } as const;
  const past = [...splitPast, done, refundFailed(second, 'return', 'r-1'), refundAllocated('return', again, 'r-1')];
  const half = { ...done, data: { ...done.data, ...again[1] } };
  given(...past)
    .when(recordRefund(again[1], 'return', 'r-1'))
    .then(half);
  given(...past, half)
    .when(recordRefund(again[0], 'return', 'r-1'))
    .then({ ...done, data: { ...done.data, ...again[0] } }, returnClosed('r-1', 'refunded'));
});

test('a part that failed does not end the return when the other arrives', () => {
  const [first, second] = split;
  given(...splitPast, refundFailed(first, 'return', 'r-1'))
    .when(recordRefund(second, 'return', 'r-1'))
    .then({ type: 'PaymentRefunded', data: { ...second, cause: 'return', return_id: 'r-1' } });
});

test('money that arrives after an unpaid return was settled goes back as excess', () =>
  given(
    ...arrived,
    { type: 'PaymentStarted', data: { payment_id: 'p-1', amount: TOTAL } },
    opened('r-1', 1, 2, 2858),
    settled(2858, 2),
    returnClosed('r-1', 'refunded'),
    paymentCaptured('p-1', TOTAL),
  )
    .when(refundExcess)
    .then(refundAllocated('excess', [refund('p-1/refund-1', 'p-1', 2858)])));

test('the order follows its returns: requested, back to delivered, partly returned, returned', () => {
  const facts = [
    ...arrived,
    opened('r-1', 1, 1, 1429),
    opened('r-2', 2, 2, 1429),
    returnClosed('r-1', 'rejected'),
    returnClosed('r-2', 'cancelled'),
    opened('r-1b', 1, 1, 1429),
    { ...settled(1429, 1), data: { ...settled(1429, 1).data, return_id: 'r-1b' } },
    returnClosed('r-1b', 'refunded'),
  ].map((event) => fact(event));
  assert.equal(
    orderHistory(facts)
      .slice(-5)
      .map(({ new_status }) => new_status),
    ['delivered', 'return_requested', 'delivered', 'return_requested', 'partially_returned'],
  );
});

test('an order all of whose units are refunded is returned', () => {
  const { state } = given(...arrived, opened('r-1', 1, 3, 4287), settled(4287, 3), returnClosed('r-1', 'refunded'));
  assert.is(state.status, 'returned');
});

test('feedback is given once, on what was delivered', () => {
  const give = { ...refundExcess, by: CUSTOMER, type: 'GiveFeedback', data: { rating: 5, comment: 'lovely' } } as const;
  const givenEvent = { type: 'FeedbackGiven', data: { rating: 5, personal: { comment: 'lovely' } } } as const;
  given(...arrived)
    .when(give)
    .then(givenEvent);
  given(...arrived, givenEvent)
    .when(give)
    .thenRejected('feedback.already_given');
  given(placed()).when(give).thenRejected('feedback.order_not_delivered');
  given(...arrived)
    .when({ ...give, data: { rating: 6 } })
    .thenRejected('feedback.invalid_rating');
});

test.run();
