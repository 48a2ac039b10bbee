import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PaymentGateway } from '../../../src/gateways/payment/port.ts';
import { createSandboxGateway } from '../../../src/gateways/payment/sandbox.ts';
import { ADMIN, AUDITOR, COURIER, MEERA, OTHER, startTestApi, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import {
  createPayment,
  pay,
  placeOrder,
  processPayment,
  TOTAL,
  type PaymentJson,
} from '../../support/money-over-http.ts';
import { askingOnce } from '../../support/worker-deps.ts';

const payments = suite('payments over HTTP');
let api: TestApi;

/** Milliseconds. Long, so that a busy machine is no slow gateway. */
const LONG_MS = 10_000;
const SHORT_MS = 50;
let outcomeTimeoutMs = LONG_MS;

/** The sandbox, but the outcome of one card, and of refunds for one reason, is never known. */
const forgetful = (sandbox: PaymentGateway): PaymentGateway => ({
  supportsIdempotency: false,
  charge: (request) =>
    request.payment_token === 'tok_lost'
      ? Promise.resolve({ outcome: 'unknown', reason: 'the line went dead' })
      : sandbox.charge(request),
  refund: (request) =>
    request.reason === 'lost'
      ? Promise.resolve({ outcome: 'unknown', reason: 'the line went dead' })
      : sandbox.refund(request),
});

payments.before(async () => {
  api = await startTestApi({
    adjust: (deps) => ({
      ...deps,
      payments: {
        ...deps.payments,
        get outcomeTimeoutMs() {
          return outcomeTimeoutMs;
        },
      },
    }),
  });
  await api.startWorker({
    deps: { askGateway: askingOnce(api.core, forgetful(createSandboxGateway({ db: api.core.db, slowMs: 1_000 }))) },
  });
});
payments.before.each(() => {
  outcomeTimeoutMs = LONG_MS;
});
payments.after(() => api.close());

payments('a payment is begun, processed and shown on its order, which is confirmed by it', async () => {
  const order = await placeOrder(api);
  const begun = await createPayment(api, order.order_number, { payment_token: 'tok_visa' }, { as: MEERA });
  assert.is(begun.status, 201);
  assert.match(begun.body.payment_number, /^PAY-\d{4}-\d{6}$/);
  assert.is(begun.headers.get('location'), `/api/v1/payments/${begun.body.id}`);
  assert.equal([begun.body.status, begun.body.amount, begun.body.currency], ['pending', TOTAL, 'EUR']);

  const done = await processPayment(api, begun.body.payment_number, { as: MEERA });
  assert.equal([done.status, done.body.status, done.body.gateway_response], [200, 'completed', null]);
  const seen = await api.call<PaymentJson>(`/payments/${begun.body.id}`, { as: AUDITOR });
  assert.equal(seen.body.gateway_response, { gateway: 'sandbox', result: 'approved' });

  const paid = await eventually('the order is confirmed by it', async () => {
    const { body } = await api.call(`/orders/${order.id}`);
    return body.status === 'confirmed' && body;
  });
  assert.equal(paid.payments, [{ id: begun.body.id, status: 'completed', amount: TOTAL, refunded_amount: 0 }]);
  assert.is(paid.amount_due, 0);
});

payments('a declined charge is an outcome, and may be followed by another', async () => {
  const order = await placeOrder(api);
  const { body } = await createPayment(api, order.id, { payment_token: 'tok_declined' });
  const declined = await processPayment(api, body.id);
  assert.equal([declined.status, declined.body.status, declined.body.failure_reason], [200, 'failed', 'card_declined']);
  const again = await processPayment(api, body.id);
  assert.equal([again.status, again.problem.code], [409, 'payment.invalid_transition']);
  await pay(api, order.id);
});

payments('what is wrong with a payment is said before any money moves', async () => {
  const order = await placeOrder(api);
  const why = async (json: Record<string, unknown>) => {
    const { status, problem } = await createPayment(api, order.id, json);
    return [status, problem.code, problem.errors[0]?.field];
  };
  assert.equal(await why({ amount: '33.59' }), [422, 'payment.exceeds_total', 'amount']);
  assert.equal(await why({ amount: 0 }), [422, 'request.invalid', 'amount']);
  assert.equal(await why({ amount: null }), [422, 'request.invalid', 'amount']);
  assert.equal(await why({ amount: 1.001 }), [422, 'request.invalid', 'amount']);
  assert.equal(await why({ currency: 'USD' }), [422, 'payment.wrong_currency', 'currency']);
  assert.equal(await why({ method: 'shells' }), [422, 'request.invalid', 'method']);
  assert.equal(await why({ order_id: 'ORD-2026-999999' }), [404, 'resource.not_found', 'order_id']);
});

payments('amounts are read in the currency of the order', async () => {
  const items = [{ product_id: 'p-mug', unit_price: 1_000, quantity: 1 }];
  const order = await placeOrder(api, { currency: 'JPY', items });
  const { status, body } = await createPayment(api, order.id, { amount: 1_000 });
  assert.equal([status, body.amount, body.currency], [201, 1_000, 'JPY']);
  const fraction = await createPayment(api, order.id, { amount: 10.5 });
  assert.equal([fraction.status, fraction.problem.errors[0]?.field], [422, 'amount']);
});

payments('more than is due is rejected when it is processed', async () => {
  const order = await placeOrder(api);
  const second = await createPayment(api, order.id);
  await pay(api, order.id);
  const { status, problem } = await processPayment(api, second.body.id);
  assert.equal([status, problem.code], [409, 'payment.exceeds_amount_due']);
  const cancelled = await api.call<PaymentJson>(`/payments/${second.body.id}/cancel`, { method: 'POST', as: MEERA });
  assert.equal([cancelled.status, cancelled.body.status], [200, 'cancelled']);
});

payments('an admin gives back some, then the rest, and nothing more', async () => {
  const order = await placeOrder(api);
  const { id } = await pay(api, order.id);
  const refund = (json?: unknown) => api.call<PaymentJson>(`/payments/${id}/refund`, { method: 'POST', json });
  const some = await refund({ amount: '10.00', reason: 'Arrived late' });
  assert.equal([some.status, some.body.status, some.body.refunded_amount], [200, 'partially_refunded', 10]);
  assert.equal(
    some.body.refunds.map(({ amount, status, reason }) => [amount, status, reason]),
    [[10, 'completed', 'Arrived late']],
  );
  const tooMuch = await refund({ amount: 23.59 });
  assert.equal([tooMuch.status, tooMuch.problem.code], [422, 'refund.exceeds_refundable']);
  assert.is((await refund({ amount: 0 })).status, 422);
  assert.is((await refund({ amount: -1 })).status, 422);
  const rest = await refund();
  assert.equal([rest.status, rest.body.status, rest.body.refunded_amount], [200, 'refunded', TOTAL]);
  const none = await refund();
  assert.is(none.status, 409);
});

payments('a refund that the gateway declines is free to be asked for again', async () => {
  const order = await placeOrder(api);
  const { id } = await pay(api, order.id, { payment_token: 'tok_refund_declined' });
  const { status, body } = await api.call<PaymentJson>(`/payments/${id}/refund`, { method: 'POST' });
  assert.equal([status, body.status, body.refunded_amount], [200, 'completed', 0]);
  assert.equal(
    body.refunds.map((refund) => refund.status),
    ['failed'],
  );
});

payments('money that no gateway moves is received by an admin, never by who owes it', async () => {
  const order = await placeOrder(api, { payment_method: 'cash_on_delivery' });
  const { body } = await createPayment(api, order.id, { method: 'cash_on_delivery' }, { as: MEERA });
  const own = await processPayment(api, body.id, { as: MEERA });
  assert.equal([own.status, own.problem.code], [403, 'payment.action_not_permitted']);
  const received = await processPayment(api, body.id);
  assert.equal([received.status, received.body.status], [200, 'completed']);
});

payments('a slow gateway is not waited for longer than promised', async () => {
  const order = await placeOrder(api);
  const { body } = await createPayment(api, order.id, { payment_token: 'tok_slow' });
  outcomeTimeoutMs = SHORT_MS;
  const waiting = await processPayment(api, body.id);
  assert.equal([waiting.status, waiting.body.status], [202, 'processing']);
  await eventually('it completes all the same', async () => {
    const { body: now } = await api.call<PaymentJson>(`/payments/${body.id}`);
    return now.status === 'completed';
  });
});

payments('a payment with an unknown outcome waits for an admin, and the audit shows who settled it', async () => {
  const order = await placeOrder(api);
  const { body } = await createPayment(api, order.id, { payment_token: 'tok_lost' });
  outcomeTimeoutMs = SHORT_MS;
  const waiting = await processPayment(api, body.id);
  assert.equal([waiting.status, waiting.body.status], [202, 'processing']);
  await eventually('its job waits for a person', async () => {
    const { body: failed } = await api.call<readonly unknown[]>('/admin/jobs?state=failed');
    return failed.length === 1;
  });
  const settle = (json: unknown, as = ADMIN) => api.call<PaymentJson>(`/payments/${body.id}/settle`, { json, as });
  assert.is((await settle({ outcome: 'failed' })).problem.errors[0]?.field, 'failure_reason');
  assert.is((await settle({ outcome: 'succeeded' }, MEERA)).status, 403);
  const settled = await settle({ outcome: 'succeeded', transaction_id: 'ch_1' });
  assert.equal([settled.status, settled.body.status, settled.body.transaction_id], [200, 'completed', 'ch_1']);
  const { body: events } = await api.call<readonly { type: string; metadata: { actor: { role: string } } }[]>(
    `/payments/${body.id}/events`,
  );
  assert.equal(
    events.filter(({ type }) => type === 'PaymentCompleted').map(({ metadata }) => metadata.actor.role),
    ['admin'],
  );
});

payments('a refund with an unknown outcome is settled by an admin too, by its id', async () => {
  const order = await placeOrder(api);
  const { id } = await pay(api, order.id);
  outcomeTimeoutMs = SHORT_MS;
  const waiting = await api.call<PaymentJson>(`/payments/${id}/refund`, { json: { amount: 3, reason: 'lost' } });
  assert.equal([waiting.status, waiting.body.refunds[0]?.status], [202, 'pending']);
  const refund_id = waiting.body.refunds[0]?.id ?? '';
  const settle = (json: object) => api.call<PaymentJson>(`/payments/${id}/settle`, { json });
  assert.is((await settle({ outcome: 'succeeded', refund_id: order.id })).status, 404);
  const settled = await settle({ outcome: 'succeeded', refund_id: refund_id.toUpperCase(), transaction_id: 're_1' });
  assert.equal([settled.status, settled.body.status, settled.body.refunded_amount], [200, 'partially_refunded', 3]);
  assert.is(settled.body.refunds[0]?.status, 'completed');
  const other = await settle({ outcome: 'failed', refund_id, failure_reason: 'it never left' });
  assert.is(other.status, 409, 'what is known stays');
});

payments('an admin notes what the bank said', async () => {
  const order = await placeOrder(api);
  const { body } = await createPayment(api, order.id, { method: 'bank_transfer' });
  const patch = { method: 'PATCH', json: { transaction_id: 'T-7', gateway_response: { bank: 'ok' }, notes: 'Seen' } };
  const changed = await api.call<PaymentJson>(`/payments/${body.id}`, patch);
  assert.is(changed.body.transaction_id, 'T-7');
  assert.equal(changed.body.gateway_response, { bank: 'ok' });
  assert.is((await api.call(`/payments/${body.id}`, { ...patch, as: MEERA })).status, 403);
  const stale = await api.call(`/payments/${body.id}`, { ...patch, headers: { 'if-match': '"0"' } });
  assert.is(stale.status, 412);
});

payments('the same request repeated with its key is answered the same, and pays once', async () => {
  const order = await placeOrder(api);
  const headers = { 'idempotency-key': 'pay-once' };
  const first = await createPayment(api, order.id, {}, { headers });
  const second = await createPayment(api, order.id, {}, { headers });
  assert.equal([second.status, second.body], [first.status, first.body]);
  assert.is(second.headers.get('idempotency-replayed'), 'true');
  const done = await processPayment(api, first.body.id, { headers });
  const again = await processPayment(api, first.body.id, { headers });
  assert.equal([again.status, again.body], [done.status, done.body]);
});

payments('the list is filtered, and shows customers their own', async () => {
  const order = await placeOrder(api);
  const paid = await pay(api, order.id);
  const list = async (query: string, as = AUDITOR) =>
    (await api.call<readonly PaymentJson[]>(`/payments${query}`, { as })).body.map(({ id }) => id);
  await eventually('it is listed as paid', async () => (await list('?status=completed')).includes(paid.id));
  assert.equal(await list(`?order_id=${order.order_number}&status=completed`), [paid.id]);
  assert.equal(await list(`?order_id=${order.id}&status=pending,failed`), []);
  assert.ok((await list('', MEERA)).includes(paid.id));
  assert.equal(await list('', OTHER), []);
  assert.equal(await list('?order_id=ORD-2026-999999'), []);
  assert.is((await list('?limit=1')).length, 1);
});

payments('a caller reaches only payments of their own', async () => {
  const order = await placeOrder(api);
  const { body } = await createPayment(api, order.id);
  assert.is((await api.call(`/payments/${body.id}`, { as: OTHER })).status, 404);
  assert.is((await processPayment(api, body.id, { as: OTHER })).status, 404);
  assert.is((await createPayment(api, order.id, {}, { as: OTHER })).status, 404);
  assert.is((await api.call(`/payments/${body.id}`, { as: COURIER })).status, 403);
  assert.is((await api.call(`/payments/${body.id}/refund`, { method: 'POST', as: MEERA })).status, 403);
});

payments('cancelling a paid order says that its money is on its way back, and it comes', async () => {
  const order = await placeOrder(api);
  const { id } = await pay(api, order.id);
  const cancelled = await eventually('the order knows of its money', async () => {
    const { body } = await api.call(`/orders/${order.id}`);
    return body.payments[0]?.status === 'completed' && api.call(`/orders/${order.id}/cancel`, { method: 'POST' });
  });
  assert.equal([cancelled.status, cancelled.body.refund_initiated], [200, true]);
  await eventually('the money is back', async () => {
    const { body } = await api.call<PaymentJson>(`/payments/${id}`);
    return body.status === 'refunded';
  });
  const unpaid = await placeOrder(api);
  const { body } = await api.call(`/orders/${unpaid.id}/cancel`, { method: 'POST' });
  assert.is(body.refund_initiated, false);
});

payments('the ledger of the sandbox can be compared with the log', async () => {
  const order = await placeOrder(api);
  const { id } = await pay(api, order.id);
  await api.call(`/payments/${id}/refund`, { json: { amount: 3 } });
  const { body } = await api.call<readonly { kind: string; amount: number; outcome: string }[]>(
    `/admin/sandbox/ledger?order_id=${order.order_number}`,
    { as: AUDITOR },
  );
  assert.equal(
    body.map(({ kind, amount, outcome }) => [kind, amount, outcome]),
    [
      ['charge', TOTAL, 'succeeded'],
      ['refund', 3, 'succeeded'],
    ],
  );
  assert.is((await api.call('/admin/sandbox/ledger', { as: MEERA })).status, 403);
});

payments.run();
