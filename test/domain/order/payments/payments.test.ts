import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createOrderDecider,
  DEFAULT_ORDER_SETTINGS,
  isPlaced,
  isRefundInitiated,
  ledgerOf,
  type OrderEvent,
} from '../../../../src/domain/order/index.ts';
import { specFor } from '../../../support/decider-spec.ts';
import { CUSTOMER, pricedMug, take } from '../../../support/order-commands.ts';
import {
  cancelled,
  closedBooks,
  closingCredit,
  confirmed,
  delivered,
  pathTo,
  placed,
  shipped,
  started,
} from '../../../support/order-events.ts';
import {
  confirmPaidOrder,
  paymentCaptured,
  paymentFailed,
  paymentRefunded,
  paymentStarted,
  recordCapture,
  recordPaymentFailure,
  refund,
  refundAllocated,
  refundByHand,
  refundOverpaid,
  refundFailed,
  startPayment,
} from '../../../support/order-money.ts';

const test = suite('order: payments');
const given = specFor(createOrderDecider());

/** The mug order costs 33.58: 25.98, 2.60 tax, 5.00 shipping. */
const TOTAL = 3358;
const dueAfter = (...past: readonly OrderEvent[]): number => {
  const { state } = given(...past);
  assert.ok(isPlaced(state));
  return ledgerOf(state).amount_due;
};
const modified: OrderEvent = {
  type: 'OrderItemsModified',
  data: { credits: [], lines: [pricedMug({ quantity: 1, tax: 130 })] },
};

test('a payment starts as far as money is due and not already on its way', () => {
  given(placed())
    .when(startPayment('p-1', TOTAL, CUSTOMER))
    .then(paymentStarted('p-1', TOTAL));
  given(placed())
    .when(startPayment('p-1', TOTAL + 1))
    .thenRejected('payment.exceeds_amount_due', { amount_due: TOTAL, in_flight: 0, current_status: 'pending' });
  given(placed(), paymentStarted('p-1', 3000))
    .when(startPayment('p-2', 359))
    .thenRejected('payment.exceeds_amount_due', { amount_due: TOTAL, in_flight: 3000 });
  given(placed(), paymentStarted('p-1', 3000)).when(startPayment('p-2', 358)).then(paymentStarted('p-2', 358));
});

test('a failed payment leaves its room to another', () =>
  given(placed(), paymentStarted('p-1', TOTAL), paymentFailed('p-1'))
    .when(startPayment('p-2', TOTAL))
    .then(paymentStarted('p-2', TOTAL)));

test('two clicks on pay start one payment', () =>
  given(placed(), paymentStarted('p-1', TOTAL)).when(startPayment('p-1', TOTAL)).thenNothing());

test('no payment starts on an order that is cancelled or returned', () => {
  for (const status of ['cancelled', 'returned'] as const) {
    given(...pathTo(status))
      .when(startPayment('p-1', 1))
      .thenRejected('payment.exceeds_amount_due', { current_status: status });
  }
});

test('captured money is recorded once, whatever became of the order', () => {
  given(placed(), paymentStarted('p-1', 100)).when(recordCapture('p-1', 100)).then(paymentCaptured('p-1', 100));
  given(placed(), paymentStarted('p-1', 100), cancelled)
    .when(recordCapture('p-1', 100))
    .then(paymentCaptured('p-1', 100));
  given(placed(), paymentCaptured('p-1', 100)).when(recordCapture('p-1', 100)).thenNothing();
  given(placed(), paymentCaptured('p-1', 100)).when(recordPaymentFailure('p-1')).thenNothing();
});

test('a capture lowers the amount due, and never below zero', () => {
  assert.is(dueAfter(placed(), paymentStarted('p-1', 3000)), TOTAL);
  assert.is(dueAfter(placed(), paymentCaptured('p-1', 3000)), 358);
  assert.is(dueAfter(placed(), paymentCaptured('p-1', TOTAL), modified), 0);
});

test('money moved back before the invoice is due again, as soon as it is on its way', () => {
  const one = refund('r-1', 'p-1', 1000);
  const past = [placed(), paymentCaptured('p-1', TOTAL), refundAllocated('money', [one])];
  assert.is(dueAfter(...past), 1000);
  assert.is(dueAfter(...past, paymentRefunded(one, 'money')), 1000);
  assert.is(dueAfter(...past, refundFailed(one, 'money')), 0);
});

test('money that covers the total confirms the order, unless the merchant wants to', () => {
  const byHand = specFor(createOrderDecider({ ...DEFAULT_ORDER_SETTINGS, autoConfirmOnPayment: false }));
  given(placed(), paymentCaptured('p-1', TOTAL)).when(confirmPaidOrder).then(confirmed);
  given(placed(), paymentCaptured('p-1', TOTAL - 1))
    .when(confirmPaidOrder)
    .thenNothing();
  given(placed(), paymentCaptured('p-1', TOTAL), confirmed).when(confirmPaidOrder).thenNothing();
  byHand(placed(), paymentCaptured('p-1', TOTAL)).when(confirmPaidOrder).thenNothing();
});

test('a cancelled order gives back all it has, the newest payment first', () =>
  given(placed(), paymentCaptured('p-1', 1000), paymentCaptured('p-2', 2358), cancelled)
    .when(refundOverpaid)
    .then(refundAllocated('cancellation', [refund('p-2/refund-1', 'p-2', 2358), refund('p-1/refund-2', 'p-1', 1000)])));

test('money that is already on its way back is not refunded again', () => {
  const one = refund('p-1/refund-1', 'p-1', TOTAL);
  const past = [placed(), paymentCaptured('p-1', TOTAL), cancelled, refundAllocated('cancellation', [one])];
  given(...past)
    .when(refundOverpaid)
    .thenNothing();
  given(...past, paymentRefunded(one, 'cancellation'))
    .when(refundOverpaid)
    .thenNothing();
});

test('money that arrives on a cancelled order goes back, too', () =>
  given(placed(), paymentStarted('p-1', 100), cancelled, paymentCaptured('p-1', 100))
    .when(refundOverpaid)
    .then(refundAllocated('cancellation', [refund('p-1/refund-1', 'p-1', 100)])));

test('an order modified below what was paid gives back the difference, newest payment first', () => {
  given(placed(), paymentCaptured('p-1', 3000), paymentCaptured('p-2', 358), modified)
    .when(refundOverpaid)
    .then(refundAllocated('overpaid', [refund('p-2/refund-1', 'p-2', 358), refund('p-1/refund-2', 'p-1', 1071)]));
  given(placed(), paymentCaptured('p-1', 1929), modified).when(refundOverpaid).thenNothing();
});

const byHand = { paid_out: true };

test('an admin gives back part of a payment, or all that is left, and no more', () => {
  const past = [placed(), paymentCaptured('p-1', 1000)];
  const one = refund('p-1/refund-1', 'p-1', 400);
  given(...past)
    .when(refundByHand('p-1', 400))
    .then(refundAllocated('money', [one], null, byHand));
  given(...past, refundAllocated('money', [one], null, byHand))
    .when(refundByHand('p-1'))
    .then(refundAllocated('money', [refund('p-1/refund-2', 'p-1', 600)], null, byHand));
  given(...past, refundAllocated('money', [one], null, byHand))
    .when(refundByHand('p-1', 601))
    .thenRejected('refund.exceeds_refundable', { refundable: 600 });
  given(...past)
    .when(refundByHand('p-1', 0))
    .thenRejected('refund.exceeds_refundable');
  given(...past)
    .when(refundByHand('p-9'))
    .thenRejected('refund.nothing_refundable');
});

test('a refund that failed for good leaves its money here', () => {
  const one = refund('p-1/refund-1', 'p-1', 1000);
  given(placed(), paymentCaptured('p-1', 1000), refundAllocated('money', [one]), refundFailed(one, 'money'))
    .when(refundByHand('p-1'))
    .then(
      refundAllocated('money', [refund('p-1/refund-2', 'p-1', 1000)], null, {
        ...byHand,
        replaces: ['p-1/refund-1'],
      }),
    );
});

test('cancelling says whether money will come back: captured, or still on its way', () => {
  for (const [past, expected] of [
    [[placed(), cancelled], false],
    [[placed(), paymentStarted('p-1', 1), cancelled], true],
    [[placed(), paymentCaptured('p-1', 1), cancelled], true],
    [[placed(), paymentStarted('p-1', 1), paymentFailed('p-1'), cancelled], false],
  ] as const) {
    const { state } = given(...past);
    assert.ok(isPlaced(state));
    assert.is(isRefundInitiated(state), expected);
  }
});

test('books are closed by hand only where no captured money is left, and what is owed is given up', () => {
  const past = [placed(), confirmed, started, shipped, delivered];
  const one = refund('r-1', 'p-1', 500);
  given(...past)
    .when(take('returned'))
    .then(closedBooks, closingCredit(TOTAL));
  given(...past, paymentCaptured('p-1', 500))
    .when(take('return_order'))
    .thenRejected('order.captured_money_left', { current_status: 'delivered', allowed_actions: [] });
  given(...past, paymentCaptured('p-1', 500), refundAllocated('money', [one]), paymentRefunded(one, 'money'))
    .when(take('return_order'))
    .then(closedBooks, closingCredit(TOTAL));
});

test.run();
