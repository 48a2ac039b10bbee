import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  isPayment,
  leftOf,
  paymentDecider,
  reachesGateway,
  refundedOf,
  type PaymentEvent,
  type PaymentInitiated,
} from '../../../src/domain/payment/index.ts';
import { ERASED } from '../../../src/domain/shared/decider.ts';
import { NOON, specFor, SYSTEM } from '../../support/decider-spec.ts';
import { CUSTOMER } from '../../support/order-commands.ts';

const test = suite('payment');
const given = specFor(paymentDecider);
const now = { at: NOON, by: SYSTEM };

const initiated: PaymentInitiated = {
  type: 'PaymentInitiated',
  data: {
    payment_number: 'PAY-2026-000001',
    order_id: 'o-1',
    customer_id: 'c-1',
    method: 'credit_card',
    amount: 1000,
    currency: 'EUR',
    transaction_id: null,
    personal: { notes: null, meta_data: null },
  },
};
const processing: PaymentEvent = { type: 'PaymentProcessingStarted', data: {} };
const completed: PaymentEvent = { type: 'PaymentCompleted', data: { transaction_id: 't-1' } };
const declined: PaymentEvent = { type: 'PaymentDeclined', data: { failure_reason: 'card declined' } };
const cancelled: PaymentEvent = { type: 'PaymentCancelled', data: {} };
const requested = (refund_id: string, amount: number): PaymentEvent => ({
  type: 'RefundRequested',
  data: { refund_id, amount, method: 'original_payment', kind: 'money', return_id: null },
});
const done = (refund_id: string): PaymentEvent => ({ type: 'RefundCompleted', data: { refund_id } });
const failed = (refund_id: string): PaymentEvent => ({
  type: 'RefundDeclined',
  data: { refund_id, failure_reason: 'account closed' },
});

const start = { type: 'StartProcessing', data: {}, ...now } as const;
const complete = { type: 'CompletePayment', data: { transaction_id: 't-1' }, ...now } as const;
const decline = { type: 'DeclinePayment', data: { failure_reason: 'card declined' }, ...now } as const;
const cancel = { type: 'CancelPayment', data: {}, ...now } as const;
const request = (refund_id: string, amount: number) =>
  ({
    type: 'RequestRefund',
    data: { refund_id, amount, method: 'original_payment', kind: 'money', return_id: null },
    ...now,
  }) as const;
const completeRefund = (refund_id: string) => ({ type: 'CompleteRefund', data: { refund_id }, ...now }) as const;

const paid = [initiated, processing, completed];

test('a payment is processed and completed, or declined', () => {
  given(initiated).when(start).then(processing);
  given(initiated, processing).when(complete).then(completed);
  given(initiated, processing).when(decline).then(declined);
});

test('only a pending payment is cancelled, and a cancelled one is not processed', () => {
  given(initiated).when(cancel).then(cancelled);
  given(initiated, processing)
    .when(cancel)
    .thenRejected('payment.invalid_transition', { current_status: 'processing' });
  given(initiated, cancelled).when(start).thenRejected('payment.invalid_transition');
  given(initiated, cancelled).when(cancel).thenRejected('payment.already_cancelled');
});

test('the same answer of a gateway twice is one event; the opposite one is rejected', () => {
  given(...paid)
    .when(complete)
    .thenNothing();
  given(initiated, processing, declined).when(decline).thenNothing();
  given(...paid)
    .when(decline)
    .thenRejected('payment.invalid_transition');
  given(initiated, processing, declined).when(complete).thenRejected('payment.invalid_transition');
});

test('an amount is above 0', () =>
  given()
    .when({ type: 'InitiatePayment', data: { ...initiated.data, amount: 0 }, ...now })
    .thenRejected('payment.invalid_amount'));

test('a refund reserves its amount: together they never exceed the payment', () => {
  given(...paid)
    .when(request('r-1', 400))
    .then(requested('r-1', 400));
  given(...paid, requested('r-1', 400))
    .when(request('r-2', 601))
    .thenRejected('refund.exceeds_refundable', { refundable: 600 });
  given(...paid, requested('r-1', 400))
    .when(request('r-2', 600))
    .then(requested('r-2', 600));
  given(...paid, requested('r-1', 1000))
    .when(request('r-2', 1))
    .thenRejected('refund.nothing_refundable');
  given(...paid, requested('r-1', 1000), failed('r-1'))
    .when(request('r-2', 1000))
    .then(requested('r-2', 1000));
});

test('a refund of 0, less, or a fraction is rejected', () => {
  for (const amount of [0, -1, 0.5, NaN]) {
    given(...paid)
      .when(request('r-1', amount))
      .thenRejected('refund.exceeds_refundable');
  }
});

test('asking for the same refund twice reserves once', () =>
  given(...paid, requested('r-1', 400))
    .when(request('r-1', 400))
    .thenNothing());

test('only a completed payment is given back', () => {
  given(initiated).when(request('r-1', 1)).thenRejected('payment.not_refundable', { current_status: 'pending' });
  given(initiated, processing, declined).when(request('r-1', 1)).thenRejected('payment.not_refundable');
});

test('a payment is partly, then wholly refunded', () => {
  const half = given(...paid, requested('r-1', 400), done('r-1')).state;
  assert.ok(isPayment(half));
  assert.equal([half.status, refundedOf(half), leftOf(half)], ['partially_refunded', 400, 600]);
  const whole = given(...paid, requested('r-1', 400), done('r-1'), requested('r-2', 600), done('r-2')).state;
  assert.ok(isPayment(whole));
  assert.equal([whole.status, whole.refunded_at, leftOf(whole)], ['refunded', NOON, 0]);
});

test('the outcome of a refund is recorded once', () => {
  given(...paid, requested('r-1', 400))
    .when(completeRefund('r-1'))
    .then(done('r-1'));
  given(...paid, requested('r-1', 400), done('r-1'))
    .when(completeRefund('r-1'))
    .thenNothing();
  given(...paid, requested('r-1', 400), failed('r-1'))
    .when(completeRefund('r-1'))
    .thenNothing();
  given(...paid)
    .when(completeRefund('r-9'))
    .thenRejected('refund.not_found');
});

test('a customer reaches their own payment only', () => {
  given(initiated)
    .when({ ...cancel, by: CUSTOMER })
    .then(cancelled);
  given(initiated)
    .when({ ...cancel, by: { id: 'c-2', role: 'customer' } })
    .thenRejected('payment.not_found');
});

test('what the gateway said, and what an admin notes, is kept', () => {
  const { state } = given(
    initiated,
    processing,
    { type: 'PaymentCompleted', data: { transaction_id: null, personal: { gateway_response: { code: 'ok' } } } },
    { type: 'PaymentDetailsChanged', data: { transaction_id: 't-2', personal: { notes: 'checked' } } },
  );
  assert.ok(isPayment(state));
  assert.equal(state.personal, { notes: 'checked', meta_data: null, gateway_response: { code: 'ok' } });
  assert.is(state.transaction_id, 't-2');
  given(initiated)
    .when({ type: 'ChangePaymentDetails', data: {}, ...now })
    .thenNothing();
});

test('an erased customer’s payment keeps its amounts', () => {
  const { state } = given({ ...initiated, data: { ...initiated.data, personal: ERASED } }, processing, completed);
  assert.ok(isPayment(state));
  assert.equal([state.personal, state.amount], [ERASED, 1000]);
});

test('a customer cannot confirm money that no gateway moves', () => {
  const cash: PaymentEvent = { ...initiated, data: { ...initiated.data, method: 'cash_on_delivery' } };
  given(cash)
    .when({ ...start, by: CUSTOMER })
    .thenRejected('payment.action_not_permitted', { current_status: 'pending' });
  given(cash)
    .when({ ...start, by: { id: 'a', role: 'admin' } })
    .then(processing);
  given(initiated)
    .when({ ...start, by: CUSTOMER })
    .then(processing);
});

test('cash, transfers and other money reach no gateway', () => {
  assert.ok(reachesGateway('credit_card') && reachesGateway('paypal'));
  for (const method of ['cash_on_delivery', 'bank_transfer', 'other'] as const) assert.not(reachesGateway(method));
});

test('a refund that people paid out after it failed has no failure any more, and is as much as they paid', () => {
  const paidOut: PaymentEvent = { type: 'RefundPaidOut', data: { refund_id: 'r-1', amount: 150, method: 'cash' } };
  const { state } = given(...paid, requested('r-1', 400), failed('r-1'), paidOut);
  assert.ok(isPayment(state));
  const [refund] = state.refunds;
  assert.equal([refund?.status, refund?.amount, refund?.method], ['completed', 150, 'cash']);
  assert.is(refund?.failure_reason, null);
  assert.is(refundedOf(state), 150);
});

test.run();
