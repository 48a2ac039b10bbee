import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPlaced,
  refundStatus,
} from '../../../../src/domain/order/index.ts';
import { orderHistory } from '../../../support/order-history.ts';
import { fact, specFor } from '../../../support/decider-spec.ts';
import {
  paymentCaptured,
  paymentStarted,
  recordRefund,
  refund,
  refundAllocated,
  refundOverpaid,
  refundFailed,
  refundReturn,
  resolveRefund,
  returnClosed,
  settleReturn,
} from '../../../support/order-money.ts';
import { arrived, line, opened, paid, TOTAL, settled } from '../../../support/returned-order.ts';

const test = suite('order: refunding returns');
const given = specFor(createOrderDecider());

test('where refunds wait for an admin, nothing is allocated before their word', () => {
  const byHand = specFor(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, autoRefundReturns: false }));
  const past = [...paid, opened('r-1', 1, 2, 2858)];
  byHand(...past)
    .when(settleReturn('r-1', { [line.id]: 2 }))
    .then(settled(2858, 2));
  byHand(...past, settled(2858, 2))
    .when(refundReturn('r-1'))
    .then(refundAllocated('return', [refund('p-1/refund-1', 'p-1', 2858)], 'r-1'));
  byHand(...past, settled(2858, 2))
    .when(refundOverpaid)
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
  const { state } = given(...splitPast);
  assert.ok(isPlaced(state));
  assert.is(refundStatus(state, 'r-1'), 'pending');
  const [first, second] = split;
  const half = { type: 'PaymentRefunded', data: { ...first, kind: 'return', return_id: 'r-1' } } as const;
  given(...splitPast)
    .when(recordRefund(first, 'return', 'r-1'))
    .then(half);
  const halfway = given(...splitPast, half);
  assert.ok(isPlaced(halfway.state));
  assert.is(refundStatus(halfway.state, 'r-1'), 'partial');
  halfway
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
  const done = { type: 'PaymentRefunded', data: { ...second, kind: 'return', return_id: 'r-1' } } as const;
  const { state } = given(...splitPast, failed, done);
  assert.ok(isPlaced(state));
  assert.is(refundStatus(state, 'r-1'), 'failed');
  given(...splitPast, failed, done)
    .when(refundReturn('r-1'))
    .then(refundAllocated('return', [refund('p-2/refund-3', 'p-2', 1000)], 'r-1', { replaces: ['p-2/refund-1'] }));
});

test('what is allocated anew ends the return only when all of it is back', () => {
  const [first, second] = split;
  const again = [refund('p-1/refund-3', 'p-1', 900), refund('p-2/refund-4', 'p-2', 958)] as const;
  const done = { type: 'PaymentRefunded', data: { ...first, kind: 'return', return_id: 'r-1' } } as const;
  const past = [
    ...splitPast,
    done,
    refundFailed(second, 'return', 'r-1'),
    refundAllocated('return', again, 'r-1', { replaces: ['p-1/refund-2'] }),
  ];
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
    .then({ type: 'PaymentRefunded', data: { ...second, kind: 'return', return_id: 'r-1' } });
});

const lone = refund('p-1/refund-1', 'p-1', 2858);
/** All of the return failed, and then an admin sent most of the payment back by hand. */
const failedAndSentByHand = (amount: number) => [
  ...paid,
  opened('r-1', 1, 2, 2858),
  settled(2858, 2),
  refundAllocated('return', [lone], 'r-1'),
  refundFailed(lone, 'return', 'r-1'),
  refundAllocated('overpaid', [refund('p-1/refund-2', 'p-1', amount)]),
];

test('a return gets no more than is still overpaid, and has ended when that is back', () => {
  const rest = refund('p-1/refund-3', 'p-1', 858);
  const again = refundAllocated('return', [rest], 'r-1', { replaces: [lone.refund_id] });
  for (const retry of [refundReturn('r-1'), resolveRefund(lone.refund_id, 'retry')])
    given(...failedAndSentByHand(2000))
      .when(retry)
      .then(again);
  const retried = given(...failedAndSentByHand(2000), again);
  retried.when(refundOverpaid).thenNothing();
  retried
    .when(recordRefund(rest, 'return', 'r-1'))
    .then(
      { type: 'PaymentRefunded', data: { ...rest, kind: 'return', return_id: 'r-1' } },
      returnClosed('r-1', 'refunded'),
    );
});

test('a return whose money has gone another way ends, and its failed refund is given up', () =>
  given(...failedAndSentByHand(2858))
    .when(refundReturn('r-1'))
    .then(
      { type: 'RefundWithdrawn', data: { ...lone, kind: 'return', return_id: 'r-1' } },
      returnClosed('r-1', 'refunded'),
    ));

test('money that arrives after an unpaid return was settled goes back as overpayment', () =>
  given(
    ...arrived,
    paymentStarted('p-1', TOTAL),
    opened('r-1', 1, 2, 2858),
    settled(2858, 2, { pays: 0 }),
    returnClosed('r-1', 'refunded'),
    paymentCaptured('p-1', TOTAL),
  )
    .when(refundOverpaid)
    .then(refundAllocated('overpaid', [refund('p-1/refund-1', 'p-1', 2858)])));

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

test.run();
